//! Tries a step again while IAM may not have propagated a change yet.

use std::time::Duration;

use tracing::debug;

use super::context::ApplyContext;
use super::event::{Emit, Event};
use super::heal::bring_together;
use super::look::{look, nothing};
use super::report::StepError;
use super::runs::{Allowed, allowed};
use super::write::carry_out;
use crate::aws::error::AwsError;
use crate::aws::read;
use crate::aws::session::Session;
use crate::core::ids::TopologyName;
use crate::core::plan::{Conflict, Standing, StepId, Verb, Write};

/// How often others may write while a step is put on top of theirs.
const ON_TOP: usize = 10;

/// Carries out a step, again and again while IAM may not have propagated a change yet. It is only written while what it was
/// planned against holds, and it is done if the account holds what it wanted, whatever became of the call. An update of a pipeline returns its
/// new version.
pub(super) async fn retried(context: ApplyContext<'_>, write: &Write, id: &StepId) -> Result<Option<i64>, StepError> {
    let ApplyContext { session, plan, retry, emit, journal, .. } = context;
    let topology = plan.topology();
    emit(Event::Started(id.clone()));
    let waiting = |runs, pause| emit(Event::WaitingForRuns { step: id.clone(), runs, pause });
    // With a pause of zero it would be tried for ever.
    let least = Duration::from_millis(1);
    let mut pause = retry.initial_backoff.max(least);
    let mut waited = Duration::ZERO;
    let mut on_top: Option<Write> = None;
    let mut tops = 0;
    loop {
        if context.is_stopped() {
            return Err(StepError::Stopped);
        }
        let write = on_top.as_ref().unwrap_or(write);
        let before = match write.has_seen() {
            true => match look(session, topology, write).await {
                Ok((Standing::Done, _)) => return Ok(None),
                Ok((Standing::Open, before)) => before,
                Err(StepError::Conflict { subject, conflict: conflict @ Conflict::Written { found, .. } }) => {
                    let theirs = if tops < ON_TOP { on_top_of_theirs(context, write).await } else { None };
                    let Some(theirs) = theirs else { return Err(StepError::Conflict { subject, conflict }) };
                    tops += 1;
                    emit(Event::Merging { step: id.clone(), version: found });
                    on_top = Some(theirs);
                    continue;
                }
                Err(error) => return Err(error),
            },
            false => nothing(write),
        };
        if let Some(pipeline) = write.cancels_runs_of()
            && allowed(context, pipeline, waiting).await? == Allowed::AfterWaiting
        {
            // The pipeline may have been written meanwhile.
            continue;
        }
        journal.writing(plan, write, before).map_err(|why| StepError::Journal { why })?;
        match attempted(session, topology, write, pause).await {
            Err(StepError::Aws(error)) if error.may_be_propagation() && waited < retry.max_elapsed => {
                debug!(step = %id, %error, "tried again");
                emit(Event::Waiting { step: id.clone(), message: error.to_string(), pause });
                tokio::time::sleep(pause).await;
                waited += pause;
                let rest = retry.max_elapsed.saturating_sub(waited);
                pause = (pause * 2).min(retry.max_backoff).min(rest).max(least);
            }
            Ok(version) => return heal(session, write, id, version, emit).await,
            Err(error) => return Err(error),
        }
    }
}

/// The update of an extended pipeline on top of what others wrote since the plan was made, if that can be done.
async fn on_top_of_theirs(context: ApplyContext<'_>, write: &Write) -> Option<Write> {
    let ApplyContext { session, plan, .. } = context;
    let Write::UpdatePipeline { pipeline, seen, .. } = write else { return None };
    if !plan.may_be_rebased() {
        return None;
    }
    // What can't be read is not merged: the conflict is reported as it is.
    let now = read::current_pipeline(session, pipeline).await.ok()??;
    let base = read::written(session, pipeline, Some(seen.version)).await.ok()?;
    write.rebased_on(plan.topology(), &base.declaration, &now)
}

/// Brings together what an update of a pipeline replaced without knowing.
async fn heal(
    session: &Session,
    write: &Write,
    id: &StepId,
    version: Option<i64>,
    emit: Emit<'_>,
) -> Result<Option<i64>, StepError> {
    let Write::UpdatePipeline { pipeline, seen, .. } = write else { return Ok(None) };
    let report = |version| emit(Event::Merging { step: id.clone(), version });
    bring_together(session, pipeline, seen.version, version, report).await.map(Some)
}

/// Makes the call of a step. Where its outcome is not clear, what the account holds tells. An update of a pipeline is answered with its
/// new version.
async fn attempted(
    session: &Session,
    topology: &TopologyName,
    write: &Write,
    pause: Duration,
) -> Result<Option<i64>, StepError> {
    let error = match carry_out(session, write).await {
        Err(StepError::Aws(error)) if error.is_ambiguous || contradicts(write, &error) => error,
        result => return result,
    };
    debug!(step = %write.id(), %error, "looked at");
    let standing = async || look(session, topology, write).await.map(|(standing, _)| standing);
    let mut found = standing().await;
    if error.is_ambiguous && matches!(found, Ok(Standing::Open)) {
        // AWS may show a write only after a while.
        tokio::time::sleep(pause).await;
        found = standing().await;
    }
    match found {
        Ok(Standing::Done) => Ok(None),
        Err(StepError::Read(read)) => Err(StepError::Unknown { error, read: Box::new(read) }),
        Err(conflict @ StepError::Conflict { .. }) if error.is_ambiguous => Err(conflict),
        _ => Err(StepError::Aws(error)),
    }
}

/// True where the answer is that the account already is as a step wants it, which an attempt before may have brought about: the
/// SDK tries again by itself when an answer does not come.
fn contradicts(write: &Write, error: &AwsError) -> bool {
    match write.id().verb {
        Verb::Create => error.already_exists(),
        Verb::Delete => error.is_not_found(),
        Verb::Update => false,
    }
}
