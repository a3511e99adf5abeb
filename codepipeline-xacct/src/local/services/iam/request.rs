//! A request to IAM: its account, and the role or policy that it names.

use super::refusals::{no_such, protected};
use crate::core::ids::AccountId;
use crate::local::managed_policy::StoredPolicy;
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

    /// The role that the request names.
    pub(super) fn role<'w>(&self, store: &'w mut Store) -> Result<&'w mut StoredRole, Refusal> {
        store.role_mut(&self.account, self.required("RoleName")?)
    }

    /// The role that the request changes.
    pub(super) fn changed_role<'w>(&self, store: &'w mut Store) -> Result<&'w mut StoredRole, Refusal> {
        let role = self.role(store)?;
        if ["/aws-service-role/", "/aws-reserved/"].iter().any(|path| role.arn.path().starts_with(path)) {
            return Err(protected(role.arn.name().as_str()));
        }
        Ok(role)
    }

    /// The policy that the request names.
    pub(super) fn policy<'w>(&self, store: &'w mut Store) -> Result<&'w mut StoredPolicy, Refusal> {
        let arn = self.required("PolicyArn")?;
        refuse_of_aws(arn)?;
        let missing = || no_such(format!("Policy {arn} does not exist or is not attachable."));
        store.account(&self.account)?.policies.get_mut(arn).ok_or_else(missing)
    }
}

/// Local AWS doesn't have the policies that AWS manages.
pub(super) fn refuse_of_aws(arn: &str) -> Result<(), Refusal> {
    if arn.split(':').nth(4) == Some("aws") {
        return Err(Refusal::unsupported(&format!("managed policies of AWS (`{arn}`)")));
    }
    Ok(())
}
