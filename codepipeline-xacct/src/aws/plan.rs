//! The plan: the ordered steps from what the accounts hold to what a topology says, and the proof of its wiring.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::Value;

use super::clients::Accounts;
use super::error::Error;
use super::read::{self, PipelineState, RoleState, Seen, State};
use super::{ITEM_TAG, TOPOLOGY_TAG};
use crate::core::declaration::PipelineDeclaration;
use crate::core::finding::{Finding, Findings, Place};
use crate::core::ids::{AccountId, PipelineArn, RoleArn};
use crate::core::policy::Document;
use crate::core::policy::evaluate::Verdict;
use crate::core::reconcile::{self, Change};
use crate::core::topology::{self, Invoke, Ownership, Pipeline, ResolvedRole, Topology};
use crate::core::wiring::{self, Hop, Known};

/// One write.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Step {
    /// CreateRole, with its trust policy and tags.
    CreateRole {
        /// The role.
        role: RoleArn,
        /// Its trust policy.
        trust: Document,
        /// Its tags.
        tags: IndexMap<String, String>,
    },
    /// UpdateAssumeRolePolicy.
    UpdateTrust {
        /// The role.
        role: RoleArn,
        /// The trust policy that is there.
        before: Document,
        /// The trust policy that will be there.
        after: Document,
    },
    /// TagRole.
    TagRole {
        /// The role.
        role: RoleArn,
        /// Tags that are added or changed.
        tags: IndexMap<String, String>,
    },
    /// PutRolePolicy.
    PutRolePolicy {
        /// The role.
        role: RoleArn,
        /// The name of the inline policy.
        name: String,
        /// What is there under this name.
        before: Option<Document>,
        /// What will be there.
        after: Document,
    },
    /// DeleteRolePolicy.
    DeleteRolePolicy {
        /// The role.
        role: RoleArn,
        /// The name of the inline policy.
        name: String,
    },
    /// DeleteRole.
    DeleteRole {
        /// The role.
        role: RoleArn,
    },
    /// CreatePipeline.
    CreatePipeline {
        /// The pipeline.
        pipeline: PipelineArn,
        /// Its declaration.
        declaration: Box<PipelineDeclaration>,
        /// Its tags.
        tags: IndexMap<String, String>,
    },
    /// UpdatePipeline.
    UpdatePipeline {
        /// The pipeline.
        pipeline: PipelineArn,
        /// The whole declaration that will be there.
        declaration: Box<PipelineDeclaration>,
        /// What differs from what is there.
        changes: Vec<Change>,
        /// The version that the changes were made for.
        version: i64,
        /// When that version was written.
        updated: String,
    },
    /// TagResource.
    TagPipeline {
        /// The pipeline.
        pipeline: PipelineArn,
        /// Tags that are added or changed.
        tags: IndexMap<String, String>,
    },
    /// DeletePipeline.
    DeletePipeline {
        /// The pipeline.
        pipeline: PipelineArn,
    },
}

impl Step {
    /// The account in which it writes.
    pub fn account(&self) -> &AccountId {
        match self {
            Step::CreateRole { role, .. }
            | Step::UpdateTrust { role, .. }
            | Step::TagRole { role, .. }
            | Step::PutRolePolicy { role, .. }
            | Step::DeleteRolePolicy { role, .. }
            | Step::DeleteRole { role } => role.account(),
            Step::CreatePipeline { pipeline, .. }
            | Step::UpdatePipeline { pipeline, .. }
            | Step::TagPipeline { pipeline, .. }
            | Step::DeletePipeline { pipeline } => pipeline.account(),
        }
    }
}

/// What is known of one action with a role, or of a pipeline without any: each hop allowed, denied or unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct Proof {
    /// The action, or the pipeline.
    pub place: Place,
    /// The pipeline that the action starts.
    pub target: Option<PipelineArn>,
    /// The hops in their order.
    pub hops: Vec<(Hop, Verdict)>,
}

/// Steps in phases: those of a phase don't depend on each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub(super) topology: String,
    pub(super) accounts: Vec<topology::Account>,
    pub(super) phases: Vec<Vec<Step>>,
    pub(super) proofs: Vec<Proof>,
    pub(super) warnings: Vec<Finding>,
    /// What is said where there are no steps.
    pub(super) nothing: &'static str,
}

impl Plan {
    /// The steps in the order in which they are applied.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.phases.iter().flatten()
    }

    /// True where the accounts hold what the topology says.
    pub fn is_empty(&self) -> bool {
        self.steps().next().is_none()
    }

    /// What is known of each action with a role.
    pub fn proofs(&self) -> &[Proof] {
        &self.proofs
    }

    /// What should be looked at.
    pub fn warnings(&self) -> &[Finding] {
        &self.warnings
    }
}

/// Makes plans.
#[derive(Debug)]
pub struct Planner<'a> {
    topology: &'a Topology,
    accounts: &'a Accounts,
    adopt: BTreeSet<String>,
}

impl<'a> Planner<'a> {
    /// For a topology and the accounts that it lives in.
    pub fn new(topology: &'a Topology, accounts: &'a Accounts) -> Self {
        Self { topology, accounts, adopt: BTreeSet::new() }
    }

    /// Allows to take over a role or a pipeline, named by its ARN, that exists and carries no tag of a topology.
    #[must_use]
    pub fn adopt(mut self, arn: &str) -> Self {
        self.adopt.insert(arn.to_owned());
        self
    }

    /// Reads the accounts and plans what has to be written. Nothing is written; what stands in the way is one error
    /// with all findings.
    pub async fn plan(&self) -> Result<Plan, Error> {
        let state = self.read().await?;
        let mut findings = Vec::new();
        let pipelines = self.plan_pipelines(&state, &mut findings)?;
        let roles = self.plan_roles(&state, &mut findings)?;
        let proofs = self.prove(&state, &mut findings);
        let warnings = Findings::split(findings)?;
        let mut phases = roles;
        phases.extend(pipelines);
        phases.retain(|phase| !phase.is_empty());
        let warnings = self.topology.warnings().iter().cloned().chain(warnings).collect();
        Ok(self.finished(phases, proofs, warnings, "nothing to do, the accounts hold what it says"))
    }

    /// Plans to delete what carries the topology's tag, and its inline policies in extended roles. Keys that it wrote into
    /// extended pipelines stay, since what stood there before is not known.
    pub async fn destroy(&self) -> Result<Plan, Error> {
        let state = self.read().await?;
        let name = self.topology.policy_name();
        let (mut pipelines, mut policies, mut roles) = (Vec::new(), Vec::new(), Vec::new());
        let mut findings = Vec::new();
        let mine = |tags: &IndexMap<String, String>| {
            tags.get(TOPOLOGY_TAG).map(String::as_str) == Some(self.topology.name().as_str())
        };
        for pipeline in self.topology.pipelines().iter().filter(|p| p.ownership == Ownership::Managed) {
            match state.pipelines.get(&pipeline.arn) {
                Some(Seen::There(found)) if mine(&found.tags) => {
                    pipelines.push(Step::DeletePipeline { pipeline: pipeline.arn.clone() });
                }
                Some(Seen::Unknown(why)) => {
                    let place = Place::pipeline(&pipeline.item);
                    self.unreached(pipeline.arn.account(), why, place, &mut findings)?;
                }
                _ => {}
            }
        }
        for resolved in self.topology.roles().iter().filter(|r| r.role.ownership != Ownership::Extern) {
            let arn = &resolved.role.arn;
            let found = match state.roles.get(arn) {
                Some(Seen::There(found)) => found,
                Some(Seen::Unknown(why)) => {
                    self.unreached(arn.account(), why, Place::role(&resolved.role.item), &mut findings)?;
                    continue;
                }
                _ => continue,
            };
            let managed = resolved.role.ownership == Ownership::Managed;
            if (!managed || mine(&found.tags)) && found.inline.contains_key(&name) {
                policies.push(Step::DeleteRolePolicy { role: arn.clone(), name: name.clone() });
            }
            if managed && mine(&found.tags) {
                roles.push(Step::DeleteRole { role: arn.clone() });
            }
        }
        Findings::split(findings)?;
        let phases = [pipelines, policies, roles].into_iter().filter(|phase| !phase.is_empty()).collect();
        Ok(self.finished(phases, Vec::new(), Vec::new(), "nothing to delete"))
    }

    fn finished(
        &self,
        phases: Vec<Vec<Step>>,
        proofs: Vec<Proof>,
        warnings: Vec<Finding>,
        nothing: &'static str,
    ) -> Plan {
        let accounts = self.topology.accounts().to_vec();
        Plan { topology: self.topology.name().to_string(), accounts, phases, proofs, warnings, nothing }
    }

    /// Reads all that the topology names, from accounts whose credentials are what they are said to be.
    async fn read(&self) -> Result<State, Error> {
        for account in self.topology.accounts().iter().filter(|a| self.accounts.reaches(&a.id)) {
            self.accounts.guard(account).await?;
        }
        read::state(self.topology, self.accounts).await
    }

    /// The tags of a role of ours; one that is written where it is used has no item but its name.
    fn role_tags(&self, role: &topology::Role) -> IndexMap<String, String> {
        self.tags(if role.inline { role.arn.name().as_str() } else { &role.item }, &role.tags)
    }

    /// The tags of an item of ours.
    fn tags(&self, item: &str, user: &IndexMap<String, String>) -> IndexMap<String, String> {
        let mut tags = user.clone();
        tags.insert(TOPOLOGY_TAG.to_owned(), self.topology.name().to_string());
        // Tag values have a character set of their own.
        let item: String = item
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '.' | ':' | '/' | '=' | '+' | '-' | '@'))
            .collect();
        tags.insert(ITEM_TAG.to_owned(), item);
        tags
    }

    /// Whether a thing that exists may be written.
    fn owned(&self, place: Place, what: &str, arn: &str, tags: &IndexMap<String, String>) -> Result<(), Finding> {
        match tags.get(TOPOLOGY_TAG) {
            Some(owner) if owner == self.topology.name().as_str() => Ok(()),
            Some(owner) => Err(Finding::error(
                "XA1005",
                place,
                format!(
                    "{what} `{arn}` belongs to topology `{owner}` and is not written by `{}`",
                    self.topology.name()
                ),
            )
            .help("declare it as extern here, or take it out of the other topology first")),
            None if self.adopt.contains(arn) => Ok(()),
            None => Err(Finding::error("XA1006", place, format!("{what} `{arn}` exists already and is not ours"))
                .help(format!(
                    "take it over with `.adopt(\"{arn}\")`, extend it (`extended`), or choose another name"
                ))),
        }
    }

    /// Something of an account without a client has to be written.
    fn unreached(
        &self,
        account: &AccountId,
        why: &str,
        place: Place,
        findings: &mut Vec<Finding>,
    ) -> Result<(), Error> {
        if !self.accounts.reaches(account) {
            return Err(Error::NoClient { account: account.to_string() });
        }
        findings.push(Finding::error("XA1007", place, format!("it can't be read, so it can't be planned: {why}")));
        Ok(())
    }

    fn plan_roles(&self, state: &State, findings: &mut Vec<Finding>) -> Result<Vec<Vec<Step>>, Error> {
        let mut create: Vec<&ResolvedRole> = Vec::new();
        let (mut trusts, mut policies, mut tags) = (Vec::new(), Vec::new(), Vec::new());
        for resolved in self.topology.roles() {
            let role = &resolved.role;
            let place = Place::role(&role.item);
            let found = match state.roles.get(&role.arn) {
                Some(Seen::There(found)) => Some(found),
                Some(Seen::Unknown(why)) if role.ownership != Ownership::Extern => {
                    self.unreached(role.arn.account(), why, place, findings)?;
                    continue;
                }
                Some(Seen::Missing) if role.ownership != Ownership::Managed => {
                    findings.push(
                        Finding::error("XA1008", place, format!("role `{}` does not exist", role.arn))
                            .help("check name, path and account, or declare it without `extern` or `extended`"),
                    );
                    continue;
                }
                _ => None,
            };
            if let Some(found) = found
                && found.arn != role.arn.to_string()
            {
                // GetRole goes by the name alone.
                let message = format!("the account has `{}`, where `{}` is declared", found.arn, role.arn);
                findings.push(Finding::error("XA1009", place, message).help(
                    "role names are unique in an account whatever their path: write the path that is there, or another name",
                ));
                continue;
            }
            match role.ownership {
                Ownership::Extern => continue,
                Ownership::Extended => {}
                Ownership::Managed => match found {
                    None => create.push(resolved),
                    Some(found) => self.update_role(resolved, found, &mut trusts, &mut tags, findings),
                },
            }
            policies.extend(self.policy_step(resolved, found));
            self.quota(resolved, findings);
        }
        let mut phases = self.create_roles(&create);
        // IAM answers two writes of one role at once with a conflict.
        phases.extend([trusts, tags, policies]);
        Ok(phases)
    }

    /// A role that names another one in its trust comes after it: IAM refuses a principal that doesn't exist.
    fn create_roles(&self, roles: &[&ResolvedRole]) -> Vec<Vec<Step>> {
        let names = |resolved: &ResolvedRole, arn: &RoleArn| {
            resolved.trust.as_ref().is_some_and(|t| t.to_json().contains(&format!("\"{arn}\"")))
        };
        let mut rest: Vec<&ResolvedRole> = roles.to_vec();
        let mut phases = Vec::new();
        while !rest.is_empty() {
            let (ready, waiting): (Vec<_>, Vec<_>) = rest.iter().copied().partition(|resolved| {
                !rest.iter().any(|other| other.role.arn != resolved.role.arn && names(resolved, &other.role.arn))
            });
            // Roles that trust each other can't be ordered; IAM says so then.
            let (ready, waiting) = if ready.is_empty() { (waiting, Vec::new()) } else { (ready, waiting) };
            phases.push(ready.into_iter().map(|resolved| self.create_role(resolved)).collect());
            rest = waiting;
        }
        phases
    }

    fn create_role(&self, resolved: &ResolvedRole) -> Step {
        let role = &resolved.role;
        Step::CreateRole {
            role: role.arn.clone(),
            trust: resolved.trust.clone().unwrap_or_else(|| Document::new(Vec::new())),
            tags: self.role_tags(role),
        }
    }

    fn update_role(
        &self,
        resolved: &ResolvedRole,
        found: &RoleState,
        trusts: &mut Vec<Step>,
        tagged: &mut Vec<Step>,
        findings: &mut Vec<Finding>,
    ) {
        let role = &resolved.role;
        let place = Place::role(&role.item);
        let arn = role.arn.to_string();
        if let Err(finding) = self.owned(place, "role", &arn, &found.tags) {
            findings.push(finding);
            return;
        }
        if let Some(trust) = &resolved.trust
            && !trust.same_meaning(&found.trust)
        {
            trusts.push(Step::UpdateTrust {
                role: role.arn.clone(),
                before: found.trust.clone(),
                after: trust.clone(),
            });
        }
        let tags = changed(&self.role_tags(role), &found.tags);
        if !tags.is_empty() {
            tagged.push(Step::TagRole { role: role.arn.clone(), tags });
        }
    }

    fn policy_step(&self, resolved: &ResolvedRole, found: Option<&RoleState>) -> Option<Step> {
        let name = self.topology.policy_name();
        let role = resolved.role.arn.clone();
        let before = found.and_then(|f| f.inline.get(&name)).cloned();
        match (&resolved.policy, before) {
            (Some(after), Some(before)) if after.same_meaning(&before) => None,
            (Some(after), before) => Some(Step::PutRolePolicy { role, name, before, after: after.clone() }),
            (None, Some(_)) => Some(Step::DeleteRolePolicy { role, name }),
            (None, None) => None,
        }
    }

    /// Quotas can be raised, so passing one is a warning. Source: IAM User Guide, "IAM and AWS STS quotas".
    fn quota(&self, resolved: &ResolvedRole, findings: &mut Vec<Finding>) {
        for (document, what, most) in
            [(&resolved.trust, "trust policy", 2048), (&resolved.policy, "inline policy", 10240)]
        {
            let size = document.as_ref().map_or(0, Document::size);
            if size > most {
                let message = format!(
                    "the {what} of role `{}` has {size} characters; the quota of IAM is {most} by default",
                    resolved.role.arn
                );
                findings.push(Finding::warning("XA1010", Place::role(&resolved.role.item), message));
            }
        }
    }

    fn plan_pipelines(&self, state: &State, findings: &mut Vec<Finding>) -> Result<Vec<Vec<Step>>, Error> {
        // The targets first: an action that starts a pipeline comes after it.
        let mut steps: IndexMap<PipelineArn, Vec<Step>> = IndexMap::new();
        for pipeline in self.topology.pipelines() {
            let found = match state.pipelines.get(&pipeline.arn) {
                Some(Seen::There(found)) => Some(found),
                Some(Seen::Unknown(why)) if pipeline.ownership != Ownership::Extern => {
                    self.unreached(pipeline.arn.account(), why, Place::pipeline(&pipeline.item), findings)?;
                    continue;
                }
                Some(Seen::Unknown(why)) => {
                    let message = format!("it is not known whether pipeline `{}` exists: {why}", pipeline.arn);
                    findings.push(Finding::warning("XA1015", Place::pipeline(&pipeline.item), message));
                    continue;
                }
                _ => None,
            };
            steps.insert(pipeline.arn.clone(), self.plan_pipeline(pipeline, found, findings));
        }
        let mut phases: Vec<Vec<Step>> = Vec::new();
        let mut rest: Vec<&Pipeline> =
            self.topology.pipelines().iter().filter(|p| steps.get(&p.arn).is_some_and(|s| !s.is_empty())).collect();
        while !rest.is_empty() {
            let waits = |p: &&Pipeline| {
                p.invokes.iter().any(|i| i.target.arn != p.arn && rest.iter().any(|other| other.arn == i.target.arn))
            };
            let (waiting, ready): (Vec<_>, Vec<_>) = rest.iter().copied().partition(waits);
            // Pipelines that start each other can't be ordered, and needn't be.
            let (ready, waiting) = if ready.is_empty() { (waiting, Vec::new()) } else { (ready, waiting) };
            phases.push(ready.iter().flat_map(|p| steps.swap_remove(&p.arn).unwrap_or_default()).collect());
            rest = waiting;
        }
        // What marks a pipeline as ours comes once it is.
        let (tags, writes): (Vec<Step>, Vec<Step>) =
            phases.iter().flatten().cloned().partition(|s| matches!(s, Step::TagPipeline { .. }));
        if !tags.is_empty() {
            phases =
                phases.into_iter().map(|phase| phase.into_iter().filter(|s| writes.contains(s)).collect()).collect();
            phases.push(tags);
        }
        Ok(phases)
    }

    fn plan_pipeline(
        &self,
        pipeline: &Pipeline,
        found: Option<&PipelineState>,
        findings: &mut Vec<Finding>,
    ) -> Vec<Step> {
        let arn = pipeline.arn.to_string();
        let place = Place::pipeline(&pipeline.item);
        if pipeline.ownership == Ownership::Extern {
            match found {
                None => findings.push(
                    Finding::error(
                        "XA1001",
                        place,
                        format!("pipeline `{}` does not exist: there is no `{arn}`", pipeline.item),
                    )
                    .help("check name, Region and account of the extern pipeline"),
                ),
                Some(found) => self.verify_signature(pipeline, &found.declaration, findings),
            }
            return Vec::new();
        }
        let declaration = match reconcile::desired(pipeline, found.map(|f| &f.declaration)) {
            Ok(declaration) => declaration,
            Err(mut errors) => {
                findings.append(&mut errors);
                return Vec::new();
            }
        };
        let managed = pipeline.ownership == Ownership::Managed;
        let tags = if managed { self.tags(&pipeline.item, &pipeline.tags) } else { pipeline.tags.clone() };
        let Some(found) = found else {
            return vec![Step::CreatePipeline {
                pipeline: pipeline.arn.clone(),
                declaration: Box::new(declaration),
                tags,
            }];
        };
        if managed {
            if let Err(finding) = self.owned(place, "pipeline", &arn, &found.tags) {
                findings.push(finding);
                return Vec::new();
            }
        } else {
            if found.tags.get(TOPOLOGY_TAG).is_some_and(|owner| owner != self.topology.name().as_str()) {
                findings.extend(self.owned(place, "pipeline", &arn, &found.tags).err());
                return Vec::new();
            }
            findings.extend(reconcile::check_merged(pipeline, &found.declaration, &declaration));
            self.verify_signature(pipeline, &declaration, findings);
        }
        let mut steps = Vec::new();
        let changes = reconcile::changes(&found.declaration, &declaration, pipeline.arn.region());
        if !changes.is_empty() {
            steps.push(Step::UpdatePipeline {
                pipeline: pipeline.arn.clone(),
                declaration: Box::new(declaration),
                changes,
                version: found.declaration.version.unwrap_or_default(),
                updated: found.updated.clone(),
            });
        }
        let tags = changed(&tags, &found.tags);
        if !tags.is_empty() {
            steps.push(Step::TagPipeline { pipeline: pipeline.arn.clone(), tags });
        }
        steps
    }

    /// What the callers of a pipeline believe of its variables is verified on what the account holds.
    fn verify_signature(&self, pipeline: &Pipeline, real: &PipelineDeclaration, findings: &mut Vec<Finding>) {
        let declared = real.variables.as_deref().unwrap_or_default();
        for (caller, invoke) in self.callers(&pipeline.arn) {
            let place = wiring::action_place(caller, &invoke.stage, &invoke.action);
            for name in invoke.variables.keys().filter(|name| !declared.iter().any(|v| v.name == **name)) {
                let message = format!("pipeline `{}` declares no variable `{name}` in its account", pipeline.arn);
                findings.push(
                    Finding::error("XA1011", place.clone(), message)
                        .help("declare the variable there, or leave it out here and in the extern pipeline"),
                );
            }
            for variable in
                declared.iter().filter(|v| v.default_value.is_none() && !invoke.variables.contains_key(&v.name))
            {
                let message = format!(
                    "pipeline `{}` needs variable `{}` in its account, and the action does not pass it",
                    pipeline.arn, variable.name
                );
                findings
                    .push(Finding::error("XA1012", place.clone(), message).help(format!("pass `{}`", variable.name)));
            }
        }
    }

    fn callers<'b>(&'b self, target: &'b PipelineArn) -> impl Iterator<Item = (&'b Pipeline, &'b Invoke)> {
        let all = self.topology.pipelines().iter().flat_map(|p| p.invokes.iter().map(move |i| (p, i)));
        all.filter(move |(_, invoke)| invoke.target.arn == *target)
    }

    /// Decides the hops of every pipeline from what the roles will hold once the plan is applied: those of each invoke, the
    /// assumption of every other action role, and at least that CodePipeline may assume the service role.
    fn prove(&self, state: &State, findings: &mut Vec<Finding>) -> Vec<Proof> {
        let mut proofs = Vec::new();
        for pipeline in self.topology.pipelines().iter().filter(|p| p.ownership != Ownership::Extern) {
            let Some(service) = &pipeline.service_role else { continue };
            let invokes = pipeline.invokes.iter().map(|i| {
                let place = wiring::action_place(pipeline, &i.stage, &i.action);
                (place, i.role.as_ref(), Some(&i.target.arn))
            });
            let others = pipeline
                .action_roles
                .iter()
                .map(|link| (wiring::action_place(pipeline, &link.stage, &link.action), Some(&link.role), None));
            let mut links: Vec<(Place, Option<&RoleArn>, Option<&PipelineArn>)> = invokes.chain(others).collect();
            if links.is_empty() {
                links.push((Place::pipeline(&pipeline.item), None, None));
            }
            let service_known = self.known_after(service, state);
            for (place, role, target) in links {
                let role_known = role.map(|arn| (arn, self.known_after(arn, state)));
                let hops = wiring::prove(
                    (service, service_known.as_ref()),
                    role_known.as_ref().map(|(arn, known)| (*arn, known.as_ref())),
                    target,
                );
                for (hop, verdict) in &hops {
                    // Whether the service role may be assumed is said once.
                    let place = if *hop == Hop::ServiceTrust { Place::pipeline(&pipeline.item) } else { place.clone() };
                    let finding = hop_finding(&place, *hop, verdict, service, role.unwrap_or(service), target);
                    findings.extend(finding.filter(|f| !findings.contains(f)));
                }
                proofs.push(Proof { place, target: target.cloned(), hops });
            }
        }
        proofs
    }

    /// What a role will hold; `None` where that is not known.
    fn known_after(&self, arn: &RoleArn, state: &State) -> Option<Known> {
        let resolved = self.topology.role(arn)?;
        let name = self.topology.policy_name();
        match state.roles.get(arn) {
            Some(Seen::There(found)) if found.bounded => None,
            Some(Seen::There(found)) => {
                let mut known = found.known(&name, resolved.policy.as_ref());
                if let Some(trust) = &resolved.trust {
                    known.trust = Some(trust.clone());
                }
                Some(known)
            }
            Some(Seen::Missing) => {
                Some(Known { trust: resolved.trust.clone(), policies: resolved.policy.iter().cloned().collect() })
            }
            _ => None,
        }
    }
}

/// A denied hop blocks, an unknown one warns.
fn hop_finding(
    place: &Place,
    hop: Hop,
    verdict: &Verdict,
    service: &RoleArn,
    role: &RoleArn,
    target: Option<&PipelineArn>,
) -> Option<Finding> {
    let target = target.map(ToString::to_string).unwrap_or_default();
    let (what, mend) = match hop {
        Hop::ServiceTrust => (
            format!("CodePipeline may not assume service role `{service}`"),
            format!("let the trust policy of `{service}` allow `sts:AssumeRole` to `codepipeline.amazonaws.com`"),
        ),
        Hop::Assume => (
            format!("service role `{service}` may not assume action role `{role}`"),
            format!(
                "let the trust policy of `{role}` name `{service}`, and a policy of `{service}` allow `sts:AssumeRole` on it"
            ),
        ),
        Hop::Start => (
            format!("role `{role}` may not start pipeline `{target}`"),
            format!("let a policy of `{role}` allow `{}` on `{target}`", wiring::START),
        ),
    };
    match verdict {
        Verdict::Allowed => None,
        Verdict::Denied(reason) => Some(Finding::error("XA1013", place.clone(), format!("{what} {reason}")).help(mend)),
        Verdict::Unknown(why) => Some(
            Finding::warning(
                "XA1014",
                place.clone(),
                format!("it is not known whether {}: it depends on {why}", positive(&what)),
            )
            .help(mend),
        ),
    }
}

fn positive(what: &str) -> String {
    what.replacen("may not", "may", 1)
}

/// Tags that are not there or have another value.
fn changed(wanted: &IndexMap<String, String>, found: &IndexMap<String, String>) -> IndexMap<String, String> {
    wanted.iter().filter(|(key, value)| found.get(*key) != Some(value)).map(|(k, v)| (k.clone(), v.clone())).collect()
}

/// A declaration as the API takes it.
pub(super) fn declaration_value(declaration: &PipelineDeclaration) -> Value {
    serde_json::to_value(declaration).unwrap_or_default()
}
