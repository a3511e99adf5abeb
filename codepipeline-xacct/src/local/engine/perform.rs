//! What an action does: assumes its roles, reads its artifacts, makes its calls, starts its target, and ends.

use std::collections::BTreeMap;
use std::time::Duration;

use super::calls::{Site, artifact_requests, requests};
use super::hand_out::{is_function, new_job};
use super::invoke::start_target;
use super::roles::assume;
use super::timeouts::minutes;
use super::values::{has_others, outputs, resolve, revision};
use super::wait::started_by;
use crate::core::catalogue;
use crate::core::declaration::runs_in::region_of;
use crate::core::declaration::{ActionDeclaration, ArtifactStore, PipelineDeclaration};
use crate::core::ids::PipelineArn;
use crate::core::policy::evaluate::{Caller, KeyValue, RequestContext};
use crate::core::topology::Wait;
use crate::local::authorization::Judge;
use crate::local::execution::{
    Artifact, Awaits, Namespace, ReadRevision, Status, StoredActionExecution, StoredExecution,
};
use crate::local::outcome::{ActionRun, JOB_FAILED, Outcome};
use crate::local::refusal::Refusal;
use crate::local::store::Store;

/// Begins an action.
pub(super) fn begin_action(
    store: &mut Store,
    arn: &PipelineArn,
    execution: &StoredExecution,
    stage: &str,
    declaration: &ActionDeclaration,
) -> StoredActionExecution {
    let now = store.clock;
    let mut begun = StoredActionExecution {
        id: store.uuid(),
        stage: stage.to_owned(),
        action: declaration.name.clone(),
        declaration: declaration.clone(),
        resolved: BTreeMap::new(),
        status: Status::InProgress,
        awaits: Awaits::Time(now),
        ends: Ok(Outcome::succeeds()),
        error: None,
        summary: None,
        external_id: None,
        began: None,
        updated_by: None,
        percent: None,
        revision: None,
        output_variables: BTreeMap::new(),
        inputs: Vec::new(),
        outputs: Vec::new(),
        started: now,
        updated: now,
        retried: false,
    };
    begun.ends = work(store, arn, execution, &mut begun);
    if matches!(begun.awaits, Awaits::Time(_)) {
        let takes = begun.ends.as_ref().map_or(Duration::from_secs(1), |outcome| outcome.takes);
        let until = now.saturating_add(i64::try_from(takes.as_millis()).unwrap_or(i64::MAX));
        let deadline = deadline(&begun);
        if until > deadline {
            begun.ends = Err(timed_out(&begun));
        }
        begun.awaits = Awaits::Time(until.min(deadline));
    }
    begun
}

/// When an action has run too long.
pub(super) fn deadline(action: &StoredActionExecution) -> i64 {
    action.started.saturating_add(limit(action).saturating_mul(60_000))
}

/// The most minutes that an action runs: those of its type, or fewer where it waits for an execution.
fn limit(action: &StoredActionExecution) -> i64 {
    let waits = Wait::of(&action.declaration).map(|wait| i64::from(wait.limit.as_minutes()));
    waits.unwrap_or_else(|| minutes(&action.declaration))
}

/// AWS's own words for this are not documented.
fn timed_out(action: &StoredActionExecution) -> Refusal {
    let message = format!("The action did not end within {} minutes.", limit(action));
    Refusal::new(JOB_FAILED, message)
}

/// Does what an action does; the outcome is how it ends once it has waited.
fn work(
    store: &mut Store,
    arn: &PipelineArn,
    execution: &StoredExecution,
    action: &mut StoredActionExecution,
) -> Result<Outcome, Refusal> {
    let declaration = &execution.declaration;
    let session = assume(store, arn.region(), declaration, action.declaration.role_arn.as_ref())?;
    let written = &action.declaration;
    let variables = written.environment_variables.iter().flatten().map(|variable| &variable.value);
    let others = written.commands.iter().flatten().chain(variables);
    action.resolved = resolve(execution, &action.action, written.configuration.as_ref(), others)?;
    let told = store.outcomes.next(ActionRun {
        pipeline: arn.clone(),
        execution: execution.id.clone(),
        stage: action.stage.clone(),
        action: action.action.clone(),
        attempt: 0,
        configuration: action.resolved.clone(),
    });
    if let Some(failure) = told.as_ref().filter(|outcome| outcome.error.is_some()) {
        return Ok(failure.clone());
    }
    let region = region_of(arn, action.declaration.region.as_deref()).to_owned();
    let bucket = artifact_store(declaration, &region);
    action.inputs = read(execution, &action.declaration, bucket)?;
    if action.declaration.action_type_id.is_pipeline_invoke() {
        let (target, id) = start_target(store, arn, &session, action)?;
        action.began = Some((target.clone(), id.clone()));
        let switches = &store.undocumented;
        if switches.invoke_has_output_variable {
            action.output_variables.insert("PipelineExecutionId".to_owned(), id.clone());
        }
        action.external_id = switches.invoke_shows_external_id.then(|| id.clone());
        if switches.invoke_waits {
            action.awaits = Awaits::Execution(target, id);
        }
    } else {
        make_requests(store, arn, bucket, &session, action)?;
        if let Some(wait) = Wait::of(&action.declaration) {
            match started_by(store, arn, &session, execution, &wait)? {
                Some((target, id)) => action.awaits = Awaits::Execution(target, id),
                // It looks for one until it has no time left.
                None => return Ok(Outcome { takes: Duration::MAX, ..Outcome::succeeds() }),
            }
        }
    }
    if let Some(bucket) = bucket {
        let outputs = action.declaration.output_artifacts.iter().flatten().map(|artifact| Artifact {
            name: artifact.name.clone(),
            bucket: bucket.location.clone(),
            key: object_key(arn, &artifact.name, &action.id),
        });
        action.outputs = outputs.collect();
    }
    action.output_variables.extend(outputs(&action.declaration, &action.resolved, &execution.overrides));
    if let Some(id) = external_id(action) {
        action.external_id = Some(id);
    }
    let outcome = told.unwrap_or_else(|| store.outcomes.otherwise(&action.declaration.action_type_id));
    if outcome.awaits_answer {
        await_answer(store, execution, action);
    }
    Ok(outcome)
}

/// An approval waits for an answer, a custom action for a worker, a Lambda function for its own call.
fn await_answer(store: &mut Store, execution: &StoredExecution, action: &mut StoredActionExecution) {
    let id = &action.declaration.action_type_id;
    if id.category == "Approval" {
        let token = store.uuid();
        // Of a PARALLEL pipeline it is the token. Source: CodePipeline API Reference, "PutApprovalResult".
        action.external_id = execution.declaration.is_parallel().then(|| token.clone());
        action.awaits = Awaits::Approval { token, until: deadline(action) };
    } else if id.owner == "Custom" || is_function(id) {
        action.awaits = Awaits::Job(new_job(store, action, None, deadline(action)));
    }
}

/// The id of a build or a deployment, in the form of its service. What a source has read is only known when it ends.
fn external_id(action: &StoredActionExecution) -> Option<String> {
    let number = action.id.rsplit('-').next().unwrap_or_default();
    match action.declaration.action_type_id.provider.as_str() {
        "CodeBuild" => Some(format!("{}:{}", action.resolved.get("ProjectName")?, action.id)),
        "CodeDeploy" => Some(format!("d-{}", number.to_uppercase())),
        _ => None,
    }
}

/// The key of an artifact in its bucket, of at most 100 characters.
fn object_key(arn: &PipelineArn, artifact: &str, id: &str) -> String {
    let short = |text: &str| text.chars().take(20).collect::<String>();
    format!("{}/{}/{}", short(arn.name().as_str()), short(artifact), id.rsplit('-').next().unwrap_or_default())
}

/// The bucket of a Region.
pub(crate) fn artifact_store<'d>(declaration: &'d PipelineDeclaration, region: &str) -> Option<&'d ArtifactStore> {
    let of_region = declaration.artifact_stores.as_ref().and_then(|stores| stores.get(region));
    of_region.or(declaration.artifact_store.as_ref())
}

/// The artifacts that an action reads; one that no action wrote is not in the bucket.
fn read(
    execution: &StoredExecution,
    action: &ActionDeclaration,
    bucket: Option<&ArtifactStore>,
) -> Result<Vec<Artifact>, Refusal> {
    let inputs = action.input_artifacts.iter().flatten();
    inputs.map(|input| written(execution, &input.name, bucket)).collect()
}

/// An artifact that was written. The text is the one that CodePipeline shows where an artifact has been deleted.
pub(super) fn written(
    execution: &StoredExecution,
    name: &str,
    bucket: Option<&ArtifactStore>,
) -> Result<Artifact, Refusal> {
    let bucket = bucket.map(|bucket| bucket.location.as_str()).unwrap_or_default();
    // CodePipeline copies an artifact into the bucket of the Region in which it is read.
    let here = |written: &Artifact| Artifact { bucket: bucket.to_owned(), ..written.clone() };
    execution.artifacts.get(name).map(here).ok_or_else(|| {
        let message = format!(
            "The action failed because either the artifact or the Amazon S3 bucket could not be found. Name of artifact bucket: {bucket}. Verify that this bucket exists. If it exists, check the life cycle policy, then try releasing a change."
        );
        Refusal::new(JOB_FAILED, message)
    })
}

/// Makes the requests of an action, for its provider and for its artifacts.
fn make_requests(
    store: &Store,
    arn: &PipelineArn,
    bucket: Option<&ArtifactStore>,
    session: &Caller,
    action: &StoredActionExecution,
) -> Result<(), Refusal> {
    let Caller::Session { role, .. } = session else { return Ok(()) };
    let declaration = &action.declaration;
    let region = region_of(arn, declaration.region.as_deref());
    let site = Site { pipeline: arn, account: role.account(), region, configuration: &action.resolved };
    let id = &declaration.action_type_id;
    let known = id.owner == "Custom" || catalogue::find(id).is_some();
    let Some(mut all) = requests(declaration, &site).filter(|_| known) else {
        return Err(Refusal::unsupported(&format!("actions of type {id}, whose calls it does not know")));
    };
    if let Some(bucket) = bucket {
        let (reads, writes) = (declaration.reads_artifacts(), declaration.writes_artifacts());
        all.extend(artifact_requests(&site, bucket, reads, writes));
    }
    send(store, session, region, all)
}

/// Sends requests to a Region with a session; an error is the first that is denied.
pub(super) fn send(
    store: &Store,
    session: &Caller,
    region: &str,
    all: Vec<super::calls::Request>,
) -> Result<(), Refusal> {
    let Caller::Session { role, .. } = session else { return Ok(()) };
    let judge = Judge::of(store, session, None);
    for request in all {
        // A resource that was not put there is in the account of its user.
        let found = store.resources.find(&request.resource);
        let owner = found.map_or_else(|| role.account(), |(found, _)| &found.account);
        let mut context = RequestContext::from([("aws:resourceaccount".to_owned(), owner.to_string())]);
        context.insert("aws:RequestedRegion", region);
        for (key, values) in request.context {
            context.insert(key, KeyValue::Values(values));
        }
        let answer = judge.permits(request.action, &request.resource, &context);
        if !request.spare {
            answer?;
        }
    }
    Ok(())
}

/// Ends the actions that have waited; true where one ended.
pub(super) fn end_actions(store: &Store, execution: &mut StoredExecution) -> bool {
    let now = store.clock;
    let mut ended = false;
    for index in 0..execution.actions.len() {
        let Some(action) = execution.actions.get_mut(index).filter(|a| a.status == Status::InProgress) else {
            continue;
        };
        match &action.awaits {
            Awaits::Time(until) if now >= *until => {}
            Awaits::Job(job) if now >= job.until => action.ends = Err(timed_out(action)),
            // An approval that is not given is rejected. Source: CodePipeline User Guide, "Add a manual approval action".
            Awaits::Approval { until, .. } if now >= *until => {
                action.status = Status::Failed;
                action.updated = now;
                ended = true;
                continue;
            }
            Awaits::Execution(target, id) => {
                let started = store.pipelines.get(target).and_then(|record| record.executions.get(id));
                match started.map(|started| started.status) {
                    Some(status) if status.is_running() && now < deadline(action) => continue,
                    Some(status) if status.is_running() => action.ends = Err(timed_out(action)),
                    Some(Status::Succeeded) => {}
                    _ => {
                        let message = format!("The execution {id} of pipeline {} did not succeed.", target.name());
                        action.ends = Err(Refusal::new(JOB_FAILED, message));
                    }
                }
            }
            Awaits::Time(_) | Awaits::Approval { .. } | Awaits::Job(_) => continue,
        }
        end_action(execution, index, now);
        ended = true;
    }
    ended
}

/// Ends an action as it is to end.
pub(super) fn end_action(execution: &mut StoredExecution, index: usize, now: i64) {
    let Some(action) = execution.actions.get_mut(index) else { return };
    action.updated = now;
    let outcome = match &action.ends {
        Ok(outcome) => outcome,
        Err(refusal) => {
            action.status = Status::Failed;
            action.error = Some((refusal.code.clone(), refusal.message.clone()));
            return;
        }
    };
    action.summary.clone_from(&outcome.summary);
    if outcome.error.is_some() {
        action.status = Status::Failed;
        action.error.clone_from(&outcome.error);
        return;
    }
    action.status = Status::Succeeded;
    action.output_variables.extend(outcome.variables.clone());
    for artifact in &action.outputs {
        execution.artifacts.insert(artifact.name.clone(), artifact.clone());
    }
    if let Some(namespace) = &action.declaration.namespace {
        let told = !outcome.variables.is_empty() || matches!(action.awaits, Awaits::Job(_));
        let is_open = !told && has_others(&action.declaration);
        let values = action.output_variables.clone();
        execution.namespaces.insert(namespace.clone(), Namespace { values, is_open });
    }
    if action.declaration.action_type_id.category == "Source"
        && let (Some(id), Some(artifact)) =
            (action.revision.as_ref().or_else(|| revision(&action.output_variables)), action.outputs.first())
    {
        action.external_id = Some(id.clone());
        execution.revisions.retain(|earlier| earlier.action != action.action);
        execution.revisions.push(ReadRevision {
            action: action.action.clone(),
            artifact: artifact.name.clone(),
            id: id.clone(),
            read: now,
        });
    }
}
