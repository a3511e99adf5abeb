//! Pipelines: created, read, updated, deleted, listed.

use serde_json::{Value, json};

use super::paging::page;
use super::request::CodePipelineRequest;
use super::responses::seconds;
use super::secrets::{restore, shown};
use super::structure::accept;
use super::tags::{checked, tags};
use crate::core::check::Origin;
use crate::core::declaration::{PipelineDeclaration, PipelineType, read};
use crate::core::policy::CODEPIPELINE;
use crate::local::authorization::pass_role;
use crate::local::engine::{Start, begin, cancel_running};
use crate::local::execution::StartedBy;
use crate::local::input::{integer, missing, need};
use crate::local::refusal::{Refusal, pipeline_not_found, validation};
use crate::local::store::Store;

/// Pipelines in an account and a Region. Source: CodePipeline User Guide, "Quotas".
const PIPELINES: usize = 1000;

fn declared(request: &CodePipelineRequest<'_>, store: &Store) -> Result<PipelineDeclaration, Refusal> {
    let Some(pipeline) = request.input.get("pipeline") else { return Err(missing("pipeline")) };
    let read = read(&pipeline.to_string());
    let mut declaration: PipelineDeclaration =
        read.map_err(|error| Refusal::new("SerializationException", error.to_string()))?;
    if !store.undocumented.omitted_type_is_inferred {
        declaration.pipeline_type.get_or_insert(PipelineType::V1);
    }
    Ok(declaration)
}

/// Who gives a pipeline its service role has to be allowed to pass it.
fn may_pass_role(
    request: &CodePipelineRequest<'_>,
    store: &Store,
    declaration: &PipelineDeclaration,
) -> Result<(), Refusal> {
    let Some(role) = &declaration.role_arn else { return Ok(()) };
    pass_role(store, request.call, role, CODEPIPELINE, "AccessDeniedException")
}

pub(super) fn create(request: &CodePipelineRequest<'_>, store: &mut Store) -> Result<Value, Refusal> {
    let mut declaration = declared(request, store)?;
    let arn = request.arn_of(&declaration.name, "pipeline.name")?;
    may_pass_role(request, store, &declaration)?;
    if store.pipelines.get(&arn).is_some() {
        let message =
            format!("A pipeline with the name '{}' already exists in account '{}'", arn.name(), request.account);
        return Err(Refusal::new("PipelineNameInUseException", message));
    }
    let here =
        |arn: &crate::core::ids::PipelineArn| arn.account() == &request.account && arn.region() == &request.region;
    if store.pipelines.iter().filter(|(arn, _)| here(arn)).count() >= PIPELINES {
        return Err(Refusal::new(
            "LimitExceededException",
            "The number of pipelines associated with the AWS account has exceeded the limit allowed for the account.",
        ));
    }
    let given = checked(request.input)?;
    restore(store, &arn, &mut declaration, None)?;
    accept(store, &arn, &declaration, Origin::Create)?;
    let now = store.clock;
    let record = store.pipelines.put(&arn, &declaration, 1, now);
    record.tags.clone_from(&given);
    let stored = std::sync::Arc::clone(&record.declaration);
    // Creating a pipeline starts it.
    let trigger = StartedBy { kind: "CreatePipeline".into(), detail: request.call.caller.arn() };
    begin(store, &arn, Start { trigger, ..Start::default() })?;
    Ok(json!({ "pipeline": shown(store, &arn, &stored), "tags": tags(&given) }))
}

pub(super) fn get(request: &CodePipelineRequest<'_>, store: &Store) -> Result<Value, Refusal> {
    let (arn, record) = request.record(store, "name")?;
    let (declaration, updated) = match integer(request.input, "version", 1, i64::MAX)? {
        None => (&record.declaration, record.updated),
        Some(version) => {
            let found = record.versions.get(&version).map(|(declaration, updated)| (declaration, *updated));
            // CodePipeline does not answer PipelineVersionNotFoundException: github.com/aws/aws-sdk/issues/558.
            found.ok_or_else(|| pipeline_not_found(&arn))?
        }
    };
    Ok(json!({
        "pipeline": shown(store, &arn, declaration),
        "metadata": {
            "pipelineArn": arn.to_string(),
            "created": seconds(record.created),
            "updated": seconds(updated),
        }
    }))
}

pub(super) fn update(request: &CodePipelineRequest<'_>, store: &mut Store) -> Result<Value, Refusal> {
    let mut declaration = declared(request, store)?;
    let arn = request.arn_of(&declaration.name, "pipeline.name")?;
    may_pass_role(request, store, &declaration)?;
    let Some(record) = store.pipelines.get(&arn) else {
        // The model has no PipelineNotFoundException here.
        return Err(validation(format!("The pipeline {} does not exist", arn.name())));
    };
    restore(store, &arn, &mut declaration, Some(&record.declaration))?;
    // The version in the request does not count.
    let version = record.declaration.version.unwrap_or(0) + 1;
    accept(store, &arn, &declaration, Origin::Get)?;
    // Executions that were started in PARALLEL mode continue: the mode before the update counts.
    cancel_running(store, &arn);
    let now = store.clock;
    let stored = std::sync::Arc::clone(&store.pipelines.put(&arn, &declaration, version, now).declaration);
    Ok(json!({ "pipeline": shown(store, &arn, &stored) }))
}

pub(super) fn delete(request: &CodePipelineRequest<'_>, store: &mut Store) -> Result<Value, Refusal> {
    let arn = request.arn_of(need(request.input, "name")?, "name")?;
    // Deleting a pipeline that doesn't exist succeeds.
    store.pipelines.remove(&arn);
    Ok(json!({}))
}

pub(super) fn list(request: &CodePipelineRequest<'_>, store: &Store) -> Result<Value, Refusal> {
    let all = store.pipelines.iter();
    let here = all.filter(|(arn, _)| arn.account() == &request.account && arn.region() == &request.region);
    let (pipelines, next) = page(request.input, here, 1000, |(arn, _)| arn.name().to_string())?;
    let pipelines: Vec<Value> = pipelines
        .into_iter()
        .map(|(arn, record)| {
            json!({
                "name": arn.name().as_str(),
                "version": record.declaration.version,
                "pipelineType": record.declaration.pipeline_type,
                "executionMode": record.declaration.execution_mode,
                "created": seconds(record.created),
                "updated": seconds(record.updated),
            })
        })
        .collect();
    Ok(json!({ "pipelines": pipelines, "nextToken": next }))
}
