//! Carries out the steps of a plan, each as soon as those that it waits for are done.

use std::collections::{BTreeMap, HashMap, HashSet};

use futures_util::stream::{FuturesUnordered, StreamExt};
use tracing::info;

use super::context::ApplyContext;
use super::event::Event;
use super::look::look;
use super::preflight::lacking;
use super::report::{ApplyError, Report, StepError};
use super::retry::retried;
use super::run_policy::RunPolicy;
use super::runs::allowed;
use crate::aws::at_once;
use crate::aws::error::NotConnected;
use crate::aws::read::{self, ReadError};
use crate::aws::role_users;
use crate::aws::session::Session;
use crate::core::plan::{Plan, RequiredPermission, State, Step, StepId, Write};
use crate::core::topology::Subject;

/// Why a plan is refused before anything is written, if it is.
pub(super) async fn refused(context: ApplyContext<'_>) -> Option<ApplyError> {
    let ApplyContext { session, plan, .. } = context;
    let steps = plan.steps();
    let ids: Vec<StepId> = steps.iter().map(Step::id).collect();
    let mut refused: Vec<(StepId, StepError)> =
        steps.iter().zip(&ids).filter_map(|(step, id)| Some((id.clone(), refusal(session, step)?))).collect();
    if refused.is_empty() && context.asks_first {
        let lacking = lacking(session, plan).await;
        refused.extend(steps.iter().zip(&ids).filter_map(|(step, id)| {
            let mut permissions = step.write.required_permissions();
            permissions.retain(|permission| lacking.contains(permission));
            (!permissions.is_empty()).then(|| (id.clone(), StepError::Lacking { permissions }))
        }));
        // What only the lease needs belongs to no step.
        let told = |permission: &RequiredPermission| {
            refused.iter().any(
                |(_, error)| matches!(error, StepError::Lacking { permissions } if permissions.contains(permission)),
            )
        };
        let rest: Vec<RequiredPermission> = lacking.iter().filter(|permission| !told(permission)).cloned().collect();
        if let Some(first) = ids.first().filter(|_| !rest.is_empty()) {
            refused.push((first.clone(), StepError::LackingForLease { permissions: rest }));
        }
    }
    if refused.is_empty() {
        return None;
    }
    Some(all_refused(plan, refused))
}

/// Tells why some steps of a plan are refused, and with them the plan.
fn all_refused(plan: &Plan, failed: Vec<(StepId, StepError)>) -> ApplyError {
    let ids = plan.steps().iter().map(Step::id);
    let not_tried = ids.filter(|id| !failed.iter().any(|(refused, _)| refused == id)).collect();
    ApplyError { done: Vec::new(), failed, not_tried, undo: None, leases_left: Vec::new(), has_begun: false }
}

/// Why a plan is not begun, if it would cancel runs although none may be.
pub(super) async fn would_cancel(context: ApplyContext<'_>) -> Option<ApplyError> {
    let steps = context.plan.steps();
    let looks = steps.iter().filter(|_| context.runs == RunPolicy::Refuse).filter_map(|step| {
        let pipeline = step.write.cancels_runs_of()?;
        Some(async move { allowed(context, pipeline, |_, _| ()).await.err().map(|error| (step.id(), error)) })
    });
    let failed: Vec<(StepId, StepError)> = at_once::all(looks).await.into_iter().flatten().collect();
    (!failed.is_empty()).then(|| all_refused(context.plan, failed))
}

/// Why a saved plan is not begun, if some steps are no longer what was planned. Each step looks once more right before it is carried out, but then others may
/// have been.
pub(super) async fn stale(context: ApplyContext<'_>) -> Option<ApplyError> {
    let ApplyContext { session, plan, .. } = context;
    let creates = |step: &&Step| matches!(step.write, Write::CreateRole { .. } | Write::CreatePipeline { .. });
    let created: HashSet<Subject> = plan.steps().iter().filter(creates).map(|step| step.write.subject()).collect();
    // What the plan creates has no other parts yet.
    let is_there = |step: &&Step| creates(step) || !created.contains(&step.write.subject());
    let looks = plan.steps().iter().filter(|step| plan.was_saved() && is_there(step)).map(async |step| {
        // What can't be read now is for the step itself to tell.
        let error = look(session, plan.topology(), &step.write).await.err()?;
        matches!(error, StepError::Conflict { .. }).then(|| (step.id(), error))
    });
    let failed: Vec<(StepId, StepError)> = at_once::all(looks).await.into_iter().flatten().collect();
    (!failed.is_empty()).then(|| all_refused(plan, failed))
}

/// Why a plan is not begun, if what a saved one was made from has changed, or a pipeline came to run with a role that it deletes.
pub(super) async fn outdated(context: ApplyContext<'_>) -> Option<ApplyError> {
    let ApplyContext { session, plan, .. } = context;
    let mut now = State::default();
    if let Err(error) = read::add(session, &mut now, plan.rests_on().cloned()).await {
        return Some(not_begun(plan, error.into()));
    }
    let subjects = plan.outdated(&now);
    if !subjects.is_empty() {
        return Some(not_begun(plan, StepError::Outdated { subjects }));
    }
    let mut pipelines = Vec::new();
    for (_, found) in role_users::search(session, &plan.regions(), plan.users_since(&now), &BTreeMap::new()).await {
        match found {
            Some(Ok(found)) => pipelines.extend(found.into_iter().filter(|pipeline| plan.is_new_user(pipeline))),
            // The plan says so.
            Some(Err(ReadError::Aws(error))) if error.is_denied() => {}
            Some(Err(error)) => return Some(not_begun(plan, error.into())),
            None => {}
        }
    }
    (!pipelines.is_empty()).then(|| not_begun(plan, StepError::InUse { pipelines }))
}

/// Tells an error that is of no step with the first one.
pub(super) fn not_begun(plan: &Plan, error: StepError) -> ApplyError {
    let mut steps = plan.steps().iter().map(Step::id);
    let failed = steps.next().map(|first| (first, error)).into_iter().collect();
    let not_tried = steps.collect();
    ApplyError { done: Vec::new(), failed, not_tried, undo: None, leases_left: Vec::new(), has_begun: false }
}

/// Carries out all steps, each as soon as those that it waits for are done. Once it is stopped, no further step is begun.
pub(super) async fn carry_out_all(context: ApplyContext<'_>) -> Result<Report, ApplyError> {
    let ApplyContext { plan, emit, .. } = context;
    let steps = plan.steps();
    let ids: Vec<StepId> = steps.iter().map(Step::id).collect();
    let numbers: HashMap<&StepId, usize> = ids.iter().enumerate().map(|(number, id)| (id, number)).collect();
    let mut waits_for: Vec<usize> = vec![0; steps.len()];
    let mut followers: HashMap<usize, Vec<usize>> = HashMap::new();
    for (number, (step, waits)) in steps.iter().zip(&mut waits_for).enumerate() {
        for before in step.after.iter().filter_map(|id| numbers.get(id)) {
            *waits += 1;
            followers.entry(*before).or_default().push(number);
        }
    }
    let run = |number: usize| {
        let (step, id) = (steps.get(number), ids.get(number));
        async move {
            let (step, id) = step.zip(id).filter(|_| !context.is_stopped())?;
            let result = retried(context, &step.write, id).await;
            context.journal.ended(id, &result);
            Some((number, id, result))
        }
    };
    let mut running: FuturesUnordered<_> =
        waits_for.iter().enumerate().filter(|(_, waits)| **waits == 0).map(|(number, _)| run(number)).collect();
    let mut tried = HashSet::new();
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    while let Some(begun) = running.next().await {
        let Some((number, id, result)) = begun else { continue };
        tried.insert(number);
        if let Err(error) = result {
            emit(Event::Failed { step: id.clone(), message: error.to_string() });
            failed.push((id.clone(), error));
            continue;
        }
        info!(step = %id, "done");
        emit(Event::Done(id.clone()));
        done.push(id.clone());
        // Who was told may stop the apply, which is only seen between polls.
        tokio::task::yield_now().await;
        if context.is_stopped() {
            continue;
        }
        for follower in followers.get(&number).into_iter().flatten() {
            let Some(waits) = waits_for.get_mut(*follower) else { continue };
            *waits -= 1;
            if *waits == 0 {
                running.push(run(*follower));
            }
        }
    }
    let not_tried = ids.iter().enumerate().filter(|(number, _)| !tried.contains(number));
    let not_tried: Vec<StepId> = not_tried.map(|(_, id)| id.clone()).collect();
    if failed.is_empty() && not_tried.is_empty() {
        Ok(Report { done, leases_left: Vec::new() })
    } else {
        Err(ApplyError { done, failed, not_tried, undo: None, leases_left: Vec::new(), has_begun: true })
    }
}

/// Why a step can't be carried out, if that is known before anything is written.
fn refusal(session: &Session, step: &Step) -> Option<StepError> {
    let account = step.id().subject.account().clone();
    if !session.reaches(&account) {
        return Some(NotConnected(account).into());
    }
    step.write.lost_secret().map(|path| StepError::SecretNotSaved { path })
}
