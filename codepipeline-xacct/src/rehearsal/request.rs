//! The request for a rehearsal: built, and awaited.

use std::collections::BTreeSet;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use super::configuration::{RequestedConfiguration, Start};
use super::default_outcomes::default_outcomes;
use super::error::RehearseError;
use super::existing;
use super::failures::{Known, of_plan, of_runs};
use super::hops::{from_proofs, from_runs};
use super::links::linked;
use super::not_reached::not_reached;
use super::report::{Failure, Rehearsal};
use super::runs::Runs;
use super::targets;
use crate::aws::{ExecutionError, PlanError, RetryPolicy, Session};
use crate::core::ids::{ExecutionId, PipelineArn, VariableName};
use crate::core::plan::{self, Intent, PlanOptions, State};
use crate::core::topology::{AsSubject, Subject, Topology};
use crate::local::{Local, Outcome, Undocumented};

/// How much time passes between two looks at what runs.
const LOOK: Duration = Duration::from_secs(600);
/// How often it is looked: for 61 days, since no action has a time-out of more than 60.
const LOOKS: usize = 61 * 24 * 6;
/// After so many executions for each pipeline and each invoke, pipelines that start each other are taken not to end.
const MOST_EXECUTIONS: usize = 50;

/// Rehearses without any account.
pub trait Rehearse {
    /// Plans, applies and runs on local AWS. What exists already is taken as the topology states it.
    fn rehearse(&self) -> RehearseRequest<'_>;
}

impl Rehearse for Topology {
    fn rehearse(&self) -> RehearseRequest<'_> {
        RehearseRequest::new(self, None)
    }
}

impl Session {
    /// Plans, applies and runs on local AWS, from what the accounts hold, which are only read: all that the plan reads of roles and
    /// pipelines. Secrets stay masked.
    pub fn rehearse<'a>(&'a self, topology: &'a Topology) -> RehearseRequest<'a> {
        RehearseRequest::new(topology, Some(self))
    }
}

/// A rehearsal that is about to be done; `.await` does it. No real time passes: all waits are on the virtual clock.
#[derive(Debug)]
#[must_use = "nothing is rehearsed before it is awaited"]
pub struct RehearseRequest<'a> {
    topology: &'a Topology,
    session: Option<&'a Session>,
    given: RequestedConfiguration,
    adopted: BTreeSet<Subject>,
    undocumented: Undocumented,
}

impl<'a> RehearseRequest<'a> {
    fn new(topology: &'a Topology, session: Option<&'a Session>) -> Self {
        Self {
            topology,
            session,
            given: RequestedConfiguration::default(),
            adopted: BTreeSet::new(),
            undocumented: Undocumented::default(),
        }
    }

    /// Starts this pipeline, named by its item or its ARN, and others that are given. Without it, those start that no other pipeline invokes.
    pub fn start(mut self, pipeline: impl AsSubject) -> Self {
        self.given.starts.push(Start::Subject(pipeline.subject()));
        self
    }

    /// The same with the name of its item, its name or its ARN as text.
    pub fn start_named(mut self, pipeline: impl Into<String>) -> Self {
        self.given.starts.push(Start::Named(pipeline.into()));
        self
    }

    /// Passes a variable to each pipeline that is started and declares it.
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.given.variables.push((name.into(), value.into()));
        self
    }

    /// Tells how an action, or a rule of a condition, ends: the first time as the first outcome says, and so on; the last outcome stays. It
    /// is named `STAGE/ACTION`, or `PIPELINE/STAGE/ACTION` where several pipelines have it. All others succeed, approvals too.
    ///
    /// An approval is given after a time with `Outcome::succeeds().takes(…)`, rejected with `Outcome::fails(…)`, and never answered with
    /// `Outcome::awaits_answer()`.
    pub fn outcome(mut self, action: impl Into<String>, outcomes: impl IntoIterator<Item = Outcome>) -> Self {
        self.given.outcomes.push((action.into(), outcomes.into_iter().collect()));
        self
    }

    /// Allows taking over a role or a pipeline that exists, as [`PlanRequest::adopt`](crate::aws::PlanRequest::adopt) does.
    pub fn adopt(mut self, subject: impl AsSubject) -> Self {
        self.adopted.extend(subject.subject());
        self
    }

    /// Sets what AWS leaves undocumented. A flow that depends on one of these should pass under each setting.
    pub fn undocumented(mut self, change: impl FnOnce(&mut Undocumented)) -> Self {
        change(&mut self.undocumented);
        self
    }

    async fn done(self) -> Result<Rehearsal, RehearseError> {
        let Self { topology, session, given, adopted, undocumented } = self;
        let state = match session {
            Some(session) => Some(session.read(topology).await?),
            None => None,
        };
        let local = Local::new();
        local.set_undocumented(|switches| *switches = undocumented);
        let inner = local.connect(topology).await?;
        let mut assumed = existing::put(&local, topology, state.as_ref())?;
        let configuration = given.find(topology, &local)?;
        assumed.extend(default_outcomes(topology, &local, &configuration, state.is_some()));

        let mut failures = applied(topology, &inner, state.as_ref(), &adopted).await?;
        let mut runs = Runs::default();
        // Creating a pipeline starts it. That run is over before the runs with configured outcomes.
        pass(topology, &local);
        let was_applied = failures.is_empty();
        if was_applied {
            assumed.extend(targets::put_unnamed(&local, topology)?);
            configuration.apply(&local);
            for pipeline in &configuration.starts {
                let declaration = local.pipeline(pipeline).unwrap_or_default();
                match start(topology, &inner, pipeline, configuration.variables_for(&declaration)).await {
                    Ok(id) => runs.started(pipeline.clone(), id),
                    Err(failure) => failures.push(failure),
                }
            }
            pass(topology, &local);
        }
        runs.read(topology, &local);
        // Of a plan that was refused, from what refused it.
        let held = match state {
            Some(state) if !was_applied => state,
            _ => inner.read(topology).await?,
        };
        let proofs = plan::prove(topology, &held);
        let linked = linked(topology, &local);
        failures.extend(of_runs(&runs, &Known { linked: &linked, proofs: &proofs }));
        let hops = if was_applied { from_runs(&linked, &runs) } else { from_proofs(&linked, &proofs, &failures) };
        Ok(Rehearsal {
            topology: topology.name().clone(),
            from_accounts: session.is_some(),
            not_reached: not_reached(topology, &local, &runs, &hops),
            runs: runs.trees(),
            hops,
            failures,
            assumed,
            seconds: runs.seconds(),
        })
    }
}

impl<'a> IntoFuture for RehearseRequest<'a> {
    type Output = Result<Rehearsal, RehearseError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.done())
    }
}

/// Plans and applies; returns what prevented it. What the topology added to a pipeline and no longer has is taken out, since what runs is what the
/// program says. What was read from the accounts decides first, since they have what was not copied: why
/// something can't be read, for example.
async fn applied(
    topology: &Topology,
    inner: &Session,
    state: Option<&State>,
    adopted: &BTreeSet<Subject>,
) -> Result<Vec<Failure>, RehearseError> {
    let options = PlanOptions { intent: Intent::Prune, adopted: adopted.clone(), ..PlanOptions::default() };
    if let Some(state) = state
        && let Err(findings) = plan::plan(topology, state, &options)
    {
        return Ok(of_plan(&findings));
    }
    let request = inner.plan(topology).intent(Intent::Prune);
    let request = adopted.iter().cloned().fold(request, |request, subject| request.adopt(subject));
    let plan = match request.await {
        Ok(plan) => plan,
        Err(PlanError::Refused(findings)) => return Ok(of_plan(&findings)),
        Err(PlanError::Read(error)) => return Err(error.into()),
    };
    // On local AWS a change of IAM is there at once.
    let at_once = RetryPolicy { max_elapsed: Duration::ZERO, ..RetryPolicy::default() };
    let Err(error) = inner.apply(&plan).retry(at_once).await else { return Ok(Vec::new()) };
    Ok(error
        .failed
        .iter()
        .map(|(step, error)| Failure {
            place: step.to_string(),
            code: None,
            message: error.to_string(),
            help: None,
            execution: None,
        })
        .collect())
}

/// Starts a pipeline; returns the id of the execution.
async fn start(
    topology: &Topology,
    inner: &Session,
    pipeline: &PipelineArn,
    variables: Vec<(VariableName, String)>,
) -> Result<ExecutionId, Failure> {
    let mut request = inner.start_arn(pipeline.clone());
    for (name, value) in variables {
        request = request.variable(&name, value);
    }
    let error = match request.await {
        Ok(execution) => return Ok(execution.id().clone()),
        Err(error) => error,
    };
    let (code, message) = match error {
        ExecutionError::Aws(error) => (error.code.clone(), error.message.clone()),
        other => (None, other.to_string()),
    };
    let place = topology.pipeline(pipeline).map_or_else(|| pipeline.to_string(), |found| found.item.clone());
    Err(Failure { place, code, message, help: None, execution: None })
}

/// Lets time pass until nothing runs any more, or nothing that still runs is going to end.
fn pass(topology: &Topology, local: &Local) {
    let starts: usize = topology.pipelines().iter().map(|pipeline| 1 + pipeline.invokes.len()).sum();
    let (before, _) = local.count_executions();
    for _ in 0..LOOKS {
        let (executions, running) = local.count_executions();
        if !running || executions.saturating_sub(before) > MOST_EXECUTIONS * starts {
            return;
        }
        local.let_pass(LOOK);
    }
}
