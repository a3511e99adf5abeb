//! What an action does: assume its roles, use its permissions, start its target.

use indexmap::IndexMap;

use super::start::begin;
use super::values::{output, passed, resolve};
use crate::core::catalogue::{self, OutputVariables};
use crate::core::declaration::{ActionDeclaration, PipelineDeclaration};
use crate::core::ids::{AccountId, PipelineArn, RoleArn};
use crate::core::policy::CODEPIPELINE;
use crate::core::policy::START;
use crate::core::policy::evaluate::{Caller, RequestContext};
use crate::core::topology::{Ownership, Pipeline};
use crate::core::wiring::permissions;
use crate::local::authorization::{may_assume, permitted};
use crate::local::execution::{StartedBy, StoredActionExecution, StoredExecution};
use crate::local::refusal::{Refusal, pipeline_name};
use crate::local::store::Store;

/// What an action does: assume its roles, use its permissions, start its target.
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
    use_permissions(store, arn, declaration, &session, action)?;
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

/// Fails unless the session has the permissions of the catalogue and those on the artifact bucket.
fn use_permissions(
    store: &Store,
    arn: &PipelineArn,
    declaration: &PipelineDeclaration,
    session: &Caller,
    action: &StoredActionExecution,
) -> Result<(), Refusal> {
    let Caller::Session { role, .. } = session else { return Ok(()) };
    let id = &action.declaration.action_type_id;
    let Some(known) = catalogue::find(id) else {
        return Err(Refusal::unsupported(&format!("actions of type {id}, whose permissions it does not know")));
    };
    let mut resolved = action.declaration.clone();
    resolved.configuration = Some(action.resolved.clone().into_iter().collect());
    let owner = Pipeline::new(&declaration.name, Ownership::Managed, arn.clone());
    let Some(needed) = permissions(known, &owner, &resolved, role.account()) else {
        let why = format!("actions of type {id}, whose permissions are not documented exactly enough");
        return Err(Refusal::unsupported(&why));
    };
    for needed in needed {
        let mut context = RequestContext::from([("aws:resourceaccount".to_owned(), role.account().to_string())]);
        if let Some((_, key, values)) = &needed.condition {
            context.insert(key.to_lowercase(), values.first().cloned().unwrap_or_default());
        }
        for resource in &needed.resources {
            for name in needed.actions {
                permitted(store, session, name, resource, &context)?;
            }
        }
    }
    let region = action.declaration.region.as_deref().unwrap_or_else(|| arn.region().as_str());
    let bucket = declaration
        .artifact_stores
        .as_ref()
        .and_then(|stores| stores.get(region))
        .or(declaration.artifact_store.as_ref());
    let Some(bucket) = bucket else { return Ok(()) };
    let object = format!("arn:{}:s3:::{}/artifact", arn.partition(), bucket.location);
    let some = |list: Option<bool>| list == Some(false);
    if some(action.declaration.input_artifacts.as_ref().map(Vec::is_empty)) {
        allowed(store, session, "s3:GetObject", &object)?;
    }
    if some(action.declaration.output_artifacts.as_ref().map(Vec::is_empty)) {
        allowed(store, session, "s3:PutObject", &object)?;
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
