//! What in a declaration needs pipeline type V2.

use super::{ExecutionMode, PipelineDeclaration, PipelineType, StageResult};
use crate::catalogue;

/// The type of a pipeline whose declaration has none. Source: CodePipeline API Reference, `PipelineDeclaration`: "Including V2
/// parameters … will result in the pipeline having the V2 type"; that AWS does so is not verified.
pub fn needed_type(declaration: &PipelineDeclaration) -> PipelineType {
    if v2_features(declaration).next().is_some() { PipelineType::V2 } else { PipelineType::V1 }
}

/// The features of a declaration that need V2, in words. Source: CodePipeline User Guide, "Pipeline types".
pub fn v2_features(declaration: &PipelineDeclaration) -> impl Iterator<Item = String> + '_ {
    let mode = matches!(declaration.execution_mode, Some(ExecutionMode::Queued | ExecutionMode::Parallel))
        .then(|| format!("execution mode {}", declaration.execution_mode.as_ref().map_or("", ExecutionMode::as_str)));
    let variables =
        declaration.variables.as_ref().is_some_and(|v| !v.is_empty()).then(|| "pipeline variables".to_owned());
    let triggers = declaration.triggers.as_ref().is_some_and(|t| !t.is_empty()).then(|| "triggers".to_owned());
    let stages = declaration.stages.iter().flatten();
    let conditions = stages.clone().filter_map(|stage| {
        let result = stage.on_failure.as_ref().and_then(|f| f.result.as_ref());
        let has = stage.before_entry.is_some()
            || stage.on_success.is_some()
            || stage.on_failure.as_ref().is_some_and(|f| f.conditions.is_some())
            || matches!(result, Some(StageResult::Rollback | StageResult::Retry));
        has.then(|| format!("conditions, retries and rollbacks, as stage `{}` has", stage.name))
    });
    let actions = stages.flat_map(|s| s.actions.iter().flatten()).filter_map(|action| {
        catalogue::find(&action.action_type_id)
            .filter(|known| known.v2_only)
            .map(|known| format!("the {} action `{}`", known.provider, action.name))
    });
    mode.into_iter().chain(variables).chain(triggers).chain(conditions).chain(actions)
}
