//! Time passes: every execution that has not ended moves on.

use super::stage;
use super::start::supersede;
use crate::core::ids::PipelineArn;
use crate::local::store::Store;

/// How much time a request takes.
const SECOND: i64 = 1000;

/// The longest step where nothing happens.
const LONGEST: i64 = 60 * SECOND;

/// A request takes a second.
pub(crate) fn tick(store: &mut Store) {
    move_on(store, SECOND);
}

/// Lets time pass, in steps of a second where something happens.
pub(crate) fn let_pass(store: &mut Store, millis: i64) {
    let (mut left, mut step) = (millis, SECOND);
    while left > 0 && !store.pipelines.running().is_empty() {
        let passed = step.min(left);
        left -= passed;
        step = if move_on(store, passed) { SECOND } else { (step * 2).min(LONGEST) };
    }
    store.clock = store.clock.saturating_add(left);
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
