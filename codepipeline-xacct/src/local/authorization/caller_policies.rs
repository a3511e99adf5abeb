//! The documents of a caller, on its side of a request.

use crate::core::ids::{AccountId, RoleArn};
use crate::core::policy::Document;
use crate::core::policy::evaluate::{Caller, Layers};
use crate::local::role_session::RoleSession;
use crate::local::store::{Store, StoredRole};

/// The documents on the side of a caller.
#[derive(Default)]
pub(super) struct CallerPolicies<'s> {
    identity: Vec<Document>,
    boundary: Option<Document>,
    session: Option<&'s [Document]>,
    scps: &'s [Vec<Document>],
}

impl<'s> CallerPolicies<'s> {
    pub(super) fn of(store: &'s Store, caller: &Caller, session: Option<&'s RoleSession>) -> Self {
        match caller {
            Caller::Service(_) => Self::default(),
            Caller::Account(account) => Self { scps: scps(store, account), ..Self::default() },
            Caller::Session { role, .. } => Self {
                identity: identity_policies(store, role),
                boundary: store.role(role).and_then(|record| boundary(store, record)),
                session: session.and_then(|session| session.policies.as_deref()),
                scps: if role.is_service_linked() { &[] } else { scps(store, role.account()) },
            },
        }
    }

    pub(super) fn layers(&self) -> Layers<'_> {
        Layers {
            identity: self.identity.iter().collect(),
            boundary: self.boundary.as_ref(),
            session: self.session.map(|documents| documents.iter().collect()),
            scps: self.scps.iter().map(|level| level.iter().collect()).collect(),
        }
    }
}

fn scps<'s>(store: &'s Store, account: &AccountId) -> &'s [Vec<Document>] {
    store.accounts.get(account).map(|account| account.scps.as_slice()).unwrap_or_default()
}

/// The resource control policies of an account, by level.
pub(super) fn rcps<'s>(store: &'s Store, account: &AccountId) -> Vec<Vec<&'s Document>> {
    let levels = store.accounts.get(account).map(|account| account.rcps.as_slice()).unwrap_or_default();
    levels.iter().map(|level| level.iter().collect()).collect()
}

/// The identity policies of a role: inline and attached.
fn identity_policies(store: &Store, role: &RoleArn) -> Vec<Document> {
    let Some(record) = store.role(role) else { return Vec::new() };
    let inline = record.inline.values().filter_map(|text| Document::from_json(text).ok());
    let attached = record.attached.iter().filter_map(|arn| managed(store, role.account(), arn));
    inline.chain(attached).collect()
}

/// A boundary that can't be read allows nothing.
fn boundary(store: &Store, record: &StoredRole) -> Option<Document> {
    let arn = record.boundary.as_ref()?;
    Some(managed(store, record.arn.account(), arn).unwrap_or_else(|| Document::new(Vec::new())))
}

fn managed(store: &Store, account: &AccountId, arn: &str) -> Option<Document> {
    store.policy(account, arn)?.document()
}
