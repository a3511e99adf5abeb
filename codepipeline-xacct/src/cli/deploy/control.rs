//! Follows, approves, rejects, stops, retries and rolls back an execution.

use clap::Subcommand;

use super::console::Console;
use super::exit::{DONE, Failure};
use super::follow::{Following, follow};
use super::interrupt::interrupted;
use super::pipelines::OfExecution;
use crate::aws::{Execution, RetryMode, StopMode};
use crate::core::ids::{IdError, Name};

/// What is done to an execution.
#[derive(Subcommand)]
pub(crate) enum Control {
    /// Follow an execution that was started before, and those that it starts; exits like `start`
    Follow(Follow),
    /// Approve a manual approval that waits in an execution
    Approve(Answer),
    /// Reject a manual approval that waits in an execution; its action fails
    Reject(Answer),
    /// Stop an execution; those that it started continue
    Stop(Stop),
    /// Run a failed stage of an execution again, and follow it; exits like `start`
    Retry(Retry),
    /// Roll a stage back to an execution that succeeded in it, and follow the one that does it; exits like `start`
    Rollback(Rollback),
}

/// What to follow.
#[derive(clap::Args)]
pub(crate) struct Follow {
    #[command(flatten)]
    of: OfExecution,
    #[command(flatten)]
    following: Following,
}

/// An answer to a manual approval.
#[derive(clap::Args)]
pub(crate) struct Answer {
    #[command(flatten)]
    of: OfExecution,
    /// The approval that waits
    #[arg(value_name = "STAGE/ACTION", value_parser = stage_and_action)]
    approval: (Name, Name),
    /// Reason, shown in the console
    #[arg(long, default_value = "", hide_default_value = true)]
    summary: String,
}

/// What to stop, and how.
#[derive(clap::Args)]
pub(crate) struct Stop {
    #[command(flatten)]
    of: OfExecution,
    /// Abandon running actions instead of waiting for them; work that they started may continue
    #[arg(long)]
    abandon: bool,
    /// Reason, shown in the console
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
}

/// What to run again.
#[derive(clap::Args)]
pub(crate) struct Retry {
    #[command(flatten)]
    of: OfExecution,
    /// The stage that failed
    stage: Name,
    /// Run all actions of the stage again, also those that succeeded
    #[arg(long)]
    all_actions: bool,
    #[command(flatten)]
    after: After,
}

/// What to go back to.
#[derive(clap::Args)]
pub(crate) struct Rollback {
    #[command(flatten)]
    of: OfExecution,
    /// The stage to roll back to this execution, which must have succeeded in it
    stage: Name,
    #[command(flatten)]
    after: After,
}

/// What happens once a run continues.
#[derive(clap::Args)]
pub(crate) struct After {
    /// Don't follow
    #[arg(long)]
    no_wait: bool,
    #[command(flatten)]
    following: Following,
}

impl Control {
    /// The execution.
    pub(super) fn of(&self) -> &OfExecution {
        match self {
            Control::Follow(follow) => &follow.of,
            Control::Approve(answer) | Control::Reject(answer) => &answer.of,
            Control::Stop(stop) => &stop.of,
            Control::Retry(retry) => &retry.of,
            Control::Rollback(rollback) => &rollback.of,
        }
    }

    pub(super) async fn run(
        &self,
        execution: &Execution<'_>,
        console: &mut Console<'_>,
        live: bool,
    ) -> Result<u8, Failure> {
        match self {
            Control::Follow(this) => follow(execution, &this.following, console.output(live), interrupted()).await,
            Control::Approve(answer) => answer.approve(execution, console).await,
            Control::Reject(answer) => answer.reject(execution, console).await,
            Control::Stop(stop) => stop.run(execution, console).await,
            Control::Retry(retry) => retry.run(execution, console, live).await,
            Control::Rollback(rollback) => rollback.run(execution, console, live).await,
        }
    }
}

impl Answer {
    async fn approve(&self, execution: &Execution<'_>, console: &mut Console<'_>) -> Result<u8, Failure> {
        let (stage, action) = &self.approval;
        execution.approve(stage, action, &self.summary).await?;
        done(&format!("approved {stage} / {action} of"), execution, console)
    }

    async fn reject(&self, execution: &Execution<'_>, console: &mut Console<'_>) -> Result<u8, Failure> {
        let (stage, action) = &self.approval;
        execution.reject(stage, action, &self.summary).await?;
        done(&format!("rejected {stage} / {action} of"), execution, console)
    }
}

impl Stop {
    async fn run(&self, execution: &Execution<'_>, console: &mut Console<'_>) -> Result<u8, Failure> {
        let mode = if self.abandon { StopMode::Abandon } else { StopMode::Wait };
        execution.stop(mode, &self.reason).await?;
        done("stopping", execution, console)
    }
}

impl Retry {
    async fn run(&self, execution: &Execution<'_>, console: &mut Console<'_>, live: bool) -> Result<u8, Failure> {
        let mode = if self.all_actions { RetryMode::AllActions } else { RetryMode::FailedActions };
        execution.retry(&self.stage, mode).await?;
        let (stage, id, pipeline) = (&self.stage, execution.id(), execution.pipeline());
        writeln!(console.stderr, "running {stage} of execution {id} of {pipeline} again")?;
        self.after.follow(execution, console, live).await
    }
}

impl Rollback {
    async fn run(&self, execution: &Execution<'_>, console: &mut Console<'_>, live: bool) -> Result<u8, Failure> {
        let back = execution.roll_back(&self.stage).await?;
        let (stage, to, by, pipeline) = (&self.stage, execution.id(), back.id(), execution.pipeline());
        writeln!(console.stderr, "rolling {stage} of {pipeline} back to execution {to}, by execution {by}")?;
        self.after.follow(&back, console, live).await
    }
}

impl After {
    /// Follows an execution, or prints what was started.
    pub(super) async fn follow(
        &self,
        execution: &Execution<'_>,
        console: &mut Console<'_>,
        live: bool,
    ) -> Result<u8, Failure> {
        if self.no_wait {
            writeln!(console.stdout, "{}", self.following.started(execution))?;
            return Ok(DONE);
        }
        follow(execution, &self.following, console.output(live), interrupted()).await
    }
}

fn done(what: &str, execution: &Execution<'_>, console: &mut Console<'_>) -> Result<u8, Failure> {
    writeln!(console.stdout, "{what} execution {} of {}", execution.id(), execution.pipeline())?;
    Ok(DONE)
}

/// `STAGE/ACTION`
fn stage_and_action(text: &str) -> Result<(Name, Name), String> {
    let name = |name: &str| name.parse().map_err(|error: IdError| error.to_string());
    match text.split_once('/') {
        Some((stage, action)) if !stage.is_empty() && !action.is_empty() => Ok((name(stage)?, name(action)?)),
        _ => Err("expected a stage and an action joined by `/`".to_owned()),
    }
}
