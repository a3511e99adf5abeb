//! Plans the way back from an apply: reads what its journal names, and hands it to [`crate::core::plan`].

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use super::read::{self, ReadError};
use super::runs_in_flight::with_runs;
use super::session::Session;
use crate::core::plan::{Journal, Plan, State, restore};
use crate::core::topology::Topology;

/// A plan to put back what an apply changed that is about to be made; `.await` makes it. Nothing is written.
#[derive(Debug)]
#[must_use = "nothing is read before it is awaited"]
pub struct RestoreRequest<'a> {
    session: &'a Session,
    journal: &'a Journal,
    exclusive_of: Option<&'a Topology>,
}

impl Session {
    /// Plans to put back what an apply changed, from its journal. The plan is looked at and applied as any other.
    ///
    /// What the apply created is deleted, what it deleted is recreated, and all else is restored to what it held, where it still is as the
    /// apply left it. What others wrote since is kept, with a warning of the plan; what can't be put back is a warning too: the id of a role, the
    /// history of a pipeline, secrets.
    pub fn restore<'a>(&'a self, journal: &'a Journal) -> RestoreRequest<'a> {
        RestoreRequest { session: self, journal, exclusive_of: None }
    }
}

impl<'a> RestoreRequest<'a> {
    /// Keeps out other applies of the topology that the journal is of, as [`PlanRequest::exclusive`](super::PlanRequest::exclusive) does. The
    /// journal names only what was written; the lease may be on something else of the topology, which is read for it.
    pub fn exclusive(mut self, topology: &'a Topology) -> Self {
        self.exclusive_of = Some(topology);
        self
    }
}

impl<'a> IntoFuture for RestoreRequest<'a> {
    type Output = Result<Plan, ReadError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let Self { session, journal, exclusive_of } = self;
            let mut state = State::default();
            read::add(session, &mut state, journal.subjects().into_iter()).await?;
            read::earlier(session, &mut state, &[]).await?;
            let mut plan = restore(journal, &state);
            if let Some(topology) = exclusive_of {
                plan = plan.exclusive(topology, &session.read(topology).await?);
            }
            with_runs(session, plan).await
        })
    }
}
