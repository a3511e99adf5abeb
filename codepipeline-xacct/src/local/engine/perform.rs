//! What an action does: assume its roles, make its calls, start its target.

use indexmap::IndexMap;

use super::calls::{Site, artifact_requests, requests};
use super::start::begin;
use super::values::{output, passed, resolve};
use crate::core::catalogue::{self, OutputVariables};
use crate::core::declaration::{ActionDeclaration, PipelineDeclaration};
use crate::core::ids::{AccountId, PipelineArn, RoleArn};
use crate::core::policy::CODEPIPELINE;
use crate::core::policy::START;
use crate::core::policy::evaluate::{Caller, KeyValue, RequestContext};
use crate::local::authorization::{may_assume, permitted};
use crate::local::execution::{StartedBy, StoredActionExecution, StoredExecution};
use crate::local::refusal::{Refusal, pipeline_name};
use crate::local::store::Store;

/// What an action does: assume its roles, make its calls, start its target.
pub(super) fn perform(
    store: &mut Store,
    arn: &PipelineArn,
    declaration: &PipelineDeclaration,
    execution: &StoredExecution,
    action: &mut StoredActionExecution,
) -> Result<(), Refusal> {
    let session = assume(store, declaration, &action.declaration)?;
    action.resolved = resolve(execution, &action.declaration);
    if let Some(message) = store.failing.get(&(arn.clone(), action.stage.clone(), action.action.clone())) {
        return Err(Refusal::new("JobFailed", message.clone()));
    }
    if action.declaration.action_type_id.is_pipeline_invoke() {
        return start_target(store, arn, &session, action);
    }
    make_requests(store, arn, declaration, &session, action)?;
    if let Some(known) = catalogue::find(&action.declaration.action_type_id) {
        let variables = match known.output_variables {
            OutputVariables::Fixed(variables) => variables,
            OutputVariables::UserDefined | OutputVariables::Undocumented => &[],
        };
        action.output_variables =
            variables.iter().map(|name| ((*name).to_owned(), output(name, &action.resolved))).collect();
    }
    Ok(())
}

/// CodePipeline assumes the service role, and the service role the role of the action, if it has one.
fn assume(store: &Store, declaration: &PipelineDeclaration, action: &ActionDeclaration) -> Result<Caller, Refusal> {
    let parsed = |text: &str| text.parse::<RoleArn>().map_err(|error| Refusal::new("InvalidRole", error.to_string()));
    let service = parsed(declaration.role_arn.as_deref().unwrap_or_default())?;
    let codepipeline = Caller::Service(CODEPIPELINE.to_owned());
    may_assume(store, &codepipeline, &service, &RequestContext::new()).map_err(|refusal| {
        match refusal.code.as_str() {
            "AccessDenied" => Refusal::new(
                "InvalidRole",
                format!("CodePipeline is not authorized to perform AssumeRole on role {service}"),
            ),
            _ => refusal,
        }
    })?;
    // The name of a session is the time in milliseconds.
    let session = Caller::Session { role: service, session: store.clock.to_string() };
    let Some(role) = &action.role_arn else { return Ok(session) };
    let role = parsed(role)?;
    may_assume(store, &session, &role, &RequestContext::new())?;
    Ok(Caller::Session { role, session: store.clock.to_string() })
}

fn start_target(
    store: &mut Store,
    arn: &PipelineArn,
    session: &Caller,
    action: &StoredActionExecution,
) -> Result<(), Refusal> {
    let name = action.resolved.get("PipelineName").map(String::as_str).unwrap_or_default();
    let name = pipeline_name(name, "name")?;
    if action.resolved.contains_key("SourceRevisions") {
        return Err(Refusal::unsupported("source revision overrides"));
    }
    let account: &AccountId = match session {
        Caller::Session { role, .. } => role.account(),
        _ => arn.account(),
    };
    let region =
        action.declaration.region.as_ref().and_then(|r| r.parse().ok()).unwrap_or_else(|| arn.region().clone());
    let target = PipelineArn::new(arn.partition().clone(), region, account.clone(), name);
    allowed(store, session, START, &target.to_string())?;
    let variables = match action.resolved.get("Variables") {
        None => IndexMap::new(),
        Some(text) => passed(text)?,
    };
    let trigger = StartedBy { kind: "StartPipelineExecution", detail: session.arn() };
    begin(store, &target, &variables, trigger).map(|_| ())
}

/// Makes the requests of an action, for its provider and for its artifacts.
fn make_requests(
    store: &Store,
    arn: &PipelineArn,
    declaration: &PipelineDeclaration,
    session: &Caller,
    action: &StoredActionExecution,
) -> Result<(), Refusal> {
    let Caller::Session { role, .. } = session else { return Ok(()) };
    let region = action.declaration.region.as_deref().unwrap_or_else(|| arn.region().as_str());
    let site = Site { pipeline: arn, account: role.account(), region, configuration: &action.resolved };
    let id = &action.declaration.action_type_id;
    let known = catalogue::find(id).and_then(|_| requests(&action.declaration, &site));
    let Some(mut requests) = known else {
        return Err(Refusal::unsupported(&format!("actions of type {id}, whose calls it does not know")));
    };
    let bucket = declaration
        .artifact_stores
        .as_ref()
        .and_then(|stores| stores.get(region))
        .or(declaration.artifact_store.as_ref());
    if let Some(bucket) = bucket {
        let reads = action.declaration.input_artifacts.as_ref().is_some_and(|list| !list.is_empty());
        let writes = action.declaration.output_artifacts.as_ref().is_some_and(|list| !list.is_empty());
        requests.extend(artifact_requests(&site, bucket, reads, writes));
    }
    for request in requests {
        // Local AWS has no resources of its own: each is in the account of its user.
        let mut context = RequestContext::from([("aws:resourceaccount".to_owned(), role.account().to_string())]);
        for (key, values) in request.context {
            context.insert(key, KeyValue::Values(values));
        }
        let answer = permitted(store, session, request.action, &request.resource, &context);
        if !request.spare {
            answer?;
        }
    }
    Ok(())
}

/// Whether a session may do something; otherwise the error from AWS.
fn allowed(store: &Store, session: &Caller, action: &str, resource: &str) -> Result<(), Refusal> {
    let Caller::Session { role, .. } = session else { return Ok(()) };
    // Local AWS has no buckets of its own: each is in the account of its user.
    let context = RequestContext::from([("aws:resourceaccount".to_owned(), role.account().to_string())]);
    permitted(store, session, action, resource, &context)
}
