//! IAM's lag: other services see its changes later.

use std::collections::{BTreeSet, VecDeque};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::core::ids::AccountId;
use crate::local::managed_policy::StoredPolicy;
use crate::local::store::{Store, StoredRole};

/// How much later a change in IAM is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Lag {
    /// After seconds of the virtual clock.
    Seconds(u64),
    /// After this number of calls, of any service.
    Calls(u64),
}

/// What the other services don't see yet.
#[derive(Debug, Default)]
pub(crate) struct LagState {
    lag: Option<Lag>,
    calls: u64,
    /// What the account of each change had before it, from the oldest.
    before: VecDeque<Change>,
}

#[derive(Debug)]
struct Change {
    clock: i64,
    calls: u64,
    account: AccountId,
    kept: Snapshot,
}

/// The roles and managed policies of an account.
type Snapshot = (IndexMap<String, StoredRole>, IndexMap<String, StoredPolicy>);

impl LagState {
    pub(super) fn new(lag: Option<Lag>) -> Self {
        Self { lag, ..Self::default() }
    }

    /// Runs something that sees IAM as the other services do. It must not change roles or managed policies.
    pub(crate) fn behind<T>(&mut self, store: &mut Store, run: impl FnOnce(&mut Store) -> T) -> T {
        let (lag, calls, clock) = (self.lag, self.calls, store.clock);
        let seen = |change: &Change| match lag {
            None => true,
            Some(Lag::Calls(n)) => calls.saturating_sub(change.calls) > n,
            Some(Lag::Seconds(n)) => {
                let passed = u64::try_from(clock.saturating_sub(change.clock)).unwrap_or_default();
                passed >= n.saturating_mul(1000)
            }
        };
        while self.before.pop_front_if(|change| seen(change)).is_some() {}
        if self.before.is_empty() {
            return run(store);
        }
        self.exchange(store);
        let result = run(store);
        self.exchange(store);
        result
    }

    /// Exchanges what accounts have with what they had before the oldest change of each.
    fn exchange(&mut self, store: &mut Store) {
        let mut exchanged: BTreeSet<&AccountId> = BTreeSet::new();
        for Change { account: id, kept: (roles, policies), .. } in &mut self.before {
            if exchanged.insert(id)
                && let Some(account) = store.accounts.get_mut(id)
            {
                std::mem::swap(&mut account.roles, roles);
                std::mem::swap(&mut account.policies, policies);
            }
        }
    }

    /// Forgets what IAM had before.
    pub(crate) fn forget(&mut self) {
        self.before.clear();
    }

    /// Counts a call.
    pub(crate) fn count(&mut self) {
        self.calls += 1;
    }

    /// Keeps what an account has before a call of IAM that changes something.
    pub(crate) fn remember(&mut self, store: &Store, account: Option<&AccountId>) {
        let id = account.filter(|_| self.lag.is_some());
        let Some((id, account)) = id.and_then(|id| Some((id.clone(), store.accounts.get(id)?))) else { return };
        let kept = (account.roles.clone(), account.policies.clone());
        self.before.push_back(Change { clock: store.clock, calls: self.calls, account: id, kept });
    }
}
