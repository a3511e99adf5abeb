//! How executions begin.

use std::sync::Arc;

use indexmap::IndexMap;

use super::entry::may_enter;
use crate::core::check::revision_types;
use crate::core::declaration::{ActionDeclaration, ExecutionMode, PipelineDeclaration};
use crate::core::ids::PipelineArn;
use crate::local::execution::{Phase, SourceRevision, StartedBy, Status, StoredExecution};
use crate::local::pipelines::StoredPipeline;
use crate::local::refusal::{Refusal, no_pipeline_to_start, validation};
use crate::local::store::Store;

/// How many executions run and wait at most. Source: CodePipeline User Guide, "Quotas".
const CONCURRENT: usize = 50;

/// What a start passes.
#[derive(Debug, Default)]
pub(crate) struct Start {
    pub(crate) variables: IndexMap<String, String>,
    pub(crate) overrides: Vec<SourceRevision>,
    pub(crate) trigger: StartedBy,
    /// The token that makes a repeated start the same start.
    pub(crate) token: Option<String>,
}

/// Begins an execution.
pub(crate) fn begin(store: &mut Store, arn: &PipelineArn, start: Start) -> Result<String, Refusal> {
    let record = store.pipelines.get(arn).ok_or_else(|| no_pipeline_to_start(arn))?;
    if let Some(id) = start.token.as_ref().and_then(|token| record.tokens.get(token)) {
        return Ok(id.clone());
    }
    let variables = resolved_variables(&record.declaration, &start)?;
    for revision in &start.overrides {
        check_override(&record.declaration, revision)?;
    }
    limit(record)?;
    let execution = StoredExecution {
        declaration: Arc::clone(&record.declaration),
        variables,
        overrides: start.overrides,
        trigger: start.trigger,
        ..StoredExecution::default()
    };
    let id = insert(store, arn, execution);
    if let (Some(token), Some(record)) = (start.token, store.pipelines.get_mut(arn)) {
        record.tokens.insert(token, id.clone());
    }
    Ok(id)
}

/// QUEUED and PARALLEL pipelines have a limit of executions at once.
pub(super) fn limit(record: &StoredPipeline) -> Result<(), Refusal> {
    let limited = matches!(record.declaration.execution_mode, Some(ExecutionMode::Queued | ExecutionMode::Parallel));
    if limited && record.active.len() >= CONCURRENT {
        return Err(Refusal::new(
            "ConcurrentPipelineExecutionsLimitExceededException",
            "The pipeline has reached the limit for concurrent pipeline executions.",
        ));
    }
    Ok(())
}

/// Adds an execution that waits for its first stage.
pub(super) fn insert(store: &mut Store, arn: &PipelineArn, mut execution: StoredExecution) -> String {
    let id = store.uuid();
    execution.id = id.clone();
    execution.started = store.clock;
    execution.updated = store.clock;
    let now = store.clock;
    let Some(record) = store.pipelines.get_mut(arn) else { return id };
    let (position, _) = record.executions.insert_full(id.clone(), execution);
    supersede(record, position, now);
    store.pipelines.activate(arn, position);
    store.pipelines.settle(arn);
    id
}

/// In SUPERSEDED mode an execution takes the place of those that wait for the same stage.
pub(super) fn supersede(record: &mut StoredPipeline, position: usize, now: i64) {
    if record.declaration.execution_mode != Some(ExecutionMode::Superseded) {
        return;
    }
    let Some(stage) = record.at(position).filter(|e| e.phase == Phase::Waiting).and_then(|e| e.stage_name()) else {
        return;
    };
    let waits = |(older, execution): &(usize, &StoredExecution)| {
        *older < position
            && execution.status == Status::InProgress
            && execution.phase == Phase::Waiting
            && execution.stage_name() == Some(stage)
            && !may_enter(record, *older, execution)
    };
    let older: Vec<usize> = record.active().filter(waits).map(|(older, _)| older).collect();
    for position in older {
        if let Some(execution) = record.at_mut(position) {
            execution.status = Status::Superseded;
            execution.updated = now;
        }
    }
}

fn resolved_variables(declaration: &PipelineDeclaration, start: &Start) -> Result<IndexMap<String, String>, Refusal> {
    let declared = declaration.variables.as_deref().unwrap_or_default();
    if let Some(name) = start.variables.keys().find(|name| !declared.iter().any(|v| v.name == **name)) {
        return Err(validation(format!("The following variable is not declared in the pipeline: {name}")));
    }
    let mut variables = IndexMap::new();
    for variable in declared {
        match start.variables.get(&variable.name).or(variable.default_value.as_ref()) {
            Some(value) => {
                variables.insert(variable.name.clone(), value.clone());
            }
            // The start at creation can't pass values.
            None if start.trigger.kind == "CreatePipeline" => {}
            None => return Err(validation(format!("The following variable has no value: {}", variable.name))),
        }
    }
    Ok(variables)
}

/// An override is for a source action of a V2 pipeline whose provider has revisions of that type.
fn check_override(declaration: &PipelineDeclaration, revision: &SourceRevision) -> Result<(), Refusal> {
    if !declaration.is_v2() {
        return Err(validation("Only pipelines of type V2 have source revision overrides"));
    }
    let mut actions = declaration.actions();
    let is_it = |a: &&ActionDeclaration| a.action_type_id.category == "Source" && a.name == revision.action;
    let Some(action) = actions.find(is_it) else {
        return Err(validation(format!("The pipeline has no source action with the name {}", revision.action)));
    };
    let provider = action.action_type_id.provider.as_str();
    if !revision_types(provider).is_some_and(|types| types.contains(&revision.kind.as_str())) {
        return Err(validation(format!(
            "The revision type {} can't be used with the {provider} source action {}",
            revision.kind, revision.action
        )));
    }
    let key = "AllowOverrideForS3ObjectKey";
    let allowed = action.configuration.as_ref().and_then(|c| c.get(key)).is_some_and(|value| value == "true");
    if revision.kind == "S3_OBJECT_KEY" && !allowed {
        return Err(validation(format!("The source action {} does not have {key} set to true", revision.action)));
    }
    Ok(())
}
