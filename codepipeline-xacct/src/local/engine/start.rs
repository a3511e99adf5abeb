//! How executions begin, and what an update does to those that run.

use indexmap::IndexMap;

use crate::core::declaration::ExecutionMode;
use crate::core::ids::PipelineArn;
use crate::local::execution::{StartedBy, Status, StoredExecution};
use crate::local::refusal::{Refusal, pipeline_not_found};
use crate::local::store::Store;

/// An update cancels running executions, except in PARALLEL mode.
pub(crate) fn cancel_running(store: &mut Store, arn: &PipelineArn) {
    let now = store.clock;
    let Some(record) = store.pipeline_mut(arn) else { return };
    if record.declaration.execution_mode == Some(ExecutionMode::Parallel) {
        return;
    }
    for execution in record.executions.iter_mut().filter(|e| e.status == Status::InProgress) {
        execution.status = Status::Cancelled;
        execution.summary = "The pipeline was updated.".to_owned();
        execution.updated = now;
    }
}

/// Begins an execution.
pub(crate) fn begin(
    store: &mut Store,
    arn: &PipelineArn,
    given: &IndexMap<String, String>,
    trigger: StartedBy,
) -> Result<String, Refusal> {
    let id = store.uuid();
    let now = store.clock;
    let record = store.pipeline_mut(arn).ok_or_else(|| pipeline_not_found(arn))?;
    let declared = record.declaration.variables.as_deref().unwrap_or_default();
    if let Some(name) = given.keys().find(|name| !declared.iter().any(|v| v.name == **name)) {
        let message = format!("The following variable is not declared in the pipeline: {name}");
        return Err(Refusal::new("ValidationException", message));
    }
    let mut variables = IndexMap::new();
    for variable in declared {
        let Some(value) = given.get(&variable.name).or(variable.default_value.as_ref()) else {
            // The start at creation cannot pass values.
            let message = format!("The following variable has no value: {}", variable.name);
            if trigger.kind == "CreatePipeline" {
                continue;
            }
            return Err(Refusal::new("ValidationException", message));
        };
        variables.insert(variable.name.clone(), value.clone());
    }
    if record.declaration.execution_mode == Some(ExecutionMode::Superseded) {
        // A newer waiting execution takes the place of an older one.
        let waiting = record.executions.iter_mut().filter(|e| e.status == Status::InProgress && e.actions.is_empty());
        for older in waiting {
            older.status = Status::Superseded;
            older.updated = now;
        }
    }
    record.executions.push(StoredExecution {
        id: id.clone(),
        version: record.declaration.version.unwrap_or_default(),
        status: Status::InProgress,
        summary: String::new(),
        trigger,
        variables,
        started: now,
        updated: now,
        stage: 0,
        retried: false,
        actions: Vec::new(),
    });
    Ok(id)
}
