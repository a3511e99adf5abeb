//! The managed items of a topology, in the order in which they have to be created.

use crate::finding::Findings;
use crate::plan::{PlanOptions, State, Step, plan};
use crate::topology::items::{Ownership, Topology};

/// What is exported.
pub(super) struct Managed {
    /// All that has to be made in accounts that are empty, each after what it waits for.
    pub(super) steps: Vec<Step>,
    /// What is not exported.
    pub(super) notes: Vec<String>,
}

impl Topology {
    pub(super) fn managed(&self) -> Result<Managed, Findings> {
        let mut managed = self.clone();
        managed.roles.retain(|role| role.role.ownership == Ownership::Managed);
        managed.pipelines.retain(|pipeline| pipeline.ownership == Ownership::Managed);
        let plan = plan(&managed, &State::default(), &PlanOptions::default())?;
        let others = |ownership: Ownership| ownership != Ownership::Managed;
        let roles = self.roles.iter().map(|role| (role.role.ownership, "role", role.role.arn.to_string()));
        let pipelines =
            self.pipelines.iter().map(|pipeline| (pipeline.ownership, "pipeline", pipeline.arn.to_string()));
        let left = roles.chain(pipelines).filter(|(ownership, ..)| others(*ownership));
        let notes = left.map(|(ownership, what, arn)| format!("not in it: {} {what} {arn}", ownership.as_str()));
        Ok(Managed { steps: plan.steps().to_vec(), notes: notes.collect() })
    }
}
