//! Hands out jobs: CodePipeline calls a Lambda function with its job, and a worker of a custom action takes one.

use super::calls::Site;
use crate::core::declaration::ActionTypeId;
use crate::core::declaration::runs_in::{account_or_own, region_of};
use crate::core::ids::PipelineArn;
use crate::local::execution::{Job, StoredActionExecution};
use crate::local::store::Store;

/// Whether an action runs a Lambda function.
pub(crate) fn is_function(id: &ActionTypeId) -> bool {
    (id.category.as_str(), id.owner.as_str(), id.provider.as_str()) == ("Invoke", "AWS", "Lambda")
}

/// The ARN of the function that an action runs.
pub(crate) fn function_of(arn: &PipelineArn, action: &StoredActionExecution) -> String {
    let account = account_or_own(arn, action.declaration.role_arn.as_deref());
    let region = region_of(arn, action.declaration.region.as_deref());
    Site { pipeline: arn, account: &account, region, configuration: &action.resolved }.function()
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
