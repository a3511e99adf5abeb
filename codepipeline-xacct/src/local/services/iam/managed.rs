//! Managed policies.

use std::collections::BTreeSet;

use super::documents::check_managed;
use super::refusals::{conflict, exists};
use super::request::IamRequest;
use super::responses::{created_policy, listed_policy, policy, usage};
use super::roles::check_path;
use super::tags::checked_tags;
use crate::core::policy::quota::DESCRIPTION;
use crate::local::managed_policy::StoredPolicy;
use crate::local::policies_of_aws::{all_of_aws, policy_of_aws};
use crate::local::refusal::Refusal;
use crate::local::services::query::{Page, check_length, check_name, flag, list, text, word};
use crate::local::store::Store;

impl IamRequest<'_> {
    pub(super) fn create_policy(&self, store: &mut Store) -> Result<String, Refusal> {
        let (name, document) = (self.required("PolicyName")?, self.required("PolicyDocument")?);
        check_length(name, "PolicyName", 1, 128)?;
        check_name(name, "PolicyName")?;
        let path = self.parameters.get("Path").unwrap_or("/");
        check_path(path)?;
        check_managed(document)?;
        let mut made = StoredPolicy {
            arn: self.arn(&format!("policy{path}{name}")),
            name: name.to_owned(),
            path: path.to_owned(),
            id: store.policy_id(),
            description: text(self.parameters, "Description", DESCRIPTION)?.map(str::to_owned),
            tags: checked_tags(self.parameters)?.into_iter().collect(),
            created: store.clock,
            updated: store.clock,
            versions: Vec::new(),
            default: 0,
            latest: 0,
        };
        made.add(document.to_owned(), made.created, true);
        let policies = &mut store.account(&self.account)?.policies;
        if policies.values().any(|other| other.name.eq_ignore_ascii_case(name)) {
            return Err(exists(format!("A policy called {name} already exists. Duplicate names are not allowed.")));
        }
        policies.insert(made.arn.clone(), made.clone());
        Ok(format!("<Policy>{}</Policy>", created_policy(&made)))
    }

    pub(super) fn get_policy(&self, store: &Store) -> Result<String, Refusal> {
        Ok(format!("<Policy>{}</Policy>", policy(store.existing_account(&self.account)?, self.policy(store)?)))
    }

    pub(super) fn list_policies(&self, store: &Store) -> Result<String, Refusal> {
        let page = Page::of(self.parameters)?;
        let scope = word(self.parameters, "Scope", &["All", "AWS", "Local"])?;
        let only_attached = flag(self.parameters, "OnlyAttached")?;
        let filter = word(self.parameters, "PolicyUsageFilter", &["PermissionsPolicy", "PermissionsBoundary"])?;
        let prefix = self.parameters.get("PathPrefix").unwrap_or("/");
        let account = store.existing_account(&self.account)?;
        let of_aws: Vec<&StoredPolicy> = if scope == Some("Local") {
            Vec::new()
        } else if only_attached || filter.is_some() {
            let used = account.roles.values().flat_map(|role| role.attached.iter().chain(&role.boundary));
            let used: BTreeSet<&String> = used.collect();
            used.into_iter().filter_map(|arn| policy_of_aws(arn)).collect()
        } else {
            all_of_aws().collect()
        };
        let own = account.policies.values().filter(|_| scope != Some("AWS"));
        let used = |policy: &StoredPolicy| match (usage(account, &policy.arn), filter) {
            ((attached, _), Some("PermissionsPolicy")) => attached > 0,
            ((_, boundary), Some(_)) => boundary > 0,
            ((attached, boundary), None) => !only_attached || attached + boundary > 0,
        };
        let matching = own.chain(of_aws).filter(|policy| policy.path.starts_with(prefix) && used(policy));
        let (policies, end) = page.take(matching, |policy| policy.name.clone());
        Ok(list("Policies", policies.iter().map(|policy| listed_policy(account, policy))) + &end)
    }

    pub(super) fn delete_policy(&self, store: &mut Store) -> Result<String, Refusal> {
        let record = self.changed_policy(store)?.clone();
        if usage(store.existing_account(&self.account)?, &record.arn) != (0, 0) {
            return Err(conflict("Cannot delete a policy attached to entities."));
        }
        if record.versions.len() > 1 {
            return Err(conflict(
                "This policy has more than one version. Before you delete a policy, you must delete the policy's \
                 versions. The default version is deleted with the policy.",
            ));
        }
        store.account(&self.account)?.policies.shift_remove(&record.arn);
        Ok(String::new())
    }
}
