//! A request to IAM: its account, and the role or policy that it names.

use super::refusals::{no_such, outside_of_the_account, protected};
use crate::core::arns::iam_arn;
use crate::core::ids::{AccountId, Partition};
use crate::local::managed_policy::StoredPolicy;
use crate::local::policies_of_aws::{is_of_aws, refuse_unknown_of_aws};
use crate::local::refusal::Refusal;
use crate::local::services::query::required;
use crate::local::store::{Store, StoredRole};
use crate::local::wire::Parameters;

pub(super) struct IamRequest<'a> {
    pub(super) account: AccountId,
    pub(super) parameters: &'a Parameters,
}

impl IamRequest<'_> {
    pub(super) fn required(&self, key: &str) -> Result<&str, Refusal> {
        required(self.parameters, key)
    }

    /// The ARN of something of the account, which is in the partition of commercial Regions.
    pub(super) fn arn(&self, resource: &str) -> String {
        iam_arn(Partition::aws().as_str(), self.account.as_str(), resource)
    }

    /// The role that the request names.
    pub(super) fn role<'w>(&self, store: &'w Store) -> Result<&'w StoredRole, Refusal> {
        store.role_named(&self.account, self.required("RoleName")?)
    }

    /// The role that the request changes.
    pub(super) fn changed_role<'w>(&self, store: &'w mut Store) -> Result<&'w mut StoredRole, Refusal> {
        let role = store.role_mut(&self.account, self.required("RoleName")?)?;
        if role.arn.is_service_linked() || role.arn.path().starts_with("/aws-reserved/") {
            return Err(protected(role.arn.name().as_str()));
        }
        Ok(role)
    }

    /// The policy that the request names.
    pub(super) fn policy<'w>(&self, store: &'w Store) -> Result<&'w StoredPolicy, Refusal> {
        let arn = self.required("PolicyArn")?;
        store.existing_account(&self.account)?;
        if let Some(policy) = store.policy(&self.account, arn) {
            return Ok(policy);
        }
        refuse_unknown_of_aws(arn)?;
        Err(no_policy(arn))
    }

    /// The policy that the request changes.
    pub(super) fn changed_policy<'w>(&self, store: &'w mut Store) -> Result<&'w mut StoredPolicy, Refusal> {
        let arn = self.required("PolicyArn")?;
        if is_of_aws(arn) {
            return Err(outside_of_the_account());
        }
        store.account(&self.account)?.policies.get_mut(arn).ok_or_else(|| no_policy(arn))
    }
}

fn no_policy(arn: &str) -> Refusal {
    no_such(format!("Policy {arn} does not exist or is not attachable."))
}
