//! Tries a step again while IAM may not have propagated a change yet.

use std::time::Duration;

use tracing::debug;

use super::event::{Emit, Event};
use super::report::StepError;
use super::write::carry_out;
use crate::aws::session::Session;
use crate::core::plan::{StepId, Write};

/// How long a step is tried again while IAM may not have propagated a change yet. All other retries are the SDK's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How long one step is tried again in total.
    pub max_elapsed: Duration,
    /// The first pause; each one is twice as long as the one before.
    pub initial_backoff: Duration,
    /// The longest pause.
    pub max_backoff: Duration,
}

impl Default for RetryPolicy {
    /// 2 minutes in total, as the Terraform provider waits, with pauses of 1 to 15 s.
    fn default() -> Self {
        Self {
            max_elapsed: Duration::from_secs(120),
            initial_backoff: Duration::from_secs(1),
            max_backoff: Duration::from_secs(15),
        }
    }
}

/// Carries out a step, again and again while IAM may not have propagated a change yet.
pub(super) async fn retried(
    session: &Session,
    write: &Write,
    id: &StepId,
    retry: RetryPolicy,
    emit: Emit<'_>,
) -> Result<(), StepError> {
    emit(Event::Started(id.clone()));
    // With a pause of zero it would be tried for ever.
    let least = Duration::from_millis(1);
    let mut pause = retry.initial_backoff.max(least);
    let mut waited = Duration::ZERO;
    loop {
        match carry_out(session, write).await {
            Err(StepError::Aws(error)) if error.may_be_propagation() && waited < retry.max_elapsed => {
                debug!(step = %id, %error, "tried again");
                emit(Event::Waiting { step: id.clone(), message: error.to_string(), pause });
                tokio::time::sleep(pause).await;
                waited += pause;
                let rest = retry.max_elapsed.saturating_sub(waited);
                pause = (pause * 2).min(retry.max_backoff).min(rest).max(least);
            }
            result => return result,
        }
    }
}
