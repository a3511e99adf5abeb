//! Permissions boundaries of roles.

use super::refusals::no_such;
use super::request::IamRequest;
use crate::core::ids::AccountId;
use crate::core::policy::quota::ARN;
use crate::local::policies_of_aws::refuse_unknown_of_aws;
use crate::local::refusal::Refusal;
use crate::local::services::query::check_length;
use crate::local::store::Store;

impl IamRequest<'_> {
    pub(super) fn put_boundary(&self, store: &mut Store) -> Result<String, Refusal> {
        let arn = self.required("PermissionsBoundary")?;
        self.changed_role(store)?;
        check_boundary(store, &self.account, arn)?;
        self.changed_role(store)?.boundary = Some(arn.to_owned());
        Ok(String::new())
    }

    pub(super) fn delete_boundary(&self, store: &mut Store) -> Result<String, Refusal> {
        let role = self.changed_role(store)?;
        let none = no_such(format!("Role {} does not have a permissions boundary.", role.arn.name()));
        role.boundary.take().map(|_| String::new()).ok_or(none)
    }
}

/// A boundary is a managed policy of the account or of AWS.
pub(super) fn check_boundary(store: &Store, account: &AccountId, arn: &str) -> Result<(), Refusal> {
    check_length(arn, "PermissionsBoundary", *ARN.start(), *ARN.end())?;
    refuse_unknown_of_aws(arn)?;
    if store.policy(account, arn).is_some() {
        return Ok(());
    }
    Err(no_such(format!("Scope ARN: {arn} does not exist or is not attachable.")))
}
