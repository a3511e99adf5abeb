//! What planning works on: the topology, what the accounts hold, what has to be written and what is in the way.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::ownership::may_write;
use super::state::{Found, State};
use super::write::Write;
use crate::finding::{Finding, Place};
use crate::ids::AccountId;
use crate::rules;
use crate::topology::items::Topology;
use crate::topology::subject::Subject;

/// A plan that is being made.
pub(super) struct Planner<'a> {
    pub(super) topology: &'a Topology,
    pub(super) state: &'a State,
    pub(super) adopted: &'a BTreeSet<Subject>,
    pub(super) writes: Vec<Write>,
    pub(super) findings: Vec<Finding>,
}

impl Planner<'_> {
    /// Whether a thing that exists may be written; if not, it is a finding.
    pub(super) fn may_write(&mut self, place: Place, subject: &Subject, tags: &IndexMap<String, String>) -> bool {
        let refused = may_write(self.topology, self.adopted, place, subject, tags).err();
        let allowed = refused.is_none();
        self.findings.extend(refused);
        allowed
    }

    /// Reports something that has to be written but can't be read.
    pub(super) fn unreadable<T>(&mut self, found: &Found<T>, account: &AccountId, place: Place) {
        self.findings.push(match found {
            Found::Unreadable(why) => {
                Finding::of(&rules::XA1007, place, format!("it can't be read, so it can't be planned: {why}"))
            }
            Found::Present(_) | Found::Missing | Found::NotConnected => Finding::of(
                &rules::XA1007,
                place,
                format!("there is no client for account {account}, in which something has to be written"),
            )
            .help("give the session a profile, a role or a configuration for the account"),
        });
    }
}
