//! Executions of pipelines, of their actions and of their rules, as they are kept.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::outcome::Outcome;
use super::refusal::Refusal;
use crate::core::declaration::{ActionDeclaration, PipelineDeclaration, RuleDeclaration, StageResult};
use crate::core::ids::PipelineArn;
use crate::core::topology::Gate;

/// The status of an execution, and of a stage, an action, a condition or a rule in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) enum Status {
    #[default]
    InProgress,
    Stopping,
    Stopped,
    Succeeded,
    Failed,
    Cancelled,
    Superseded,
    /// A stage only.
    Skipped,
    /// An action, a condition or a rule.
    Abandoned,
    /// A condition only.
    Overridden,
    /// A condition only.
    Errored,
}

impl Status {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Status::InProgress => "InProgress",
            Status::Stopping => "Stopping",
            Status::Stopped => "Stopped",
            Status::Succeeded => "Succeeded",
            Status::Failed => "Failed",
            Status::Cancelled => "Cancelled",
            Status::Superseded => "Superseded",
            Status::Skipped => "Skipped",
            Status::Abandoned => "Abandoned",
            Status::Overridden => "Overridden",
            Status::Errored => "Errored",
        }
    }

    pub(super) fn is_running(self) -> bool {
        matches!(self, Status::InProgress | Status::Stopping)
    }
}

/// What started an execution.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct StartedBy {
    pub(super) kind: Cow<'static, str>,
    /// Who.
    pub(super) detail: String,
}

/// A revision that a start asks for, instead of the newest one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SourceRevision {
    pub(super) action: String,
    pub(super) kind: String,
    pub(super) value: String,
}

/// What a source action read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ReadRevision {
    pub(super) action: String,
    /// The artifact that it made of it.
    pub(super) artifact: String,
    pub(super) id: String,
    pub(super) read: i64,
}

/// Where an execution is in its stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) enum Phase {
    /// Before the stage: another execution is in it, or its transition is disabled.
    #[default]
    Waiting,
    /// In a condition.
    Gate(Gate),
    /// In its actions.
    Actions,
}

/// Why an execution stops before its end.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Halt {
    /// StopPipelineExecution.
    Stop { abandon: bool, reason: Option<String> },
    /// UpdatePipeline.
    Update,
}

/// An execution of a pipeline.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct StoredExecution {
    pub(super) id: String,
    /// The declaration with which it began.
    pub(super) declaration: Arc<PipelineDeclaration>,
    pub(super) status: Status,
    pub(super) summary: String,
    pub(super) trigger: StartedBy,
    pub(super) variables: IndexMap<String, String>,
    pub(super) overrides: Vec<SourceRevision>,
    pub(super) revisions: Vec<ReadRevision>,
    /// The execution to which this one rolls back.
    pub(super) rolls_back_to: Option<String>,
    pub(super) started: i64,
    pub(super) updated: i64,
    /// Position of the stage that runs, or that it waits for.
    pub(super) stage: usize,
    pub(super) phase: Phase,
    pub(super) halt: Option<Halt>,
    /// The stages that it entered.
    pub(super) stages: IndexMap<String, StoredStage>,
    /// From the oldest; a stage that is retried has its actions twice.
    pub(super) actions: Vec<StoredActionExecution>,
    pub(super) rules: Vec<StoredRuleExecution>,
    /// The artifacts that were written, by name.
    pub(super) artifacts: BTreeMap<String, Artifact>,
    /// The output variables by namespace.
    pub(super) namespaces: BTreeMap<String, Namespace>,
}

impl StoredExecution {
    pub(super) fn version(&self) -> i64 {
        self.declaration.version.unwrap_or_default()
    }

    /// The name of the stage that runs, or that it waits for.
    pub(super) fn stage_name(&self) -> Option<&str> {
        self.declaration.stages.as_ref()?.get(self.stage).map(|stage| stage.name.as_str())
    }

    pub(super) fn current_stage(&mut self) -> Option<&mut StoredStage> {
        let name = self.declaration.stages.as_ref()?.get(self.stage)?.name.as_str();
        self.stages.get_mut(name)
    }

    /// The execution of an action that counts: the last one, unless it is to be retried.
    pub(super) fn counting(&self, stage: &str, action: &str) -> Option<&StoredActionExecution> {
        let last = self.actions.iter().rev().find(|a| a.stage == stage && a.action == action)?;
        (!last.retried).then_some(last)
    }
}

/// The output variables of an action.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Namespace {
    pub(super) values: BTreeMap<String, String>,
    /// There may be others: the user chooses them, and none were told.
    pub(super) is_open: bool,
}

/// A stage of an execution.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct StoredStage {
    pub(super) status: Status,
    pub(super) conditions: Vec<StoredCondition>,
    pub(super) automatic_retries: u32,
    pub(super) manual_retries: u32,
    /// `AutomatedStageRetry` or `ManualStageRetry`.
    pub(super) last_retry: Option<Cow<'static, str>>,
}

impl StoredStage {
    pub(super) fn condition(&self, gate: Gate) -> Option<&StoredCondition> {
        self.conditions.iter().find(|condition| condition.gate == gate)
    }

    pub(super) fn condition_mut(&mut self, gate: Gate) -> Option<&mut StoredCondition> {
        self.conditions.iter_mut().find(|condition| condition.gate == gate)
    }
}

/// A condition of a stage, as it was judged last.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct StoredCondition {
    pub(super) gate: Gate,
    pub(super) result: StageResult,
    pub(super) status: Status,
    pub(super) updated: i64,
    /// Positions in the rules of the execution.
    pub(super) rules: Vec<usize>,
}

/// An artifact that an action wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Artifact {
    pub(super) name: String,
    pub(super) bucket: String,
    pub(super) key: String,
}

/// What an action or a rule waits for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Awaits {
    /// A time.
    Time(i64),
    /// PutApprovalResult, until a time.
    Approval { token: String, until: i64 },
    /// PutJobSuccessResult or PutJobFailureResult.
    Job(Job),
    /// The end of an execution that it started.
    Execution(PipelineArn, String),
}

/// What a worker of a custom action, or a Lambda function, does for an action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Job {
    pub(super) id: String,
    /// It makes sure that one worker alone does the job.
    pub(super) nonce: String,
    /// A worker does it.
    pub(super) acknowledged: bool,
    /// With which it continues.
    pub(super) continuation_token: Option<String>,
    pub(super) until: i64,
}

/// An execution of an action.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct StoredActionExecution {
    pub(super) id: String,
    pub(super) stage: String,
    pub(super) action: String,
    pub(super) declaration: ActionDeclaration,
    pub(super) resolved: BTreeMap<String, String>,
    pub(super) status: Status,
    pub(super) awaits: Awaits,
    /// How it ends, once it has waited.
    pub(super) ends: Result<Outcome, Refusal>,
    pub(super) error: Option<(String, String)>,
    pub(super) summary: Option<String>,
    /// The id of what it started.
    pub(super) external_id: Option<String>,
    /// The execution that an invoke action started, whatever AWS shows of it.
    pub(super) began: Option<(PipelineArn, String)>,
    pub(super) updated_by: Option<String>,
    /// How much of a job is done.
    pub(super) percent: Option<i64>,
    /// What a job says that it has read.
    pub(super) revision: Option<String>,
    pub(super) output_variables: BTreeMap<String, String>,
    pub(super) inputs: Vec<Artifact>,
    pub(super) outputs: Vec<Artifact>,
    pub(super) started: i64,
    pub(super) updated: i64,
    /// Its stage is retried, and it is run again.
    pub(super) retried: bool,
}

/// An execution of a rule.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct StoredRuleExecution {
    pub(super) id: String,
    pub(super) stage: String,
    pub(super) gate: Gate,
    pub(super) declaration: RuleDeclaration,
    pub(super) resolved: BTreeMap<String, String>,
    pub(super) status: Status,
    pub(super) until: i64,
    pub(super) ends: Result<Outcome, Refusal>,
    pub(super) error: Option<(String, String)>,
    pub(super) summary: Option<String>,
    pub(super) started: i64,
    pub(super) updated: i64,
}
