//! A run: an execution, its actions, and the executions that they started, over accounts and Regions.

use std::time::{Duration, SystemTime};

use aws_sdk_codepipeline::types::{ActionExecutionStatus, PipelineExecutionStatus};

use super::console_page;
use super::failure::ReadFailure;
use crate::core::ids::{ExecutionId, Name, PipelineArn};

/// The followed part of an execution, with those that its invoke actions started.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FollowedExecution {
    /// The pipeline.
    pub pipeline: PipelineArn,
    /// The id of the execution.
    pub id: ExecutionId,
    /// Its status when it was last read; `None` if it never was.
    pub status: Option<PipelineExecutionStatus>,
    /// What CodePipeline says about the status, for example why it was cancelled.
    pub summary: Option<String>,
    /// The pipeline variables, as they were resolved.
    pub variables: Vec<(String, String)>,
    /// Its actions, in the order in which they ran. An action of a stage that was retried is there once for each attempt.
    pub actions: Vec<ActionExecution>,
    /// Why it could not be read the last time.
    pub failure: Option<ReadFailure>,
    /// What it waits for, while none of its actions runs: a transition that is disabled, or an execution in the next stage.
    pub waits: Option<String>,
}

/// An action of an execution.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ActionExecution {
    /// The stage.
    pub stage: Name,
    /// The action.
    pub action: Name,
    /// The id of its execution.
    pub id: String,
    /// Which attempt it is, from 1.
    pub attempt: usize,
    /// Its status when it was last read.
    pub status: ActionExecutionStatus,
    /// When it began.
    pub began: Option<SystemTime>,
    /// When it last changed: for one that has ended, when it ended.
    pub updated: Option<SystemTime>,
    /// The error code and message of a failed action.
    pub error: Option<(String, String)>,
    /// What its service says about it.
    pub summary: Option<String>,
    /// The page of what it runs, where its service shows one.
    pub link: Option<String>,
    /// True for a manual approval that waits for an answer.
    pub awaits_approval: bool,
    /// What an invoke action started.
    pub invoked: Option<Invoked>,
}

/// What an invoke action started.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Invoked {
    /// The pipeline that it starts.
    pub target: PipelineArn,
    /// The execution, or why it is not known.
    pub state: InvokedState,
}

/// What is known of the execution that an invoke action started.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum InvokedState {
    /// Nothing was seen so far; the action may not have started it yet.
    NotStarted,
    /// It was found and is followed.
    Execution {
        /// How it was found.
        how: Correlation,
        /// The execution.
        run: Box<FollowedExecution>,
    },
    /// Several executions may be it; none of them is followed.
    Ambiguous(Vec<Candidate>),
    /// The session has no client for the account of the target.
    NotFollowed,
    /// AWS refused to show the executions of the target.
    NotReadable(ReadFailure),
    /// The action succeeded, and no execution that fits was found.
    NotFound,
    /// The action ended without starting anything.
    NothingStarted,
}

/// How the execution of a target was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Correlation {
    /// Exact: it was given a variable with the id of the execution that started it, see `follow: caller_variable`.
    CallerVariable,
    /// Exact: CodePipeline shows its id at the action.
    ShownId,
    /// A guess: it is the only execution that the action's role started while the action ran, with the same variables.
    Inferred,
}

impl Correlation {
    /// True where it can't be another execution.
    pub fn is_exact(self) -> bool {
        self != Correlation::Inferred
    }
}

/// An execution that an action may have started.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Candidate {
    /// Its id.
    pub id: ExecutionId,
    /// Its status.
    pub status: Option<PipelineExecutionStatus>,
    /// When it began.
    pub began: Option<SystemTime>,
}

/// How a run ended, over all its accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum RunOutcome {
    /// Every execution was seen to succeed, and each was found exactly.
    Succeeded,
    /// Nothing was seen to fail, but not all was seen: an execution was not followed, not readable, not found, ambiguous or only
    /// inferred.
    Unknown,
    /// Something has not ended yet.
    Running,
    /// An execution failed, or was stopped, cancelled or superseded.
    Failed,
}

impl FollowedExecution {
    /// An execution that was not read yet.
    pub(super) fn new(pipeline: PipelineArn, id: ExecutionId) -> Self {
        Self {
            pipeline,
            id,
            status: None,
            summary: None,
            variables: Vec::new(),
            actions: Vec::new(),
            failure: None,
            waits: None,
        }
    }

    /// True where this execution and every one that it started, in whatever account, was seen to succeed, and none of them is only
    /// inferred to be its own.
    pub fn succeeded(&self) -> bool {
        self.outcome() == RunOutcome::Succeeded
    }

    /// How the whole run ended: the worst of its executions.
    pub fn outcome(&self) -> RunOutcome {
        let own = match &self.status {
            None if self.failure.is_some() => RunOutcome::Unknown,
            // Read once, and then no more.
            Some(status) if is_running(status) && self.failure.as_ref().is_some_and(|f| !f.may_pass()) => {
                RunOutcome::Unknown
            }
            None => RunOutcome::Running,
            Some(status) if is_running(status) => RunOutcome::Running,
            // Its actions could not be read, so what they started is not known.
            Some(PipelineExecutionStatus::Succeeded) if self.failure.is_some() => RunOutcome::Unknown,
            Some(PipelineExecutionStatus::Succeeded) => RunOutcome::Succeeded,
            Some(_) => RunOutcome::Failed,
        };
        let started = self.latest_actions().filter_map(|action| action.invoked.as_ref()).map(Invoked::outcome);
        started.fold(own, RunOutcome::max)
    }

    /// True where the execution itself has ended.
    pub fn has_ended(&self) -> bool {
        self.status.as_ref().is_some_and(|status| !is_running(status))
    }

    /// The value that a pipeline variable was resolved to.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.iter().find(|(variable, _)| variable == name).map(|(_, value)| value.as_str())
    }

    /// From the beginning of its first action to the last change of an action.
    pub fn duration(&self) -> Option<Duration> {
        let began = self.actions.iter().filter_map(|action| action.began).min()?;
        self.actions.iter().filter_map(|action| action.updated).max()?.duration_since(began).ok()
    }

    /// Its page in the console of its account, where the host of the console is known.
    pub fn link(&self) -> Option<String> {
        console_page::execution(&self.pipeline, &self.id)
    }

    /// This execution and all those that were found behind it, from the outermost.
    pub fn executions(&self) -> Vec<&FollowedExecution> {
        let mut all = vec![self];
        for started in self.actions.iter().filter_map(ActionExecution::started) {
            all.extend(started.executions());
        }
        all
    }

    /// The last attempt of each action.
    pub(super) fn latest_actions(&self) -> impl Iterator<Item = &ActionExecution> {
        self.actions.iter().enumerate().filter_map(|(index, action)| {
            let later = self.actions.iter().skip(index + 1);
            let is_latest = !later.into_iter().any(|a| a.stage == action.stage && a.action == action.action);
            is_latest.then_some(action)
        })
    }
}

impl ActionExecution {
    /// The execution that it started, where that was found.
    pub fn started(&self) -> Option<&FollowedExecution> {
        match &self.invoked.as_ref()?.state {
            InvokedState::Execution { run, .. } => Some(run),
            _ => None,
        }
    }

    /// How long it ran, or has run until it last changed.
    pub fn duration(&self) -> Option<Duration> {
        self.updated?.duration_since(self.began?).ok()
    }
}

impl Invoked {
    fn outcome(&self) -> RunOutcome {
        match &self.state {
            InvokedState::NotStarted => RunOutcome::Running,
            InvokedState::NothingStarted => RunOutcome::Failed,
            InvokedState::Execution { how, run } if how.is_exact() => run.outcome(),
            // What is known of another's run is not known of this one.
            InvokedState::Execution { run, .. } if run.outcome() == RunOutcome::Running => RunOutcome::Running,
            InvokedState::Execution { .. }
            | InvokedState::Ambiguous(_)
            | InvokedState::NotFollowed
            | InvokedState::NotReadable(_)
            | InvokedState::NotFound => RunOutcome::Unknown,
        }
    }
}

/// True where the execution has not ended.
pub(super) fn is_running(status: &PipelineExecutionStatus) -> bool {
    matches!(status, PipelineExecutionStatus::InProgress | PipelineExecutionStatus::Stopping)
}
