//! Jobs that workers and Lambda functions do: where they are, and what is reported of them.

use super::hand_out::new_job;
use super::perform::{deadline, end_action};
use super::roles::assume;
use crate::core::ids::{AccountId, PipelineArn, Region};
use crate::core::policy::evaluate::Caller;
use crate::local::execution::{Awaits, Job, Status, StoredActionExecution, StoredExecution};
use crate::local::outcome::Outcome;
use crate::local::refusal::Refusal;
use crate::local::role_session::RoleSession;
use crate::local::store::{Store, session_key};

/// How long the credentials of a job last: an hour, as of a session made with another. Not documented by AWS.
const CREDENTIALS: i64 = 3_600_000;

/// Where a job is: the pipeline, the execution in it, and the action in that.
pub(crate) type Place = (PipelineArn, usize, usize);

/// The job with an id, of a pipeline of an account in a Region.
pub(crate) fn find_job(store: &Store, account: &AccountId, region: &Region, id: &str) -> Option<Place> {
    let here = store.pipelines.iter().filter(|(arn, _)| arn.account() == account && arn.region() == region);
    here.flat_map(|(arn, record)| record.executions.values().enumerate().rev().map(move |all| (arn, all))).find_map(
        |(arn, (position, execution))| {
            let has = |action: &StoredActionExecution| matches!(&action.awaits, Awaits::Job(job) if job.id == id);
            Some((arn.clone(), position, execution.actions.iter().position(has)?))
        },
    )
}

/// The access key with which a job reads and writes its artifacts: that of a session of the role of the action, the same one until it
/// expires. `None` where the role can't be assumed any more.
pub(crate) fn credentials_of(
    store: &mut Store,
    region: &Region,
    execution: &StoredExecution,
    action: &StoredActionExecution,
    job: &Job,
) -> Option<String> {
    let key = session_key(&job.nonce);
    if store.session(&key).is_some_and(|kept| kept.expires > store.clock) {
        return Some(key);
    }
    let session = assume(store, region, &execution.declaration, action.declaration.role_arn.as_ref()).ok()?;
    let role_id = match &session {
        Caller::Session { role, .. } => store.role(role).map(|role| role.id.clone()),
        _ => None,
    };
    let expires = store.clock.saturating_add(CREDENTIALS);
    let kept = RoleSession {
        role_id: role_id.unwrap_or_default(),
        policies: None,
        tags: Default::default(),
        transitive: Vec::new(),
        source_identity: None,
        expires,
    };
    store.keep_session(key.clone(), session, kept);
    Some(key)
}

/// What PutJobSuccessResult says.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) continuation_token: Option<String>,
    pub(crate) summary: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) percent: Option<i64>,
    /// What a source read.
    pub(crate) revision: Option<String>,
}

/// PutJobSuccessResult: the action ends, or, with a token, continues with another job.
pub(crate) fn report(store: &mut Store, place: &Place, report: Report) -> Result<(), Refusal> {
    let now = store.clock;
    let action = running(store, place)?.clone();
    let next = report.continuation_token.map(|token| new_job(store, &action, Some(token), deadline(&action)));
    let action = running(store, place)?;
    action.updated = now;
    action.percent = report.percent.or(action.percent);
    action.revision = report.revision.or(action.revision.take());
    action.external_id = report.external_id.or(action.external_id.take());
    action.summary = report.summary.or(action.summary.take());
    if let Some(job) = next {
        action.awaits = Awaits::Job(job);
        return Ok(());
    }
    let outcome =
        report.variables.into_iter().fold(Outcome::succeeds(), |all, (name, value)| all.variable(name, value));
    action.ends = Ok(action.summary.iter().fold(outcome, |outcome, summary| outcome.summary(summary)));
    end(store, place);
    Ok(())
}

/// PutJobFailureResult.
pub(crate) fn fail_job(
    store: &mut Store,
    place: &Place,
    error: (String, String),
    external_id: Option<String>,
) -> Result<(), Refusal> {
    let action = running(store, place)?;
    action.ends = Ok(Outcome::fails_with(error.0, error.1));
    action.external_id = external_id.or(action.external_id.take());
    end(store, place);
    Ok(())
}

fn end(store: &mut Store, (arn, position, index): &Place) {
    let now = store.clock;
    if let Some(execution) = store.pipelines.get_mut(arn).and_then(|record| record.at_mut(*position)) {
        end_action(execution, *index, now);
    }
}

/// The running action of a job. The text is that of the service model.
fn running<'s>(store: &'s mut Store, (arn, position, index): &Place) -> Result<&'s mut StoredActionExecution, Refusal> {
    let execution = store.pipelines.get_mut(arn).and_then(|record| record.at_mut(*position));
    let action = execution.and_then(|execution| execution.actions.get_mut(*index));
    let done = |action: &StoredActionExecution| match &action.awaits {
        Awaits::Job(job) => job.acknowledged && action.status == Status::InProgress,
        _ => false,
    };
    let invalid = || Refusal::new("InvalidJobStateException", "The job state was specified in an invalid format.");
    action.filter(|action| done(action)).ok_or_else(invalid)
}
