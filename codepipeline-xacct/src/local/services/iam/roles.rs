//! Roles and their trust policies.

use indexmap::{IndexMap, IndexSet};

use super::boundaries::check_boundary;
use super::documents::{check_identity, checked_trust};
use super::parameters::new_members;
use super::refusals::{conflict, exists, invalid_input, quota};
use super::request::IamRequest;
use super::responses::{listed_role, role};
use super::tags::checked_tags;
use crate::core::ids::{Partition, RoleArn};
use crate::core::policy::quota::{DESCRIPTION, MAX_SESSION, ROLES};
use crate::local::refusal::Refusal;
use crate::local::services::query::{Page, check_length, check_name, list, number, text};
use crate::local::store::{Store, StoredRole};
use crate::local::trust::bind;

impl IamRequest<'_> {
    pub(super) fn create_role(&self, store: &mut Store) -> Result<String, Refusal> {
        let arn = self.new_role_arn()?;
        if arn.is_service_linked() {
            let message = format!("Cannot create a role with the reserved path {}", RoleArn::SERVICE_LINKED_PATH);
            return Err(invalid_input(message));
        }
        let mut made = new_role(store, &arn, self.required("AssumeRolePolicyDocument")?)?;
        made.tags = checked_tags(self.parameters)?.into_iter().collect();
        made.description = text(self.parameters, "Description", DESCRIPTION)?.map(str::to_owned);
        made.max_session = number(self.parameters, "MaxSessionDuration", MAX_SESSION)?.unwrap_or(*MAX_SESSION.start());
        made.boundary = self.parameters.get("PermissionsBoundary").map(str::to_owned);
        if let Some(boundary) = &made.boundary {
            check_boundary(store, &self.account, boundary)?;
        }
        let other = new_members("CreateRole", self.parameters);
        made.other = other.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        if store.account(&self.account)?.roles.len() >= ROLES {
            return Err(quota("RolesPerAccount", ROLES));
        }
        add(store, made.clone())?;
        Ok(format!("<Role>{}</Role>", role(store, &made)))
    }

    fn new_role_arn(&self) -> Result<RoleArn, Refusal> {
        let name = self.required("RoleName")?;
        check_length(name, "RoleName", 1, 64)?;
        check_name(name, "RoleName")?;
        let path = self.parameters.get("Path").unwrap_or("/");
        check_path(path)?;
        RoleArn::new(Partition::aws(), self.account.clone(), &format!("{}{name}", path.trim_start_matches('/')))
            .map_err(|error| Refusal::new("ValidationError", error.to_string()))
    }

    pub(super) fn get_role(&self, store: &Store) -> Result<String, Refusal> {
        Ok(format!("<Role>{}</Role>", role(store, self.role(store)?)))
    }

    pub(super) fn update_role(&self, store: &mut Store) -> Result<String, Refusal> {
        let description = text(self.parameters, "Description", DESCRIPTION)?;
        let max_session = number(self.parameters, "MaxSessionDuration", MAX_SESSION)?;
        let record = self.changed_role(store)?;
        if let Some(description) = description {
            record.description = Some(description.to_owned());
        }
        if let Some(seconds) = max_session {
            record.max_session = seconds;
        }
        let other = new_members("UpdateRole", self.parameters).into_iter();
        record.other.extend(other.map(|(name, value)| (name.to_owned(), value.to_owned())));
        Ok(String::new())
    }

    pub(super) fn update_role_description(&self, store: &mut Store) -> Result<String, Refusal> {
        self.required("Description")?;
        let description = text(self.parameters, "Description", DESCRIPTION)?;
        let record = self.changed_role(store)?;
        record.description = description.map(str::to_owned);
        let record = record.clone();
        Ok(format!("<Role>{}</Role>", role(store, &record)))
    }

    pub(super) fn delete_role(&self, store: &mut Store) -> Result<String, Refusal> {
        let record = self.changed_role(store)?;
        if !record.attached.is_empty() {
            return Err(conflict("Cannot delete entity, must detach all policies first."));
        }
        if !record.inline.is_empty() {
            return Err(conflict("Cannot delete entity, must delete policies first."));
        }
        let key = record.arn.name().as_str().to_lowercase();
        store.account(&self.account)?.roles.shift_remove(&key);
        Ok(String::new())
    }

    pub(super) fn list_roles(&self, store: &Store) -> Result<String, Refusal> {
        let page = Page::of(self.parameters)?;
        let prefix = self.parameters.get("PathPrefix").unwrap_or("/");
        let all = store.existing_account(&self.account)?.roles.values();
        let matching = all.filter(|role| role.arn.path().starts_with(prefix));
        let (roles, end) = page.take(matching, |role| role.arn.name().to_string());
        Ok(list("Roles", roles.iter().map(|record| listed_role(store, record))) + &end)
    }

    pub(super) fn update_trust(&self, store: &mut Store) -> Result<String, Refusal> {
        let partition = self.changed_role(store)?.arn.partition().clone();
        let trust = checked_trust(store, self.required("PolicyDocument")?, &partition)?;
        let trust = bind(store, &trust);
        self.changed_role(store)?.trust = trust;
        Ok(String::new())
    }

    /// Local AWS has no instance profiles, so no role is in one.
    pub(super) fn list_instance_profiles(&self, store: &Store) -> Result<String, Refusal> {
        let page = Page::of(self.parameters)?;
        self.role(store)?;
        let (none, end) = page.take(Vec::<String>::new(), String::clone);
        Ok(list("InstanceProfiles", none) + &end)
    }
}

/// A path is `/`, or begins and ends with one.
pub(super) fn check_path(path: &str) -> Result<(), Refusal> {
    check_length(path, "Path", 1, RoleArn::LONGEST_PATH)?;
    if RoleArn::is_path(path) {
        return Ok(());
    }
    let message = "The specified value for path is invalid. It must begin and end with / and contain only \
                   alphanumeric characters and/or / characters.";
    Err(Refusal::new("ValidationError", message))
}

/// A role that is not yet in its account.
fn new_role(store: &mut Store, arn: &RoleArn, trust: &str) -> Result<StoredRole, Refusal> {
    let trust = checked_trust(store, trust, arn.partition())?;
    Ok(StoredRole {
        arn: arn.clone(),
        id: store.role_id(),
        trust: bind(store, &trust),
        inline: IndexMap::new(),
        attached: IndexSet::new(),
        tags: IndexMap::new(),
        created: store.clock,
        description: None,
        max_session: *MAX_SESSION.start(),
        boundary: None,
        other: IndexMap::new(),
    })
}

fn add(store: &mut Store, role: StoredRole) -> Result<(), Refusal> {
    let name = role.arn.name();
    if store.existing_account(role.arn.account())?.roles.contains_key(&name.as_str().to_lowercase()) {
        return Err(exists(format!("Role with name {name} already exists.")));
    }
    store.add_role(role)
}

/// Adds a role that exists before the program runs.
pub(crate) fn put_role(
    store: &mut Store,
    arn: &RoleArn,
    trust: &str,
    policies: IndexMap<String, String>,
) -> Result<(), Refusal> {
    for document in policies.values() {
        check_identity(document)?;
    }
    let role = StoredRole { inline: policies, ..new_role(store, arn, trust)? };
    add(store, role)
}
