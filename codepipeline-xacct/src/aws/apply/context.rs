//! The context in which the steps of a plan are carried out.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::event::Emit;
use super::journal::Journaling;
use super::retry_policy::RetryPolicy;
use super::run_policy::RunPolicy;
use crate::aws::session::Session;
use crate::core::plan::Plan;

/// What every step of a plan is carried out with.
#[derive(Clone, Copy)]
pub(super) struct ApplyContext<'a> {
    pub(super) session: &'a Session,
    pub(super) plan: &'a Plan,
    pub(super) retry: RetryPolicy,
    pub(super) runs: RunPolicy,
    /// Whether IAM is asked before the first write if the credentials may write everything.
    pub(super) asks_first: bool,
    pub(super) emit: Emit<'a>,
    pub(super) journal: &'a Journaling,
    /// Where the lease is noted.
    pub(super) lease_notes: Option<&'a Path>,
    /// Set when no further step is to be begun.
    pub(super) stopped: &'a AtomicBool,
}

impl ApplyContext<'_> {
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}
