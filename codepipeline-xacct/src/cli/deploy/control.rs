//! Approves, rejects, stops, retries and rolls back an execution.

use super::console::Console;
use super::exit::{DONE, Failure};
use super::follow::{Following, follow};
use super::interrupt::interrupted;
use super::pipelines::OfExecution;
use crate::aws::{Execution, RetryMode, StopMode};

/// An answer to a manual approval.
#[derive(clap::Args)]
pub(super) struct Answer {
    #[command(flatten)]
    pub(super) of: OfExecution,
    /// The approval that waits
    #[arg(value_name = "STAGE/ACTION", value_parser = stage_and_action)]
    approval: (String, String),
    /// Why; others see it in the console
    #[arg(long, default_value = "", hide_default_value = true)]
    summary: String,
}

/// What to stop, and how.
#[derive(clap::Args)]
pub(super) struct Stop {
    #[command(flatten)]
    pub(super) of: OfExecution,
    /// Give up the actions that run, in place of waiting for their end; what they have begun may go on
    #[arg(long)]
    abandon: bool,
    /// Why; others see it in the console
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
}

/// What to run again.
#[derive(clap::Args)]
pub(super) struct Retry {
    #[command(flatten)]
    pub(super) of: OfExecution,
    /// The stage that failed
    stage: String,
    /// Run all actions of the stage again, also those that succeeded
    #[arg(long)]
    all_actions: bool,
    #[command(flatten)]
    after: After,
}

/// What to go back to.
#[derive(clap::Args)]
pub(super) struct Rollback {
    #[command(flatten)]
    pub(super) of: OfExecution,
    /// The stage to roll back to the execution, which succeeded in it
    stage: String,
    #[command(flatten)]
    after: After,
}

/// What comes once a run goes on.
#[derive(clap::Args)]
pub(super) struct After {
    /// Don't follow
    #[arg(long)]
    no_wait: bool,
    #[command(flatten)]
    following: Following,
}

impl Answer {
    pub(super) async fn approve(&self, execution: &Execution<'_>, console: &mut Console<'_>) -> Result<u8, Failure> {
        let (stage, action) = &self.approval;
        execution.approve(stage, action, &self.summary).await?;
        done(&format!("approved {stage} / {action} of"), execution, console)
    }

    pub(super) async fn reject(&self, execution: &Execution<'_>, console: &mut Console<'_>) -> Result<u8, Failure> {
        let (stage, action) = &self.approval;
        execution.reject(stage, action, &self.summary).await?;
        done(&format!("rejected {stage} / {action} of"), execution, console)
    }
}

impl Stop {
    pub(super) async fn run(&self, execution: &Execution<'_>, console: &mut Console<'_>) -> Result<u8, Failure> {
        let mode = if self.abandon { StopMode::Abandon } else { StopMode::Wait };
        execution.stop(mode, &self.reason).await?;
        done("stopping", execution, console)
    }
}

impl Retry {
    pub(super) async fn run(
        &self,
        execution: &Execution<'_>,
        console: &mut Console<'_>,
        live: bool,
    ) -> Result<u8, Failure> {
        let mode = if self.all_actions { RetryMode::AllActions } else { RetryMode::FailedActions };
        execution.retry(&self.stage, mode).await?;
        let (stage, id, pipeline) = (&self.stage, execution.id(), execution.pipeline());
        writeln!(console.stderr, "running {stage} of execution {id} of {pipeline} again")?;
        self.after.follow(execution, console, live).await
    }
}

impl Rollback {
    pub(super) async fn run(
        &self,
        execution: &Execution<'_>,
        console: &mut Console<'_>,
        live: bool,
    ) -> Result<u8, Failure> {
        let back = execution.roll_back(&self.stage).await?;
        let (stage, to, by, pipeline) = (&self.stage, execution.id(), back.id(), execution.pipeline());
        writeln!(console.stderr, "rolling {stage} of {pipeline} back to execution {to}, by execution {by}")?;
        self.after.follow(&back, console, live).await
    }
}

impl After {
    /// Follows an execution, or prints its id.
    pub(super) async fn follow(
        &self,
        execution: &Execution<'_>,
        console: &mut Console<'_>,
        live: bool,
    ) -> Result<u8, Failure> {
        if self.no_wait {
            writeln!(console.stdout, "{}", execution.id())?;
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
fn stage_and_action(text: &str) -> Result<(String, String), String> {
    match text.split_once('/') {
        Some((stage, action)) if !stage.is_empty() && !action.is_empty() => Ok((stage.to_owned(), action.to_owned())),
        _ => Err("expected a stage and an action joined by `/`".to_owned()),
    }
}
