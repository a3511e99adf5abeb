//! Adds the actions that wait for what invoke actions start.

use std::collections::BTreeSet;

use super::caller_variable::caller_value;
use super::items::{Invoke, Ownership, Pipeline, RoleLink, RoleUser};
use super::wait::{Wait, wait_name};
use crate::check::stages::HIGHEST_RUN_ORDER;
use crate::declaration::defaults::RUN_ORDER;
use crate::declaration::{PipelineDeclaration, StageDeclaration};
use crate::finding::Finding;
use crate::ordered::set;
use crate::rules;

/// Adds an action behind each invoke action of a pipeline that waits.
///
/// It runs in the order after its invoke. Of a stage that is managed whole, all later actions run one order later, so that what came
/// after the invoke comes after the wait. In a stage that exists, the others stay as they are.
pub(super) fn add_waits(pipeline: &mut Pipeline, findings: &mut Vec<Finding>) {
    let waiting: Vec<Invoke> = pipeline.invokes.iter().filter(|invoke| invoke.wait.is_some()).cloned().collect();
    let stages = set(waiting.iter().map(|invoke| invoke.stage.as_str()));
    let artifact = waiting.first().and_then(|_| first_artifact(&pipeline.declaration)).map(str::to_owned);
    for stage in stages {
        let of_stage: Vec<&Invoke> = waiting.iter().filter(|invoke| invoke.stage == stage).collect();
        add_to_stage(pipeline, stage, &of_stage, artifact.as_deref(), findings);
    }
}

fn add_to_stage(
    pipeline: &mut Pipeline,
    stage: &str,
    waiting: &[&Invoke],
    artifact: Option<&str>,
    findings: &mut Vec<Finding>,
) {
    let whole = pipeline.ownership == Ownership::Managed || pipeline.additions.has_stage(stage);
    // A stage that isn't there is reported by the checks.
    let Some(found) = find(&mut pipeline.declaration, stage) else { return };
    if whole {
        let orders = orders(found, waiting);
        for (action, fits) in make_room(found, &orders) {
            let place = pipeline.action_place(stage, &action).key("runOrder");
            let message = format!(
                "the action runs after a wait, which takes a run order before it, and {HIGHEST_RUN_ORDER} is the highest"
            );
            findings.push(Finding::of(&rules::XA0109, place, message).help(format!("write {fits}")));
        }
    }
    for invoke in waiting {
        let Some(limit) = invoke.wait else { continue };
        let place = pipeline.action_place(stage, &invoke.action).key("wait");
        let name = wait_name(&invoke.action);
        let Some(found) = find(&mut pipeline.declaration, stage) else { return };
        let actions = found.actions.get_or_insert_default();
        if actions.iter().any(|action| action.name == name) {
            let message = format!(
                "stage `{stage}` already has an action named `{name}`, the name of the generated waiting action"
            );
            findings.push(
                Finding::of(&rules::XA0928, place, message).help("give that action, or the invoke, another name"),
            );
            continue;
        }
        let Some(artifact) = artifact else {
            let message = "the action that waits has no input artifact, and a Commands action takes at least one";
            let help = "declare a source action of the pipeline with its `output`";
            findings.push(Finding::of(&rules::XA0929, place, message).help(help));
            continue;
        };
        let wait = Wait {
            pipeline: invoke.target.arn.name().clone(),
            region: invoke.target.arn.region().clone(),
            caller: caller_value(stage, &invoke.action),
            limit,
        };
        let order = actions.iter().find(|action| action.name == invoke.action).and_then(|action| action.run_order);
        let order = order.unwrap_or(RUN_ORDER).saturating_add(1);
        if order == HIGHEST_RUN_ORDER + 1 {
            let message =
                format!("the wait runs in the order after its invoke, and {HIGHEST_RUN_ORDER} is the highest");
            let help = format!("give the invoke a `run_order` of at most {}", HIGHEST_RUN_ORDER - 1);
            findings.push(Finding::of(&rules::XA0109, place, message).help(help));
            continue;
        }
        actions.push(wait.action(&name, order, artifact));
        if !whole {
            pipeline.additions.add_action(stage, &name);
        }
        pipeline.role_links.extend(invoke.role.clone().map(|role| RoleLink {
            stage: stage.to_owned(),
            user: RoleUser::Action(name),
            role,
        }));
    }
}

fn find<'d>(declaration: &'d mut PipelineDeclaration, stage: &str) -> Option<&'d mut StageDeclaration> {
    declaration.stages.iter_mut().flatten().find(|found| found.name == stage)
}

/// The run orders after which something waits.
fn orders(stage: &StageDeclaration, waiting: &[&Invoke]) -> BTreeSet<i64> {
    let waits = |name: &String| waiting.iter().any(|invoke| invoke.action == *name);
    let actions = stage.actions.iter().flatten().filter(|action| waits(&action.name));
    set(actions.map(|action| action.run_order.unwrap_or(RUN_ORDER)))
}

/// Moves every action behind the waits that come before it. The actions for which there is no room, each with the highest order that fits.
fn make_room(stage: &mut StageDeclaration, orders: &BTreeSet<i64>) -> Vec<(String, i64)> {
    let mut left = Vec::new();
    for action in stage.actions.iter_mut().flatten() {
        let order = action.run_order.unwrap_or(RUN_ORDER);
        let before = orders.range(..order).count();
        let before = i64::try_from(before).unwrap_or_default();
        let moved = order.saturating_add(before);
        if before > 0 && order <= HIGHEST_RUN_ORDER && moved > HIGHEST_RUN_ORDER {
            left.push((action.name.clone(), HIGHEST_RUN_ORDER.saturating_sub(before)));
        } else if before > 0 {
            action.run_order = Some(moved);
        }
    }
    left
}

/// The first artifact that is there: of a source action.
fn first_artifact(declaration: &PipelineDeclaration) -> Option<&str> {
    let mut sources = declaration.actions().filter(|action| action.action_type_id.category == "Source");
    sources.find_map(|source| source.output_artifacts.as_ref()?.first()).map(|artifact| artifact.name.as_str())
}
