//! The other way: from the actions that wait to what invoke actions say, for a program that is written from a declaration.

use super::caller_variable::{CALLER_VARIABLE, caller_value};
use super::items::{Invoke, Ownership, Pipeline, RoleUser, Target};
use super::wait::{Wait, waited_name};
use super::wait_limit::WaitLimit;
use super::waits::add_waits;
use crate::check::passed_variables;
use crate::declaration::defaults::{ENVIRONMENT_VARIABLE_TYPE, RUN_ORDER};
use crate::declaration::invoke::TARGET_KEY;
use crate::declaration::runs_in::{account_or_own, region_of};
use crate::declaration::{ActionDeclaration, PipelineDeclaration, StageDeclaration};
use crate::ids::{PipelineArn, RoleArn};

/// How long an invoke action waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvokeWait {
    /// Name of the stage.
    pub stage: String,
    /// Name of the invoke action.
    pub action: String,
    /// How long it waits at most.
    pub limit: WaitLimit,
}

/// A declaration without the actions that wait, and what its invoke actions say instead. `None` where it has no such actions, and
/// where they would not be added exactly as they are there: then they are ordinary actions.
pub fn without_waits(
    arn: &PipelineArn,
    declaration: &PipelineDeclaration,
) -> Option<(PipelineDeclaration, Vec<InvokeWait>)> {
    let mut bare = Pipeline::new("", Ownership::Managed, arn.clone());
    let mut original = declaration.clone();
    original
        .actions_mut()
        .filter(|action| Wait::of(action).is_some())
        .for_each(|action| leave_out_defaults(action, arn));
    bare.declaration = original.clone();
    let mut invokes = Vec::new();
    for stage in bare.declaration.stages.iter_mut().flatten() {
        invokes.extend(take_from_stage(stage, arn));
    }
    let found = invokes.iter().filter_map(|invoke: &Invoke| {
        Some(InvokeWait { stage: invoke.stage.clone(), action: invoke.action.clone(), limit: invoke.wait? })
    });
    let found: Vec<InvokeWait> = found.collect();
    let without = bare.declaration.clone();
    bare.invokes = invokes;
    let mut findings = Vec::new();
    add_waits(&mut bare, &mut findings);
    for link in &bare.role_links {
        let stages = bare.declaration.stages.iter_mut().flatten().filter(|stage| stage.name == link.stage);
        let mut actions = stages.flat_map(|stage| stage.actions.iter_mut().flatten());
        if let Some(action) =
            actions.find(|action| matches!(&link.user, RoleUser::Action(name) if *name == action.name))
        {
            action.role_arn = Some(link.role.to_string());
        }
    }
    (!found.is_empty() && findings.is_empty() && bare.declaration == original).then_some((without, found))
}

/// Takes the actions that wait out of a stage, and the room that was made for them.
fn take_from_stage(stage: &mut StageDeclaration, arn: &PipelineArn) -> Vec<Invoke> {
    let name = stage.name.clone();
    let Some(actions) = stage.actions.as_mut() else { return Vec::new() };
    let mut orders: Vec<i64> = Vec::new();
    let mut invokes = Vec::new();
    let waits = actions.iter().filter_map(|action| Some((action, Wait::of(action)?, waited_name(&action.name)?)));
    for (action, wait, invoke) in
        waits.filter(|(action, wait, invoke)| is_of(actions, &name, invoke, action, wait, arn))
    {
        let role: Option<RoleArn> = action.role_arn.as_ref().and_then(|role| role.parse().ok());
        let account = account_or_own(arn, action.role_arn.as_deref());
        let target = PipelineArn::new(arn.partition().clone(), wait.region, account, wait.pipeline);
        orders.push(action.run_order.unwrap_or(RUN_ORDER));
        invokes.push(Invoke {
            stage: name.clone(),
            action: invoke.to_owned(),
            target: Target { item: String::new(), arn: target, variables: None },
            role,
            variables: Default::default(),
            wait: Some(wait.limit),
        });
    }
    orders.sort_unstable();
    orders.dedup();
    let is_wait = |action: &ActionDeclaration| {
        waited_name(&action.name).is_some_and(|invoke| invokes.iter().any(|known: &Invoke| known.action == invoke))
            && Wait::of(action).is_some()
    };
    actions.retain(|action| !is_wait(action));
    for action in actions {
        let order = action.run_order.unwrap_or(RUN_ORDER);
        let before = orders.iter().filter(|wait| **wait < order).count();
        if before > 0 {
            action.run_order = Some(order.saturating_sub(i64::try_from(before).unwrap_or_default()));
        }
    }
    invokes
}

/// Whether an action waits for what the invoke action of this name starts, with its role.
fn is_of(
    actions: &[ActionDeclaration],
    stage: &str,
    name: &str,
    action: &ActionDeclaration,
    wait: &Wait,
    arn: &PipelineArn,
) -> bool {
    let mut invokes = actions.iter().filter(|other| other.name == name && other.action_type_id.is_pipeline_invoke());
    let (Some(invoke), None) = (invokes.next(), invokes.next()) else { return false };
    let caller = caller_value(stage, name);
    let passed = passed_variables(invoke).unwrap_or_default();
    invoke.role_arn == action.role_arn
        && region_of(arn, invoke.region.as_deref()) == wait.region.as_str()
        && invoke.configuration.as_ref().and_then(|c| c.get(TARGET_KEY)).map(String::as_str)
            == Some(wait.pipeline.as_str())
        && passed.last().is_some_and(|last| last.name == CALLER_VARIABLE && last.value == caller)
        && wait.caller == caller
}

/// Leaves out what GetPipeline fills in.
fn leave_out_defaults(action: &mut ActionDeclaration, arn: &PipelineArn) {
    action.configuration.take_if(|configuration| configuration.is_empty());
    action.output_artifacts.take_if(|artifacts| artifacts.is_empty());
    action.output_variables.take_if(|variables| variables.is_empty());
    action.region.take_if(|region| region == arn.region().as_str());
    for variable in action.environment_variables.iter_mut().flatten() {
        variable.r#type.take_if(|kind| kind == ENVIRONMENT_VARIABLE_TYPE);
    }
}
