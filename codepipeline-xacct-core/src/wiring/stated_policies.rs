//! The hops of roles whose policies are stated, proven when a topology is built.

use super::chain::{Chain, KnownRole, Policy};
use super::findings::hop_findings;
use super::hop::Hop;
use super::prove::prove;
use super::wait_targets::{wait_finding, waits};
use crate::finding::{Finding, Place};
use crate::ids::{PipelineArn, RoleArn};
use crate::policy::evaluate::Verdict;
use crate::policy::validate::{validate, validate_statements};
use crate::policy::{Document, DocumentKind};
use crate::topology::items::{Ownership, Pipeline, ResolvedRole, Role};

/// What IAM would refuse in the documents that are stated for a role, and in the statements that are added to it.
pub fn judge_documents(role: &Role, findings: &mut Vec<Finding>) {
    let place = Place::role(&role.item);
    let partition = role.arn.partition();
    let mut judge = |document: &Document, kind: DocumentKind, place: Place| {
        // What can't be written as JSON can't be a document.
        let value = serde_json::to_value(document).unwrap_or_default();
        findings.extend(validate(&value, kind, partition, &place));
    };
    if let Some(trust) = &role.trust_policy {
        judge(trust, DocumentKind::Trust, place.key("trust_policy"));
    }
    for (index, policy) in role.policies.iter().flatten().enumerate() {
        judge(policy, DocumentKind::Identity, place.key("policies").index(index));
    }
    if let Some(boundary) = &role.permissions_boundary {
        judge(boundary, DocumentKind::Boundary, place.key("permissions_boundary"));
    }
    if !role.statements.is_empty() {
        findings.extend(validate_statements(&role.statements, partition, &place.key("policies")));
    }
}

/// Proves the hops of every action with a role whose policies are stated. A denied hop is an error; one that depends on
/// the request is a warning; what is not stated is checked by the plan.
pub fn judge_stated(pipelines: &[Pipeline], roles: &[ResolvedRole], findings: &mut Vec<Finding>) {
    let find = |arn: &RoleArn| roles.iter().find(|role| role.role.arn == *arn);
    for pipeline in pipelines.iter().filter(|pipeline| pipeline.ownership != Ownership::Extern) {
        let Some(service) = pipeline.service_role.as_ref().and_then(find) else { continue };
        if service.role.arn.account() != pipeline.arn.account() {
            continue;
        }
        let invokes = pipeline.invokes.iter().map(|i| {
            let place = pipeline.action_place(&i.stage, &i.action);
            (place, i.role.as_ref(), Some(&i.target.arn))
        });
        for link in &pipeline.role_links {
            let (Some(target), Some(role)) = (waits(pipeline, link), find(&link.role)) else { continue };
            let chain = Chain::new(service.known(), Some(role.known()), Some(target));
            findings.extend(wait_finding(&chain, &pipeline.link_place(link).key("roleArn").value()));
        }
        let others = pipeline.role_links.iter().map(|link| (pipeline.link_place(link), Some(&link.role), None));
        for (place, role, target) in invokes.chain(others) {
            let role = match role.map(find) {
                Some(Some(role)) => Some(role),
                Some(None) => continue,
                None => None,
            };
            judge_link(pipeline, service, role, target, &place, findings);
        }
    }
}

fn judge_link(
    pipeline: &Pipeline,
    service: &ResolvedRole,
    role: Option<&ResolvedRole>,
    target: Option<&PipelineArn>,
    place: &Place,
    findings: &mut Vec<Finding>,
) {
    let is_stated = |role: &ResolvedRole| role.role.trust_policy.is_some() || role.role.policies.is_some();
    let elsewhere = |role: &ResolvedRole| target.is_some_and(|target| target.account() != role.role.arn.account());
    // A role in the wrong account is already reported.
    if ![Some(service), role].into_iter().flatten().any(is_stated) || role.is_some_and(elsewhere) {
        return;
    }
    let mut chain = Chain::new(service.known(), role.map(ResolvedRole::known), target.cloned());
    chain.source = Some(pipeline.arn.clone());
    for proof in prove(&chain).hops {
        // If no statement may decide, it depends on a document that isn't stated.
        if matches!(proof.verdict, Verdict::Unknown(_)) && proof.decided_by.is_empty() {
            continue;
        }
        let place = match proof.hop {
            Hop::ServiceTrust => Place::pipeline(&pipeline.item).key("roleArn").value(),
            Hop::Assume | Hop::Start => place.key("roleArn").value(),
        };
        for finding in hop_findings(&chain, &proof, &place) {
            // A role is assumed for each action that it has, and its policies are wrong once.
            if !findings.iter().any(|known| known.code == finding.code && known.message == finding.message) {
                findings.push(finding);
            }
        }
    }
}

impl ResolvedRole {
    /// What a program says about the role: everything for a managed role, what is stated for another.
    pub fn known(&self) -> KnownRole {
        let role = &self.role;
        let mut known = KnownRole::new(role.arn.clone());
        match role.ownership {
            Ownership::Managed => {
                known.trust.clone_from(&self.trust);
                known.policies = Some(self.policy.iter().cloned().map(Policy::from).collect());
                known.tags = Some(role.tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect());
            }
            Ownership::Extended => known.trust.clone_from(&role.trust_policy),
            Ownership::Extern => {
                known.trust.clone_from(&role.trust_policy);
                known.policies =
                    role.policies.as_ref().map(|policies| policies.iter().cloned().map(Policy::from).collect());
                known.boundary.clone_from(&role.permissions_boundary);
            }
        }
        known
    }
}
