//! When the next execution can move.

use super::perform::deadline;
use crate::local::execution::{Awaits, Status, StoredActionExecution, StoredExecution};
use crate::local::store::Store;

/// The earliest time at which an action or a rule ends by itself.
pub(super) fn next_due(store: &Store) -> Option<i64> {
    let running = store.pipelines.running();
    let records = running.iter().filter_map(|arn| store.pipelines.get(arn));
    records.flat_map(|record| record.active().filter_map(|(_, execution)| of(execution))).min()
}

fn of(execution: &StoredExecution) -> Option<i64> {
    let actions = execution.actions.iter().filter(|action| action.status == Status::InProgress).map(of_action);
    let rules = execution.rules.iter().filter(|rule| rule.status == Status::InProgress).map(|rule| rule.until);
    actions.chain(rules).min()
}

fn of_action(action: &StoredActionExecution) -> i64 {
    match &action.awaits {
        Awaits::Time(until) | Awaits::Approval { until, .. } => *until,
        Awaits::Job(job) => job.until,
        Awaits::Execution(..) => deadline(action),
    }
}
