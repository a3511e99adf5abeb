//! An execution that is in progress.

use serde::{Deserialize, Serialize};

use crate::ids::{ExecutionId, PipelineArn};

/// An execution that is in progress.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RunInFlight {
    /// The pipeline.
    pub pipeline: PipelineArn,
    /// The id of the execution.
    pub execution: ExecutionId,
    /// When it began, as AWS prints it.
    pub started: String,
}
