//! The result of a rehearsal.

use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::assumption::Assumption;
use crate::core::ids::{ExecutionId, PipelineArn, TopologyName};
use crate::core::topology::{AsSubject, Subject};
use crate::core::wiring::Hop;

/// What a rehearsal found. As text, `{}` folds what is alike and `{:#}` shows all of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Rehearsal {
    /// The topology.
    pub topology: TopologyName,
    /// True where what exists was read from the accounts, false where it was taken as the topology states it.
    pub from_accounts: bool,
    /// The runs that were started, with those that they started.
    pub runs: Vec<Run>,
    /// The hops of all pipelines of the topology that are managed or extended.
    pub hops: Vec<RehearsedHop>,
    /// What failed; empty if the rehearsal succeeded.
    pub failures: Vec<Failure>,
    /// What no run reached.
    pub not_reached: Vec<NotReached>,
    /// What is not ours and had to be assumed.
    pub assumed: Vec<Assumption>,
    /// How much time passed on the virtual clock.
    pub seconds: u64,
}

/// A run of a pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Run {
    /// The name of the item of the pipeline, or of the pipeline where it has none.
    pub item: String,
    /// The pipeline.
    pub pipeline: PipelineArn,
    /// The id of the execution.
    pub execution: ExecutionId,
    /// How it ended, as AWS writes it.
    pub status: String,
    /// The values that its variables got.
    pub variables: IndexMap<String, String>,
    /// Its actions in the order in which they began. One that was run again is there again.
    pub actions: Vec<RehearsedAction>,
    /// How long it took on the virtual clock.
    pub seconds: u64,
}

/// An action of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RehearsedAction {
    /// The stage.
    pub stage: String,
    /// The action.
    pub action: String,
    /// How it ended, as AWS writes it.
    pub status: String,
    /// The error of AWS.
    pub error: Option<String>,
    /// True if its stage was retried and it was run again.
    pub retried: bool,
    /// The run that it started.
    pub started: Option<Run>,
}

/// A hop: service → service role → action role → target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RehearsedHop {
    /// The name of the item of the pipeline.
    pub pipeline: String,
    /// The stage; `None` for the assumption of the service role, which all actions share.
    pub stage: Option<String>,
    /// The action or the rule.
    pub action: Option<String>,
    /// Which hop it is.
    pub hop: Hop,
    /// Who makes the request: the service, or the ARN of a role.
    pub from: String,
    /// The ARN of the role that is assumed, or of the pipeline that is started.
    pub to: String,
    /// What came of it.
    pub result: HopResult,
}

/// What came of a hop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HopResult {
    /// A run made the request, and it was allowed.
    Exercised,
    /// It was denied, or will be: then the plan was refused.
    Denied {
        /// The text of AWS, or that of the proof.
        message: String,
    },
    /// No run got there.
    NotReached,
}

/// Something that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Failure {
    /// Where: a place in the topology, a step of the plan, or `Pipeline / stage / action`.
    pub place: String,
    /// The code of the finding, or of the error of AWS.
    pub code: Option<String>,
    /// What is wrong: the text of AWS where it is one.
    pub message: String,
    /// How to fix it, where that is known.
    pub help: Option<String>,
    /// The run in which it happened.
    pub execution: Option<ExecutionId>,
}

/// Something that no run reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NotReached {
    /// What it is.
    pub kind: Unreached,
    /// `Pipeline`, `Pipeline / stage`, `Pipeline / stage / action` or `Pipeline / stage / gate`.
    pub place: String,
}

/// What was not reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Unreached {
    /// A pipeline that did not run.
    Pipeline,
    /// A stage that was not entered.
    Stage,
    /// An action that did not begin.
    Action,
    /// A condition that was not judged.
    Condition,
    /// A start that was not asked for, although the action began.
    Hop,
}

impl Unreached {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Unreached::Pipeline => "pipeline",
            Unreached::Stage => "stage",
            Unreached::Action => "action",
            Unreached::Condition => "condition",
            Unreached::Hop => "hop",
        }
    }
}

impl Rehearsal {
    /// True if the plan was applied, and every run succeeded.
    pub fn succeeded(&self) -> bool {
        self.failures.is_empty()
    }

    /// The rehearsal if it succeeded; otherwise it is an error, whose text is that of the rehearsal.
    pub fn passed(self) -> Result<Self, FailedRehearsal> {
        if self.succeeded() { Ok(self) } else { Err(FailedRehearsal(Box::new(self))) }
    }

    /// All runs: those that were started, each followed by those that it started.
    pub fn all_runs(&self) -> impl Iterator<Item = &Run> {
        let mut open: Vec<&Run> = self.runs.iter().rev().collect();
        std::iter::from_fn(move || {
            let run = open.pop()?;
            open.extend(run.actions.iter().rev().filter_map(|action| action.started.as_ref()));
            Some(run)
        })
    }

    /// The runs of a pipeline, by its item or its ARN.
    pub fn runs_of(&self, pipeline: impl AsSubject) -> impl Iterator<Item = &Run> {
        let subject = pipeline.subject();
        self.all_runs().filter(move |run| matches!(&subject, Some(Subject::Pipeline(arn)) if *arn == run.pipeline))
    }

    /// The value that a variable had in the first run of a pipeline.
    pub fn variable(&self, pipeline: impl AsSubject, name: &str) -> Option<&str> {
        self.runs_of(pipeline).next()?.variables.get(name).map(String::as_str)
    }
}

/// A rehearsal that failed, as an error. Both its texts are that of the rehearsal, so that a test that returns it shows what happened.
#[derive(Clone, PartialEq)]
pub struct FailedRehearsal(pub Box<Rehearsal>);

impl fmt::Display for FailedRehearsal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for FailedRehearsal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl std::error::Error for FailedRehearsal {}
