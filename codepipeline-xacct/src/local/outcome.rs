//! Outcomes of actions and rules, set in advance.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::pairs;
use crate::core::declaration::ActionTypeId;
use crate::core::ids::PipelineArn;

/// The error code of an action that fails, and of a rule that is set to.
pub(super) const JOB_FAILED: &str = "JobFailed";

/// How an action or a rule of a pipeline ends. See [`Local::script`](super::Local::script).
///
/// Roles are always assumed. An outcome that succeeds also makes its calls, and fails without the permissions for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    pub(super) error: Option<(String, String)>,
    pub(super) variables: BTreeMap<String, String>,
    pub(super) summary: Option<String>,
    pub(super) takes: Duration,
    pub(super) awaits_answer: bool,
}

impl Outcome {
    /// It succeeds after a second.
    pub fn succeeds() -> Self {
        Self {
            error: None,
            variables: BTreeMap::new(),
            summary: None,
            takes: Duration::from_secs(1),
            awaits_answer: false,
        }
    }

    /// It fails after a second, with the error code `JobFailed`.
    pub fn fails(message: impl Into<String>) -> Self {
        Self::fails_with(JOB_FAILED, message)
    }

    /// It fails after a second.
    pub fn fails_with(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { error: Some((code.into(), message.into())), ..Self::succeeds() }
    }

    /// It waits for an answer, as on AWS: a manual approval waits for PutApprovalResult, a Lambda function and a custom action
    /// for PutJobSuccessResult or PutJobFailureResult. Any other action, and a rule, ignores this.
    pub fn awaits_answer() -> Self {
        Self { awaits_answer: true, ..Self::succeeds() }
    }

    /// Gives an output variable a value.
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// The summary of the external execution.
    pub fn summary(mut self, summary: impl Into<String>) -> Self {
        self.summary = Some(summary.into());
        self
    }

    /// How long it takes, on the virtual clock; a second at least.
    pub fn takes(mut self, time: Duration) -> Self {
        self.takes = time.max(Duration::from_secs(1));
        self
    }
}

/// What runs, for a closure that tells how it ends. See [`Local::decide`](super::Local::decide).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ActionRun {
    /// The pipeline.
    pub pipeline: PipelineArn,
    /// The id of the pipeline execution.
    pub execution: String,
    /// The stage.
    pub stage: String,
    /// The action, or the rule.
    pub action: String,
    /// How often it has begun since the first outcome was set, over all executions of the pipeline, this time included.
    pub attempt: usize,
    /// Its configuration, with all references replaced.
    pub configuration: BTreeMap<String, String>,
}

type Decide = Arc<dyn Fn(&ActionRun) -> Option<Outcome> + Send + Sync>;

/// All outcomes that were set.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Outcomes {
    #[serde(with = "pairs")]
    scripts: BTreeMap<Key, VecDeque<Outcome>>,
    #[serde(skip)]
    attempts: HashMap<Key, usize>,
    #[serde(skip)]
    decide: Option<Decide>,
    /// What can be answered waits for that, unless it has an outcome.
    #[serde(skip)]
    others_wait: bool,
}

/// Pipeline, stage, and action or rule.
type Key = (PipelineArn, String, String);

impl fmt::Debug for Outcomes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcomes").field("scripts", &self.scripts).finish_non_exhaustive()
    }
}

impl Outcomes {
    pub(super) fn script(&mut self, pipeline: &PipelineArn, stage: &str, action: &str, outcomes: Vec<Outcome>) {
        let key = (pipeline.clone(), stage.to_owned(), action.to_owned());
        match outcomes.is_empty() {
            true => self.scripts.remove(&key),
            false => self.scripts.insert(key, outcomes.into()),
        };
    }

    /// Those of a state that was loaded, with what is in none of these.
    pub(super) fn loaded(self, loaded: Self) -> Self {
        Self { scripts: loaded.scripts, ..self }
    }

    pub(super) fn others_wait(&mut self, wait: bool) {
        self.others_wait = wait;
    }

    /// How an action ends for which nothing was set.
    pub(super) fn otherwise(&self, id: &ActionTypeId) -> Outcome {
        match self.others_wait && (id.category == "Approval" || id.owner == "Custom") {
            true => Outcome::awaits_answer(),
            false => Outcome::succeeds(),
        }
    }

    pub(super) fn decide(&mut self, decide: Decide) {
        self.decide = Some(decide);
    }

    /// How something ends that begins now; `None` where nothing was set. The last outcome of a script stays.
    pub(super) fn next(&mut self, mut run: ActionRun) -> Option<Outcome> {
        if self.scripts.is_empty() && self.decide.is_none() {
            return None;
        }
        let key = (run.pipeline.clone(), run.stage.clone(), run.action.clone());
        let attempt = self.attempts.entry(key.clone()).or_default();
        *attempt += 1;
        run.attempt = *attempt;
        if let Some(outcome) = self.decide.as_ref().and_then(|decide| decide(&run)) {
            return Some(outcome);
        }
        let script = self.scripts.get_mut(&key)?;
        if script.len() > 1 { script.pop_front() } else { script.front().cloned() }
    }
}
