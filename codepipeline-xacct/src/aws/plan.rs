//! Makes plans: reads the accounts and hands what they hold to [`crate::core::plan`].

use std::collections::BTreeSet;
use std::future::{Future, IntoFuture};
use std::pin::Pin;

use super::read::{self, ReadError};
use super::session::Session;
use crate::core::finding::Findings;
use crate::core::plan::{self, Intent, Plan, State};
use crate::core::topology::{AsSubject, Subject, Topology};

/// Why a plan could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The accounts could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Something prevents the plan: all findings, with their fixes.
    #[error(transparent)]
    Refused(#[from] Findings),
}

/// A plan that is about to be made; `.await` makes it. Nothing is written.
#[derive(Debug)]
#[must_use = "nothing is read before it is awaited"]
pub struct PlanRequest<'a> {
    session: &'a Session,
    topology: &'a Topology,
    intent: Intent,
    adopted: BTreeSet<Subject>,
}

impl Session {
    /// Reads the accounts and plans what has to be written, so that they hold what the topology says. If something
    /// prevents the plan, all findings are in one error.
    pub fn plan<'a>(&'a self, topology: &'a Topology) -> PlanRequest<'a> {
        PlanRequest { session: self, topology, intent: Intent::default(), adopted: BTreeSet::new() }
    }

    /// Reads all that a topology names, from the accounts that are reached.
    pub async fn read(&self, topology: &Topology) -> Result<State, ReadError> {
        read::state(self, topology).await
    }
}

impl PlanRequest<'_> {
    /// What the plan is for.
    pub fn intent(mut self, intent: Intent) -> Self {
        self.intent = intent;
        self
    }

    /// Allows taking over a role or a pipeline, named by its item or its ARN, that exists and carries no tag of a
    /// topology.
    pub fn adopt(mut self, subject: impl AsSubject) -> Self {
        self.adopted.extend(subject.subject());
        self
    }
}

impl<'a> IntoFuture for PlanRequest<'a> {
    type Output = Result<Plan, PlanError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let state = self.session.read(self.topology).await?;
            Ok(plan::plan(self.topology, &state, self.intent, &self.adopted)?)
        })
    }
}
