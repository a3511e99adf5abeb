//! When an execution may enter its next stage.

use crate::local::execution::{Phase, StoredExecution};
use crate::local::pipelines::StoredPipeline;

/// Whether an execution may enter the stage that it waits for: its transition is enabled, no other execution is in it, and none has
/// waited longer. PARALLEL executions don't wait for each other.
pub(super) fn may_enter(record: &StoredPipeline, position: usize, execution: &StoredExecution) -> bool {
    let Some(stage) = execution.stage_name() else { return true };
    if record.transitions.get(stage).is_some_and(|transition| !transition.enabled) {
        return false;
    }
    execution.declaration.is_parallel()
        || !record.active().any(|(other, e)| {
            let there = other != position && !e.declaration.is_parallel() && e.stage_name() == Some(stage);
            there && e.status.is_running() && (e.phase != Phase::Waiting || other < position)
        })
}
