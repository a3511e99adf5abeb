//! The accounts of a plan: those of the topology, and those that it has left and in which something is still written.

use super::steps::step::Step;
use crate::topology::items::Account;

/// Accounts, with those in which steps write and that are not among them.
pub(super) fn with_accounts_of(steps: &[Step], accounts: &[Account]) -> Vec<Account> {
    let mut all = accounts.to_vec();
    for subject in steps.iter().map(|step| step.write.subject()) {
        let (id, partition) = (subject.account(), subject.partition());
        if all.iter().all(|account| account.id != *id) {
            all.push(Account { item: id.to_string(), id: id.clone(), partition: partition.clone() });
        }
    }
    all
}
