//! Versions of managed policies.

use super::documents::check_managed;
use super::refusals::{conflict, limit, no_such};
use super::request::IamRequest;
use super::responses::version;
use crate::core::policy::quota::POLICY_VERSIONS;
use crate::local::managed_policy::{PolicyVersion, StoredPolicy};
use crate::local::policies_of_aws::is_of_aws;
use crate::local::refusal::Refusal;
use crate::local::services::query::{Page, constraint, flag, list};
use crate::local::store::Store;

impl IamRequest<'_> {
    pub(super) fn create_version(&self, store: &mut Store) -> Result<String, Refusal> {
        let document = self.required("PolicyDocument")?;
        let default = flag(self.parameters, "SetAsDefault")?;
        let now = store.clock;
        let policy = self.changed_policy(store)?;
        check_managed(document)?;
        if policy.versions.len() >= POLICY_VERSIONS {
            return Err(limit(format!(
                "A managed policy can have up to {POLICY_VERSIONS} versions. Before you create a new version, you must delete \
                 an existing version."
            )));
        }
        let added = policy.add(document.to_owned(), now, default);
        // As documented, the answer to CreatePolicyVersion has no document.
        Ok(format!("<PolicyVersion>{}</PolicyVersion>", version(policy, &added, false)))
    }

    pub(super) fn set_default_version(&self, store: &mut Store) -> Result<String, Refusal> {
        let now = store.clock;
        let policy = self.changed_policy(store)?;
        policy.default = self.version(policy)?.number;
        policy.updated = now;
        Ok(String::new())
    }

    pub(super) fn delete_version(&self, store: &mut Store) -> Result<String, Refusal> {
        let policy = self.changed_policy(store)?;
        let number = self.version(policy)?.number;
        if number == policy.default {
            return Err(conflict("Cannot delete the default version of a policy."));
        }
        policy.versions.retain(|version| version.number != number);
        Ok(String::new())
    }

    pub(super) fn get_version(&self, store: &Store) -> Result<String, Refusal> {
        let policy = self.policy(store)?;
        let found = self.version(policy)?;
        Ok(format!("<PolicyVersion>{}</PolicyVersion>", version(policy, found, true)))
    }

    pub(super) fn list_versions(&self, store: &Store) -> Result<String, Refusal> {
        let page = Page::of(self.parameters)?;
        let policy = self.policy(store)?;
        if is_of_aws(&policy.arn) && policy.latest > 1 {
            return Err(no_earlier_versions(policy));
        }
        // The newest first.
        let newest = |version: &&PolicyVersion| format!("{:020}", u64::MAX - version.number);
        let (versions, end) = page.take(&policy.versions, newest);
        Ok(list("Versions", versions.into_iter().map(|found| version(policy, found, false))) + &end)
    }

    fn version<'p>(&self, policy: &'p StoredPolicy) -> Result<&'p PolicyVersion, Refusal> {
        let id = self.required("VersionId")?;
        if id.strip_prefix('v').and_then(|number| number.parse::<u64>().ok()).is_none_or(|number| number == 0) {
            let pattern = "Member must satisfy regular expression pattern: v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?";
            return Err(constraint(id, "VersionId", pattern));
        }
        let missing = || no_such(format!("Policy {} version {id} does not exist or is not attachable.", policy.arn));
        let found = policy.versions.iter().find(|version| version.id() == id);
        if found.is_none() && is_of_aws(&policy.arn) {
            return Err(no_earlier_versions(policy));
        }
        found.ok_or_else(missing)
    }
}

fn no_earlier_versions(policy: &StoredPolicy) -> Refusal {
    Refusal::unsupported(&format!("earlier versions of managed policies of AWS (`{}`)", policy.arn))
}
