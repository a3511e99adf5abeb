//! One step of every execution that runs, at every tick of the clock.

use std::collections::BTreeMap;

use super::perform::perform;
use crate::core::declaration::{
    ActionDeclaration, ExecutionMode, PipelineDeclaration, RetryMode, StageDeclaration, StageResult, defaults,
};
use crate::core::ids::{Partition, PipelineArn};
use crate::local::execution::{Status, StoredActionExecution, StoredExecution};
use crate::local::store::{Store, StoredPipeline};

/// A second passes.
pub(crate) fn tick(store: &mut Store) {
    store.clock += 1000;
    let running: Vec<(PipelineArn, String)> = store
        .accounts
        .iter()
        .flat_map(|(account, state)| {
            state.pipelines.iter().flat_map(move |((region, name), record)| {
                let partition = Partition::of_region(region);
                let arn = PipelineArn::new(partition, region.clone(), account.clone(), name.clone());
                running(record).into_iter().map(move |id| (arn.clone(), id))
            })
        })
        .collect();
    for (arn, id) in running {
        advance(store, &arn, &id);
    }
}

/// One step of an execution: begin the next actions, or end those that run.
fn advance(store: &mut Store, arn: &PipelineArn, id: &str) {
    let Some(record) = store.pipeline(arn) else { return };
    let Some(mut execution) = record.executions.iter().find(|e| e.id == id).cloned() else { return };
    let declaration = record.declaration.clone();
    execution.updated = store.clock;
    match declaration.stages.iter().flatten().nth(execution.stage) {
        None => execution.status = Status::Succeeded,
        Some(stage) => advance_stage(store, arn, &declaration, stage, &mut execution),
    }
    if let Some(record) = store.pipeline_mut(arn)
        && let Some(slot) = record.executions.iter_mut().find(|e| e.id == id)
    {
        *slot = execution;
    }
}

fn advance_stage(
    store: &mut Store,
    arn: &PipelineArn,
    declaration: &PipelineDeclaration,
    stage: &StageDeclaration,
    execution: &mut StoredExecution,
) {
    if let Some(what) = unsupported(stage) {
        execution.status = Status::Failed;
        execution.summary = format!("local AWS does not support {what}");
        return;
    }
    let now = store.clock;
    // Running actions end.
    let ending: Vec<usize> =
        execution.actions.iter().enumerate().filter(|(_, a)| a.status == Status::InProgress).map(|(i, _)| i).collect();
    if !ending.is_empty() {
        for index in ending {
            let Some(mut action) = execution.actions.get(index).cloned() else { continue };
            let result = perform(store, arn, declaration, execution, &mut action);
            action.updated = now;
            action.status = if result.is_ok() { Status::Succeeded } else { Status::Failed };
            action.error = result.err().map(|refusal| (refusal.code, refusal.message));
            if let Some(slot) = execution.actions.get_mut(index) {
                *slot = action;
            }
        }
        return;
    }
    let last = |name: &str| {
        execution.actions.iter().rev().find(|a| a.stage == stage.name && a.action == name).map(|a| a.status)
    };
    let declared: Vec<&ActionDeclaration> = stage.actions.iter().flatten().collect();
    if declared.iter().any(|a| last(&a.name) == Some(Status::Failed)) {
        stage_failed(store, stage, execution);
        return;
    }
    let open = declared.iter().filter(|a| last(&a.name).is_none());
    let Some(next) = open.clone().map(|a| defaults::run_order(a)).min() else {
        execution.stage += 1;
        execution.retried = false;
        if execution.stage == declaration.stages.as_ref().map_or(0, Vec::len) {
            execution.status = Status::Succeeded;
        }
        return;
    };
    let begin: Vec<ActionDeclaration> = open.filter(|a| defaults::run_order(a) == next).map(|a| (*a).clone()).collect();
    begin_actions(store, stage, begin, execution);
}

fn begin_actions(
    store: &mut Store,
    stage: &StageDeclaration,
    actions: Vec<ActionDeclaration>,
    execution: &mut StoredExecution,
) {
    let now = store.clock;
    for declaration in actions {
        execution.actions.push(StoredActionExecution {
            id: store.uuid(),
            stage: stage.name.clone(),
            action: declaration.name.clone(),
            declaration,
            resolved: BTreeMap::new(),
            status: Status::InProgress,
            error: None,
            output_variables: BTreeMap::new(),
            started: now,
            updated: now,
        });
    }
}

/// A failed stage is retried once if it is declared so; else the execution fails.
fn stage_failed(store: &mut Store, stage: &StageDeclaration, execution: &mut StoredExecution) {
    let failure = stage.on_failure.as_ref().filter(|f| f.result == Some(StageResult::Retry));
    let Some(failure) = failure.filter(|_| !execution.retried) else {
        execution.status = Status::Failed;
        return;
    };
    execution.retried = true;
    let mode = failure.retry_configuration.as_ref().and_then(|r| r.retry_mode.clone());
    let all = mode == Some(RetryMode::AllActions);
    let again: Vec<ActionDeclaration> = stage
        .actions
        .iter()
        .flatten()
        .filter(|a| {
            let last = execution.actions.iter().rev().find(|e| e.stage == stage.name && e.action == a.name);
            last.is_some_and(|e| all || e.status == Status::Failed)
        })
        .cloned()
        .collect();
    begin_actions(store, stage, again, execution);
}

/// The executions that advance: all in PARALLEL mode, else the oldest.
fn running(record: &StoredPipeline) -> Vec<String> {
    let mut ids = record.executions.iter().filter(|e| e.status == Status::InProgress).map(|e| e.id.clone());
    if record.declaration.execution_mode == Some(ExecutionMode::Parallel) {
        ids.collect()
    } else {
        ids.next().into_iter().collect()
    }
}

/// A feature of the stage that local AWS does not have.
fn unsupported(stage: &StageDeclaration) -> Option<&'static str> {
    if stage.blockers.as_ref().is_some_and(|b| !b.is_empty()) {
        return Some("blockers");
    }
    if stage.before_entry.is_some() || stage.on_success.is_some() {
        return Some("stage conditions");
    }
    let failure = stage.on_failure.as_ref()?;
    if failure.conditions.is_some() {
        return Some("stage conditions");
    }
    (failure.result == Some(StageResult::Rollback)).then_some("rollback")
}
