//! Executions of pipelines and of their actions, as they are kept.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::core::declaration::ActionDeclaration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    InProgress,
    Succeeded,
    Failed,
    Cancelled,
    Superseded,
}

impl Status {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Status::InProgress => "InProgress",
            Status::Succeeded => "Succeeded",
            Status::Failed => "Failed",
            Status::Cancelled => "Cancelled",
            Status::Superseded => "Superseded",
        }
    }
}

/// What started an execution.
#[derive(Debug, Clone)]
pub(super) struct StartedBy {
    pub(super) kind: &'static str,
    /// Who.
    pub(super) detail: String,
}

/// An execution of a pipeline.
#[derive(Debug, Clone)]
pub(super) struct StoredExecution {
    pub(super) id: String,
    pub(super) version: i64,
    pub(super) status: Status,
    pub(super) summary: String,
    pub(super) trigger: StartedBy,
    pub(super) variables: IndexMap<String, String>,
    pub(super) started: i64,
    pub(super) updated: i64,
    /// Position of the stage that runs.
    pub(super) stage: usize,
    /// True if the stage was retried already.
    pub(super) retried: bool,
    /// From the oldest; a stage that is retried has its actions twice.
    pub(super) actions: Vec<StoredActionExecution>,
}

/// An execution of an action.
#[derive(Debug, Clone)]
pub(super) struct StoredActionExecution {
    pub(super) id: String,
    pub(super) stage: String,
    pub(super) action: String,
    pub(super) declaration: ActionDeclaration,
    pub(super) resolved: BTreeMap<String, String>,
    pub(super) status: Status,
    pub(super) error: Option<(String, String)>,
    pub(super) output_variables: BTreeMap<String, String>,
    pub(super) started: i64,
    pub(super) updated: i64,
}
