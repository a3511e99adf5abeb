//! A plan of a part of a topology: the items that it was asked for, and what they need.

use std::collections::BTreeSet;

use super::options::{Intent, PlanOptions};
use crate::finding::{Finding, Findings, Place};
use crate::plan::ownership::tags::is_declared;
use crate::plan::steps::subjects_in::subjects_in;
use crate::rules;
use crate::topology::items::Topology;
use crate::topology::subject::Subject;

/// The roles and pipelines that a plan is about; `None` if it is about the whole topology.
pub(in crate::plan) type Scope = Option<BTreeSet<Subject>>;

/// What targets need, and they themselves: of a pipeline its roles and the pipelines that it starts, of a role the roles that its trust
/// policy names, which IAM refuses where they don't exist; and what these need.
pub(in crate::plan) fn scope(topology: &Topology, targets: &BTreeSet<Subject>) -> Scope {
    if targets.is_empty() {
        return None;
    }
    let mut scope = BTreeSet::new();
    let mut open: Vec<Subject> = targets.iter().cloned().collect();
    while let Some(subject) = open.pop() {
        if is_declared(topology, &subject) && scope.insert(subject.clone()) {
            open.extend(needs(topology, &subject));
        }
    }
    Some(scope)
}

fn needs(topology: &Topology, subject: &Subject) -> Vec<Subject> {
    match subject {
        Subject::Pipeline(arn) => {
            let Some(pipeline) = topology.pipeline(arn) else { return Vec::new() };
            let roles = pipeline.service_role.iter().chain(pipeline.role_links.iter().map(|link| &link.role));
            let roles = roles.chain(pipeline.invokes.iter().filter_map(|invoke| invoke.role.as_ref()));
            let targets = pipeline.invokes.iter().map(|invoke| Subject::Pipeline(invoke.target.arn.clone()));
            roles.cloned().map(Subject::Role).chain(targets).collect()
        }
        Subject::Role(arn) => {
            let trust = topology.role(arn).and_then(|resolved| resolved.trust.as_ref());
            let named = trust.map(|trust| subjects_in(&trust.to_json())).unwrap_or_default();
            named.into_iter().filter(|subject| matches!(subject, Subject::Role(_))).collect()
        }
    }
}

/// Whether a plan is about a role or a pipeline.
pub(in crate::plan) fn is_in(scope: &Scope, subject: &Subject) -> bool {
    scope.as_ref().is_none_or(|scope| scope.contains(subject))
}

/// Refuses what can't be planned in parts.
pub(in crate::plan) fn refuse(topology: &Topology, options: &PlanOptions) -> Result<(), Findings> {
    if options.targets.is_empty() {
        return Ok(());
    }
    let mut findings = Vec::new();
    let mut refused = |message: String, help: &str| {
        findings.push(Finding::of(&rules::XA1038, Place::default(), message).help(help));
    };
    for target in options.targets.iter().filter(|target| !is_declared(topology, target)) {
        refused(
            format!("the topology has no {} `{target}`", target.kind()),
            "name a role or pipeline of the topology as target",
        );
    }
    match options.intent {
        Intent::Prune => refused(
            "resources that are no longer in the program are not items, so a partial plan can't delete them".to_owned(),
            "plan with `Intent::Prune` without targets, or apply the targets without `prune`",
        ),
        Intent::Destroy => refused(
            "a topology is destroyed as a whole".to_owned(),
            "take the items out of the program, and plan with `Intent::Prune`, or `prune`",
        ),
        Intent::Converge | Intent::Restore | Intent::Fix => {}
    }
    if options.renamed_from.is_some() {
        refused(
            "a topology can only be renamed as a whole: anything not planned would keep the old name".to_owned(),
            "plan without targets once",
        );
    }
    Findings::split(findings).map(|_| ())
}
