//! A disabled transition between stages.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::PipelineArn;
use crate::shell::quoted;

/// A transition that is disabled, so that runs stop in front of its stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisabledTransition {
    /// The stage that it leads into. GetPipelineState shows a transition at the stage that it leads into.
    pub stage: String,
    /// The reason given for it; may be empty.
    pub reason: String,
}

/// The command that enables the transition into a stage of a pipeline.
pub(crate) fn enable_command(pipeline: &PipelineArn, stage: &str) -> String {
    format!(
        "aws codepipeline enable-stage-transition --region {} --pipeline-name {} --stage-name {} --transition-type Inbound",
        pipeline.region(),
        pipeline.name(),
        quoted(stage)
    )
}

impl fmt::Display for DisabledTransition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stage, reason } = self;
        write!(f, "the transition into stage `{stage}` is disabled, so runs stop in front of it")?;
        if reason.is_empty() { Ok(()) } else { write!(f, ": {reason}") }
    }
}
