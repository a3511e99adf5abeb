//! What has run so far, with what started what: for a rehearsal, which has to know more than AWS shows.

use indexmap::IndexMap;

use super::execution::{Phase, Status, StoredActionExecution, StoredExecution, StoredRuleExecution};
use super::handle::Local;
use super::refused_hop::refused_hop;
use crate::core::ids::{ExecutionId, PipelineArn};
use crate::core::topology::Gate;
use crate::core::wiring::Hop;

/// An execution of a pipeline.
#[derive(Debug, Clone)]
pub(crate) struct ExecutionRecord {
    pub(crate) pipeline: PipelineArn,
    pub(crate) id: ExecutionId,
    pub(crate) status: &'static str,
    pub(crate) is_running: bool,
    pub(crate) summary: String,
    pub(crate) variables: IndexMap<String, String>,
    /// The stages that it entered.
    pub(crate) stages: Vec<String>,
    /// The stage that it has not entered yet.
    pub(crate) waits_for: Option<String>,
    /// The conditions that were judged, by their stages.
    pub(crate) conditions: Vec<(String, Gate)>,
    /// From the oldest.
    pub(crate) actions: Vec<ActionRecord>,
    /// From the oldest.
    pub(crate) rules: Vec<RuleRecord>,
    /// In milliseconds since 1970.
    pub(crate) started: i64,
    pub(crate) updated: i64,
}

/// An execution of an action.
#[derive(Debug, Clone)]
pub(crate) struct ActionRecord {
    pub(crate) stage: String,
    pub(crate) action: String,
    pub(crate) status: &'static str,
    /// Code and message.
    pub(crate) error: Option<(String, String)>,
    pub(crate) summary: Option<String>,
    /// The hop at which it was refused.
    pub(crate) refused: Option<Hop>,
    /// It was run again.
    pub(crate) retried: bool,
    /// The execution that it started.
    pub(crate) began: Option<(PipelineArn, ExecutionId)>,
}

/// An execution of a rule.
#[derive(Debug, Clone)]
pub(crate) struct RuleRecord {
    pub(crate) stage: String,
    pub(crate) gate: Gate,
    pub(crate) rule: String,
    /// Code and message.
    pub(crate) error: Option<(String, String)>,
}

impl Local {
    /// All executions of all pipelines, those of a pipeline from the oldest.
    pub(crate) fn execution_records(&self) -> Vec<ExecutionRecord> {
        let store = self.look();
        let all = store.pipelines.iter().flat_map(|(arn, record)| record.executions.values().map(move |e| (arn, e)));
        all.filter_map(|(arn, execution)| record(arn, execution)).collect()
    }

    /// How many executions there are, and whether one of them has not ended.
    pub(crate) fn count_executions(&self) -> (usize, bool) {
        let store = self.look();
        let all = store.pipelines.iter().map(|(_, record)| record.executions.len()).sum();
        (all, !store.pipelines.running().is_empty())
    }
}

/// Nothing for an id that local AWS did not make.
fn record(arn: &PipelineArn, execution: &StoredExecution) -> Option<ExecutionRecord> {
    let waits = execution.status.is_running() && execution.phase == Phase::Waiting;
    let conditions = execution.stages.iter().flat_map(|(name, stage)| {
        let judged = stage.conditions.iter().filter(|condition| condition.status != Status::InProgress);
        judged.map(|condition| (name.clone(), condition.gate))
    });
    Some(ExecutionRecord {
        pipeline: arn.clone(),
        id: execution.id.parse().ok()?,
        status: execution.status.as_str(),
        is_running: execution.status.is_running(),
        summary: execution.summary.clone(),
        variables: execution.variables.clone(),
        stages: execution.stages.keys().cloned().collect(),
        waits_for: execution.stage_name().filter(|_| waits).map(str::to_owned),
        conditions: conditions.collect(),
        actions: execution.actions.iter().map(action).collect(),
        rules: execution.rules.iter().map(rule).collect(),
        started: execution.started,
        updated: execution.updated,
    })
}

fn action(action: &StoredActionExecution) -> ActionRecord {
    ActionRecord {
        stage: action.stage.clone(),
        action: action.action.clone(),
        status: action.status.as_str(),
        error: action.error.clone(),
        summary: action.summary.clone(),
        refused: refused_hop(action),
        retried: action.retried,
        began: action.began.as_ref().and_then(|(target, id)| Some((target.clone(), id.parse().ok()?))),
    }
}

fn rule(rule: &StoredRuleExecution) -> RuleRecord {
    RuleRecord {
        stage: rule.stage.clone(),
        gate: rule.gate,
        rule: rule.declaration.name.clone(),
        error: rule.error.clone(),
    }
}
