//! Rollback: a new execution runs a stage with what an earlier one had.

use std::sync::Arc;

use serde_json::json;

use super::start::insert;
use crate::core::declaration::StageDeclaration;
use crate::core::ids::PipelineArn;
use crate::local::execution::{StartedBy, Status, StoredExecution};
use crate::local::pipelines::StoredPipeline;
use crate::local::refusal::Refusal;
use crate::local::store::Store;

/// RollbackStage: returns the id of the new execution. Only V2 pipelines have it; with which error others refuse it is not documented.
pub(crate) fn roll_back(
    store: &mut Store,
    arn: &PipelineArn,
    stage: &str,
    target: usize,
    by: String,
) -> Result<String, Refusal> {
    let refused = || {
        Refusal::new(
            "UnableToRollbackStageException",
            "Unable to roll back the stage. The cause might be if the pipeline version has changed since the target pipeline execution was deployed, the stage is currently running, or an incorrect target pipeline execution ID was provided.",
        )
    };
    let record = store.pipelines.get(arn).ok_or_else(refused)?;
    let index = record.declaration.stages.iter().flatten().position(|declared| declared.name == stage);
    let possible = record.declaration.is_v2() && !record.declaration.is_parallel();
    let index = index.filter(|index| *index > 0 && possible).ok_or_else(refused)?;
    let execution = record.at(target).ok_or_else(refused)?;
    if execution.version() != record.declaration.version.unwrap_or_default() {
        return Err(Refusal::new(
            "PipelineExecutionOutdatedException",
            "The specified pipeline execution is outdated and cannot be used as a target pipeline execution for rollback.",
        ));
    }
    let runs = record.active().any(|(_, e)| e.stage_name() == Some(stage) && e.stages.contains_key(stage));
    if runs || !is_target(execution, stage) {
        return Err(refused());
    }
    let begins = rolled_back(execution, index, StartedBy { kind: "ManualRollback".into(), detail: by });
    Ok(insert(store, arn, begins))
}

/// A stage that failed is rolled back to the last execution that succeeded there with the same version of the pipeline.
pub(super) fn roll_back_automatically(
    store: &mut Store,
    arn: &PipelineArn,
    execution: &mut StoredExecution,
    stage: &StageDeclaration,
) {
    let version = execution.version();
    let found = store.pipelines.get(arn).and_then(|record| latest(record, &stage.name, version));
    let Some(target) = found.filter(|_| execution.rolls_back_to.is_none()) else {
        execution.summary = "There is no execution to which the stage could be rolled back.".to_owned();
        return;
    };
    let detail = json!({ "FailedPipelineExecutionId": execution.id }).to_string();
    let begins = rolled_back(target, execution.stage, StartedBy { kind: "AutomatedRollback".into(), detail });
    insert(store, arn, begins);
}

fn latest<'r>(record: &'r StoredPipeline, stage: &str, version: i64) -> Option<&'r StoredExecution> {
    record.executions.values().rev().find(|e| e.version() == version && is_target(e, stage))
}

fn is_target(execution: &StoredExecution, stage: &str) -> bool {
    let succeeded = execution.stages.get(stage).is_some_and(|record| record.status == Status::Succeeded);
    execution.rolls_back_to.is_none() && succeeded
}

/// A new execution with the source revisions, the variables and the artifacts of another.
fn rolled_back(target: &StoredExecution, stage: usize, trigger: StartedBy) -> StoredExecution {
    StoredExecution {
        declaration: Arc::clone(&target.declaration),
        trigger,
        variables: target.variables.clone(),
        overrides: target.overrides.clone(),
        revisions: target.revisions.clone(),
        rolls_back_to: Some(target.id.clone()),
        stage,
        artifacts: target.artifacts.clone(),
        namespaces: target.namespaces.clone(),
        ..StoredExecution::default()
    }
}
