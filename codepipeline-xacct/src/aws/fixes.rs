//! Plans the fixes that a diagnosis offers: reads what they are about, and hands it to [`crate::core::doctor`].

use super::read::{self, ReadError};
use super::runs_in_flight::with_runs;
use super::session::Session;
use crate::core::doctor::Diagnosis;
use crate::core::ids::TopologyName;
use crate::core::plan::{Plan, State};

impl Session {
    /// Plans the fixes that a diagnosis offers, from what the accounts hold now. The plan is looked at, saved, applied and undone as any other. What
    /// no step of a plan writes, and what belongs to a topology, is left out and is a warning of the plan.
    ///
    /// `of` is the topology that the plan is saved for, which matters to a program of `cli::run`, to the name of the journal, and to the lease: the
    /// pipelines that the plan writes carry it, and it keeps out other applies of that name. [`Plan::not_exclusive`] does without.
    pub async fn plan_fixes(&self, diagnosis: &Diagnosis, of: &TopologyName) -> Result<Plan, ReadError> {
        let mut state = State::default();
        read::add(self, &mut state, diagnosis.subjects().into_iter()).await?;
        with_runs(self, diagnosis.plan(of, self.accounts().cloned().collect(), &state)).await
    }
}
