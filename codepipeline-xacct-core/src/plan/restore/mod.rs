//! The way back from an apply: what its journal says that it changed is put back, where it still is as the apply left it.

mod notes;
mod order;
mod pipelines;
mod restorer;
mod roles;
mod tags;

use std::collections::BTreeSet;

use restorer::Restorer;

use super::accounts::with_accounts_of;
use super::input::options::Intent;
use super::input::state::State;
use super::journal::Journal;
use super::ownership::basis::WasSaved;
use super::plan::Plan;
use super::steps::write::Write;
use crate::ordered::set;
use crate::topology::subject::Subject;

/// Plans to put back what an apply changed before it ended. `state` is what the accounts hold now of [`Journal::subjects`].
/// What others wrote since is kept, with a warning; what can't be put back is a warning too.
/// Where something stays, what it needs stays as well.
pub fn restore(journal: &Journal, state: &State) -> Plan {
    let mut restorer = Restorer::new(journal, state);
    for written in journal.written() {
        let Some(index) = restorer.position(written) else { continue };
        match written.write.subject() {
            Subject::Role(role) => restorer.role(index, &role, written),
            Subject::Pipeline(pipeline) => restorer.pipeline(index, &pipeline, written),
        }
    }
    restorer.tags();
    restorer.hold_what_is_used();
    restorer.hold_what_held_needs();
    restorer.notes();
    let steps = order::ordered(journal, restorer.writes);
    Plan {
        topology: journal.topology().clone(),
        intent: Intent::Restore,
        targets: BTreeSet::new(),
        accounts: with_accounts_of(&steps, journal.accounts()),
        steps,
        proofs: Vec::new(),
        outside: Vec::new(),
        runs: Vec::new(),
        runs_not_known: BTreeSet::new(),
        leases: Vec::new(),
        basis: Vec::new(),
        was_saved: WasSaved::default(),
        warnings: restorer.findings,
    }
}

impl Journal {
    /// The roles and pipelines that the apply wrote, or tried to write.
    pub fn subjects(&self) -> BTreeSet<Subject> {
        set(self.written().iter().map(|written| written.write.subject()))
    }

    /// Whether the apply deleted or created something whole.
    fn has(&self, is: impl Fn(&Write) -> bool) -> bool {
        self.written().iter().any(|written| is(&written.write))
    }
}
