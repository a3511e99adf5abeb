//! GetPipelineState.

use serde_json::{Map, Value, json};

use super::request::CodePipelineRequest;
use super::responses::{error_details, seconds};
use crate::core::declaration::StageDeclaration;
use crate::core::topology::Gate;
use crate::local::execution::{
    Awaits, Phase, ReadRevision, Status, StoredActionExecution, StoredCondition, StoredExecution, StoredStage,
};
use crate::local::pipelines::StoredPipeline;
use crate::local::refusal::Refusal;
use crate::local::store::Store;

pub(super) fn state(request: &CodePipelineRequest<'_>, store: &Store) -> Result<Value, Refusal> {
    let (arn, record) = request.record(store, "name")?;
    let stages: Vec<Value> =
        record.declaration.stages.iter().flatten().map(|stage| stage_state(record, stage)).collect();
    Ok(json!({
        "pipelineName": arn.name().as_str(),
        "pipelineVersion": record.declaration.version,
        "stageStates": stages,
        "created": seconds(record.created),
        "updated": seconds(record.updated),
    }))
}

fn stage_state(record: &StoredPipeline, stage: &StageDeclaration) -> Value {
    let actions: Vec<Value> = stage
        .actions
        .iter()
        .flatten()
        .map(|action| {
            let latest = record.last_of(&stage.name, &action.name);
            let is_source = action.action_type_id.category == "Source";
            let read = is_source.then(|| record.last_read(&action.name)).flatten();
            json!({
                "actionName": action.name,
                "currentRevision": read.map(revision),
                "latestExecution": latest.map(action_state),
            })
        })
        .collect();
    let mut state = Map::new();
    state.insert("stageName".to_owned(), json!(stage.name));
    state.insert("inboundTransitionState".to_owned(), transition(record, &stage.name));
    state.insert("actionStates".to_owned(), json!(actions));
    // The executions of a PARALLEL pipeline are not shown by stage: they are independent of each other.
    if record.declaration.is_parallel() {
        return Value::Object(state);
    }
    let waits = |e: &StoredExecution| e.phase == Phase::Waiting && e.stage_name() == Some(stage.name.as_str());
    let inbound: Vec<Value> = record
        .active()
        .filter(|(_, execution)| waits(execution))
        .map(|(_, execution)| stage_execution(execution, execution.status))
        .collect();
    if let Some(first) = inbound.first() {
        state.insert("inboundExecution".to_owned(), first.clone());
        state.insert("inboundExecutions".to_owned(), json!(inbound));
    }
    if let Some((execution, entered)) = record.last_in(&stage.name) {
        state.insert("latestExecution".to_owned(), stage_execution(execution, entered.status));
        for gate in Gate::ALL {
            if let Some(condition) = entered.condition(gate) {
                state.insert(format!("{}ConditionState", gate.as_str()), condition_state(execution, condition));
            }
        }
        if let Some(retry) = retry_metadata(entered) {
            state.insert("retryStageMetadata".to_owned(), retry);
        }
    }
    Value::Object(state)
}

fn stage_execution(execution: &StoredExecution, status: Status) -> Value {
    json!({
        "pipelineExecutionId": execution.id,
        "status": status.as_str(),
        "type": if execution.rolls_back_to.is_some() { "ROLLBACK" } else { "STANDARD" },
    })
}

fn transition(record: &StoredPipeline, stage: &str) -> Value {
    match record.transitions.get(stage) {
        None => json!({ "enabled": true }),
        Some(transition) => json!({
            "enabled": transition.enabled,
            "lastChangedBy": transition.by,
            "lastChangedAt": seconds(transition.at),
            "disabledReason": transition.reason,
        }),
    }
}

fn action_state(action: &StoredActionExecution) -> Value {
    let token = match &action.awaits {
        Awaits::Approval { token, .. } if action.status == Status::InProgress => Some(token),
        _ => None,
    };
    json!({
        "actionExecutionId": action.id,
        "status": action.status.as_str(),
        "summary": action.summary.as_ref().filter(|summary| !summary.is_empty()),
        "lastStatusChange": seconds(action.updated),
        "token": token,
        "lastUpdatedBy": action.updated_by,
        "externalExecutionId": action.external_id,
        "percentComplete": action.percent,
        "errorDetails": error_details(action.error.as_ref()),
    })
}

/// AWS doesn't document `revisionChangeId` of a source; it has at most 100 characters.
fn revision(read: &ReadRevision) -> Value {
    let change: String = read.id.chars().take(100).collect();
    json!({ "revisionId": read.id, "revisionChangeId": change, "created": seconds(read.read) })
}

fn condition_state(execution: &StoredExecution, condition: &StoredCondition) -> Value {
    let rules: Vec<Value> = condition
        .rules
        .iter()
        .filter_map(|position| execution.rules.get(*position))
        .map(|rule| {
            json!({
                "ruleName": rule.declaration.name,
                "latestExecution": {
                    "ruleExecutionId": rule.id,
                    "status": rule.status.as_str(),
                    "summary": rule.summary,
                    "lastStatusChange": seconds(rule.updated),
                    "errorDetails": error_details(rule.error.as_ref()),
                },
            })
        })
        .collect();
    json!({
        "latestExecution": { "status": condition.status.as_str() },
        "conditionStates": [{
            "latestExecution": {
                "status": condition.status.as_str(),
                "lastStatusChange": seconds(condition.updated),
            },
            "ruleStates": rules,
        }],
    })
}

fn retry_metadata(stage: &StoredStage) -> Option<Value> {
    let trigger = stage.last_retry.as_deref()?;
    let count = |count: u32| Some(count).filter(|count| *count > 0);
    Some(json!({
        "autoStageRetryAttempt": count(stage.automatic_retries),
        "manualStageRetryAttempt": count(stage.manual_retries),
        "latestRetryTrigger": trigger,
    }))
}
