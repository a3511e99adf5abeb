//! The journal of an apply: what was there before each call, what the call wrote, and what became of it.
//!
//! It is text, a JSON object on each line, so that it can be read up to its last line whatever happened to the program that wrote it.
//! Secrets are masked in it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::input::options::Intent;
use super::input::state::PipelineState;
use super::plan::Plan;
use super::steps::guard::CurrentRole;
use super::steps::step_id::StepId;
use super::steps::write::Write;
use crate::ids::TopologyName;
use crate::topology::items::Account;

/// The format of the lines. Another one is not read.
const FORMAT: u32 = 1;

/// A line of a journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
#[non_exhaustive]
pub enum JournalEntry {
    /// An apply begins.
    Begun(Begun),
    /// A call is about to be made.
    Writing(Box<Written>),
    /// A step has come to an end.
    Ended {
        /// The step.
        step: StepId,
        /// What became of it.
        outcome: WriteOutcome,
    },
}

/// The first line of a journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Begun {
    format: u32,
    /// The name of the topology.
    pub topology: TopologyName,
    /// What the plan was for.
    pub intent: Intent,
    /// The accounts of the plan.
    pub accounts: Vec<Account>,
    /// All steps of the plan, in its order, and what they wait for.
    pub steps: Vec<Planned>,
}

impl Begun {
    /// The first line of the journal of a plan.
    pub fn of(plan: &Plan) -> Self {
        let steps = plan.steps().iter().map(|step| Planned { step: step.id(), after: step.after.clone() });
        Self {
            format: FORMAT,
            topology: plan.topology().clone(),
            intent: plan.intent(),
            accounts: plan.accounts().to_vec(),
            steps: steps.collect(),
        }
    }
}

/// A step of the plan that was applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// The step.
    pub step: StepId,
    /// The steps that it waits for.
    pub after: Vec<StepId>,
}

/// A call, and what was there before it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Written {
    /// What the call writes, without secrets.
    pub write: Write,
    /// What was there when the step was looked at for the last time.
    pub before: Before,
    /// Where the call writes a secret.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<String>,
}

impl Written {
    /// The line for a call.
    pub fn new(write: &Write, before: Before) -> Self {
        Self { write: write.without_secrets(), before, secrets: write.secrets() }
    }
}

/// What was there before a call; `None` where there was no such thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Before {
    /// The role, with the inline policy that is written.
    Role(Option<Box<CurrentRole>>),
    /// The pipeline.
    Pipeline(Option<Box<PipelineState>>),
}

/// What became of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WriteOutcome {
    /// It was carried out.
    Done {
        /// The version that the pipeline got, if a pipeline was updated.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<i64>,
    },
    /// It failed, and nothing was written.
    Failed(String),
    /// It failed, and something was written.
    InPart(String),
    /// It is not known whether it was carried out.
    Unknown(String),
}

/// Why a journal can't be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum JournalError {
    /// A line is not a line of a journal. Only for the last line this is not an error, since it may be cut.
    Line {
        /// The number of the line.
        line: usize,
        /// Why.
        error: serde_json::Error,
    },
    /// It is of another format.
    Format(u32),
    /// Its first line doesn't say what was applied.
    Empty,
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line { line, error } => write!(f, "line {line} can't be parsed: {error}"),
            Self::Format(other) => write!(f, "this journal has format {other}, and only format {FORMAT} can be read"),
            Self::Empty => f.write_str("this is not a journal: its first line does not describe an apply"),
        }
    }
}

impl std::error::Error for JournalError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Line { error, .. } => Some(error),
            Self::Format(_) | Self::Empty => None,
        }
    }
}

/// A journal that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Journal {
    begun: Begun,
    written: Vec<Written>,
    outcomes: Vec<(StepId, WriteOutcome)>,
}

impl Journal {
    /// Reads a journal. Its last line may be cut: the program that wrote it may have been killed.
    pub fn read(text: &str) -> Result<Self, JournalError> {
        let lines: Vec<&str> = text.lines().collect();
        let mut entries = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            match serde_json::from_str(line) {
                Ok(entry) => entries.push(entry),
                Err(_) if index + 1 == lines.len() => {}
                Err(error) => return Err(JournalError::Line { line: index + 1, error }),
            }
        }
        Self::of(entries)
    }

    /// Puts a journal together from its lines, up to the beginning of another apply.
    pub fn of(entries: impl IntoIterator<Item = JournalEntry>) -> Result<Self, JournalError> {
        let mut entries = entries.into_iter();
        let Some(JournalEntry::Begun(begun)) = entries.next() else { return Err(JournalError::Empty) };
        if begun.format != FORMAT {
            return Err(JournalError::Format(begun.format));
        }
        let mut journal = Self { begun, written: Vec::new(), outcomes: Vec::new() };
        for entry in entries {
            match entry {
                JournalEntry::Begun(_) => break,
                // A step that is tried again found what it had found before.
                JournalEntry::Writing(written)
                    if journal.written.iter().any(|w| w.write.id() == written.write.id()) => {}
                JournalEntry::Writing(written) => journal.written.push(*written),
                JournalEntry::Ended { step, outcome } => journal.outcomes.push((step, outcome)),
            }
        }
        Ok(journal)
    }

    /// The name of the topology.
    pub fn topology(&self) -> &TopologyName {
        &self.begun.topology
    }

    /// What the plan was for.
    pub fn intent(&self) -> Intent {
        self.begun.intent
    }

    /// The accounts of the plan that was applied.
    pub fn accounts(&self) -> &[Account] {
        &self.begun.accounts
    }

    /// All steps of the plan, in its order.
    pub fn steps(&self) -> &[Planned] {
        &self.begun.steps
    }

    /// The calls that were begun.
    pub fn written(&self) -> &[Written] {
        &self.written
    }

    /// What became of a step; `None` if it was not begun, or the journal ends before it did.
    pub fn outcome(&self, step: &StepId) -> Option<&WriteOutcome> {
        self.outcomes.iter().find(|(other, _)| other == step).map(|(_, outcome)| outcome)
    }
}
