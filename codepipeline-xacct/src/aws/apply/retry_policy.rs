//! How long a step is tried again.

use std::time::Duration;

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
