//! Executions: started, stopped, retried, rolled back, approved; transitions and conditions.

use serde_json::{Value, json};

use super::request::CodePipelineRequest;
use super::responses::seconds;
use crate::core::declaration::RetryMode;
use crate::core::topology::Gate;
use crate::local::engine::{Start, approve, begin, overridden, retry, revisions, roll_back, stop, variables};
use crate::local::execution::StartedBy;
use crate::local::input::{bounded, execution_id, matching, need, one_of, text};
use crate::local::pipelines::{StoredPipeline, Transition};
use crate::local::refusal::{Refusal, not_latest, not_stoppable};
use crate::local::store::Store;

pub(super) fn start(request: &CodePipelineRequest<'_>, store: &mut Store) -> Result<Value, Refusal> {
    let arn = request.arn_of(need(request.input, "name")?, "name")?;
    let (variables, overrides) = (variables(request.input)?, revisions(request.input)?);
    let token = text(request.input, "clientRequestToken");
    let token = token.map(|token| {
        let token = bounded(token, "clientRequestToken", 1, 128)?;
        matching(token, "clientRequestToken", "^[a-zA-Z0-9-]+$", |c| c.is_ascii_alphanumeric() || c == '-')
    });
    let token = token.transpose()?.map(str::to_owned);
    let trigger = StartedBy { kind: "StartPipelineExecution".into(), detail: request.call.caller.arn() };
    let id = begin(store, &arn, Start { variables, overrides, trigger, token })?;
    Ok(json!({ "pipelineExecutionId": id }))
}

pub(super) fn stop_execution(request: &CodePipelineRequest<'_>, store: &mut Store) -> Result<Value, Refusal> {
    let (arn, record) = request.record(store, "pipelineName")?;
    let id = execution_id(need(request.input, "pipelineExecutionId")?, "pipelineExecutionId")?.to_owned();
    let Some(position) = record.position(&id) else {
        // The model has no PipelineExecutionNotFoundException here.
        return Err(not_stoppable());
    };
    let abandon = request.input.get("abandon").and_then(Value::as_bool).unwrap_or(false);
    let reason = text(request.input, "reason").map(|reason| bounded(reason, "reason", 0, 200)).transpose()?;
    let reason = reason.map(str::to_owned);
    stop(store, &arn, position, abandon, reason)?;
    Ok(json!({ "pipelineExecutionId": id }))
}

pub(super) fn retry_stage(request: &CodePipelineRequest<'_>, store: &mut Store) -> Result<Value, Refusal> {
    let (arn, record) = request.record(store, "pipelineName")?;
    let stage = request.stage(record)?.name.clone();
    let mode = one_of(need(request.input, "retryMode")?, "retryMode", RetryMode::VALUES)?;
    let id = execution_id(need(request.input, "pipelineExecutionId")?, "pipelineExecutionId")?.to_owned();
    let Some(position) = record.position(&id) else {
        // The model has no PipelineExecutionNotFoundException here.
        return Err(not_latest());
    };
    retry(store, &arn, position, &stage, &RetryMode::from(mode))?;
    Ok(json!({ "pipelineExecutionId": id }))
}

pub(super) fn roll_back_stage(request: &CodePipelineRequest<'_>, store: &mut Store) -> Result<Value, Refusal> {
    let (arn, record) = request.record(store, "pipelineName")?;
    let stage = request.stage(record)?.name.clone();
    let target = request.position(&arn, record, "targetPipelineExecutionId")?;
    let id = roll_back(store, &arn, &stage, target, request.call.caller.arn())?;
    Ok(json!({ "pipelineExecutionId": id }))
}

pub(super) fn override_condition(request: &CodePipelineRequest<'_>, store: &mut Store) -> Result<Value, Refusal> {
    let (arn, record) = request.record(store, "pipelineName")?;
    let stage = request.stage(record)?.name.clone();
    let kind = one_of(need(request.input, "conditionType")?, "conditionType", &["BEFORE_ENTRY", "ON_SUCCESS"])?;
    let gate = if kind == "BEFORE_ENTRY" { Gate::BeforeEntry } else { Gate::OnSuccess };
    let id = execution_id(need(request.input, "pipelineExecutionId")?, "pipelineExecutionId")?;
    let Some(position) = record.position(id) else {
        // The model has no PipelineExecutionNotFoundException here.
        return Err(not_latest());
    };
    overridden(store, &arn, position, &stage, gate)?;
    Ok(json!({}))
}

/// Disables or enables a transition. The one out of a stage is the one into the next.
pub(super) fn transition(
    request: &CodePipelineRequest<'_>,
    store: &mut Store,
    enabled: bool,
) -> Result<Value, Refusal> {
    let (arn, record) = request.record(store, "pipelineName")?;
    let stage = request.stage(record)?.name.clone();
    let kind = one_of(need(request.input, "transitionType")?, "transitionType", &["Inbound", "Outbound"])?;
    let into = match kind {
        "Inbound" => stage,
        _ => next_stage(record, &stage).ok_or_else(|| Refusal::unsupported("the transition out of the last stage"))?,
    };
    let reason = match enabled {
        true => None,
        false => {
            let reason = bounded(need(request.input, "reason")?, "reason", 1, 300)?;
            let fits = |c: char| c.is_ascii_alphanumeric() || "!@ ().*?-".contains(c);
            Some(matching(reason, "reason", r"[a-zA-Z0-9!@ \(\)\.\*\?\-]+", fits)?.to_owned())
        }
    };
    let changed = Transition { enabled, reason, by: request.call.caller.arn(), at: store.clock };
    if let Some(record) = store.pipelines.get_mut(&arn) {
        record.transitions.insert(into, changed);
    }
    Ok(json!({}))
}

fn next_stage(record: &StoredPipeline, stage: &str) -> Option<String> {
    let mut stages = record.declaration.stages.iter().flatten().skip_while(|declared| declared.name != stage);
    stages.nth(1).map(|next| next.name.clone())
}

pub(super) fn put_approval(request: &CodePipelineRequest<'_>, store: &mut Store) -> Result<Value, Refusal> {
    let (arn, record) = request.record(store, "pipelineName")?;
    let stage = request.stage(record)?;
    let action = need(request.input, "actionName")?;
    if !stage.actions.iter().flatten().any(|declared| declared.name == action) {
        return Err(Refusal::new("ActionNotFoundException", "The specified action cannot be found."));
    }
    let result = request.input.get("result").cloned().unwrap_or_default();
    let status = one_of(need(&result, "status")?, "result.status", &["Approved", "Rejected"])?;
    let summary = bounded(need(&result, "summary")?, "result.summary", 0, 512)?;
    // A token has the form of an execution's id.
    let token = execution_id(need(request.input, "token")?, "token")?;
    let place = (stage.name.clone(), action);
    let approved = status == "Approved";
    approve(store, &arn, (&place.0, place.1), token, approved, summary, request.call.caller.arn())?;
    // "When the approval or rejection was submitted". Source: CodePipeline API Reference, "PutApprovalResult".
    Ok(json!({ "approvedAt": seconds(store.clock) }))
}
