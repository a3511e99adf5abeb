//! Jobs: what workers of custom actions poll, and what they and Lambda functions report.
//!
//! Source: CodePipeline API Reference; CodePipeline User Guide, "Create and add a custom action in CodePipeline".

use serde_json::{Map, Value, json};

use super::request::CodePipelineRequest;
use crate::core::check::CATEGORIES;
use crate::core::declaration::ActionTypeId;
use crate::core::declaration::runs_in::region_of;
use crate::core::ids::PipelineArn;
use crate::local::engine::{Report, artifact_store, credentials_of, fail_job, find_job, report};
use crate::local::execution::{Artifact, Awaits, Job, Status, StoredActionExecution, StoredExecution};
use crate::local::input::{bounded, execution_id, integer, matching, need, one_of, text};
use crate::local::refusal::{Refusal, validation};
use crate::local::store::Store;
use crate::local::wire::{SECRET, SESSION_TOKEN};

/// Bytes of the output variables of an action. Source: CodePipeline User Guide, "Quotas".
const VARIABLES: usize = 122_880;

fn job_of(action: &StoredActionExecution) -> Option<&Job> {
    match &action.awaits {
        Awaits::Job(job) => Some(job),
        _ => None,
    }
}

pub(super) fn poll(request: &CodePipelineRequest<'_>, store: &mut Store) -> Result<Value, Refusal> {
    let id = request.input.get("actionTypeId").cloned().unwrap_or_default();
    let category = one_of(need(&id, "category")?, "actionTypeId.category", CATEGORIES)?;
    let owner = one_of(need(&id, "owner")?, "actionTypeId.owner", &["AWS", "ThirdParty", "Custom"])?;
    let (provider, version) = (need(&id, "provider")?, need(&id, "version")?);
    if owner != "Custom" {
        return Err(validation("PollForJobs is only for action types with the owner Custom"));
    }
    let id = ActionTypeId::new(category, owner, provider, version);
    let most = integer(request.input, "maxBatchSize", 1, i64::MAX)?;
    let most = most.and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
    let kind = store.action_types.get(&request.account, &request.region, &id).filter(|kind| !kind.deleted);
    let kind =
        kind.ok_or_else(|| Refusal::new("ActionTypeNotFoundException", "The specified action type cannot be found."))?;
    let wanted = queried(request.input, &kind.shown)?;
    let asks = |action: &StoredActionExecution| {
        let new = action.status == Status::InProgress && job_of(action).is_some_and(|job| !job.acknowledged);
        let fits = wanted.as_ref().is_none_or(|(key, value)| action.resolved.get(key) == Some(value));
        new && action.declaration.action_type_id == id && fits
    };
    let here = |arn: &PipelineArn| *arn.account() == request.account && *arn.region() == request.region;
    let mut found: Vec<(i64, PipelineArn, usize, usize)> = Vec::new();
    for (arn, record) in store.pipelines.iter().filter(|(arn, _)| here(arn)) {
        for (position, execution) in record.active() {
            let asking = execution.actions.iter().enumerate().filter(|(_, action)| asks(action));
            found.extend(asking.map(|(index, action)| (action.started, arn.clone(), position, index)));
        }
    }
    found.sort();
    let mut jobs = Vec::new();
    for (_, arn, position, index) in found.into_iter().take(most) {
        jobs.extend(shown(store, &arn, position, index, true));
    }
    Ok(json!({ "jobs": jobs }))
}

/// The property, and its value, of the jobs that are asked for.
fn queried(input: &Value, kind: &Value) -> Result<Option<(String, String)>, Refusal> {
    let Some(query) = input.get("queryParam").and_then(Value::as_object) else { return Ok(None) };
    if query.len() > 1 {
        return Err(validation("queryParam has one property at most"));
    }
    let Some((key, value)) = query.iter().next() else { return Ok(None) };
    let properties = kind.get("actionConfigurationProperties").and_then(Value::as_array);
    let queryable = |it: &Value| it.get("queryable").and_then(Value::as_bool) == Some(true);
    if !properties.into_iter().flatten().any(|it| text(it, "name") == Some(key) && queryable(it)) {
        return Err(validation(format!("The property {key} of the action type is not queryable")));
    }
    Ok(Some((key.clone(), value.as_str().unwrap_or_default().to_owned())))
}

pub(super) fn acknowledge(request: &CodePipelineRequest<'_>, store: &mut Store) -> Result<Value, Refusal> {
    let nonce = bounded(need(request.input, "nonce")?, "nonce", 1, 50)?;
    let (arn, position, index) = place(request, store)?;
    let execution = store.pipelines.get_mut(&arn).and_then(|record| record.at_mut(position));
    let action = execution.and_then(|execution| execution.actions.get_mut(index));
    let job = action.and_then(|action| match &mut action.awaits {
        Awaits::Job(job) => Some(job),
        _ => None,
    });
    // A nonce counts once: the job belongs to who acknowledged it.
    let Some(job) = job.filter(|job| job.nonce == nonce && !job.acknowledged) else {
        return Err(Refusal::new("InvalidNonceException", "The nonce was specified in an invalid format."));
    };
    job.acknowledged = true;
    Ok(json!({ "status": "InProgress" }))
}

pub(super) fn details(request: &CodePipelineRequest<'_>, store: &mut Store) -> Result<Value, Refusal> {
    let (arn, position, index) = place(request, store)?;
    Ok(json!({ "jobDetails": shown(store, &arn, position, index, false) }))
}

pub(super) fn succeed(request: &CodePipelineRequest<'_>, store: &mut Store) -> Result<Value, Refusal> {
    let input = request.input;
    let place = place(request, store)?;
    let continuation_token = bounded_in(input, "continuationToken", "continuationToken", 2048)?;
    let details = input.get("executionDetails").cloned().unwrap_or_default();
    let summary = bounded_in(&details, "executionDetails.summary", "summary", 2048)?;
    let external_id = bounded_in(&details, "executionDetails.externalExecutionId", "externalExecutionId", 1500)?;
    let percent = integer(&details, "percentComplete", 0, 100)?;
    let revision = match input.get("currentRevision").filter(|revision| !revision.is_null()) {
        None => None,
        Some(revision) => {
            let id = bounded(need(revision, "revision")?, "currentRevision.revision", 1, 1500)?;
            bounded(need(revision, "changeIdentifier")?, "currentRevision.changeIdentifier", 1, 100)?;
            Some(id.to_owned())
        }
    };
    let variables = variables(input)?;
    if !variables.is_empty() && continuation_token.is_some() {
        return Err(validation("outputVariables can be included only when there is no continuation token"));
    }
    let size: usize = variables.iter().map(|(key, value)| key.len() + value.len()).sum();
    if size > VARIABLES {
        return Err(Refusal::new(
            "OutputVariablesSizeExceededException",
            "Exceeded the total size limit for all variables in the pipeline.",
        ));
    }
    let told = Report { variables, continuation_token, summary, external_id, percent, revision };
    report(store, &place, told)?;
    Ok(json!({}))
}

fn variables(input: &Value) -> Result<Vec<(String, String)>, Refusal> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "@-_".contains(c);
    let given = input.get("outputVariables").and_then(Value::as_object).into_iter().flatten();
    given
        .map(|(key, value)| {
            let key = matching(key, "outputVariables", r"[A-Za-z0-9@\-_]+", fits)?;
            Ok((key.to_owned(), value.as_str().unwrap_or_default().to_owned()))
        })
        .collect()
}

fn bounded_in(input: &Value, name: &str, key: &str, most: usize) -> Result<Option<String>, Refusal> {
    text(input, key).map(|text| Ok(bounded(text, name, 1, most)?.to_owned())).transpose()
}

const FAILURES: &[&str] = &[
    "JobFailed",
    "ConfigurationError",
    "PermissionError",
    "RevisionOutOfSync",
    "RevisionUnavailable",
    "SystemUnavailable",
];

pub(super) fn fail(request: &CodePipelineRequest<'_>, store: &mut Store) -> Result<Value, Refusal> {
    let place = place(request, store)?;
    let details = request.input.get("failureDetails").ok_or_else(|| crate::local::input::missing("failureDetails"))?;
    let kind = one_of(need(details, "type")?, "failureDetails.type", FAILURES)?;
    let message = bounded(need(details, "message")?, "failureDetails.message", 1, 5000)?;
    let external_id = bounded_in(details, "failureDetails.externalExecutionId", "externalExecutionId", 1500)?;
    fail_job(store, &place, (kind.to_owned(), message.to_owned()), external_id)?;
    Ok(json!({}))
}

/// The job that a request names, of the caller's account and Region.
fn place(request: &CodePipelineRequest<'_>, store: &Store) -> Result<(PipelineArn, usize, usize), Refusal> {
    // A job's id has the form of an execution's.
    let id = execution_id(need(request.input, "jobId")?, "jobId")?;
    find_job(store, &request.account, &request.region, id).ok_or_else(|| {
        Refusal::new("JobNotFoundException", "The job was specified in an invalid format or cannot be found.")
    })
}

/// A job as PollForJobs and GetJobDetails return it; only the first has its nonce.
fn shown(store: &mut Store, arn: &PipelineArn, position: usize, index: usize, nonce: bool) -> Option<Value> {
    let execution = store.pipelines.get(arn).and_then(|record| record.at(position)).cloned()?;
    let action = execution.actions.get(index)?;
    let job = job_of(action)?;
    let mut data = data(store, arn, &execution, action, job);
    data.insert("actionTypeId".to_owned(), json!(action.declaration.action_type_id));
    data.insert(
        "pipelineContext".to_owned(),
        json!({
            "pipelineName": arn.name().as_str(),
            "pipelineArn": arn.to_string(),
            "pipelineExecutionId": execution.id,
            "stage": { "name": action.stage },
            "action": { "name": action.action, "actionExecutionId": action.id },
        }),
    );
    Some(json!({
        "id": job.id,
        "nonce": nonce.then_some(&job.nonce),
        "accountId": arn.account(),
        "data": data,
    }))
}

/// What a worker and a function get of a job. Secrets are not masked: CodePipeline API Reference, "PollForJobs".
pub(crate) fn data(
    store: &mut Store,
    arn: &PipelineArn,
    execution: &StoredExecution,
    action: &StoredActionExecution,
    job: &Job,
) -> Map<String, Value> {
    let revision = |name: &str| execution.revisions.iter().find(|read| read.artifact == name).map(|read| &read.id);
    let artifact = |artifact: &Artifact| {
        json!({
            "name": artifact.name,
            "revision": revision(&artifact.name),
            "location": {
                "type": "S3",
                "s3Location": { "bucketName": artifact.bucket, "objectKey": artifact.key },
            },
        })
    };
    let artifacts = |all: &[Artifact]| all.iter().map(artifact).collect::<Value>();
    let has_artifacts = !action.inputs.is_empty() || !action.outputs.is_empty();
    // They are of use as long as the job is.
    let needs_them = has_artifacts && action.status == Status::InProgress;
    let key = needs_them.then(|| credentials_of(store, arn.region(), execution, action, job)).flatten();
    let credentials =
        key.map(|key| json!({ "accessKeyId": key, "secretAccessKey": SECRET, "sessionToken": SESSION_TOKEN }));
    let region = region_of(arn, action.declaration.region.as_deref());
    let key = artifact_store(&execution.declaration, region).and_then(|it| it.encryption_key.clone());
    let members = [
        ("actionConfiguration", json!({ "configuration": action.resolved })),
        ("inputArtifacts", artifacts(&action.inputs)),
        ("outputArtifacts", artifacts(&action.outputs)),
        ("artifactCredentials", json!(credentials)),
        ("continuationToken", json!(job.continuation_token)),
        ("encryptionKey", json!(key)),
    ];
    members.into_iter().filter(|(_, it)| !it.is_null()).map(|(name, it)| (name.to_owned(), it)).collect()
}
