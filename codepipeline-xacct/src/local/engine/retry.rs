//! Stages that are run again, and conditions that are overridden.

use super::stage::{leave, run_again};
use super::start::limit;
use crate::core::declaration::RetryMode;
use crate::core::ids::PipelineArn;
use crate::core::topology::Gate;
use crate::local::execution::{Phase, Status, StoredExecution};
use crate::local::pipelines::StoredPipeline;
use crate::local::refusal::{Refusal, not_latest};
use crate::local::store::Store;

fn not_retryable() -> Refusal {
    Refusal::new(
        "StageNotRetryableException",
        "Unable to retry. The pipeline structure or stage state might have changed while actions awaited retry, or the stage contains no failed actions.",
    )
}

/// Another execution has been in the stage since.
fn check_latest(record: &StoredPipeline, stage: &str, position: usize) -> Result<(), Refusal> {
    if record.declaration.is_parallel() || record.latest_in.get(stage).is_none_or(|latest| *latest <= position) {
        return Ok(());
    }
    Err(not_latest())
}

/// RetryStageExecution.
pub(crate) fn retry(
    store: &mut Store,
    arn: &PipelineArn,
    position: usize,
    stage: &str,
    mode: &RetryMode,
) -> Result<(), Refusal> {
    let Some(record) = store.pipelines.get_mut(arn) else { return Err(not_retryable()) };
    check_latest(record, stage, position)?;
    limit(record)?;
    let version = record.declaration.version.unwrap_or_default();
    let Some(execution) = record.at_mut(position) else { return Err(not_retryable()) };
    let ended = matches!(execution.status, Status::Failed | Status::Stopped);
    if !ended || execution.version() != version || execution.stage_name() != Some(stage) {
        return Err(not_retryable());
    }
    // A stage that failed by its condition begins with it again.
    let gate = execution.stages.get(stage).and_then(failed_gate);
    let again = run_again(execution, stage, *mode == RetryMode::AllActions);
    let phase = match (gate, again) {
        (Some(gate), 0) => Phase::Gate(gate),
        (None, 0) => return Err(not_retryable()),
        _ => Phase::Actions,
    };
    resume(execution, stage, phase);
    if let Some(record) = execution.stages.get_mut(stage) {
        record.manual_retries += 1;
        record.last_retry = Some("ManualStageRetry".into());
        if let (Some(gate), 0) = (gate, again)
            && let Some(condition) = record.condition_mut(gate)
        {
            condition.status = Status::InProgress;
            condition.rules.clear();
        }
    }
    store.pipelines.activate(arn, position);
    Ok(())
}

fn failed_gate(stage: &crate::local::execution::StoredStage) -> Option<Gate> {
    let gates = [Gate::BeforeEntry, Gate::OnSuccess];
    gates.into_iter().find(|gate| stage.condition(*gate).is_some_and(|c| c.status == Status::Failed))
}

fn resume(execution: &mut StoredExecution, stage: &str, phase: Phase) {
    execution.status = Status::InProgress;
    execution.summary.clear();
    execution.halt = None;
    execution.phase = phase;
    if let Some(record) = execution.stages.get_mut(stage) {
        record.status = Status::InProgress;
    }
}

/// OverrideStageCondition: the stage continues as if its condition had held.
pub(crate) fn overridden(
    store: &mut Store,
    arn: &PipelineArn,
    position: usize,
    stage: &str,
    gate: Gate,
) -> Result<(), Refusal> {
    let refused = || {
        Refusal::new(
            "ConditionNotOverridableException",
            "Unable to override because the condition does not allow overrides.",
        )
    };
    let now = store.clock;
    let record = store.pipelines.get_mut(arn).ok_or_else(refused)?;
    check_latest(record, stage, position)?;
    limit(record)?;
    let mut taken = record.at_mut(position).map(std::mem::take).ok_or_else(refused)?;
    let result = override_in(store, &mut taken, stage, gate, now).ok_or_else(refused);
    if let Some(slot) = store.pipelines.get_mut(arn).and_then(|record| record.at_mut(position)) {
        *slot = taken;
    }
    result?;
    store.pipelines.activate(arn, position);
    store.pipelines.settle(arn);
    Ok(())
}

fn override_in(store: &Store, execution: &mut StoredExecution, stage: &str, gate: Gate, now: i64) -> Option<()> {
    if execution.status != Status::Failed || execution.stage_name() != Some(stage) {
        return None;
    }
    let condition = execution.stages.get_mut(stage)?.condition_mut(gate)?;
    if condition.status != Status::Failed {
        return None;
    }
    condition.status = Status::Overridden;
    condition.updated = now;
    resume(execution, stage, Phase::Actions);
    if gate == Gate::OnSuccess {
        let declaration = std::sync::Arc::clone(&execution.declaration);
        let declared = declaration.stages.iter().flatten().find(|declared| declared.name == stage)?;
        leave(store, execution, declared, Status::Succeeded);
    }
    Some(())
}
