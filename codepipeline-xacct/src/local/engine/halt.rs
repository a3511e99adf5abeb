//! Executions that are stopped, or cancelled by an update.

use crate::core::ids::PipelineArn;
use crate::local::execution::{Halt, Phase, Status, StoredExecution};
use crate::local::refusal::{Refusal, not_stoppable};
use crate::local::store::Store;

/// UpdatePipeline cancels the executions that wait at once, and those that run when their running actions have ended. PARALLEL
/// executions continue. Source: CodePipeline User Guide, "Set or change the pipeline execution mode".
pub(crate) fn cancel_running(store: &mut Store, arn: &PipelineArn) {
    let now = store.clock;
    let Some(record) = store.pipelines.get_mut(arn) else { return };
    let active: Vec<usize> = record.active.iter().copied().collect();
    for position in active {
        let Some(execution) = record.at_mut(position).filter(|e| e.status.is_running() && !e.declaration.is_parallel())
        else {
            continue;
        };
        if execution.halt.is_none() {
            execution.halt = Some(Halt::Update);
        }
        halt(execution, now);
    }
    store.pipelines.settle(arn);
}

/// StopPipelineExecution.
pub(crate) fn stop(
    store: &mut Store,
    arn: &PipelineArn,
    position: usize,
    abandon: bool,
    reason: Option<String>,
) -> Result<(), Refusal> {
    let now = store.clock;
    let Some(execution) = store.pipelines.get_mut(arn).and_then(|record| record.at_mut(position)) else {
        return Ok(());
    };
    match (&execution.halt, execution.status) {
        (Some(Halt::Stop { abandon: before, .. }), Status::Stopping) if *before || !abandon => {
            return Err(Refusal::new(
                "DuplicatedStopRequestException",
                "The pipeline execution is already in a Stopping state. If you already chose to stop and wait, you cannot make that request again. You can choose to stop and abandon now, but be aware that this option can lead to failed tasks or out of sequence tasks. If you already chose to stop and abandon, you cannot make that request again.",
            ));
        }
        (_, Status::InProgress | Status::Stopping) => {}
        _ => return Err(not_stoppable()),
    }
    execution.halt = Some(Halt::Stop { abandon, reason });
    execution.status = Status::Stopping;
    execution.updated = now;
    if execution.phase != Phase::Waiting
        && let Some(stage) = execution.current_stage()
    {
        stage.status = Status::Stopping;
    }
    Ok(())
}

/// Ends an execution that is to halt, unless actions run for which it waits; true where it ended.
pub(super) fn halt(execution: &mut StoredExecution, now: i64) -> bool {
    let (abandons, status) = match &execution.halt {
        None => return false,
        Some(Halt::Stop { abandon, .. }) => (*abandon, Status::Stopped),
        Some(Halt::Update) => (false, Status::Cancelled),
    };
    let mut running = execution.actions.iter_mut().filter(|action| action.status == Status::InProgress).peekable();
    if running.peek().is_some() && !abandons {
        return false;
    }
    for action in running {
        action.status = Status::Abandoned;
        action.updated = now;
    }
    for rule in execution.rules.iter_mut().filter(|rule| rule.status == Status::InProgress) {
        rule.status = Status::Abandoned;
        rule.updated = now;
    }
    if execution.phase != Phase::Waiting
        && let Some(stage) = execution.current_stage()
    {
        stage.status = status;
        for condition in stage.conditions.iter_mut().filter(|c| c.status == Status::InProgress) {
            condition.status = Status::Abandoned;
            condition.updated = now;
        }
    }
    if status == Status::Cancelled {
        execution.summary = "The pipeline was updated.".to_owned();
    }
    execution.status = status;
    execution.updated = now;
    true
}
