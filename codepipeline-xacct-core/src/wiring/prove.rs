//! The hops of an action, decided from documents.

use super::chain::{Chain, KnownRole};
use super::fix::{fix, hints};
use super::hop::{DocumentRef, Hop};
use super::proof::{ChainProof, Deciding, HopProof};
use super::request;
use crate::ids::{Partition, split_arn};
use crate::policy::context::{KeyValue, RequestContext};
use crate::policy::evaluate::{Decision, Element, Evaluation, Layers, Verdict, assume_role_in, identity_in};
use crate::policy::{Document, START, Statement, account_trust};

/// Decides the hops of one action from documents. A hop after a denied one is decided as if its session existed. What isn't
/// known about a role makes its hops unknown.
///
/// Whether CodePipeline narrows the sessions of an invoke action with its own session policy is not documented; allowed
/// means allowed by everything that is given.
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
    let decided_by = answer.decided_by.iter().filter_map(|decision| deciding(chain, hop, decision, &context)).collect();
    let fix = fix(chain, hop, &answer);
    let hints = hints(chain, hop, &answer);
    let silent = answer.silent.iter().filter_map(|layer| chain.document_ref(hop, *layer, 0));
    let silent: Vec<DocumentRef> = silent.filter(|_| matches!(answer.verdict, Verdict::Denied(_))).collect();
    let is_silent =
        |refused: &&DocumentRef| silent.iter().any(|s| (&s.role, s.layer) == (&refused.role, refused.layer));
    let refused = chain.refused.iter().filter(is_silent).cloned().collect();
    HopProof { hop, verdict: answer.verdict, decided_by, fix, hints, refused, context, rests_on_source }
}

/// Whether a hop is allowed, without the rest of its proof.
pub(super) fn is_allowed(chain: &Chain, hop: Hop) -> bool {
    judge(chain, hop, &request::context(chain, hop)).verdict == Verdict::Allowed
}

fn judge(chain: &Chain, hop: Hop, context: &RequestContext) -> Evaluation {
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
            // If one side doesn't allow it, the hop is denied, whatever the unknown side says.
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
                    let account = account_trust(service.arn.partition(), service.arn.account());
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
            if !role.arn.lives_with(target) {
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

/// A document that allows everything.
fn everything() -> Document {
    Document::new(vec![Statement::allow(&["*"], vec!["*".to_owned()])])
}

fn levels(levels: &[Vec<Document>]) -> Vec<Vec<&Document>> {
    levels.iter().map(|level| level.iter().collect()).collect()
}

/// Whether the role that starts the target, or that runs the action, may make another call; unknown where the policies of the role
/// aren't known.
pub(super) fn judge_call(chain: &Chain, action: &str, resource: &str) -> Evaluation {
    let role = chain.starter();
    let Some(layers) = caller_layers(role, None, chain.scps_of_starter()) else {
        return unknown("policies", role);
    };
    let mut context = request::context(chain, Hop::Start);
    if let (None, Some(arn)) = (context.get("aws:RequestedRegion"), split_arn(resource)) {
        context.insert("aws:RequestedRegion", arn.region);
    }
    identity_in(&layers, &request::caller(chain, Hop::Start), action, resource, &context)
}

/// Whether a role may make a call that an action makes with it.
#[cfg(feature = "plan")]
pub(crate) fn may_call(role: &KnownRole, action: &str, resource: &str) -> Verdict {
    judge_call(&Chain::new(role.clone(), None, None), action, resource).verdict
}

fn unknown(what: &str, role: &KnownRole) -> Evaluation {
    Evaluation {
        verdict: Verdict::Unknown(format!("the {what} of role `{}`", role.arn)),
        decided_by: Vec::new(),
        silent: Vec::new(),
    }
}

/// The documents on a role's side; `None` where its policies aren't known.
pub(crate) fn caller_layers<'a>(
    role: &'a KnownRole,
    session: Option<&'a [Document]>,
    scps: &'a [Vec<Document>],
) -> Option<Layers<'a>> {
    let policies = role.policies.as_ref()?;
    Some(Layers {
        identity: policies.iter().map(|policy| &policy.document).collect(),
        boundary: role.boundary.as_ref(),
        session: session.map(|documents| documents.iter().collect()),
        scps: if role.arn.is_service_linked() { Vec::new() } else { levels(scps) },
    })
}

fn deciding(chain: &Chain, hop: Hop, decision: &Decision, context: &RequestContext) -> Option<Deciding> {
    let document = chain.document_ref(hop, decision.layer, decision.document)?;
    Some(Deciding::of(document, decision, chain.statement(hop, decision)?, context))
}

impl Deciding {
    /// What a statement decides, or might.
    pub(crate) fn of(
        document: DocumentRef,
        decision: &Decision,
        statement: &Statement,
        context: &RequestContext,
    ) -> Self {
        Self {
            document,
            index: decision.statement,
            statement: statement.clone(),
            element: decision.element.as_ref().map(ToString::to_string),
            why: decision.element.as_ref().and_then(|element| why(element, context)),
        }
    }
}

/// What a request has of the key of a condition.
fn why(element: &Element, context: &RequestContext) -> Option<String> {
    let Element::Condition(_, key) = element else { return None };
    Some(match context.get(key) {
        Some(KeyValue::Absent) if request::SOURCE_KEYS.iter().any(|source| source.eq_ignore_ascii_case(key)) => {
            format!("`{key}` is absent where a role makes the call")
        }
        Some(KeyValue::Absent) => format!("`{key}` is absent from the request"),
        Some(KeyValue::Values(_)) => format!("`{key}` is `{}`", context.get(key)?),
        // The verdict is unknown then, and says on what it depends.
        Some(KeyValue::Present | KeyValue::Session(_)) | None => return None,
    })
}
