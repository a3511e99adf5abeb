//! The pipelines and executions that arguments name.

use super::exit::Failure;
use crate::aws::{Execution, Session};
use crate::core::ids::{ExecutionId, PipelineArn};
use crate::core::topology::Pipeline;
use crate::core::topology::Topology;

/// An execution, by its id.
#[derive(clap::Args)]
pub(crate) struct OfExecution {
    /// The id of the execution
    execution: ExecutionId,
    /// Its pipeline: the item, the name or the ARN; without it, the pipelines of the topology are asked
    #[arg(long)]
    pipeline: Option<String>,
}

impl OfExecution {
    /// The pipelines that may have it.
    pub(super) fn pipelines(&self, topology: &Topology) -> Result<Vec<PipelineArn>, Failure> {
        match &self.pipeline {
            Some(pipeline) => Ok(vec![find(topology, pipeline)?.clone()]),
            None => Ok(topology.pipelines().iter().map(|pipeline| pipeline.arn.clone()).collect()),
        }
    }

    /// The pipeline where there is no program to look it up in: it must be given by its ARN.
    #[cfg(feature = "cli")]
    pub(super) fn by_arn(&self) -> Result<PipelineArn, Failure> {
        let arn = self.pipeline.as_deref().ok_or("give `--pipeline ARN`")?;
        Ok(arn.parse()?)
    }

    /// The execution, of the one pipeline or of the one among several that has it.
    pub(super) async fn find<'s>(
        &self,
        session: &'s Session,
        pipelines: &[PipelineArn],
    ) -> Result<Execution<'s>, Failure> {
        let id = &self.execution;
        if let [pipeline] = pipelines {
            return Ok(session.execution(pipeline.clone(), id.clone()));
        }
        let found = session.find_execution(pipelines, id).await?;
        found.ok_or_else(|| {
            let names: Vec<&str> = pipelines.iter().map(|pipeline| pipeline.name().as_str()).collect();
            format!("no pipeline of the topology has execution {id}; it has {}", names.join(", ")).into()
        })
    }
}

/// A pipeline of the topology by its item, its name or its ARN.
pub(super) fn find<'a>(topology: &'a Topology, name: &str) -> Result<&'a PipelineArn, Failure> {
    let found: Vec<&Pipeline> = topology.pipelines().iter().filter(|pipeline| pipeline.is_called(name)).collect();
    match found.as_slice() {
        [pipeline] => Ok(&pipeline.arn),
        [] => {
            let known: Vec<&str> = topology.pipelines().iter().map(|pipeline| pipeline.item.as_str()).collect();
            Err(format!("the topology has no pipeline `{name}`; it has {}", known.join(", ")).into())
        }
        several => {
            let arns: Vec<String> = several.iter().map(|pipeline| pipeline.arn.to_string()).collect();
            Err(format!("several pipelines are called `{name}`: {}", arns.join(", ")).into())
        }
    }
}
