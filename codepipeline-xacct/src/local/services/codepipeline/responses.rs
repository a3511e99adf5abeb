//! Parts of CodePipeline's responses.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::{Value, json};

use crate::core::declaration::PipelineDeclaration;
use crate::local::execution::{Status, StoredActionExecution, StoredExecution};

pub(super) fn tags(tags: &IndexMap<String, String>) -> Value {
    tags.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect()
}

/// Milliseconds as the seconds that awsJson uses.
pub(super) fn seconds(millis: i64) -> Value {
    json!(millis / 1000)
}

/// A declaration as JSON.
pub(super) fn declaration_json(declaration: &PipelineDeclaration) -> Value {
    serde_json::to_value(declaration).unwrap_or_default()
}

pub(super) fn stage_status(declared: usize, actions: &[&StoredActionExecution]) -> Status {
    let last = |name: &str| actions.iter().rev().find(|a| a.action == name).map(|a| a.status);
    let names: BTreeSet<&str> = actions.iter().map(|a| a.action.as_str()).collect();
    let states: Vec<Status> = names.iter().filter_map(|name| last(name)).collect();
    if states.contains(&Status::Failed) {
        Status::Failed
    } else if states.contains(&Status::InProgress) || states.len() < declared {
        Status::InProgress
    } else {
        Status::Succeeded
    }
}

pub(super) fn error_details(action: &StoredActionExecution) -> Option<Value> {
    action.error.as_ref().map(|(code, message)| json!({ "code": code, "message": message }))
}

pub(super) fn action_state(action: &StoredActionExecution) -> Value {
    json!({
        "actionExecutionId": action.id,
        "status": action.status.as_str(),
        "lastStatusChange": seconds(action.updated),
        "errorDetails": error_details(action),
    })
}

pub(super) fn action_detail(execution: &StoredExecution, action: &StoredActionExecution) -> Value {
    let output = (action.status != Status::InProgress).then(|| {
        json!({
            "executionResult": { "errorDetails": error_details(action) },
            "outputVariables": action.output_variables,
        })
    });
    json!({
        "pipelineExecutionId": execution.id,
        "actionExecutionId": action.id,
        "pipelineVersion": execution.version,
        "stageName": action.stage,
        "actionName": action.action,
        "startTime": seconds(action.started),
        "lastUpdateTime": seconds(action.updated),
        "status": action.status.as_str(),
        "input": {
            "actionTypeId": action.declaration.action_type_id,
            "configuration": action.declaration.configuration,
            "resolvedConfiguration": action.resolved,
            "roleArn": action.declaration.role_arn,
            "region": action.declaration.region,
            "namespace": action.declaration.namespace,
            "inputArtifacts": [],
        },
        "output": output,
    })
}
