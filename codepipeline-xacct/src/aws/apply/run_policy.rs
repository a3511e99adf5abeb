//! What to do about runs that a step would cancel.

use std::time::Duration;

/// What to do about runs that an update or a deletion of their pipeline would cancel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum RunPolicy {
    /// Those that the plan names are cancelled. If others have started since, the step refuses.
    #[default]
    AsPlanned,
    /// The step waits until no run is in progress.
    Wait {
        /// How often it looks.
        poll: Duration,
        /// How long it waits at most; then it refuses.
        timeout: Duration,
    },
    /// None is cancelled: nothing is written if one is in progress, and if one starts meanwhile, the step refuses.
    Refuse,
    /// All are cancelled.
    Cancel,
}
