//! The conditions of a stage: their rules run one after the other, and then the condition is judged.

use super::rules::{begin_rule, end_rule};
use crate::core::declaration::{StageDeclaration, StageResult};
use crate::core::ids::PipelineArn;
use crate::core::topology::Gate;
use crate::local::execution::{Status, StoredCondition, StoredExecution};
use crate::local::refusal::NOT_SUPPORTED;
use crate::local::store::Store;

/// What came out of a condition.
pub(super) enum Judged {
    /// The stage continues as if there were no condition.
    Holds,
    /// Its result comes.
    Fails(StageResult),
    /// It could not be judged; the text says why.
    Errored(String),
}

/// Begins the condition of a gate; false where the stage has none there.
pub(super) fn open(now: i64, execution: &mut StoredExecution, stage: &StageDeclaration, gate: Gate) -> bool {
    let Some(condition) = gate.conditions(stage).and_then(<[_]>::first) else { return false };
    let Some(record) = execution.stages.get_mut(&stage.name) else { return false };
    record.conditions.retain(|earlier| earlier.gate != gate);
    record.conditions.push(StoredCondition {
        gate,
        result: condition.result.clone().unwrap_or(StageResult::Fail),
        status: Status::InProgress,
        updated: now,
        rules: Vec::new(),
    });
    true
}

/// Runs the rules of a condition; `None` until it is judged.
pub(super) fn step(
    store: &mut Store,
    arn: &PipelineArn,
    execution: &mut StoredExecution,
    stage: &StageDeclaration,
    gate: Gate,
) -> Option<Judged> {
    let now = store.clock;
    let condition = execution.stages.get(&stage.name)?.condition(gate)?;
    let (result, begun) = (condition.result.clone(), condition.rules.clone());
    let declared = gate.conditions(stage).and_then(<[_]>::first)?.rules.as_deref().unwrap_or_default();
    let mut failed = false;
    if let Some(last) = begun.last() {
        let rule = execution.rules.get_mut(*last)?;
        if rule.status == Status::InProgress && !end_rule(rule, now) {
            return None;
        }
        if let Some((_, message)) = rule.error.as_ref().filter(|(code, _)| code == NOT_SUPPORTED) {
            let message = message.clone();
            close(execution, stage, gate, Status::Errored, now);
            return Some(Judged::Errored(message));
        }
        failed = rule.status == Status::Failed;
    }
    if let Some(next) = declared.get(begun.len()).filter(|_| !failed) {
        let rule = begin_rule(store, arn, execution, &stage.name, gate, next);
        let position = execution.rules.len();
        execution.rules.push(rule);
        execution.stages.get_mut(&stage.name)?.condition_mut(gate)?.rules.push(position);
        return None;
    }
    close(execution, stage, gate, if failed { Status::Failed } else { Status::Succeeded }, now);
    let comes = match gate {
        Gate::OnFailure => failed != store.undocumented.failure_condition_is_met_by_success,
        Gate::BeforeEntry | Gate::OnSuccess => failed,
    };
    Some(if comes { Judged::Fails(result) } else { Judged::Holds })
}

fn close(execution: &mut StoredExecution, stage: &StageDeclaration, gate: Gate, status: Status, now: i64) {
    if let Some(condition) = execution.stages.get_mut(&stage.name).and_then(|record| record.condition_mut(gate)) {
        condition.status = status;
        condition.updated = now;
    }
}
