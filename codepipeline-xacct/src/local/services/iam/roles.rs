//! Roles and their trust policies, as they are made and changed.

use indexmap::{IndexMap, IndexSet};

use super::documents::{check_identity, checked_trust};
use crate::core::ids::{AccountId, RoleArn};
use crate::local::refusal::Refusal;
use crate::local::store::{Store, StoredRole};
use crate::local::trust::bind;

/// Makes a role.
pub(super) fn create_role(
    store: &mut Store,
    arn: &RoleArn,
    trust: &str,
    tags: IndexMap<String, String>,
) -> Result<StoredRole, Refusal> {
    let trust = checked_trust(store, trust, arn.partition())?;
    let trust = bind(store, &trust);
    let id = format!("AROALOCAL{:012}", store.next());
    let created = store.clock;
    let record =
        StoredRole { arn: arn.clone(), id, trust, inline: IndexMap::new(), attached: IndexSet::new(), tags, created };
    let roles = &mut store.account(arn.account())?.roles;
    let key = arn.name().as_str().to_lowercase();
    if roles.contains_key(&key) {
        let message = format!("Role with name {} already exists.", arn.name());
        return Err(Refusal::new("EntityAlreadyExists", message).status(409));
    }
    roles.insert(key, record.clone());
    Ok(record)
}

pub(super) fn update_trust(store: &mut Store, account: &AccountId, name: &str, trust: &str) -> Result<(), Refusal> {
    let partition = store.role_mut(account, name)?.arn.partition().clone();
    let trust = checked_trust(store, trust, &partition)?;
    let trust = bind(store, &trust);
    store.role_mut(account, name)?.trust = trust;
    Ok(())
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
    create_role(store, arn, trust, IndexMap::new())?;
    store.role_mut(arn.account(), arn.name().as_str())?.inline = policies;
    Ok(())
}
