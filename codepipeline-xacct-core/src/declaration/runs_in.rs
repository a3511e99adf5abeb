//! Where an action runs.

use crate::ids::{AccountId, PipelineArn, RoleArn};

/// The account: that of its role, or of the pipeline. `None` if its role isn't a role's ARN.
pub fn account_of(pipeline: &PipelineArn, role: Option<&str>) -> Option<AccountId> {
    match role {
        Some(role) => Some(role.parse::<RoleArn>().ok()?.account().clone()),
        None => Some(pipeline.account().clone()),
    }
}

/// The account, which is that of the pipeline if its role isn't a role's ARN.
pub fn account_or_own(pipeline: &PipelineArn, role: Option<&str>) -> AccountId {
    account_of(pipeline, role).unwrap_or_else(|| pipeline.account().clone())
}

/// The Region: its own, or that of the pipeline.
pub fn region_of<'a>(pipeline: &'a PipelineArn, region: Option<&'a str>) -> &'a str {
    region.unwrap_or_else(|| pipeline.region().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_runs_where_its_role_and_its_region_say() {
        let pipeline: PipelineArn = "arn:aws:codepipeline:eu-west-1:111111111111:release".parse().unwrap();
        let account = |role| account_of(&pipeline, role).map(|account| account.to_string());
        assert_eq!(account(None).as_deref(), Some("111111111111"));
        assert_eq!(account(Some("arn:aws:iam::222222222222:role/act")).as_deref(), Some("222222222222"));
        assert_eq!(account(Some("act")), None);
        assert_eq!([region_of(&pipeline, None), region_of(&pipeline, Some("x-1"))], ["eu-west-1", "x-1"]);
    }
}
