//! A plan: the steps from what the accounts hold to what a topology says, and the proof of its wiring.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::input::options::Intent;
use super::input::run_in_flight::RunInFlight;
use super::outside::outside_change::OutsideChange;
use super::ownership::basis::{Basis, WasSaved};
use super::proof::LinkProof;
use super::steps::step::Step;
use super::steps::step_id::StepId;
use crate::finding::Finding;
use crate::ids::{PipelineArn, Region, TopologyName};
use crate::ordered::set;
use crate::topology::items::Account;
use crate::topology::subject::Subject;

/// The steps from what the accounts hold to what a topology says.
///
/// A plan is a value: it can be saved and applied later. A saved plan has no secrets; a step that would have to write one that AWS
/// doesn't hold yet is refused when the plan is applied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub(super) topology: TopologyName,
    pub(super) intent: Intent,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) targets: BTreeSet<Subject>,
    pub(super) accounts: Vec<Account>,
    pub(super) steps: Vec<Step>,
    pub(super) proofs: Vec<LinkProof>,
    #[serde(default)]
    pub(super) outside: Vec<OutsideChange>,
    #[serde(default)]
    pub(super) runs: Vec<RunInFlight>,
    #[serde(default)]
    pub(super) runs_not_known: BTreeSet<PipelineArn>,
    #[serde(default)]
    pub(super) leases: Vec<Subject>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) basis: Vec<Basis>,
    #[serde(skip, default = "WasSaved::yes")]
    pub(super) was_saved: WasSaved,
    #[serde(with = "super::saved_findings")]
    pub(super) warnings: Vec<Finding>,
}

impl Plan {
    /// The name of the topology.
    pub fn topology(&self) -> &TopologyName {
        &self.topology
    }

    /// What the plan is for.
    pub fn intent(&self) -> Intent {
        self.intent
    }

    /// The roles and pipelines that were to be planned with what they need; empty if that is all of the topology.
    pub fn targets(&self) -> &BTreeSet<Subject> {
        &self.targets
    }

    /// The accounts of the topology, and those that left it and in which the plan still writes something.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// The steps, in an order in which none comes before what it waits for.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The step that an id identifies.
    pub fn step(&self, id: &StepId) -> Option<&Step> {
        self.steps.iter().find(|step| step.id() == *id)
    }

    /// The Regions of the pipelines that it looked at or writes.
    pub fn regions(&self) -> BTreeSet<Region> {
        let read = self.basis.iter().map(|basis| &basis.subject).cloned();
        let subjects = read.chain(self.steps.iter().map(|step| step.write.subject()));
        set(subjects.filter_map(|subject| match subject {
            Subject::Pipeline(pipeline) => Some(pipeline.region().clone()),
            Subject::Role(_) => None,
        }))
    }

    /// True if there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// True if the plan was saved and read again.
    pub fn was_saved(&self) -> bool {
        self.was_saved.0
    }

    /// What carries the lease that applying the plan takes; empty if it takes none.
    pub fn leases(&self) -> &[Subject] {
        &self.leases
    }

    /// The same plan without its lease: two applies at once may both write.
    #[must_use]
    pub fn not_exclusive(mut self) -> Self {
        self.leases.clear();
        self
    }

    /// What is known about each action with a role.
    pub fn proofs(&self) -> &[LinkProof] {
        &self.proofs
    }

    /// What was changed outside the program: what the plan reverts, or keeps with [`Drift::Keep`](super::input::options::Drift::Keep).
    pub fn outside(&self) -> &[OutsideChange] {
        &self.outside
    }

    /// The warnings.
    pub fn warnings(&self) -> &[Finding] {
        &self.warnings
    }
}
