//! Where an action runs.

use crate::declaration::ActionDeclaration;
use crate::ids::{AccountId, PipelineArn, RoleArn};

/// The account: that of its role, or of the pipeline. `None` if its role isn't a role's ARN.
pub(super) fn account_of(pipeline: &PipelineArn, action: &ActionDeclaration) -> Option<AccountId> {
    match &action.role_arn {
        Some(role) => Some(role.parse::<RoleArn>().ok()?.account().clone()),
        None => Some(pipeline.account().clone()),
    }
}

/// The Region: its own, or that of the pipeline.
pub(super) fn region_of<'a>(pipeline: &'a PipelineArn, action: &'a ActionDeclaration) -> &'a str {
    action.region.as_deref().unwrap_or_else(|| pipeline.region().as_str())
}
