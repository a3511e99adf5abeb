//! The view of all accounts that the page shows, as JSON.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::hops::{leads_to, refused_at};
use crate::core::declaration::StageDeclaration;
use crate::core::ids::PipelineArn;
use crate::local::execution::{Status, StoredActionExecution, StoredExecution};
use crate::local::pipelines::StoredPipeline;
use crate::local::store::{Store, StoredAccount};

/// How many executions of each pipeline are shown.
const RUNS: usize = 5;

/// The caller of each execution that an action started: its pipeline and execution.
type Callers<'s> = HashMap<&'s str, (&'s PipelineArn, &'s str)>;

/// All accounts with their roles and pipelines, and the last executions.
pub(super) fn view(store: &Store) -> Value {
    let mut callers = Callers::new();
    for (arn, record) in store.pipelines.iter() {
        for execution in latest(record) {
            let began = execution.actions.iter().filter_map(|action| action.began.as_ref());
            callers.extend(began.map(|(_, id)| (id.as_str(), (arn, execution.id.as_str()))));
        }
    }
    let accounts: Vec<Value> = store
        .accounts
        .iter()
        .map(|(id, account)| {
            let here = store.pipelines.iter().filter(|(arn, _)| arn.account() == id);
            let pipelines: Vec<Value> = here.map(|(arn, record)| pipeline(&callers, arn, record)).collect();
            json!({ "id": id, "roles": roles(account), "pipelines": pipelines })
        })
        .collect();
    json!({ "clock": store.clock, "accounts": accounts })
}

fn roles(account: &StoredAccount) -> Value {
    account.roles.values().map(|role| json!({ "arn": role.arn, "name": role.arn.name().as_str() })).collect()
}

fn latest(record: &StoredPipeline) -> impl Iterator<Item = &StoredExecution> {
    record.executions.values().rev().take(RUNS)
}

fn pipeline(callers: &Callers<'_>, arn: &PipelineArn, record: &StoredPipeline) -> Value {
    let stages = record.declaration.stages.iter().flatten();
    json!({
        "arn": arn,
        "name": arn.name().as_str(),
        "region": arn.region(),
        "version": record.declaration.version,
        "mode": record.declaration.execution_mode,
        "role": record.declaration.role_arn,
        "stages": stages.map(|declared| stage(arn, record, declared)).collect::<Value>(),
        "executions": latest(record).map(|execution| run(callers, execution)).collect::<Value>(),
    })
}

fn stage(arn: &PipelineArn, record: &StoredPipeline, declared: &StageDeclaration) -> Value {
    let name = declared.name.as_str();
    let status = record.last_in(name).map(|(_, entered)| entered.status.as_str());
    let closed = record.transitions.get(name).is_some_and(|transition| !transition.enabled);
    let invokes = declared.actions.iter().flatten().filter(|action| action.action_type_id.is_pipeline_invoke());
    let invokes = invokes.map(|action| {
        let latest = record.last_of(name, &action.name);
        let target = leads_to(arn, action, latest);
        json!({
            "action": action.name,
            "role": action.role_arn,
            "target": target,
            "status": latest.map(|action| action.status.as_str()),
            "refused": latest.and_then(refused_at),
            "started": latest.and_then(|action| action.began.as_ref()).map(|(_, id)| id),
        })
    });
    json!({ "name": name, "status": status, "closed": closed, "invokes": invokes.collect::<Value>() })
}

fn run(callers: &Callers<'_>, execution: &StoredExecution) -> Value {
    let by = callers.get(execution.id.as_str()).map(|(pipeline, id)| json!({ "pipeline": pipeline, "execution": id }));
    json!({
        "id": execution.id,
        "status": execution.status.as_str(),
        "started": execution.started,
        "updated": execution.updated,
        "trigger": { "type": execution.trigger.kind, "detail": execution.trigger.detail },
        "by": by,
        "cause": cause(execution),
    })
}

/// The execution that an action started; its pipeline may be deleted by now.
fn started(action: &StoredActionExecution) -> Option<Value> {
    action.began.as_ref().map(|(pipeline, id)| json!({ "pipeline": pipeline, "execution": id }))
}

/// Why an execution failed: the action, or the rule of a condition, that failed last.
fn cause(execution: &StoredExecution) -> Option<Value> {
    if execution.status != Status::Failed {
        return None;
    }
    let failed = |action: &&StoredActionExecution| action.status == Status::Failed && !action.retried;
    if let Some(action) = execution.actions.iter().rev().find(failed) {
        let (code, message) = action.error.as_ref().map(|(code, message)| (code, message)).unzip();
        return Some(json!({
            "stage": action.stage,
            "action": action.action,
            "code": code,
            "message": message,
            "refused": refused_at(action),
            "started": started(action),
        }));
    }
    let rule = execution.rules.iter().rev().find(|rule| rule.status == Status::Failed)?;
    let (code, message) = rule.error.as_ref().map(|(code, message)| (code, message)).unzip();
    Some(json!({ "stage": rule.stage, "rule": rule.declaration.name, "code": code, "message": message }))
}

/// An execution with all its actions and rules; `None` where there is none with this id.
pub(super) fn execution(store: &Store, id: &str) -> Option<Value> {
    let (arn, execution) =
        store.pipelines.iter().find_map(|(arn, record)| Some((arn, record.at(record.position(id)?)?)))?;
    let stages = execution.declaration.stages.iter().flatten().map(|declared| {
        let entered = execution.stages.get(&declared.name);
        json!({ "name": declared.name, "status": entered.map(|stage| stage.status.as_str()) })
    });
    let actions = execution.actions.iter().map(|action| {
        let id = &action.declaration.action_type_id;
        json!({
            "stage": action.stage,
            "action": action.action,
            "provider": id.provider,
            "invoke": id.is_pipeline_invoke().then(|| {
                let target = leads_to(arn, &action.declaration, Some(action));
                json!({ "target": target, "started": started(action) })
            }),
            "role": action.declaration.role_arn,
            "status": action.status.as_str(),
            "error": action.error.as_ref().map(|(code, message)| json!({ "code": code, "message": message })),
            "refused": refused_at(action),
            "summary": action.summary,
            "started": action.started,
            "updated": action.updated,
        })
    });
    let rules = execution.rules.iter().map(|rule| {
        json!({
            "stage": rule.stage,
            "gate": rule.gate.as_str(),
            "rule": rule.declaration.name,
            "status": rule.status.as_str(),
            "error": rule.error.as_ref().map(|(code, message)| json!({ "code": code, "message": message })),
        })
    });
    Some(json!({
        "id": execution.id,
        "pipeline": arn,
        "role": execution.declaration.role_arn,
        "status": execution.status.as_str(),
        "summary": execution.summary,
        "started": execution.started,
        "updated": execution.updated,
        "trigger": { "type": execution.trigger.kind, "detail": execution.trigger.detail },
        "variables": execution.variables,
        "stages": stages.collect::<Value>(),
        "actions": actions.collect::<Value>(),
        "rules": rules.collect::<Value>(),
        "cause": cause(execution),
    }))
}
