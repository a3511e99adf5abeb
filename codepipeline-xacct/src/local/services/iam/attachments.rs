//! Which managed policies are attached to which roles.

use super::refusals::{no_such, quota};
use super::request::IamRequest;
use crate::core::policy::quota::ATTACHED_POLICIES;
use crate::local::refusal::Refusal;
use crate::local::services::query::{Page, list, word};
use crate::local::store::{Store, StoredRole};
use crate::local::wire::element;

impl IamRequest<'_> {
    pub(super) fn attach(&self, store: &mut Store) -> Result<String, Refusal> {
        self.changed_role(store)?;
        let arn = self.policy(store)?.arn.clone();
        let role = self.changed_role(store)?;
        if role.attached.len() >= ATTACHED_POLICIES && !role.attached.contains(&arn) {
            return Err(quota("PoliciesPerRole", ATTACHED_POLICIES));
        }
        role.attached.insert(arn);
        Ok(String::new())
    }

    pub(super) fn detach(&self, store: &mut Store) -> Result<String, Refusal> {
        let arn = self.required("PolicyArn")?;
        if self.changed_role(store)?.attached.shift_remove(arn) {
            return Ok(String::new());
        }
        Err(no_such(format!("Policy {arn} was not found.")))
    }

    pub(super) fn list_attached(&self, store: &Store) -> Result<String, Refusal> {
        let page = Page::of(self.parameters)?;
        let prefix = self.parameters.get("PathPrefix").unwrap_or("/");
        let attached = self.role(store)?.attached.iter();
        let found = attached.filter_map(|arn| store.policy(&self.account, arn)).filter(|p| p.path.starts_with(prefix));
        let (found, end) = page.take(found, |policy| policy.name.clone());
        let members = found.iter().map(|p| element("PolicyName", &p.name) + &element("PolicyArn", &p.arn));
        Ok(list("AttachedPolicies", members) + &end)
    }

    pub(super) fn list_entities(&self, store: &Store) -> Result<String, Refusal> {
        let page = Page::of(self.parameters)?;
        let entities = ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"];
        let entity = word(self.parameters, "EntityFilter", &entities)?;
        let usage = word(self.parameters, "PolicyUsageFilter", &["PermissionsPolicy", "PermissionsBoundary"])?;
        let prefix = self.parameters.get("PathPrefix").unwrap_or("/");
        let arn = self.policy(store)?.arn.clone();
        let uses = |role: &&StoredRole| {
            let attached = usage != Some("PermissionsBoundary") && role.attached.contains(&arn);
            let boundary = usage != Some("PermissionsPolicy") && role.boundary.as_ref() == Some(&arn);
            entity.is_none_or(|kind| kind == "Role") && role.arn.path().starts_with(prefix) && (attached || boundary)
        };
        let roles = store.existing_account(&self.account)?.roles.values().filter(uses);
        let (roles, end) = page.take(roles, |role| role.arn.name().to_string());
        let members = roles.iter().map(|r| element("RoleName", r.arn.name().as_str()) + &element("RoleId", &r.id));
        let none = || std::iter::empty::<String>();
        Ok([list("PolicyGroups", none()), list("PolicyUsers", none()), list("PolicyRoles", members), end].concat())
    }
}
