//! Plans the way back from an apply: reads what its journal names, and hands it to [`crate::core::plan`].

use super::read::{self, ReadError};
use super::runs_in_flight::with_runs;
use super::session::Session;
use crate::core::plan::{Journal, Plan, State, restore};

impl Session {
    /// Plans to put back what an apply changed, from its journal. The plan is looked at and applied as any other.
    ///
    /// What the apply created is deleted, what it deleted is created again, and all else gets back what it held, where it still is as the
    /// apply left it. What somebody wrote since stays, and is a warning of the plan; so is what can't be put back: the id of a role, the
    /// history of a pipeline, secrets.
    pub async fn restore(&self, journal: &Journal) -> Result<Plan, ReadError> {
        let mut state = State::default();
        read::add(self, &mut state, journal.subjects().into_iter()).await?;
        with_runs(self, restore(journal, &state)).await
    }
}
