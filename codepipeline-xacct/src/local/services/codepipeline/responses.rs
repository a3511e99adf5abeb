//! Parts of CodePipeline's responses.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::secrets::is_secret;
use crate::core::declaration::secrets::MASK;
use crate::core::ids::PipelineArn;
use crate::local::execution::{Artifact, Halt, Status, StoredActionExecution, StoredExecution, StoredRuleExecution};
use crate::local::store::Store;

/// Milliseconds as the seconds that awsJson uses.
pub(super) fn seconds(millis: i64) -> Value {
    json!(millis / 1000)
}

pub(super) fn error_details(error: Option<&(String, String)>) -> Option<Value> {
    // The model wants a message of 1 to 5000 characters.
    error.map(|(code, message)| {
        let message: String = message.chars().take(5000).collect();
        json!({ "code": code, "message": Some(message).filter(|message| !message.is_empty()) })
    })
}

/// What an execution of a pipeline has in every answer.
fn common(execution: &StoredExecution) -> IndexMap<&'static str, Value> {
    let rolls_back = execution.rolls_back_to.as_ref();
    let trigger = &execution.trigger;
    let kind = if rolls_back.is_some() { "ROLLBACK" } else { "STANDARD" };
    let detail: String = trigger.detail.chars().take(1024).collect();
    IndexMap::from([
        ("pipelineExecutionId", json!(execution.id)),
        ("status", json!(execution.status.as_str())),
        ("statusSummary", json!(Some(&execution.summary).filter(|summary| !summary.is_empty()))),
        ("trigger", json!({ "triggerType": trigger.kind, "triggerDetail": detail })),
        ("executionMode", json!(execution.declaration.execution_mode)),
        ("executionType", json!(kind)),
        ("rollbackMetadata", json!(rolls_back.map(|id| json!({ "rollbackTargetPipelineExecutionId": id })))),
    ])
}

/// An execution as GetPipelineExecution returns it.
pub(super) fn execution_detail(arn: &PipelineArn, execution: &StoredExecution) -> Value {
    let variables: Vec<Value> =
        execution.variables.iter().map(|(name, value)| json!({ "name": name, "resolvedValue": value })).collect();
    let revisions: Vec<Value> = execution
        .revisions
        .iter()
        .map(|r| json!({ "name": r.artifact, "revisionId": r.id, "created": seconds(r.read) }))
        .collect();
    let mut detail = common(execution);
    detail.insert("pipelineName", json!(arn.name().as_str()));
    detail.insert("pipelineVersion", json!(execution.version()));
    detail.insert("variables", json!(variables));
    detail.insert("artifactRevisions", json!(revisions));
    json!(detail)
}

/// An execution as ListPipelineExecutions returns it.
pub(super) fn execution_summary(execution: &StoredExecution) -> Value {
    let revisions: Vec<Value> = execution
        .revisions
        .iter()
        .map(|revision| json!({ "actionName": revision.action, "revisionId": revision.id }))
        .collect();
    let stopped = match &execution.halt {
        Some(Halt::Stop { reason, .. }) => Some(json!({ "reason": reason })),
        _ => None,
    };
    let mut summary = common(execution);
    summary.insert("startTime", seconds(execution.started));
    summary.insert("lastUpdateTime", seconds(execution.updated));
    summary.insert("sourceRevisions", json!(revisions));
    summary.insert("stopTrigger", json!(stopped));
    json!(summary)
}

fn artifacts(artifacts: &[Artifact]) -> Value {
    let one = |a: &Artifact| json!({ "name": a.name, "s3location": { "bucket": a.bucket, "key": a.key } });
    artifacts.iter().map(one).collect()
}

/// An execution of an action as ListActionExecutions returns it.
pub(super) fn action_detail(
    store: &Store,
    arn: &PipelineArn,
    execution: &StoredExecution,
    action: &StoredActionExecution,
) -> Value {
    let declaration = &action.declaration;
    let masked = |(key, value): (&String, &String)| {
        let secret = is_secret(store, arn, &declaration.action_type_id, key);
        (key.clone(), if secret { MASK.to_owned() } else { value.clone() })
    };
    let configuration: IndexMap<String, String> = declaration.configuration.iter().flatten().map(masked).collect();
    let resolved: IndexMap<String, String> = action.resolved.iter().map(masked).collect();
    let ended = action.status != Status::InProgress;
    let output = (ended || action.external_id.is_some()).then(|| {
        json!({
            "outputArtifacts": artifacts(if action.status == Status::Succeeded { &action.outputs } else { &[] }),
            "executionResult": {
                "externalExecutionId": action.external_id,
                "externalExecutionSummary": action.summary,
                "errorDetails": error_details(action.error.as_ref()),
            },
            "outputVariables": ended.then_some(&action.output_variables),
        })
    });
    json!({
        "pipelineExecutionId": execution.id,
        "actionExecutionId": action.id,
        "pipelineVersion": execution.version(),
        "stageName": action.stage,
        "actionName": action.action,
        "startTime": seconds(action.started),
        "lastUpdateTime": seconds(action.updated),
        "updatedBy": action.updated_by,
        "status": action.status.as_str(),
        "input": {
            "actionTypeId": declaration.action_type_id,
            "configuration": configuration,
            "resolvedConfiguration": resolved,
            "roleArn": declaration.role_arn,
            "region": declaration.region,
            "namespace": declaration.namespace,
            "inputArtifacts": artifacts(&action.inputs),
        },
        "output": output,
    })
}

/// An execution of a rule as ListRuleExecutions returns it.
pub(super) fn rule_detail(execution: &StoredExecution, rule: &StoredRuleExecution) -> Value {
    let declaration = &rule.declaration;
    let output = (rule.status != Status::InProgress).then(|| {
        json!({ "executionResult": {
            "externalExecutionSummary": rule.summary,
            "errorDetails": error_details(rule.error.as_ref()),
        }})
    });
    json!({
        "pipelineExecutionId": execution.id,
        "ruleExecutionId": rule.id,
        "pipelineVersion": execution.version(),
        "stageName": rule.stage,
        "ruleName": declaration.name,
        "startTime": seconds(rule.started),
        "lastUpdateTime": seconds(rule.updated),
        "status": rule.status.as_str(),
        "input": {
            "ruleTypeId": declaration.rule_type_id,
            "configuration": declaration.configuration,
            "resolvedConfiguration": rule.resolved,
            "roleArn": declaration.role_arn,
            "region": declaration.region,
        },
        "output": output,
    })
}
