//! Starts an execution.

use super::console::Console;
use super::control::After;
use super::exit::Failure;
use super::values::pair;
use crate::aws::Session;
use crate::core::ids::{PipelineArn, VariableName};

/// What a pipeline is started with, and what comes then.
#[derive(clap::Args)]
pub(crate) struct Starting {
    /// A variable
    #[arg(long = "variable", short = 'v', value_name = "NAME=VALUE", value_parser = pair)]
    variables: Vec<(String, String)>,
    #[command(flatten)]
    after: After,
}

impl Starting {
    /// Starts a pipeline, and follows the execution. Returns the exit code.
    pub(super) async fn start(
        &self,
        session: &Session,
        pipeline: &PipelineArn,
        console: &mut Console<'_>,
        live: bool,
    ) -> Result<u8, Failure> {
        let mut request = session.start_arn(pipeline.clone());
        for (name, value) in &self.variables {
            let name: VariableName = name.parse()?;
            request = request.variable(&name, value.clone());
        }
        let execution = request.await?;
        writeln!(console.stderr, "started execution {} of {pipeline}", execution.id())?;
        self.after.follow(&execution, console, live).await
    }
}
