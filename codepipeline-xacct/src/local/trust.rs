//! Trust policies, and the policies of buckets and keys, as AWS keeps them: with the ids of roles instead of their ARNs.

use super::store::{Store, StoredRole};
use crate::core::ids::RoleArn;
use crate::core::policy::{Document, Principal, Texts};

/// The trust policy of a role as IAM returns and evaluates it: the ids of existing roles are ARNs again.
pub(super) fn trust(store: &Store, role: &StoredRole) -> Document {
    named(store, &role.trust)
}

/// A policy with the ARNs of existing roles instead of their ids.
pub(super) fn named(store: &Store, policy: &Document) -> Document {
    map_principals(policy, |text| store.role_with_id(text).map_or_else(|| text.to_owned(), |role| role.arn.to_string()))
}

/// Replaces the ARNs of the roles that a policy names as principals by their ids.
pub(super) fn bind(store: &Store, policy: &Document) -> Document {
    map_principals(policy, |text| {
        let named = text.parse::<RoleArn>().ok().and_then(|arn| store.role(&arn).map(|r| r.id.clone()));
        named.unwrap_or_else(|| text.to_owned())
    })
}

fn map_principals(document: &Document, change: impl Fn(&str) -> String) -> Document {
    let mut document = document.clone();
    for statement in document.statements.iter_mut() {
        if let Some(Principal::Map(map)) = &mut statement.principal
            && let Some(texts) = map.get_mut("AWS")
        {
            *texts = match texts {
                Texts::One(text) => Texts::One(change(text)),
                Texts::Many(many) => Texts::Many(many.iter().map(|text| change(text)).collect()),
            };
        }
    }
    document
}
