//! How long actions run at most. Source: CodePipeline User Guide, "Quotas".

use crate::core::declaration::{ActionDeclaration, ActionTypeId};

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// The most minutes that an action may run.
pub(super) fn minutes(action: &ActionDeclaration) -> i64 {
    let id = &action.action_type_id;
    action.timeout_in_minutes.unwrap_or_else(|| default_minutes(id))
}

fn default_minutes(id: &ActionTypeId) -> i64 {
    match (id.category.as_str(), id.owner.as_str(), id.provider.as_str()) {
        (_, "Custom", _) => DAY,
        ("Approval", ..) => 7 * DAY,
        ("Build", _, "CodeBuild") => 36 * HOUR,
        ("Test", _, "CodeBuild") => 8 * HOUR,
        ("Compute", _, "Commands") => 55,
        ("Deploy", _, "CloudFormation") => 3 * DAY,
        ("Deploy", _, "CodeDeploy" | "CodeDeployToECS") => 5 * DAY,
        ("Deploy", _, "S3") => 90,
        ("Invoke", _, "Lambda") => DAY,
        ("Invoke", _, "StepFunctions") => 7 * DAY,
        _ => HOUR,
    }
}
