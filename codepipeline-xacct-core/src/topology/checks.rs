//! Checks between the items of a topology, and those of each declaration that apply to its ownership.

use std::collections::HashMap;

use indexmap::{IndexMap, IndexSet};

use super::findings::{added_to_managed, empty_addition, no_service_role};
use super::items::{Account, Ownership, Pipeline, Role};
use crate::check;
use crate::declaration::PipelineDeclaration;
use crate::finding::{Finding, Place};
use crate::ids::{AccountId, Partition, PipelineArn};
use crate::rules;

/// The ARN of a role is in the partition of its account.
pub(super) fn role_partition(role: &Role, accounts: &IndexMap<AccountId, Account>, findings: &mut Vec<Finding>) {
    if let Some(account) = accounts.get(role.arn.account())
        && account.partition != *role.arn.partition()
    {
        let message = format!(
            "role `{}` is in partition `{}`, account `{}` in `{}`",
            role.arn,
            role.arn.partition(),
            account.item,
            account.partition
        );
        findings.push(
            Finding::of(&rules::XA0917, Place::role(&role.item), message)
                .help(format!("write `arn:{}:…`, or give the account another `partition`", account.partition)),
        );
    }
}

/// The Region of a pipeline belongs to the partition of its account.
pub(super) fn pipeline_partition(
    pipeline: &Pipeline,
    accounts: &IndexMap<AccountId, Account>,
    findings: &mut Vec<Finding>,
) {
    let partition = Partition::of_region(pipeline.arn.region());
    if let Some(account) = accounts.get(pipeline.arn.account())
        && account.partition != partition
    {
        let message = format!(
            "Region `{}` is in partition `{partition}`, account `{}` in `{}`",
            pipeline.arn.region(),
            account.item,
            account.partition
        );
        findings.push(
            Finding::of(&rules::XA0917, Place::pipeline(&pipeline.item).key("region").value(), message)
                .help(format!("write the account with `partition: \"{partition}\"`, or choose another Region")),
        );
    }
}

/// What invoke actions pass, against what their targets accept, and pipelines that start each other in a cycle.
pub(super) fn links(
    pipelines: &[Pipeline],
    declared_elsewhere: &HashMap<PipelineArn, PipelineDeclaration>,
    findings: &mut Vec<Finding>,
) {
    let numbers: HashMap<&PipelineArn, usize> = pipelines.iter().enumerate().map(|(n, p)| (&p.arn, n)).collect();
    let mut starts = Vec::new();
    for (from, pipeline) in pipelines.iter().enumerate() {
        for invoke in &pipeline.invokes {
            let Some((to, target)) = numbers.get(&invoke.target.arn).and_then(|to| Some((*to, pipelines.get(*to)?)))
            else {
                continue;
            };
            let place = pipeline.action_place(&invoke.stage, &invoke.action);
            let stages = pipeline.declaration.stages.iter().flatten().filter(|s| s.name == invoke.stage);
            let action = stages.flat_map(|s| s.actions.iter().flatten()).find(|a| a.name == invoke.action);
            let managed = (target.ownership == Ownership::Managed).then_some(&target.declaration);
            if let (Some(action), Some(declared)) = (action, managed.or_else(|| declared_elsewhere.get(&target.arn))) {
                check::targets::revisions(action, &place, declared, findings);
            }
            starts.push(check::targets::StartEdge { from, to, place });
        }
    }
    let items: Vec<&str> = pipelines.iter().map(|p| p.item.as_str()).collect();
    findings.extend(check::targets::starts(&items, &starts).into_iter().map(|(_, finding)| finding));
}

/// A pipeline with parameters can only be made by the program.
pub(super) fn parameters(
    needed: &IndexSet<(PipelineArn, String)>,
    pipelines: &[Pipeline],
    findings: &mut Vec<Finding>,
) {
    for (arn, item) in needed {
        if !pipelines.iter().any(|p| p.arn == *arn) {
            findings.push(
                Finding::of(&rules::XA0913, Place::pipeline(item), format!("pipeline `{item}` has parameters, so the pipelines that start it can't add it"))
                    .help(format!("add it yourself: `.add({item}::new(…))`, or `.external({item}::new(…))` where another program owns it")),
            );
        }
    }
}

/// What is added goes into a pipeline that exists, and is declared.
pub(super) fn additions(pipeline: &Pipeline, findings: &mut Vec<Finding>) {
    let stages = pipeline.declaration.stages.as_deref().unwrap_or_default();
    let actions = |stage: &str| {
        let found = stages.iter().filter(|declared| declared.name == stage);
        found.flat_map(|stage| stage.actions.iter().flatten()).collect::<Vec<_>>()
    };
    for (stage, _) in pipeline.additions.stages() {
        let place = pipeline.stage_place(stage);
        if pipeline.ownership != Ownership::Extended {
            findings.push(added_to_managed(place, &pipeline.item, &format!("stage `{stage}`")));
        } else if actions(stage).is_empty() {
            findings.push(empty_addition(place, stage));
        }
    }
    for (stage, action) in pipeline.additions.actions() {
        let place = pipeline.action_place(stage, action);
        if pipeline.ownership != Ownership::Extended {
            findings.push(added_to_managed(place, &pipeline.item, &format!("action `{action}`")));
        } else if !actions(stage).iter().any(|declared| declared.name == action) {
            let message =
                format!("action `{action}` is marked as an addition to stage `{stage}`, but is not declared there");
            findings.push(
                Finding::of(&rules::XA0926, place, message).help("declare the action, or leave the addition out"),
            );
        }
    }
}

/// The rules for a declaration that apply to its ownership.
pub(super) fn declaration(pipeline: &Pipeline) -> Vec<Finding> {
    let context = check::CheckContext {
        item: pipeline.item.clone(),
        home: Some(pipeline.arn.region().clone()),
        account: Some(pipeline.arn.account().clone()),
        added: pipeline.additions.clone(),
        ..Default::default()
    };
    let (mut findings, needs_role) = match pipeline.ownership {
        Ownership::Managed => (check::pipeline(&pipeline.declaration, &context), true),
        // Which role has to be trusted and extended is only known if it is declared.
        Ownership::Extended => (
            check::extension(&pipeline.declaration, &context),
            !pipeline.invokes.is_empty() || !pipeline.role_links.is_empty(),
        ),
        Ownership::Extern => return Vec::new(),
    };
    if needs_role && pipeline.service_role.is_none() {
        findings.push(no_service_role(&pipeline.item));
    }
    findings
}
