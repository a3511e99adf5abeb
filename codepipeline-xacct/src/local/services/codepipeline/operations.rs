//! Which operation answers a request.

use serde_json::Value;

use super::request::CodePipelineRequest;
use super::requested::authorize_request;
use super::{action_types, control, history, jobs, pipelines, state, tags};
use crate::local::refusal::Refusal;
use crate::local::store::Store;
use crate::local::wire::Call;

pub(crate) fn answer(store: &mut Store, call: &Call, input: &Value) -> Result<Value, Refusal> {
    let request = CodePipelineRequest::new(call, input)?;
    authorize_request(store, &request)?;
    store.account(&request.account)?;
    let mut answer = match call.operation.as_str() {
        "CreatePipeline" => pipelines::create(&request, store),
        "GetPipeline" => pipelines::get(&request, store),
        "UpdatePipeline" => pipelines::update(&request, store),
        "DeletePipeline" => pipelines::delete(&request, store),
        "ListPipelines" => pipelines::list(&request, store),
        "TagResource" => tags::tag(&request, store),
        "UntagResource" => tags::untag(&request, store),
        "ListTagsForResource" => tags::list_of(&request, store),
        "CreateCustomActionType" => action_types::create(&request, store),
        "DeleteCustomActionType" => action_types::delete(&request, store),
        "ListActionTypes" => action_types::list_of(&request, store),
        "GetPipelineExecution" => history::execution(&request, store),
        "ListPipelineExecutions" => history::executions(&request, store),
        "ListActionExecutions" => history::action_executions(&request, store),
        "ListRuleExecutions" => history::rule_executions(&request, store),
        "GetPipelineState" => state::state(&request, store),
        "StartPipelineExecution" => control::start(&request, store),
        "StopPipelineExecution" => control::stop_execution(&request, store),
        "RetryStageExecution" => control::retry_stage(&request, store),
        "RollbackStage" => control::roll_back_stage(&request, store),
        "OverrideStageCondition" => control::override_condition(&request, store),
        "DisableStageTransition" => control::transition(&request, store, false),
        "EnableStageTransition" => control::transition(&request, store, true),
        "PutApprovalResult" => control::put_approval(&request, store),
        "PollForJobs" => jobs::poll(&request, store),
        "AcknowledgeJob" => jobs::acknowledge(&request, store),
        "GetJobDetails" => jobs::details(&request, store),
        "PutJobSuccessResult" => jobs::succeed(&request, store),
        "PutJobFailureResult" => jobs::fail(&request, store),
        other => Err(Refusal::unsupported(&format!("codepipeline:{other}"))),
    }?;
    leave_out_nulls(&mut answer);
    Ok(answer)
}

/// AWS leaves out what there is not.
fn leave_out_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(leave_out_nulls);
        }
        Value::Array(entries) => entries.iter_mut().for_each(leave_out_nulls),
        _ => {}
    }
}
