//! What IAM says about an account.

use super::request::IamRequest;
use crate::core::policy::quota::{
    ATTACHED_POLICIES, INLINE_POLICIES, MANAGED_POLICY, POLICY_VERSIONS, ROLES, TRUST_POLICY,
};
use crate::local::refusal::Refusal;
use crate::local::services::query::{Page, texts};
use crate::local::store::Store;
use crate::local::wire::element;

/// What accounts of local AWS can't have. Source: IAM API Reference, "GetAccountSummary".
const NONE: &[&str] = &[
    "Users",
    "Groups",
    "InstanceProfiles",
    "ServerCertificates",
    "Providers",
    "MFADevices",
    "MFADevicesInUse",
    "AccountMFAEnabled",
    "AccountAccessKeysPresent",
    "AccountSigningCertificatesPresent",
];

impl IamRequest<'_> {
    /// Accounts of local AWS have no alias.
    pub(super) fn list_aliases(&self, store: &Store) -> Result<String, Refusal> {
        let page = Page::of(self.parameters)?;
        store.existing_account(&self.account)?;
        let (_, end) = page.take(Vec::<String>::new(), String::clone);
        Ok(texts("AccountAliases", []) + &end)
    }

    /// How much the account has of what local AWS knows; of the rest it has nothing. Quotas are those of this crate.
    pub(super) fn summary(&self, store: &Store) -> Result<String, Refusal> {
        let account = store.existing_account(&self.account)?;
        let versions = account.policies.values().map(|policy| policy.versions.len()).sum();
        let counts = [
            ("Roles", account.roles.len()),
            ("RolesQuota", ROLES),
            ("AssumeRolePolicySizeQuota", TRUST_POLICY),
            ("RolePolicySizeQuota", INLINE_POLICIES),
            ("AttachedPoliciesPerRoleQuota", ATTACHED_POLICIES),
            ("Policies", account.policies.len()),
            ("PolicySizeQuota", MANAGED_POLICY),
            ("PolicyVersionsInUse", versions),
            ("VersionsPerPolicyQuota", POLICY_VERSIONS),
        ];
        let none = NONE.iter().map(|key| (*key, 0));
        let entry = |(key, value): (&str, usize)| {
            format!("<entry>{}{}</entry>", element("key", key), element("value", &value.to_string()))
        };
        Ok(format!("<SummaryMap>{}</SummaryMap>", counts.into_iter().chain(none).map(entry).collect::<String>()))
    }
}
