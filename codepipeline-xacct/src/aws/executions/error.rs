//! Why an execution could not be started, followed or controlled.

use crate::aws::error::{AwsError, NotConnected};
use crate::core::ids::{ExecutionId, IdError, Name, PipelineArn};

/// Why a pipeline could not be started, or an execution could not be read or controlled.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExecutionError {
    /// AWS answered with an error, or could not be reached.
    #[error("{}{}", .0, .0.help())]
    Aws(#[source] Box<AwsError>),
    /// There are no credentials for the account.
    #[error(transparent)]
    NotConnected(#[from] NotConnected),
    /// A constant of a hand-written pipeline item is not valid.
    #[error(transparent)]
    NotAPipeline(#[from] IdError),
    /// CodePipeline answered with something else than the id of the execution that began.
    #[error("CodePipeline answered with `{answer}`, which is not the id of an execution of pipeline `{pipeline}`")]
    NoExecutionId {
        /// The pipeline.
        pipeline: PipelineArn,
        /// What it answered.
        answer: String,
    },
    /// There is no such execution.
    #[error("pipeline `{pipeline}` has no execution {execution}")]
    NoExecution {
        /// The pipeline.
        pipeline: PipelineArn,
        /// The id that was given.
        execution: ExecutionId,
    },
    /// The execution has no such approval that waits.
    #[error(
        "execution {execution} of pipeline `{pipeline}` does not wait for approval `{action}` in stage `{stage}`{}",
        waiting.as_ref().map(|waiting| format!(": {waiting}")).unwrap_or_default()
    )]
    NoApproval {
        /// The pipeline.
        pipeline: PipelineArn,
        /// The id of the execution.
        execution: ExecutionId,
        /// The stage.
        stage: Name,
        /// The approval action.
        action: Name,
        /// What waits instead, or what the execution waits for.
        waiting: Option<String>,
    },
}

impl From<AwsError> for ExecutionError {
    fn from(error: AwsError) -> Self {
        Self::Aws(Box::new(error))
    }
}
