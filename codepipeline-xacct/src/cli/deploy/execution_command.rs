//! Starts, follows and controls executions of pipelines that no program here has, by their ARNs.

use clap::Subcommand;

use super::console::Console;
use super::control::Control;
use super::exit::Failure;
use super::start::Starting;
use crate::aws::Session;
use crate::core::ids::PipelineArn;

/// What is done to a pipeline or an execution of it.
#[derive(Subcommand)]
pub(crate) enum ExecutionCommand {
    /// Start a pipeline and follow it and the pipelines it starts; exits with 3 if nothing that is certainly part of it failed, but not everything was seen to succeed
    Start {
        /// Its ARN
        #[arg(value_name = "ARN")]
        pipeline: PipelineArn,
        #[command(flatten)]
        starting: Starting,
    },
    #[command(flatten)]
    Control(Control),
}

impl ExecutionCommand {
    /// The pipeline.
    pub(crate) fn pipeline(&self) -> Result<PipelineArn, Failure> {
        match self {
            ExecutionCommand::Start { pipeline, .. } => Ok(pipeline.clone()),
            ExecutionCommand::Control(control) => control.of().by_arn(),
        }
    }

    /// Does it. Returns the exit code.
    pub(crate) async fn run(self, session: &Session, console: &mut Console<'_>, live: bool) -> Result<u8, Failure> {
        match self {
            ExecutionCommand::Start { pipeline, starting } => starting.start(session, &pipeline, console, live).await,
            ExecutionCommand::Control(control) => {
                let execution = control.of().find(session, &[control.of().by_arn()?]).await?;
                control.run(&execution, console, live).await
            }
        }
    }
}
