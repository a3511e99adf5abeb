//! Runs that a step would cancel: whether they may be, and waiting for them.

use std::time::Duration;

use tracing::debug;

use super::context::ApplyContext;
use super::report::StepError;
use super::run_policy::RunPolicy;
use crate::aws::read::ReadError;
use crate::aws::runs_in_flight::runs_in_flight;
use crate::core::ids::PipelineArn;

/// How a step came to be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Allowed {
    AtOnce,
    AfterWaiting,
}

/// Looks whether a step would cancel runs that it must not cancel, and waits for them if told to, which is reported with how many they are and
/// how long until it looks again. Where the runs could not be listed when the plan was made, it has said
/// so, and the step continues unless all runs are to be kept.
pub(super) async fn allowed(
    context: ApplyContext<'_>,
    pipeline: &PipelineArn,
    report: impl Fn(usize, Duration),
) -> Result<Allowed, StepError> {
    let ApplyContext { session, plan, runs: policy, .. } = context;
    if policy == RunPolicy::Cancel {
        return Ok(Allowed::AtOnce);
    }
    // With a pause of zero it would look for ever.
    let least = Duration::from_millis(1);
    let mut waited = Duration::ZERO;
    loop {
        let mut running = match runs_in_flight(session, pipeline).await {
            Ok(running) => running,
            Err(error) if is_gone(&error) || policy != RunPolicy::Refuse && plan.runs_are_unknown(pipeline) => {
                debug!(%error, "runs can't be listed");
                Vec::new()
            }
            Err(error) => return Err(error.into()),
        };
        if policy == RunPolicy::AsPlanned {
            running.retain(|run| !plan.runs().contains(run));
        }
        match policy {
            _ if running.is_empty() && waited.is_zero() => return Ok(Allowed::AtOnce),
            _ if running.is_empty() => return Ok(Allowed::AfterWaiting),
            RunPolicy::Wait { poll, timeout } if waited < timeout => {
                let pause = poll.min(timeout - waited).max(least);
                report(running.len(), pause);
                tokio::time::sleep(pause).await;
                waited += pause;
                if context.is_stopped() {
                    return Err(StepError::Stopped);
                }
            }
            _ => {
                let executions = running.into_iter().map(|run| run.execution).collect();
                let may_be_planned = policy != RunPolicy::Refuse;
                return Err(StepError::Running { pipeline: pipeline.clone(), executions, may_be_planned });
            }
        }
    }
}

fn is_gone(error: &ReadError) -> bool {
    matches!(error, ReadError::Aws(error) if error.is_not_found())
}
