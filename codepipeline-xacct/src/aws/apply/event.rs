//! What happens while a plan is applied.

use std::fmt;
use std::time::Duration;

use crate::core::plan::StepId;
use crate::core::sentences::counted;

/// What happens while a plan is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A step has begun.
    Started(StepId),
    /// A step was carried out.
    Done(StepId),
    /// A step will be tried again, because IAM may not have propagated a change yet.
    Waiting {
        /// The step.
        step: StepId,
        /// What AWS returned.
        message: String,
        /// How long until it is tried again.
        pause: Duration,
    },
    /// The step waits for runs of its pipeline to end.
    WaitingForRuns {
        /// The step.
        step: StepId,
        /// How many are in progress.
        runs: usize,
        /// How long until it looks again.
        pause: Duration,
    },
    /// Somebody edited the pipeline since the plan was made, or while the step was carried out, and both edits are being brought together.
    Merging {
        /// The step.
        step: StepId,
        /// The version with their edit.
        version: i64,
    },
    /// A step failed.
    Failed {
        /// The step.
        step: StepId,
        /// Why.
        message: String,
    },
    /// What was written is put back, since a step failed.
    PuttingBack {
        /// The step that failed first.
        step: StepId,
    },
}

impl Event {
    /// The step that it is about.
    pub fn step(&self) -> &StepId {
        match self {
            Event::Started(step)
            | Event::Done(step)
            | Event::Waiting { step, .. }
            | Event::WaitingForRuns { step, .. }
            | Event::Merging { step, .. }
            | Event::Failed { step, .. }
            | Event::PuttingBack { step } => step,
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Started(step) => write!(f, "started: {step}"),
            Event::Done(step) => write!(f, "done: {step}"),
            Event::Waiting { step, message, pause } => {
                write!(f, "waiting {:.1} s for IAM: {step}: {message}", pause.as_secs_f64())
            }
            Event::WaitingForRuns { step, runs, pause } => {
                let runs = counted(*runs, "run");
                write!(f, "waiting {:.1} s for {runs} in progress: {step}", pause.as_secs_f64())
            }
            Event::Merging { step, version } => {
                write!(f, "merging with a concurrent edit (version {version}): {step}")
            }
            Event::Failed { step, message } => write!(f, "failed: {step}: {message}"),
            Event::PuttingBack { step } => write!(f, "undoing what was written, because this failed: {step}"),
        }
    }
}

/// Receives the events.
pub(super) type Emit<'a> = &'a (dyn Fn(Event) + Send + Sync);
