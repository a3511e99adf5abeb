//! Hands out jobs: CodePipeline calls a Lambda function with its job, and a worker of a custom action takes one.

use super::calls::Site;
use crate::core::declaration::ActionTypeId;
use crate::core::ids::{PipelineArn, RoleArn};
use crate::local::execution::{Job, StoredActionExecution};
use crate::local::store::Store;

/// Whether an action runs a Lambda function.
pub(crate) fn is_function(id: &ActionTypeId) -> bool {
    (id.category.as_str(), id.owner.as_str(), id.provider.as_str()) == ("Invoke", "AWS", "Lambda")
}

/// The ARN of the function that an action runs.
pub(crate) fn function_of(arn: &PipelineArn, action: &StoredActionExecution) -> String {
    let role: Option<RoleArn> = action.declaration.role_arn.as_ref().and_then(|role| role.parse().ok());
    let account = role.as_ref().map_or_else(|| arn.account(), RoleArn::account);
    let region = action.declaration.region.as_deref().unwrap_or_else(|| arn.region().as_str());
    Site { pipeline: arn, account, region, configuration: &action.resolved }.function()
}

/// A job of an action. CodePipeline calls a function by itself; a worker takes its job with AcknowledgeJob.
pub(super) fn new_job(
    store: &mut Store,
    action: &StoredActionExecution,
    continuation_token: Option<String>,
    until: i64,
) -> Job {
    Job {
        id: store.uuid(),
        nonce: store.next().to_string(),
        acknowledged: is_function(&action.declaration.action_type_id),
        continuation_token,
        until,
    }
}
