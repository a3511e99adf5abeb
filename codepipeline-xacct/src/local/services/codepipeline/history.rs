//! Executions of pipelines, actions and rules, as they are read.

use serde_json::{Value, json};

use super::paging::page;
use super::request::{CodePipelineRequest, execution_not_found};
use super::responses::{action_detail, execution_detail, execution_summary, rule_detail};
use crate::core::ids::PipelineArn;
use crate::local::execution::{Status, StoredExecution, StoredRuleExecution};
use crate::local::input::{execution_id, need, one_of, text};
use crate::local::pipelines::StoredPipeline;
use crate::local::refusal::Refusal;
use crate::local::store::Store;

/// Entries of a page at most. Source: CodePipeline API Reference, `maxResults`.
const PAGE: usize = 100;

pub(super) fn execution(request: &CodePipelineRequest<'_>, store: &Store) -> Result<Value, Refusal> {
    let (arn, record) = request.record(store, "pipelineName")?;
    let position = request.position(&arn, record, "pipelineExecutionId")?;
    let found = record.at(position).map(|execution| execution_detail(&arn, execution));
    Ok(json!({ "pipelineExecution": found }))
}

pub(super) fn executions(request: &CodePipelineRequest<'_>, store: &Store) -> Result<Value, Refusal> {
    let (_, record) = request.record(store, "pipelineName")?;
    let filter = request.input.get("filter").and_then(|filter| filter.get("succeededInStage"));
    let stage = filter.and_then(|filter| text(filter, "stageName"));
    let succeeded = |execution: &&StoredExecution| {
        stage.is_none_or(|stage| execution.stages.get(stage).is_some_and(|s| s.status == Status::Succeeded))
    };
    let all = record.executions.values().rev().filter(succeeded);
    let (executions, next) = page(request.input, all, PAGE, |execution| execution.id.clone())?;
    let summaries: Vec<Value> = executions.into_iter().map(execution_summary).collect();
    Ok(json!({ "pipelineExecutionSummaries": summaries, "nextToken": next }))
}

/// Which executions a filter asks for.
struct Wanted<'r> {
    /// From the newest.
    executions: Vec<&'r StoredExecution>,
    /// Only the last run of what was retried.
    latest: bool,
}

fn wanted<'r>(
    request: &CodePipelineRequest<'_>,
    arn: &PipelineArn,
    record: &'r StoredPipeline,
) -> Result<Wanted<'r>, Refusal> {
    let filter = request.input.get("filter");
    let latest = filter.and_then(|filter| filter.get("latestInPipelineExecution"));
    let id = match latest {
        Some(latest) => Some(need(latest, "pipelineExecutionId")?),
        None => filter.and_then(|filter| text(filter, "pipelineExecutionId")),
    };
    let range = latest.map(|latest| one_of(need(latest, "startTimeRange")?, "startTimeRange", &["Latest", "All"]));
    let latest = range.transpose()? == Some("Latest");
    let executions = match id {
        None => record.executions.values().rev().collect(),
        Some(id) => {
            let id = execution_id(id, "filter.pipelineExecutionId")?;
            vec![record.executions.get(id).ok_or_else(|| execution_not_found(arn, id))?]
        }
    };
    Ok(Wanted { executions, latest })
}

pub(super) fn action_executions(request: &CodePipelineRequest<'_>, store: &Store) -> Result<Value, Refusal> {
    let (arn, record) = request.record(store, "pipelineName")?;
    let Wanted { executions, latest } = wanted(request, &arn, record)?;
    let all = executions.into_iter().flat_map(|e| e.actions.iter().rev().map(move |action| (e, action)));
    let all = all.filter(|(execution, action)| {
        !latest || execution.counting(&action.stage, &action.action).is_some_and(|last| last.id == action.id)
    });
    let (actions, next) = page(request.input, all, PAGE, |(_, action)| action.id.clone())?;
    let details: Vec<Value> =
        actions.into_iter().map(|(execution, action)| action_detail(store, &arn, execution, action)).collect();
    Ok(json!({ "actionExecutionDetails": details, "nextToken": next }))
}

pub(super) fn rule_executions(request: &CodePipelineRequest<'_>, store: &Store) -> Result<Value, Refusal> {
    let (arn, record) = request.record(store, "pipelineName")?;
    let Wanted { executions, latest } = wanted(request, &arn, record)?;
    let all = executions.into_iter().flat_map(|e| e.rules.iter().rev().map(move |rule| (e, rule)));
    let all = all.filter(|(execution, rule)| {
        !latest || execution.rules.iter().rfind(|other| is_same(rule, other)).is_some_and(|last| last.id == rule.id)
    });
    let (rules, next) = page(request.input, all, PAGE, |(_, rule)| rule.id.clone())?;
    let details: Vec<Value> = rules.into_iter().map(|(execution, rule)| rule_detail(execution, rule)).collect();
    Ok(json!({ "ruleExecutionDetails": details, "nextToken": next }))
}

fn is_same(one: &StoredRuleExecution, other: &StoredRuleExecution) -> bool {
    one.stage == other.stage && one.gate == other.gate && one.declaration.name == other.declaration.name
}
