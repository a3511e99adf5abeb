//! The hops of an action, decided from documents, with the statements that decide and what fixes a denied one.

use std::fmt;

use serde_core::{Serialize, Serializer};

use super::chain::{Chain, KnownRole, Policy};
use super::fix::{PolicyChange, fix};
use super::{ASSUME_ROLE, START, request};
use crate::finding::{Finding, Place};
use crate::ids::{Partition, PipelineArn, RoleArn};
use crate::policy::context::{KeyValue, RequestContext};
use crate::policy::evaluate::{Decision, Evaluation, Layer, Layers, Verdict, assume_role_in, identity_in};
use crate::policy::{Document, Effect, Statement};
use crate::rules;

/// A link of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Hop {
    /// CodePipeline assumes the service role.
    ServiceTrust,
    /// The service role assumes the action role.
    Assume,
    /// The action role, or the service role where there is none, starts the target.
    Start,
}

impl Hop {
    /// The name of the hop in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Hop::ServiceTrust => "service_trust",
            Hop::Assume => "assume",
            Hop::Start => "start",
        }
    }
}

impl Serialize for Hop {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A statement that decides a hop, or that comes nearest to allowing it.
#[derive(Debug, Clone, PartialEq)]
pub struct Deciding {
    /// The document that it stands in.
    pub document: DocumentRef,
    /// Position in the document, counted from 0.
    pub index: usize,
    /// The statement.
    pub statement: Statement,
    /// The element that doesn't match, or of which that isn't known; `None` where the whole statement applies.
    pub element: Option<String>,
}

/// A document of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRef {
    /// The role that it belongs to, or whose account it does.
    pub role: RoleArn,
    /// Which side it is on.
    pub layer: Layer,
    /// Position among the documents of that side, counted from 0.
    pub position: usize,
    /// The name of an identity policy.
    pub name: Option<String>,
}

impl fmt::Display for DocumentRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { role, layer, position, name } = self;
        let number = position + 1;
        match (layer, name) {
            (Layer::Trust, _) => write!(f, "trust policy of `{role}`"),
            (Layer::Identity, Some(name)) => write!(f, "policy `{name}` of `{role}`"),
            (Layer::Identity, None) => write!(f, "policy {number} of `{role}`"),
            (Layer::Boundary, _) => write!(f, "permissions boundary of `{role}`"),
            (Layer::Session, _) => write!(f, "session policy of `{role}`"),
            (Layer::Scp(level), _) => {
                write!(f, "service control policy {number} of level {} for account {}", level + 1, role.account())
            }
            (Layer::Rcp(level), _) => {
                write!(f, "resource control policy {number} of level {} for account {}", level + 1, role.account())
            }
        }
    }
}

impl DocumentRef {
    /// The document in a sentence.
    pub fn with_article(&self) -> String {
        match self.layer {
            Layer::Identity | Layer::Scp(_) | Layer::Rcp(_) => self.to_string(),
            Layer::Trust | Layer::Boundary | Layer::Session => format!("the {self}"),
        }
    }
}

/// The answer to one hop.
#[derive(Debug, Clone, PartialEq)]
pub struct HopProof {
    /// The hop.
    pub hop: Hop,
    /// The verdict.
    pub verdict: Verdict,
    /// The statements that decide it. Denied without a deny: those that come nearest to allowing it.
    pub decided_by: Vec<Deciding>,
    /// The smallest change of policies after which the hop is no longer denied; empty where none would do.
    pub fix: Vec<PolicyChange>,
    /// Documents on the way that IAM would refuse, and that grant nothing therefore: they are to be fixed first.
    pub refused: Vec<DocumentRef>,
    /// What is known of the request.
    pub context: RequestContext,
    /// True where the verdict would be another one without `aws:SourceArn` and `aws:SourceAccount`, of which it is likely but
    /// not documented that CodePipeline sends them.
    pub rests_on_source: bool,
}

/// The answer to a chain.
#[derive(Debug, Clone, PartialEq)]
pub struct ChainProof {
    /// Its hops, in order: without an action role there is no assumption, without a target no start.
    pub hops: Vec<HopProof>,
}

impl ChainProof {
    /// The answer to one hop.
    pub fn hop(&self, hop: Hop) -> Option<&HopProof> {
        self.hops.iter().find(|proof| proof.hop == hop)
    }

    /// All hops together: denied if one is, else unknown if one is.
    pub fn authorized(&self) -> Verdict {
        let denied = |verdict: &&Verdict| matches!(verdict, Verdict::Denied(_));
        let open = |verdict: &&Verdict| matches!(verdict, Verdict::Unknown(_));
        let verdicts = || self.hops.iter().map(|proof| &proof.verdict);
        verdicts().find(denied).or_else(|| verdicts().find(open)).cloned().unwrap_or(Verdict::Allowed)
    }
}

/// Decides the hops of one action from documents. A hop after a denied one is judged as if its session existed. What isn't
/// known of a role makes its hops unknown.
///
/// Whether CodePipeline narrows the sessions of an invoke action by a session policy of its own is not documented; allowed means
/// allowed by all that is given.
pub fn prove(chain: &Chain) -> ChainProof {
    let mut hops = vec![hop(chain, Hop::ServiceTrust)];
    if chain.action_role.is_some() {
        hops.push(hop(chain, Hop::Assume));
    }
    if chain.target.is_some() {
        hops.push(hop(chain, Hop::Start));
    }
    ChainProof { hops }
}

fn hop(chain: &Chain, hop: Hop) -> HopProof {
    let context = request::context(chain, hop);
    let answer = judge(chain, hop, &context);
    let rests_on_source = hop == Hop::ServiceTrust && !matches!(answer.verdict, Verdict::Unknown(_)) && {
        let mut without = context.clone();
        request::SOURCE_KEYS.into_iter().for_each(|key| without.insert(key, KeyValue::Absent));
        let allowed = |answer: &Evaluation| answer.verdict == Verdict::Allowed;
        allowed(&judge(chain, hop, &without)) != allowed(&answer)
    };
    let decided_by = answer.decided_by.iter().filter_map(|decision| deciding(chain, hop, decision)).collect();
    let fix = fix(chain, hop, &answer);
    let silent = answer.silent.iter().filter_map(|layer| document_ref(chain, hop, *layer, 0));
    let silent: Vec<DocumentRef> = silent.filter(|_| matches!(answer.verdict, Verdict::Denied(_))).collect();
    let is_silent =
        |refused: &&DocumentRef| silent.iter().any(|s| (&s.role, s.layer) == (&refused.role, refused.layer));
    let refused = chain.refused.iter().filter(is_silent).cloned().collect();
    HopProof { hop, verdict: answer.verdict, decided_by, fix, refused, context, rests_on_source }
}

fn judge(chain: &Chain, hop: Hop, context: &RequestContext) -> Evaluation {
    let unknown = |what: &str, role: &KnownRole| Evaluation {
        verdict: Verdict::Unknown(format!("the {what} of role `{}`", role.arn)),
        decided_by: Vec::new(),
        silent: Vec::new(),
    };
    let never = |why: String| Evaluation { verdict: Verdict::Denied(why), decided_by: Vec::new(), silent: Vec::new() };
    let caller = request::caller(chain, hop);
    match hop {
        Hop::ServiceTrust => {
            let role = &chain.service_role;
            let Some(trust) = &role.trust else { return unknown("trust policy", role) };
            assume_role_in(&caller, &Layers::default(), &role.arn, trust, &levels(&chain.rcps.source), context)
        }
        Hop::Assume => {
            let (service, Some(role)) = (&chain.service_role, &chain.action_role) else {
                return never("because there is no action role".to_owned());
            };
            if service.arn.partition() != role.arn.partition() {
                let (from, to) = (service.arn.partition(), role.arn.partition());
                return never(format!("because a role of partition `{from}` can't assume one of partition `{to}`"));
            }
            // A side that doesn't allow decides, whatever the side that isn't known says.
            let layers = caller_layers(service, chain.sessions.service.as_deref(), &chain.scps.source);
            let rcps = levels(chain.rcps_of_action_role());
            match (&layers, &role.trust) {
                (Some(layers), Some(trust)) => assume_role_in(&caller, layers, &role.arn, trust, &rcps, context),
                (None, Some(trust)) => {
                    // With everything allowed on the caller's side, what is denied is denied by the trust.
                    let all = everything();
                    let layers = Layers { identity: vec![&all], ..Layers::default() };
                    let answer = assume_role_in(&caller, &layers, &role.arn, trust, &rcps, context);
                    if matches!(answer.verdict, Verdict::Denied(_)) { answer } else { unknown("policies", service) }
                }
                (Some(layers), None) => {
                    let account = crate::policy::account_trust(service.arn.partition(), service.arn.account());
                    let everybody = Statement::trust("AWS", vec!["*".to_owned()]);
                    let trust = Document::new(vec![account, everybody]);
                    let answer = assume_role_in(&caller, layers, &role.arn, &trust, &rcps, context);
                    if matches!(answer.verdict, Verdict::Denied(_)) { answer } else { unknown("trust policy", role) }
                }
                (None, None) => unknown("trust policy", role),
            }
        }
        Hop::Start => {
            let role = chain.starter();
            let Some(target) = &chain.target else { return never("because there is no target".to_owned()) };
            if !lives_with(target, &role.arn) {
                return never(format!(
                    "because `{target}` is not in the account of the role, and pipelines have no policies of their own"
                ));
            }
            let sessions = match &chain.action_role {
                Some(_) => &chain.sessions.action,
                None => &chain.sessions.service,
            };
            let region = Partition::of_region(target.region());
            if region != *target.partition() {
                let (region, partition) = (target.region(), target.partition());
                return never(format!("because Region `{region}` is not in partition `{partition}`"));
            }
            let scps = chain.scps_of_starter();
            match caller_layers(role, sessions.as_deref(), scps) {
                Some(layers) => identity_in(&layers, &caller, START, &target.to_string(), context),
                None => unknown("policies", role),
            }
        }
    }
}

fn lives_with(target: &PipelineArn, role: &RoleArn) -> bool {
    (target.account(), target.partition()) == (role.account(), role.partition())
}

/// A document that allows everything.
fn everything() -> Document {
    Document::new(vec![Statement::allow(&["*"], vec!["*".to_owned()])])
}

fn levels(levels: &[Vec<Document>]) -> Vec<Vec<&Document>> {
    levels.iter().map(|level| level.iter().collect()).collect()
}

/// The documents on a role's side; `None` where its policies aren't known.
fn caller_layers<'a>(
    role: &'a KnownRole,
    session: Option<&'a [Document]>,
    scps: &'a [Vec<Document>],
) -> Option<Layers<'a>> {
    let policies = role.policies.as_ref()?;
    Some(Layers {
        identity: policies.iter().map(|policy| &policy.document).collect(),
        boundary: role.boundary.as_ref(),
        session: session.map(|documents| documents.iter().collect()),
        // Service-linked roles are bound by none. Source: Organizations User Guide, "Service control policies".
        scps: if role.arn.path().starts_with("/aws-service-role/") { Vec::new() } else { levels(scps) },
    })
}

/// The documents of a side, and whose they are.
pub(super) fn document_ref(chain: &Chain, hop: Hop, layer: Layer, position: usize) -> Option<DocumentRef> {
    let caller = match hop {
        Hop::ServiceTrust | Hop::Assume => &chain.service_role,
        Hop::Start => chain.starter(),
    };
    let owner = match (layer, hop) {
        (Layer::Trust | Layer::Rcp(_), Hop::Assume) => chain.action_role.as_ref()?,
        _ => caller,
    };
    let name = match layer {
        Layer::Identity => caller.policies.as_ref().and_then(|p| p.get(position)).and_then(|p| p.name.clone()),
        _ => None,
    };
    Some(DocumentRef { role: owner.arn.clone(), layer, position, name })
}

/// The statement of a decision.
pub(super) fn statement<'a>(chain: &'a Chain, hop: Hop, decision: &Decision) -> Option<&'a Statement> {
    document(chain, hop, decision.layer, decision.document)?.statements.get(decision.statement)
}

fn deciding(chain: &Chain, hop: Hop, decision: &Decision) -> Option<Deciding> {
    Some(Deciding {
        document: document_ref(chain, hop, decision.layer, decision.document)?,
        index: decision.statement,
        statement: statement(chain, hop, decision)?.clone(),
        element: decision.element.as_ref().map(ToString::to_string),
    })
}

fn document(chain: &Chain, hop: Hop, layer: Layer, position: usize) -> Option<&Document> {
    let (caller, session, scps) = match hop {
        Hop::Start if chain.action_role.is_some() => (chain.starter(), &chain.sessions.action, chain.scps_of_starter()),
        _ => (&chain.service_role, &chain.sessions.service, chain.scps.source.as_slice()),
    };
    match layer {
        Layer::Trust if hop == Hop::Assume => chain.action_role.as_ref()?.trust.as_ref(),
        Layer::Trust => chain.service_role.trust.as_ref(),
        Layer::Rcp(level) if hop == Hop::Assume => chain.rcps_of_action_role().get(level)?.get(position),
        Layer::Rcp(level) => chain.rcps.source.get(level)?.get(position),
        Layer::Identity => caller.policies.as_ref()?.get(position).map(|Policy { document, .. }| document),
        Layer::Boundary => caller.boundary.as_ref(),
        Layer::Session => session.as_ref()?.get(position),
        Layer::Scp(level) => scps.get(level)?.get(position),
    }
}

/// What a hop is, in words.
fn request_of(chain: &Chain, hop: Hop) -> String {
    let target = chain.target.as_ref().map(ToString::to_string).unwrap_or_default();
    let (service, starter) = (&chain.service_role.arn, &chain.starter().arn);
    match hop {
        Hop::ServiceTrust => format!("CodePipeline may{{not}} assume service role `{service}`"),
        Hop::Assume => format!("service role `{service}` may{{not}} assume action role `{starter}`"),
        Hop::Start => format!("role `{starter}` may{{not}} start pipeline `{target}`"),
    }
}

/// What is to be said of a hop at a place: a denied one is an error, an unknown one a warning, and so is what rests on something
/// that is not documented.
pub fn hop_findings(chain: &Chain, proof: &HopProof, place: &Place) -> Vec<Finding> {
    let what = request_of(chain, proof.hop);
    let verdict = match &proof.verdict {
        Verdict::Allowed => None,
        Verdict::Denied(reason) => {
            let message = format!("{} {reason}", what.replace("{not}", " not"));
            Some(Finding::of(&rules::XA1013, place.clone(), message).help(help(chain, proof)))
        }
        Verdict::Unknown(why) => {
            let message = format!("it is not known whether {}: it depends on {why}", what.replace("{not}", ""));
            Some(Finding::of(&rules::XA1014, place.clone(), message).help(help(chain, proof)))
        }
    };
    let on_source = proof.rests_on_source.then(|| {
        let message = "that CodePipeline sends `aws:SourceArn` and `aws:SourceAccount` is likely, but not documented";
        Finding::of(&rules::XA1311, place.clone(), message).help("try a run, or leave the condition out of the policy")
    });
    verdict.into_iter().chain(on_source).collect()
}

/// The fix of a denied hop, or what a hop needs.
fn help(chain: &Chain, proof: &HopProof) -> String {
    if let Some(document) = proof.refused.first() {
        return format!("fix {} first, which IAM refuses as it is", document.with_article());
    }
    if !proof.fix.is_empty() {
        return proof.fix.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    }
    let (role, service) = (&chain.starter().arn, &chain.service_role.arn);
    let target = chain.target.as_ref().map(ToString::to_string).unwrap_or_default();
    match proof.hop {
        Hop::ServiceTrust => {
            format!("let the trust policy of `{service}` allow `{ASSUME_ROLE}` to `codepipeline.amazonaws.com`")
        }
        Hop::Assume if service.partition() != role.partition() => {
            "let the role live in the partition of the service role".to_owned()
        }
        Hop::Assume => format!(
            "let the trust policy of `{role}` name `{service}`, and a policy of `{service}` allow `{ASSUME_ROLE}` on it"
        ),
        Hop::Start if chain.target.as_ref().is_some_and(|target| !lives_with(target, role)) => {
            "take a role of the account that the target lives in".to_owned()
        }
        Hop::Start => format!("let a policy of `{role}` allow `{START}` on `{target}`"),
    }
}

impl Deciding {
    /// `statement 1 (Sid) of the trust policy of …`
    pub fn describe(&self) -> String {
        let sid = match self.statement.sid.as_deref() {
            Some(sid) if !sid.is_empty() => format!(" (`{sid}`)"),
            _ => String::new(),
        };
        let effect = match self.statement.effect {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
        };
        let failing = self.element.as_ref().map(|element| format!(": {element}")).unwrap_or_default();
        format!("{effect} statement {}{sid} of {}{failing}", self.index + 1, self.document.with_article())
    }
}
