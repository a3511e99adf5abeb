//! IAM's lag: other services see its changes later.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

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
    /// After this number of calls of the reader: an account that calls a service. Running executions count the calls of all.
    Calls(u64),
}

/// Who sees IAM: an account with the service that it calls; `None` is the running executions.
pub(crate) type Reader<'a> = Option<(&'a AccountId, &'a str)>;

/// What the other services don't see yet.
#[derive(Debug, Default)]
pub(crate) struct LagState {
    lag: Option<Lag>,
    calls: Calls,
    /// What the account of each change had before it, from the oldest.
    before: VecDeque<Change>,
}

/// How many calls there were to other services than IAM: of each account to each service, and of all.
#[derive(Debug, Clone, Default, PartialEq)]
struct Calls {
    of: BTreeMap<(AccountId, String), u64>,
    all: u64,
}

#[derive(Debug)]
struct Change {
    clock: i64,
    calls: Calls,
    account: AccountId,
    kept: Snapshot,
}

/// The roles and managed policies of an account.
type Snapshot = (IndexMap<String, StoredRole>, IndexMap<String, StoredPolicy>);

impl Calls {
    fn by(&self, reader: Reader<'_>) -> u64 {
        match reader {
            Some((account, service)) => {
                self.of.get(&(account.clone(), service.to_owned())).copied().unwrap_or_default()
            }
            None => self.all,
        }
    }
}

impl LagState {
    pub(super) fn new(lag: Option<Lag>) -> Self {
        Self { lag, ..Self::default() }
    }

    /// Runs something that sees IAM as a reader does. It must not change roles or managed policies.
    pub(crate) fn behind<T>(&mut self, store: &mut Store, reader: Reader<'_>, run: impl FnOnce(&mut Store) -> T) -> T {
        let now = store.clock;
        // Time passes for all readers alike; a count may always have a reader that has not called.
        if matches!(self.lag, None | Some(Lag::Seconds(_))) {
            while self.before.pop_front_if(|change| is_seen(self.lag, &self.calls, change, reader, now)).is_some() {}
        }
        let unseen = self.before.iter().position(|change| !is_seen(self.lag, &self.calls, change, reader, now));
        let Some(first) = unseen else { return run(store) };
        self.exchange(store, first);
        let result = run(store);
        self.exchange(store, first);
        result
    }

    /// Exchanges what accounts have with what they had before the first change of each from one on.
    fn exchange(&mut self, store: &mut Store, first: usize) {
        let mut exchanged: BTreeSet<&AccountId> = BTreeSet::new();
        for Change { account: id, kept: (roles, policies), .. } in self.before.iter_mut().skip(first) {
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

    /// Counts a call of a reader to another service than IAM.
    pub(crate) fn count(&mut self, reader: Reader<'_>) {
        self.calls.all += 1;
        if let Some((account, service)) = reader {
            *self.calls.of.entry((account.clone(), service.to_owned())).or_default() += 1;
        }
    }

    /// Keeps what an account has before a call of IAM that changes something.
    pub(crate) fn remember(&mut self, store: &Store, account: Option<&AccountId>) {
        let id = account.filter(|_| self.lag.is_some());
        let Some((id, account)) = id.and_then(|id| Some((id.clone(), store.accounts.get(id)?))) else { return };
        // Who doesn't see the change before doesn't see this one either.
        let last = self.before.iter().rev().find(|change| change.account == id);
        if matches!(self.lag, Some(Lag::Calls(_))) && last.is_some_and(|last| last.calls == self.calls) {
            return;
        }
        let kept = (account.roles.clone(), account.policies.clone());
        self.before.push_back(Change { clock: store.clock, calls: self.calls.clone(), account: id, kept });
    }
}

/// Whether a reader sees a change; who sees a change sees those before it too.
fn is_seen(lag: Option<Lag>, calls: &Calls, change: &Change, reader: Reader<'_>, clock: i64) -> bool {
    match lag {
        None => true,
        Some(Lag::Calls(n)) => calls.by(reader).saturating_sub(change.calls.by(reader)) > n,
        Some(Lag::Seconds(n)) => {
            let passed = u64::try_from(clock.saturating_sub(change.clock)).unwrap_or_default();
            passed >= n.saturating_mul(1000)
        }
    }
}
