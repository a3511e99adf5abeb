//! Features of a declaration that need pipeline type V2.

use std::fmt;

use super::{ExecutionMode, PipelineDeclaration, PipelineTriggerDeclaration, PipelineType, StageResult};
use crate::catalogue;

/// The type of a pipeline whose declaration has none. Source: CodePipeline API Reference, `PipelineDeclaration`: "Including V2
/// parameters … will result in the pipeline having the V2 type"; that AWS does so is not verified.
pub fn needed_type(declaration: &PipelineDeclaration) -> PipelineType {
    if v2_features(declaration).next().is_some() { PipelineType::V2 } else { PipelineType::V1 }
}

/// The features of a declaration that need V2. Source: CodePipeline User Guide, "Pipeline types".
pub fn v2_features(declaration: &PipelineDeclaration) -> impl Iterator<Item = V2Feature<'_>> {
    let mode = declaration.execution_mode.as_ref();
    let mode = mode.filter(|mode| matches!(mode, ExecutionMode::Queued | ExecutionMode::Parallel));
    let variables = declaration.variables.as_ref().filter(|variables| !variables.is_empty());
    let triggers = declaration.triggers.as_ref().filter(|triggers| !triggers.is_empty());
    let stages = declaration.stages.iter().flatten();
    let conditions = stages.clone().filter(|stage| {
        let result = stage.on_failure.as_ref().and_then(|f| f.result.as_ref());
        stage.before_entry.is_some()
            || stage.on_success.is_some()
            || stage.on_failure.as_ref().is_some_and(|f| f.conditions.is_some())
            || matches!(result, Some(StageResult::Rollback | StageResult::Retry))
    });
    let actions = stages.flat_map(|s| s.actions.iter().flatten()).filter_map(|action| {
        let known = catalogue::find(&action.action_type_id).filter(|known| known.v2_only)?;
        Some(V2Feature::Action { provider: known.provider, name: &action.name })
    });
    let whole = mode.map(V2Feature::Mode).into_iter().chain(variables.map(|_| V2Feature::Variables));
    let whole = whole.chain(triggers.map(|triggers| V2Feature::Triggers(triggers.as_slice())));
    whole.chain(conditions.map(|stage| V2Feature::Conditions { stage: &stage.name })).chain(actions)
}

/// What a V1 pipeline can't have.
#[derive(Debug, Clone, Copy)]
pub enum V2Feature<'d> {
    /// An execution mode.
    Mode(&'d ExecutionMode),
    /// Variables of the pipeline.
    Variables,
    /// Triggers.
    Triggers(&'d [PipelineTriggerDeclaration]),
    /// Conditions, retries or rollbacks of a stage.
    Conditions {
        /// The name of the stage.
        stage: &'d str,
    },
    /// An action of a certain provider.
    Action {
        /// The provider.
        provider: &'static str,
        /// The name of the action.
        name: &'d str,
    },
}

impl fmt::Display for V2Feature<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mode(mode) => write!(f, "execution mode {}", mode.as_str()),
            Self::Variables => f.write_str("pipeline variables"),
            Self::Triggers(_) => f.write_str("triggers"),
            Self::Conditions { stage } => {
                write!(f, "conditions, retries and rollbacks, as stage `{stage}` has")
            }
            Self::Action { provider, name } => write!(f, "the {provider} action `{name}`"),
        }
    }
}
