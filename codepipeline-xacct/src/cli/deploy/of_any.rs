//! Starts, follows and controls executions of pipelines that no program here has, by their ARNs.

use clap::Subcommand;

use super::console::Console;
use super::control::{After, Control};
use super::exit::Failure;
use super::follow::{Following, follow};
use super::interrupt::interrupted;
use super::pipelines::OfExecution;
use super::start::start;
use super::values::pair;
use crate::aws::Session;
use crate::core::ids::PipelineArn;

/// What is done to a pipeline or an execution of it.
#[derive(Subcommand)]
pub(crate) enum OfAny {
    /// Start a pipeline, and follow it and those that it starts; exits with 3 if nothing was seen to fail, but not all to succeed
    Start {
        /// Its ARN
        #[arg(value_name = "ARN")]
        pipeline: PipelineArn,
        /// A variable
        #[arg(long = "variable", short = 'v', value_name = "NAME=VALUE", value_parser = pair)]
        variables: Vec<(String, String)>,
        #[command(flatten)]
        after: After,
    },
    /// Follow an execution that was started before, and those that it starts; exits like `start`
    Follow {
        #[command(flatten)]
        of: OfExecution,
        #[command(flatten)]
        following: Following,
    },
    #[command(flatten)]
    Control(Control),
}

impl OfAny {
    /// The pipeline.
    pub(crate) fn pipeline(&self) -> Result<PipelineArn, Failure> {
        match self {
            OfAny::Start { pipeline, .. } => Ok(pipeline.clone()),
            OfAny::Follow { of, .. } => of.by_arn(),
            OfAny::Control(control) => control.of().by_arn(),
        }
    }

    /// Does it. Returns the exit code.
    pub(crate) async fn run(self, session: &Session, console: &mut Console<'_>, live: bool) -> Result<u8, Failure> {
        let pipeline = [self.pipeline()?];
        match self {
            OfAny::Start { variables, after, .. } => {
                let [pipeline] = &pipeline;
                start(session, pipeline, variables, &after, console, live).await
            }
            OfAny::Follow { of, following } => {
                let execution = of.find(session, &pipeline).await?;
                follow(&execution, &following, console.output(live), interrupted()).await
            }
            OfAny::Control(control) => {
                let execution = control.of().find(session, &pipeline).await?;
                control.run(&execution, console, live).await
            }
        }
    }
}
