//! What happens in a run.

use std::fmt;
use std::time::Duration;

use aws_sdk_codepipeline::types::{ActionExecutionStatus, PipelineExecutionStatus};

use super::failure::ReadFailure;
use super::text::short;
use super::tree::{ActionExecution, Candidate, Correlation};
use crate::core::ids::{ExecutionId, Name, PipelineArn};

/// Something that happened in a run.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RunEvent {
    /// The pipeline.
    pub pipeline: PipelineArn,
    /// The id of the execution.
    pub execution: ExecutionId,
    /// How many starts lie between this execution and the one that is followed.
    pub depth: usize,
    /// What happened.
    pub change: RunChange,
}

/// What happened.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum RunChange {
    /// The execution has another status.
    Execution {
        /// The status.
        status: PipelineExecutionStatus,
        /// What CodePipeline says about it.
        summary: Option<String>,
    },
    /// An action began, or has another status.
    Action {
        /// The stage.
        stage: Name,
        /// The action.
        action: Name,
        /// Which attempt it is.
        attempt: usize,
        /// The status.
        status: ActionExecutionStatus,
        /// Code and message of its error.
        error: Option<(String, String)>,
        /// How long it ran.
        duration: Option<Duration>,
        /// True for a manual approval that waits for an answer.
        awaits_approval: bool,
    },
    /// An execution that an action started was found.
    Started {
        /// The stage.
        stage: Name,
        /// The action.
        action: Name,
        /// The target.
        target: PipelineArn,
        /// The id of the execution.
        started: ExecutionId,
        /// How it was found.
        how: Correlation,
    },
    /// What an action started can't be followed.
    Lost {
        /// The stage.
        stage: Name,
        /// The action.
        action: Name,
        /// The target.
        target: PipelineArn,
        /// Why.
        why: LostBecause,
    },
    /// None of its actions runs, and it waits for something.
    Waiting {
        /// What it waits for.
        why: String,
    },
    /// The execution could not be read.
    Unreadable(ReadFailure),
}

/// Why what an action started can't be followed.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum LostBecause {
    /// Several executions may be it.
    Ambiguous(Vec<Candidate>),
    /// The session has no client for the account.
    NotFollowed,
    /// AWS refused to show it.
    NotReadable(ReadFailure),
    /// None was found.
    NotFound,
}

impl RunChange {
    /// An action as it is now.
    pub(super) fn action(action: &ActionExecution) -> Self {
        let ended = action.status != ActionExecutionStatus::InProgress;
        Self::Action {
            stage: action.stage.clone(),
            action: action.action.clone(),
            attempt: action.attempt,
            status: action.status.clone(),
            error: action.error.clone(),
            duration: action.duration().filter(|_| ended),
            awaits_approval: action.awaits_approval,
        }
    }
}

impl RunEvent {
    /// The pipeline in short.
    fn place(&self) -> String {
        format!("{} ({}, {})", self.pipeline.name(), self.pipeline.account(), self.pipeline.region())
    }
}

impl fmt::Display for RunEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place())?;
        match &self.change {
            RunChange::Execution { status, summary } => {
                write!(f, "{}, execution {}", status.as_str(), self.execution)?;
                summary.iter().try_for_each(|summary| write!(f, ": {summary}"))
            }
            RunChange::Action { stage, action, attempt, status, error, duration, awaits_approval } => {
                write!(f, "{stage} / {action}: {}", status.as_str())?;
                if *awaits_approval {
                    write!(f, ", waits for approval")?;
                }
                if *attempt > 1 {
                    write!(f, ", attempt {attempt}")?;
                }
                duration.iter().try_for_each(|duration| write!(f, " ({})", short(*duration)))?;
                error.iter().try_for_each(|(code, message)| write!(f, ": {code}: {message}"))
            }
            RunChange::Started { stage, action, target, started, how } => {
                write!(f, "{stage} / {action}: started {target}, execution {started} ({how})")
            }
            RunChange::Lost { stage, action, target, why } => {
                write!(f, "{stage} / {action}: started {target}, ")?;
                match why {
                    LostBecause::Ambiguous(candidates) => {
                        write!(f, "ambiguous: {} executions may be it", candidates.len())
                    }
                    LostBecause::NotFollowed => {
                        write!(f, "not followed: there is no client for account {}", target.account())
                    }
                    LostBecause::NotReadable(failure) => write!(f, "not readable: {failure}"),
                    LostBecause::NotFound => f.write_str("not found"),
                }
            }
            RunChange::Waiting { why } => write!(f, "waits: {why}"),
            RunChange::Unreadable(failure) => write!(f, "not readable: {failure}"),
        }
    }
}
