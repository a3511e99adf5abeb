//! Starts an execution.

use super::console::Console;
use super::control::After;
use super::exit::Failure;
use crate::aws::Session;
use crate::core::ids::{PipelineArn, VariableName};

/// Starts a pipeline with variables, and follows the execution. Returns the exit code.
pub(super) async fn start(
    session: &Session,
    pipeline: &PipelineArn,
    variables: Vec<(String, String)>,
    after: &After,
    console: &mut Console<'_>,
    live: bool,
) -> Result<u8, Failure> {
    let mut request = session.start_arn(pipeline.clone());
    for (name, value) in variables {
        let name: VariableName = name.parse()?;
        request = request.variable(&name, value);
    }
    let execution = request.await?;
    writeln!(console.stderr, "started execution {} of {pipeline}", execution.id())?;
    after.follow(&execution, console, live).await
}
