//! The handle of an execution.

use super::error::ExecutionError;
use crate::aws::error::AwsError;
use crate::aws::session::Session;
use crate::core::ids::{ExecutionId, PipelineArn};

/// An execution of a pipeline: follow it with [`wait`](Self::wait), or approve, stop, retry or roll back.
#[derive(Debug, Clone)]
pub struct Execution<'a> {
    pub(super) session: &'a Session,
    pub(super) pipeline: PipelineArn,
    pub(super) id: ExecutionId,
}

impl Session {
    /// An execution that was started before, by its id: to continue following it, or to control it.
    pub fn execution(&self, pipeline: PipelineArn, id: ExecutionId) -> Execution<'_> {
        Execution { session: self, pipeline, id }
    }

    /// The execution with an id, of the one among the pipelines that has it. Pipelines of accounts that are not reached are left out.
    pub async fn find_execution(
        &self,
        pipelines: &[PipelineArn],
        id: &ExecutionId,
    ) -> Result<Option<Execution<'_>>, ExecutionError> {
        let mut failed = None;
        for pipeline in pipelines.iter().filter(|pipeline| self.reaches(pipeline.account())) {
            let client = self.codepipeline(pipeline.account(), pipeline.region())?;
            let call = client
                .get_pipeline_execution()
                .pipeline_name(pipeline.name().as_str())
                .pipeline_execution_id(id.as_str());
            let error = match call.send().await {
                Ok(_) => return Ok(Some(self.execution(pipeline.clone(), id.clone()))),
                Err(error) => AwsError::new(pipeline.account(), "GetPipelineExecution", pipeline, error),
            };
            if !error.is_not_found() {
                failed = failed.or(Some(error));
            }
        }
        match failed {
            Some(error) => Err(error.into()),
            None => Ok(None),
        }
    }
}

/// The execution that an answer says has begun.
#[expect(clippy::result_large_err, reason = "the async functions that call it return the same error")]
pub(super) fn begun<'s>(
    session: &'s Session,
    pipeline: PipelineArn,
    answer: Option<&str>,
) -> Result<Execution<'s>, ExecutionError> {
    let answer = answer.unwrap_or_default();
    match answer.parse() {
        Ok(id) => Ok(session.execution(pipeline, id)),
        Err(_) => Err(ExecutionError::NoExecutionId { pipeline, answer: answer.to_owned() }),
    }
}

impl Execution<'_> {
    /// The pipeline.
    pub fn pipeline(&self) -> &PipelineArn {
        &self.pipeline
    }

    /// The id that CodePipeline gave it.
    pub fn id(&self) -> &ExecutionId {
        &self.id
    }
}
