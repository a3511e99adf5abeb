//! An execution moves through its stages: it waits for the stage, enters it, runs its actions, leaves it.

use std::sync::Arc;

use super::conditions::{self, Judged};
use super::entry::may_enter;
use super::halt::halt;
use super::perform::{begin_action, end_actions};
use super::rollback::roll_back_automatically;
use crate::core::declaration::{ActionDeclaration, RetryMode, StageDeclaration, StageResult, defaults};
use crate::core::ids::PipelineArn;
use crate::core::topology::Gate;
use crate::local::execution::{Phase, Status, StoredExecution, StoredStage};
use crate::local::store::Store;

/// How many actions of a PARALLEL execution run at once. Source: CodePipeline User Guide, "Quotas".
const PARALLEL_ACTIONS: usize = 5;

/// Moves an execution as far as it gets at this time; true where it moved.
pub(super) fn step(store: &mut Store, arn: &PipelineArn, position: usize, execution: &mut StoredExecution) -> bool {
    let mut moved = end_actions(store, execution);
    while execution.status.is_running() {
        let moves = match execution.halt {
            Some(_) => halt(execution, store.clock),
            None => advance(store, arn, position, execution),
        };
        if !moves {
            break;
        }
        moved = true;
    }
    moved
}

/// One move; false where the execution has to wait.
fn advance(store: &mut Store, arn: &PipelineArn, position: usize, execution: &mut StoredExecution) -> bool {
    let declaration = Arc::clone(&execution.declaration);
    let Some(stage) = declaration.stages.iter().flatten().nth(execution.stage) else {
        execution.status = Status::Succeeded;
        return true;
    };
    match execution.phase {
        Phase::Waiting => enter(store, arn, position, execution, stage),
        Phase::Gate(gate) => {
            let Some(judged) = conditions::step(store, arn, execution, stage, gate) else { return false };
            pass_gate(store, arn, execution, stage, gate, judged);
            true
        }
        Phase::Actions => run_actions(store, arn, position, execution, stage),
    }
}

fn enter(
    store: &mut Store,
    arn: &PipelineArn,
    position: usize,
    execution: &mut StoredExecution,
    stage: &StageDeclaration,
) -> bool {
    let Some(record) = store.pipelines.get_mut(arn) else { return false };
    if !may_enter(record, position, execution) {
        return false;
    }
    record.latest_in.insert(stage.name.clone(), position);
    execution.stages.insert(stage.name.clone(), StoredStage::default());
    if stage.blockers.as_ref().is_some_and(|blockers| !blockers.is_empty()) {
        fail(execution, "local AWS does not support blockers");
        return true;
    }
    execution.phase = match conditions::open(store.clock, execution, stage, Gate::BeforeEntry) {
        true => Phase::Gate(Gate::BeforeEntry),
        false => Phase::Actions,
    };
    true
}

/// Begins the actions that are next; leaves the stage where there are none.
fn run_actions(
    store: &mut Store,
    arn: &PipelineArn,
    position: usize,
    execution: &mut StoredExecution,
    stage: &StageDeclaration,
) -> bool {
    let status = |a: &ActionDeclaration| execution.counting(&stage.name, &a.name).map(|last| last.status);
    let declared: Vec<(&ActionDeclaration, Option<Status>)> =
        stage.actions.iter().flatten().map(|a| (a, status(a))).collect();
    let running: Vec<i64> = declared
        .iter()
        .filter(|(_, status)| *status == Some(Status::InProgress))
        .map(|(a, _)| defaults::run_order(a))
        .collect();
    if running.is_empty()
        && declared.iter().any(|(_, status)| matches!(status, Some(Status::Failed | Status::Abandoned)))
    {
        stage_failed(store, arn, execution, stage);
        return true;
    }
    let open = || declared.iter().filter(|(_, status)| status.is_none()).map(|(a, _)| *a);
    let Some(next) = open().map(defaults::run_order).min() else {
        if !running.is_empty() {
            return false;
        }
        match conditions::open(store.clock, execution, stage, Gate::OnSuccess) {
            true => execution.phase = Phase::Gate(Gate::OnSuccess),
            false => leave(store, execution, stage, Status::Succeeded),
        }
        return true;
    };
    let failed = declared.iter().any(|(_, status)| *status == Some(Status::Failed));
    if failed || running.iter().any(|order| *order < next) {
        return false;
    }
    let room =
        if execution.declaration.is_parallel() { PARALLEL_ACTIONS.saturating_sub(running.len()) } else { usize::MAX };
    let begin: Vec<&ActionDeclaration> = open().filter(|a| defaults::run_order(a) == next).take(room).collect();
    let began = !begin.is_empty();
    for action in begin {
        let begun = begin_action(store, arn, execution, &stage.name, action);
        if let Some(record) = store.pipelines.get_mut(arn) {
            record.latest_of.insert((stage.name.clone(), action.name.clone()), (position, execution.actions.len()));
        }
        execution.actions.push(begun);
    }
    began
}

/// Leaves a stage that succeeded or was skipped.
pub(super) fn leave(store: &Store, execution: &mut StoredExecution, stage: &StageDeclaration, status: Status) {
    if let Some(record) = execution.stages.get_mut(&stage.name) {
        record.status = status;
    }
    let ends = execution.rolls_back_to.is_some() && !store.undocumented.rollback_goes_on;
    execution.stage += 1;
    execution.phase = Phase::Waiting;
    if ends || execution.stage_name().is_none() {
        execution.status = Status::Succeeded;
    }
}

fn fail(execution: &mut StoredExecution, summary: &str) {
    if let Some(stage) = execution.current_stage() {
        stage.status = Status::Failed;
    }
    execution.status = Status::Failed;
    execution.summary = summary.to_owned();
}

/// An action failed: the stage is retried once if it is declared so, rolled back, or goes through its condition; else it fails.
fn stage_failed(store: &mut Store, arn: &PipelineArn, execution: &mut StoredExecution, stage: &StageDeclaration) {
    let declared = stage.on_failure.as_ref();
    let retried = execution.stages.get(&stage.name).is_some_and(|record| record.automatic_retries > 0);
    match declared.and_then(|failure| failure.result.as_ref()) {
        Some(StageResult::Retry) if !retried => retry_automatically(execution, stage),
        Some(StageResult::Rollback) => {
            fail(execution, "");
            roll_back_automatically(store, arn, execution, stage);
        }
        _ if conditions::open(store.clock, execution, stage, Gate::OnFailure) => {
            execution.phase = Phase::Gate(Gate::OnFailure);
        }
        _ => fail(execution, ""),
    }
}

fn retry_automatically(execution: &mut StoredExecution, stage: &StageDeclaration) {
    let retry = stage.on_failure.as_ref().and_then(|failure| failure.retry_configuration.as_ref());
    let all = retry.and_then(|retry| retry.retry_mode.as_ref()) == Some(&RetryMode::AllActions);
    if let Some(record) = execution.stages.get_mut(&stage.name) {
        record.automatic_retries += 1;
        record.last_retry = Some("AutomatedStageRetry".into());
    }
    run_again(execution, &stage.name, all);
}

/// Lets actions of a stage run again: those that failed or were abandoned, or all. Returns how many.
pub(super) fn run_again(execution: &mut StoredExecution, stage: &str, all: bool) -> usize {
    let again = execution.actions.iter_mut().filter(|action| {
        let failed = matches!(action.status, Status::Failed | Status::Abandoned);
        action.stage == stage && !action.retried && (all || failed)
    });
    again.map(|action| action.retried = true).count()
}

/// A condition was judged.
fn pass_gate(
    store: &mut Store,
    arn: &PipelineArn,
    execution: &mut StoredExecution,
    stage: &StageDeclaration,
    gate: Gate,
    judged: Judged,
) {
    match (gate, judged) {
        (Gate::BeforeEntry, Judged::Holds) => execution.phase = Phase::Actions,
        (Gate::BeforeEntry, Judged::Fails(StageResult::Skip)) => leave(store, execution, stage, Status::Skipped),
        (Gate::OnSuccess, Judged::Holds) => leave(store, execution, stage, Status::Succeeded),
        (_, Judged::Errored(summary)) => fail(execution, &summary),
        (Gate::OnSuccess, Judged::Fails(StageResult::Rollback))
        | (Gate::OnFailure, Judged::Fails(StageResult::Rollback)) => {
            fail(execution, "");
            roll_back_automatically(store, arn, execution, stage);
        }
        (Gate::OnFailure, Judged::Fails(StageResult::Retry))
            if execution.stages.get(&stage.name).is_some_and(|record| record.automatic_retries == 0) =>
        {
            retry_automatically(execution, stage);
            execution.phase = Phase::Actions;
        }
        (_, Judged::Fails(_)) | (Gate::OnFailure, Judged::Holds) => fail(execution, ""),
    }
}
