//! Whether the policies of buckets and keys let roles use the artifacts.
//!
//! Source: CodePipeline User Guide, "Create a pipeline that uses resources from another account".

use indexmap::IndexMap;
use serde_json::json;

use super::command::Remedy;
use super::diagnosis::{ArtifactDiagnosis, Cause, Confidence, Fix, Moment};
use super::reading::{Basis, Reading};
use super::samples::samples;
use crate::arns::s3_arn;
use crate::declaration::PipelineDeclaration;
use crate::ids::{AccountId, PipelineArn, Region, RoleArn, is_key_arn, split_arn};
use crate::plan::Found;
use crate::policy::evaluate::{Evaluation, Layer, Layers, PolicedResource, RequestContext, Verdict, resource_in};
use crate::policy::{Document, DocumentKind, Effect, KeyGrant, Statement};
use crate::topology::items::{Ownership, Pipeline};
use crate::wiring::request::{principal, unpredictable_session};
use crate::wiring::{
    ArtifactNeed, Deciding, DocumentRef, KnownRole, Sign, artifact_needs, caller_layers, resource_policies,
};

/// What helps where a statement denies.
pub(super) const NARROW: &str = "narrow the statement that denies: an allow does not help";

/// A bucket or a key whose policy decides whether roles of other accounts may use the artifacts of a pipeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Policed {
    /// Whether it is a bucket or a key.
    pub kind: DocumentKind,
    /// The name of a bucket; a key as it is declared: by its ARN, its id or an alias.
    pub name: String,
    /// Its ARN. Of a key, it is not known unless it is declared.
    pub arn: Option<String>,
    /// The account that owns it.
    pub account: AccountId,
    /// The Region that it is in.
    pub region: Region,
    /// What its policy has to have.
    pub needed: Document,
}

/// A pipeline as the wiring knows it.
pub(super) fn pipeline(arn: &PipelineArn, declaration: &PipelineDeclaration) -> Pipeline {
    let mut pipeline = Pipeline::new(&declaration.name, Ownership::Extern, arn.clone());
    pipeline.declaration = declaration.clone();
    pipeline.service_role = declaration.role_arn.as_deref().and_then(|role| role.parse().ok());
    pipeline
}

/// The buckets and keys that roles of other accounts use for the artifacts of a pipeline.
pub fn policed(arn: &PipelineArn, declaration: &PipelineDeclaration) -> Vec<Policed> {
    of_pipeline(&pipeline(arn, declaration))
}

pub(super) fn of_pipeline(pipeline: &Pipeline) -> Vec<Policed> {
    let home = pipeline.arn.account();
    let roles: Vec<RoleArn> = artifact_needs(pipeline).into_iter().map(|need| need.role).collect();
    let mut found = Vec::new();
    for policy in resource_policies(std::slice::from_ref(pipeline)) {
        let text = policy.document.to_json();
        // In its own account, the policies of the roles are enough, or the default policy of the key.
        let is_guest = |role: &&RoleArn| [home, &policy.account].into_iter().any(|account| account != role.account());
        if !roles.iter().filter(is_guest).any(|role| text.contains(&role.to_string())) {
            continue;
        }
        let (arn, region) = match policy.kind {
            DocumentKind::Key => {
                let arn = Some(policy.resource.clone()).filter(|id| is_key_arn(id));
                let region = arn.as_deref().and_then(split_arn).and_then(|arn| arn.region.parse().ok());
                (arn, region)
            }
            _ => {
                let arn = s3_arn(pipeline.arn.partition().as_str(), &policy.resource);
                let mut stores = pipeline.declaration.artifact_stores.iter().flatten();
                let region = stores.find(|(_, store)| store.location == policy.resource).map(|(region, _)| region);
                (Some(arn), region.and_then(|region| region.parse().ok()))
            }
        };
        found.push(Policed {
            kind: policy.kind,
            name: policy.resource,
            arn,
            account: policy.account,
            region: region.unwrap_or_else(|| pipeline.arn.region().clone()),
            needed: policy.document,
        });
    }
    found
}

impl Policed {
    /// `bucket` or `key`.
    pub(super) fn what(&self) -> &'static str {
        if self.kind == DocumentKind::Key { "key" } else { "bucket" }
    }

    /// What its policy lets each role do; `None` where its ARN, by which it is read, is not known. Of the roles of its own account, those that it
    /// stops or may stop.
    pub(super) fn judged(
        &self,
        reading: &Reading,
        pipeline: &Pipeline,
        needs: &[ArtifactNeed],
    ) -> Option<Vec<ArtifactDiagnosis>> {
        let found = reading.policies.get(self.arn.as_ref()?).unwrap_or(&Found::NotConnected);
        let mut roles: IndexMap<&RoleArn, Vec<&ArtifactNeed>> = IndexMap::new();
        for need in needs {
            if need.requests.iter().any(|(_, on)| self.is_of(on)) {
                // One that is named with another path is the one of its name, as the hop reports: a policy can't name what is not there.
                let role = match reading.roles.get(&need.role) {
                    Some(Found::Present(known)) => &known.arn,
                    _ => &need.role,
                };
                roles.entry(role).or_default().push(need);
            }
        }
        let home = pipeline.arn.account();
        let judge = |(role, needs): (&RoleArn, Vec<&ArtifactNeed>)| {
            let is_guest = [home, &self.account].into_iter().any(|account| account != role.account());
            if !is_guest && found.present().is_none() {
                return None;
            }
            let judged = self.of_role(reading, found, role, &needs);
            (is_guest || judged.sign != Sign::Works).then_some(judged)
        };
        Some(roles.into_iter().filter_map(judge).collect())
    }

    /// Whether its policy, where it was read, and the policies of a role of its own account let the role make a request.
    pub(super) fn permits(&self, reading: &Reading, role: &KnownRole, action: &str, on: &str) -> Option<Verdict> {
        let policy = reading.policies.get(self.arn.as_ref()?)?.present()?;
        let layers = caller_layers(role, None, &[])?;
        Some(self.judged_by(reading, policy, &role.arn, &layers, action, on).0.verdict)
    }

    /// Whether a request is about it.
    pub(super) fn is_of(&self, on: &str) -> bool {
        self.arn.as_ref().is_some_and(|arn| on.strip_prefix(arn).is_some_and(|rest| rest.is_empty() || rest == "/*"))
    }

    fn of_role(
        &self,
        reading: &Reading,
        found: &Found<Document>,
        role: &RoleArn,
        needs: &[&ArtifactNeed],
    ) -> ArtifactDiagnosis {
        let mut requests: Vec<&(&str, String)> = Vec::new();
        for request in needs.iter().flat_map(|need| &need.requests).filter(|(_, on)| self.is_of(on)) {
            if !requests.contains(&request) {
                requests.push(request);
            }
        }
        let certain = if reading.basis == Basis::Read { Confidence::Verified } else { Confidence::Stated };
        let mut diagnosis = ArtifactDiagnosis {
            role: role.clone(),
            resource: self.arn.clone().unwrap_or_default(),
            what: format!("{} `{}`", self.what(), self.name),
            actions: requests.iter().map(|(action, _)| (*action).to_owned()).collect(),
            sign: Sign::Works,
            confidence: certain,
            moment: None,
            causes: Vec::new(),
        };
        let policy = match found {
            Found::Present(policy) => policy,
            Found::Missing => {
                let reason = format!("there is no {} `{}`", self.what(), self.name);
                diagnosis.add(Sign::Fails, certain, Cause { reason, decided_by: Vec::new(), fix: Fix::None });
                return diagnosis;
            }
            Found::Unreadable(why) => {
                diagnosis.add(Sign::Unknown, Confidence::NotReadable, self.not_read(why.clone()));
                return diagnosis;
            }
            Found::NotConnected => {
                let cause = self.not_read(reading.unconnected(&self.account));
                diagnosis.add(Sign::Unknown, Confidence::NotReadable, cause);
                return diagnosis;
            }
        };
        for (action, on) in requests {
            let (evaluation, context) = self.evaluated(reading, policy, role, action, on);
            let decided_by: Vec<Deciding> = evaluation
                .decided_by
                .iter()
                .filter(|decision| decision.layer == Layer::Resource)
                .filter_map(|decision| {
                    let document = DocumentRef {
                        role: role.clone(),
                        layer: Layer::Resource,
                        position: 0,
                        name: Some(format!("{} `{}`", self.what(), self.name)),
                    };
                    let statement = policy.statements.get(decision.statement)?;
                    Some(Deciding::of(document, decision, statement, &context))
                })
                .collect();
            let (sign, confidence, reason, fix) = match &evaluation.verdict {
                Verdict::Allowed => (Sign::Works, certain, String::new(), Fix::None),
                Verdict::Unknown(why) => {
                    (Sign::Unknown, Confidence::Undecided, format!("`{action}` depends on {why}"), Fix::None)
                }
                Verdict::Denied(_) => {
                    let denies = evaluation.decided_by.iter().any(|decision| decision.effect == Effect::Deny);
                    let fix = match denies {
                        true => Fix::Words(NARROW.to_owned()),
                        false => self.to_add(role, needs),
                    };
                    let lacks = format!("its policy does not let the role `{action}`");
                    // A statement that denies overrides grants. Source: KMS Developer Guide, "Grants in AWS KMS".
                    match self.kind {
                        DocumentKind::Key if !denies => {
                            let allows = |policy: &Document| {
                                let (evaluation, _) = self.evaluated(reading, policy, role, action, on);
                                matches!(evaluation.verdict, Verdict::Allowed)
                            };
                            with_grants(self.by_grants(reading, policy, allows), lacks, certain, fix)
                        }
                        _ => (Sign::Fails, certain, lacks, fix),
                    }
                }
            };
            diagnosis.add(sign, confidence, Cause { reason, decided_by, fix });
        }
        diagnosis
    }

    /// What the grants of a key add to its policy, which does not let a role in. An error is why that is not known.
    fn by_grants(
        &self,
        reading: &Reading,
        policy: &Document,
        allows: impl Fn(&Document) -> bool,
    ) -> Result<Sign, String> {
        let grants = match self.arn.as_ref().and_then(|arn| reading.grants.get(arn)) {
            Some(Found::Present(grants)) => grants,
            Some(Found::Unreadable(why)) => return Err(format!("and grants can't be read: {why}")),
            _ => return Err("and grants are not read".to_owned()),
        };
        let with = |is_counted: fn(&KeyGrant) -> bool| {
            let mut policy = policy.clone();
            policy.statements.extend(grants.iter().filter(|grant| is_counted(grant)).map(KeyGrant::statement));
            allows(&policy)
        };
        Ok(if with(|grant| !grant.is_limited) {
            Sign::Works
        } else if with(|_| true) {
            Sign::Unknown
        } else {
            Sign::Fails
        })
    }

    /// Whether grants of it may let a role in which its policy, as it was read, does not.
    pub fn is_up_to_grants(&self, reading: &Reading, arn: &PipelineArn, declaration: &PipelineDeclaration) -> bool {
        let policy = self.arn.as_ref().and_then(|arn| reading.policies.get(arn));
        let pipeline = pipeline(arn, declaration);
        let judged = || self.judged(reading, &pipeline, &artifact_needs(&pipeline)).unwrap_or_default();
        let is_key = self.kind == DocumentKind::Key && matches!(policy, Some(Found::Present(_)));
        is_key && judged().iter().any(|found| found.confidence == Confidence::NotReadable)
    }

    /// Judges a request by the policy alone: what the role may do by its own policies is reported of the role.
    fn evaluated(
        &self,
        reading: &Reading,
        policy: &Document,
        role: &RoleArn,
        action: &str,
        on: &str,
    ) -> (Evaluation, RequestContext) {
        let all = Document::new(vec![Statement::allow(&["*"], vec!["*".to_owned()])]);
        let layers = Layers { identity: vec![&all], ..Layers::default() };
        self.judged_by(reading, policy, role, &layers, action, on)
    }

    /// Judges a request by the policy and what is on the side of the role.
    fn judged_by(
        &self,
        reading: &Reading,
        policy: &Document,
        role: &RoleArn,
        layers: &Layers<'_>,
        action: &str,
        on: &str,
    ) -> (Evaluation, RequestContext) {
        let caller = unpredictable_session(role);
        let mut context = reading.request();
        let known = reading.roles.get(role).and_then(Found::present).filter(|known| known.arn == *role);
        principal(&mut context, known.unwrap_or(&KnownRole::new(role.clone())));
        // CodePipeline encrypts artifacts with KMS: the policies that its console writes deny all else.
        context.insert("s3:x-amz-server-side-encryption", "aws:kms".to_owned());
        // S3 calls KMS for the role. Source: KMS Developer Guide, "AWS KMS condition keys".
        context.insert("kms:CallerAccount", role.account().to_string());
        if self.arn.as_ref().is_some_and(|arn| arn.starts_with("arn:aws:")) {
            context.insert("kms:ViaService", format!("s3.{}.amazonaws.com", self.region));
        }
        let judge = |arn: &str| {
            let resource = PolicedResource { arn, account: &self.account, kind: self.kind, policy, rcps: &[] };
            resource_in(&caller, layers, &resource, action, &context)
        };
        let policies = layers.identity.iter().copied().chain([policy]);
        let mut judged: Vec<Evaluation> = samples(policies, on).iter().map(|arn| judge(arn)).collect();
        // The policy may be limited to the objects of the pipeline.
        judged.sort_by_key(|evaluation| match evaluation.verdict {
            Verdict::Allowed => 0,
            Verdict::Unknown(_) => 1,
            Verdict::Denied(_) => 2,
        });
        let best = judged.into_iter().next().unwrap_or_else(|| judge(on));
        (best, context)
    }

    /// The statements that let a role use it, as its policy has them.
    fn to_add(&self, role: &RoleArn, needs: &[&ArtifactNeed]) -> Fix {
        let is_of = |statement: &&Statement| {
            statement.resource.iter().flat_map(|texts| texts.iter()).any(|text| self.is_of(text))
        };
        let statements = needs.iter().flat_map(|need| &need.statements).filter(is_of).map(|statement| {
            let mut statement = statement.clone().for_principals("AWS", vec![role.to_string()]);
            if self.kind == DocumentKind::Key {
                // In the policy of a key, `*` is the key.
                statement.resource = Statement::allow(&[], vec!["*".to_owned()]).resource;
            }
            statement
        });
        let mut changes: Vec<Remedy> = Vec::new();
        for statement in statements {
            let change = self.paste(format!("add to the policy of {} `{}`", self.what(), self.name), json!(statement));
            if !changes.contains(&change) {
                changes.push(change);
            }
        }
        Fix::Changes(changes)
    }

    fn not_read(&self, reason: String) -> Cause {
        Cause { reason, decided_by: Vec::new(), fix: self.to_compare() }
    }

    /// What the policy has to have, where it isn't read.
    pub(super) fn to_compare(&self) -> Fix {
        let what = format!("the policy of the {} `{}` has to have", self.what(), self.name);
        Fix::Changes(vec![self.paste(what, json!(self.needed))])
    }

    fn paste(&self, what: String, json: serde_json::Value) -> Remedy {
        Remedy { account: self.account.clone(), what, json, command: None, edit: None }
    }
}

/// How a request is judged that the policy of a key does not allow, with what its grants add.
fn with_grants(
    added: Result<Sign, String>,
    lacks: String,
    certain: Confidence,
    fix: Fix,
) -> (Sign, Confidence, String, Fix) {
    match added {
        Ok(Sign::Works) => (Sign::Works, certain, String::new(), Fix::None),
        Ok(Sign::Fails) => (Sign::Fails, certain, format!("{lacks}, and no grant of the key does"), fix),
        Ok(Sign::Unknown) => {
            let why = format!("{lacks}; a grant of the key does for some encryption contexts");
            (Sign::Unknown, Confidence::Undecided, why, Fix::None)
        }
        Err(why) => {
            let why = format!("{lacks}; a grant of the key may (`aws kms list-grants`), {why}");
            (Sign::Unknown, Confidence::NotReadable, why, fix)
        }
    }
}

impl ArtifactDiagnosis {
    /// Adds a cause; the worst one decides the sign.
    fn add(&mut self, sign: Sign, confidence: Confidence, cause: Cause) {
        if sign > self.sign {
            self.sign = sign;
            self.confidence = confidence;
            self.causes.clear();
            self.moment = (sign == Sign::Fails).then_some(Moment::WhenRun);
        }
        // One statement may allow several actions, and one fix be that of several.
        let known = |other: &Cause| other.reason == cause.reason && other.decided_by == cause.decided_by;
        if sign == self.sign && !self.causes.iter().any(known) {
            let mut cause = cause;
            if self.causes.iter().any(|other| other.fix == cause.fix) {
                cause.fix = Fix::None;
            }
            self.causes.push(cause);
        }
    }
}
