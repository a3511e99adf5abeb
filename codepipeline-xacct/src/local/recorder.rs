//! The calls that were made: for round trips, and for how many are made at once.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

/// How many calls are kept.
const KEPT: usize = 10_000;

/// A call that local AWS answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RecordedCall {
    /// When it arrived, in real time since local AWS was made.
    pub start: Duration,
    /// When it was answered.
    pub end: Duration,
    /// The account of the caller; `None` if the access key is not known.
    pub account: Option<String>,
    /// The service, or empty for a request that can't be read.
    pub service: String,
    /// The operation, or empty for a request that can't be read.
    pub operation: String,
    /// How it ended.
    pub outcome: CallOutcome,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CallOutcome {
    /// With success.
    Succeeded,
    /// With an error code.
    Failed(String),
    /// The connection was cut.
    Cut,
    /// Without an answer.
    TimedOut,
}

/// Records calls; the last 10 000 are kept.
#[derive(Debug)]
pub(super) struct Recorder {
    since: Instant,
    calls: Mutex<VecDeque<RecordedCall>>,
}

impl Default for Recorder {
    fn default() -> Self {
        Self { since: Instant::now(), calls: Mutex::default() }
    }
}

impl Recorder {
    pub(super) fn now(&self) -> Duration {
        self.since.elapsed()
    }

    pub(super) fn record(&self, call: RecordedCall) {
        let mut calls = self.kept();
        if calls.len() == KEPT {
            calls.pop_front();
        }
        calls.push_back(call);
    }

    pub(super) fn calls(&self) -> Vec<RecordedCall> {
        self.kept().iter().cloned().collect()
    }

    pub(super) fn clear(&self) {
        self.kept().clear();
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<RecordedCall>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many of the calls were in flight at once, at most.
pub fn most_at_once(calls: &[RecordedCall]) -> usize {
    let begun = calls.iter().map(|call| call.start);
    begun.map(|at| calls.iter().filter(|c| c.start <= at && at < c.end).count()).max().unwrap_or_default()
}
