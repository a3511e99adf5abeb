//! Says what is wrong with the pipelines of the topology, or with others of its accounts.

use super::console::Console;
use super::exit::Failure;
use super::pipelines::find;
use crate::aws::Session;
use crate::cli::diagnosis_output::DiagnosisOutput;
use crate::core::ids::{PipelineArn, TopologyName};
use crate::core::topology::Topology;

#[derive(clap::Args)]
pub(super) struct Doctor {
    /// Items, names or ARNs of pipelines, also of others by their ARN; without any, all of the topology
    #[arg(value_name = "PIPELINE")]
    pipelines: Vec<String>,
    #[command(flatten)]
    output: DiagnosisOutput,
}

impl Doctor {
    /// The pipelines to look at.
    pub(super) fn pipelines(&self, topology: &Topology) -> Result<Vec<PipelineArn>, Failure> {
        if self.pipelines.is_empty() {
            return Ok(topology.pipelines().iter().map(|pipeline| pipeline.arn.clone()).collect());
        }
        let named = |name: &String| match name.parse::<PipelineArn>() {
            Ok(arn) => Ok(arn),
            Err(_) => find(topology, name).cloned(),
        };
        self.pipelines.iter().map(named).collect()
    }

    pub(super) async fn run(
        &self,
        session: &Session,
        topology: &TopologyName,
        pipelines: Vec<PipelineArn>,
        console: &mut Console<'_>,
    ) -> Result<u8, Failure> {
        let (code, diagnosis) = self.output.write(session.doctor_all(pipelines), console.stdout).await?;
        self.output.save_fixes(session, &diagnosis, topology, console.stdout).await?;
        Ok(code)
    }
}
