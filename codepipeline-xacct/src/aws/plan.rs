//! Makes plans: reads the accounts and hands what they hold to [`crate::core::plan`].

use std::collections::{BTreeMap, BTreeSet};
use std::future::{Future, IntoFuture};
use std::pin::Pin;

use super::orphans::{Tagged, tagged};
use super::read::{self, ReadError};
use super::role_users;
use super::runs_in_flight::with_runs;
use super::session::Session;
use crate::core::finding::Findings;
use crate::core::ids::{AccountId, TopologyName};
use crate::core::plan::{self, Drift, Intent, Plan, PlanOptions, State, is_declared};
use crate::core::topology::{AsSubject, Subject, Topology};

/// Why a plan could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The accounts could not be read.
    #[error("{}{}", .0, .0.help())]
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
    options: PlanOptions,
    lists_orphans: bool,
}

impl Session {
    /// Reads the accounts and plans what has to be written, so that they hold what the topology says. If something
    /// prevents the plan, all findings are in one error.
    pub fn plan<'a>(&'a self, topology: &'a Topology) -> PlanRequest<'a> {
        PlanRequest { session: self, topology, options: PlanOptions::default(), lists_orphans: false }
    }

    /// Reads all that a topology names, from the accounts that are reached.
    pub async fn read(&self, topology: &Topology) -> Result<State, ReadError> {
        read::state(self, topology).await
    }
}

impl PlanRequest<'_> {
    /// What the plan is for.
    pub fn intent(mut self, intent: Intent) -> Self {
        self.options.intent = intent;
        self
    }

    /// Plans only what is named, by its item or its ARN, and what that needs: of a pipeline its roles and the pipelines that it starts, of a role the
    /// roles that its trust policy names, and so on. Can be called several times. The rest of the topology stays as it is, and the text of the
    /// plan says so. The wiring of what is planned is proven; what the plan would take away from pipelines that are not planned is an error (XA1031).
    /// Not for plans to prune or destroy, and not with [`renamed_from`](Self::renamed_from) (XA1038).
    pub fn target(mut self, subject: impl AsSubject) -> Self {
        self.options.targets.extend(subject.subject());
        self
    }

    /// Allows taking over a role or a pipeline, named by its item or its ARN, that exists and carries no tag of a
    /// topology.
    pub fn adopt(mut self, subject: impl AsSubject) -> Self {
        self.options.adopted.extend(subject.subject());
        self
    }

    /// Takes over resources tagged with the topology's former name, and gives them the new one.
    pub fn renamed_from(mut self, name: TopologyName) -> Self {
        self.options.renamed_from = Some(name);
        self
    }

    /// What to do about changes made outside the program to what it manages, and to what it writes into extended pipelines. By default they are put
    /// back, and the plan shows them as such.
    pub fn drift(mut self, drift: Drift) -> Self {
        self.options.drift = drift;
        self
    }

    /// Keeps out other applies of the topology: applying the plan takes a lease first, and refuses where another apply holds one
    /// ([`StepError::Held`](super::StepError::Held)). The lease is a tag of the first pipeline of the topology that exists, or of its first role; of the first
    /// one in each account in which the plan writes; and of each existing pipeline that it writes. If nothing of the topology exists yet, there is none.
    pub fn exclusive(mut self) -> Self {
        self.options.exclusive = true;
        self
    }

    /// Writes the program's secrets even to actions that already have one. CodePipeline shows `****` in their place, so a plan can't tell
    /// whether they are the same; without this, they are written to actions that are new, or change in something else.
    pub fn rotate_secrets(mut self) -> Self {
        self.options.rotate_secrets = true;
        self
    }

    /// Prints what was changed outside of the program as its source.
    #[cfg(feature = "deploy")]
    pub(crate) fn print(mut self, print: plan::PrintPart) -> Self {
        self.options.print = Some(print);
        self
    }

    /// Says that no pipeline of an account runs with the roles that the plan deletes. Otherwise a role stays as long as its trust policy names an
    /// account that the session doesn't reach (XA1036); the pipelines of the others are looked at.
    pub fn not_used_in(mut self, account: AccountId) -> Self {
        self.options.not_used_in.insert(account);
        self
    }

    /// Looks for everything that is no longer in the topology, by listing the roles and the pipelines of all accounts of the session with their
    /// tags, including accounts that are no longer in the topology; pipelines in all Regions of CodePipeline. Plans to prune and to destroy always do; others see what left the topology only where
    /// something that they write still names it.
    pub fn orphans(mut self) -> Self {
        self.lists_orphans = true;
        self
    }
}

impl<'a> IntoFuture for PlanRequest<'a> {
    type Output = Result<Plan, PlanError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let Self { session, topology, options, lists_orphans } = self;
            let names: Vec<&TopologyName> =
                [Some(topology.name()), options.renamed_from.as_ref()].into_iter().flatten().collect();
            let mut state = session.read(topology).await?;
            if options.intent == Intent::Destroy {
                state.before = read::before(session, topology, &state, &names).await?;
            }
            let mut listed = BTreeMap::new();
            let lists = lists_orphans || options.intent != Intent::Converge;
            if lists {
                let Tagged { subjects, not_listed, pipelines } = tagged(session, topology, &names).await?;
                state.not_listed = not_listed;
                listed = pipelines;
                let orphans = subjects.into_iter().filter(|subject| !is_declared(topology, subject));
                read::add(session, &mut state, orphans).await?;
                let roles = state.roles_of_left_pipelines(topology, &names);
                read::add(session, &mut state, roles.into_iter().map(Subject::Role)).await?;
            }
            read::earlier(session, &mut state, &names).await?;
            let before = plan::versions_before(topology, &state, &names, options.intent);
            read::versions(session, &mut state, before).await?;
            let mut plan = plan::plan(topology, &state, &options)?;
            let users = plan.users_in_doubt(&state);
            if !users.is_empty() {
                role_users::add(session, topology, &mut state, users, &listed).await?;
                plan = plan::plan(topology, &state, &options)?;
            }
            let mut seen = if lists { BTreeSet::new() } else { plan.no_longer_named(topology) };
            seen.extend(plan.roles_in_doubt(topology, &state).into_iter().map(Subject::Role));
            if !seen.is_empty() {
                read::add(session, &mut state, seen.into_iter()).await?;
                plan = plan::plan(topology, &state, &options)?;
            }
            Ok(with_runs(session, plan).await?)
        })
    }
}
