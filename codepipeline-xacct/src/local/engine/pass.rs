//! Time passes: every execution that has not ended moves on.

use super::due::next_due;
use super::stage;
use super::start::supersede;
use crate::core::ids::PipelineArn;
use crate::local::store::Store;

/// The step in which time passes where something happens.
const SECOND: i64 = 1000;

/// A request takes its time.
pub(crate) fn tick(store: &mut Store) {
    move_on(store, store.request_time);
}

/// A step towards a time, of a second if an execution has just moved, else up to the next time at which one can. True where one moved.
pub(crate) fn step(store: &mut Store, end: i64, moved: bool) -> bool {
    let next = match moved {
        true => store.clock.saturating_add(SECOND),
        false => next_due(store).map_or(end, |due| due.max(store.clock.saturating_add(1))),
    };
    move_on(store, next.min(end) - store.clock)
}

/// Time passes; true where an execution moved.
fn move_on(store: &mut Store, millis: i64) -> bool {
    store.clock = store.clock.saturating_add(millis);
    let mut moved = false;
    for arn in store.pipelines.running() {
        moved |= move_pipeline(store, &arn);
    }
    moved
}

fn move_pipeline(store: &mut Store, arn: &PipelineArn) -> bool {
    let Some(record) = store.pipelines.get(arn) else { return false };
    let active: Vec<usize> = record.active.iter().copied().collect();
    let mut moved = false;
    for position in active {
        // Taken out while it moves, so that it can look at everything else.
        let taken = store.pipelines.get_mut(arn).and_then(|record| record.at_mut(position)).map(std::mem::take);
        let Some(mut execution) = taken else { continue };
        let moves = stage::step(store, arn, position, &mut execution);
        if moves {
            execution.updated = store.clock;
        }
        moved |= moves;
        let now = store.clock;
        if let Some(record) = store.pipelines.get_mut(arn) {
            if let Some(slot) = record.at_mut(position) {
                *slot = execution;
            }
            supersede(record, position, now);
        }
    }
    store.pipelines.settle(arn);
    moved
}
