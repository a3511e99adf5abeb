//! The custom action types that local AWS keeps.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::pairs;
use crate::core::declaration::ActionTypeId;
use crate::core::ids::{AccountId, Region};

/// All custom action types of all accounts.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct ActionTypes(#[serde(with = "pairs")] BTreeMap<Key, ActionType>);

/// Account, Region, category, provider, version.
type Key = (AccountId, Region, String, String, String);

/// A custom action type.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct ActionType {
    /// As the API shows it.
    pub(super) shown: Value,
    /// The names of its secret properties.
    pub(super) secrets: Vec<String>,
    /// No pipeline can use it any more. It is kept, since declarations that did still hold secrets.
    pub(super) deleted: bool,
    #[serde(default)]
    pub(super) tags: IndexMap<String, String>,
}

fn key(account: &AccountId, region: &Region, id: &ActionTypeId) -> Key {
    (account.clone(), region.clone(), id.category.clone(), id.provider.clone(), id.version.clone())
}

impl ActionTypes {
    pub(super) fn get(&self, account: &AccountId, region: &Region, id: &ActionTypeId) -> Option<&ActionType> {
        self.0.get(&key(account, region, id))
    }

    /// One that is not deleted.
    pub(super) fn get_mut(
        &mut self,
        account: &AccountId,
        region: &Region,
        id: &ActionTypeId,
    ) -> Option<&mut ActionType> {
        self.0.get_mut(&key(account, region, id)).filter(|it| !it.deleted)
    }

    pub(super) fn put(&mut self, account: &AccountId, region: &Region, id: &ActionTypeId, it: ActionType) {
        self.0.insert(key(account, region, id), it);
    }

    pub(super) fn delete(&mut self, account: &AccountId, region: &Region, id: &ActionTypeId) {
        if let Some(it) = self.get_mut(account, region, id) {
            it.deleted = true;
        }
    }

    /// Those of an account in a Region that are not deleted.
    pub(super) fn of<'s>(&'s self, account: &'s AccountId, region: &'s Region) -> impl Iterator<Item = &'s ActionType> {
        let here = move |(key, _): &(&Key, &ActionType)| &key.0 == account && &key.1 == region;
        self.0.iter().filter(here).map(|(_, it)| it).filter(|it| !it.deleted)
    }
}
