//! The runs that were started, with those that they started.

use std::collections::{BTreeSet, HashMap};

use super::report::{RehearsedAction, Run};
use crate::core::ids::{ExecutionId, PipelineArn};
use crate::core::topology::Topology;
use crate::local::{ActionRecord, ExecutionRecord, Local};

/// How often a pipeline may be started below itself.
const ROUNDS: usize = 3;

/// A pipeline and the id of an execution.
type Key = (PipelineArn, ExecutionId);

/// The runs that were started, with those that they started. Runs that CreatePipeline started are not among them.
#[derive(Default)]
pub(super) struct Runs {
    started: Vec<Key>,
    executions: HashMap<Key, ExecutionRecord>,
    items: HashMap<PipelineArn, String>,
}

impl Runs {
    /// Notes a run that was started.
    pub(super) fn started(&mut self, pipeline: PipelineArn, id: ExecutionId) {
        self.started.push((pipeline, id));
    }

    /// Reads what became of them.
    pub(super) fn read(&mut self, topology: &Topology, local: &Local) {
        let all = local.execution_records().into_iter();
        self.executions =
            all.map(|execution| ((execution.pipeline.clone(), execution.id.clone()), execution)).collect();
        self.items = topology.pipelines().iter().map(|p| (p.arn.clone(), p.item.clone())).collect();
    }

    /// The name of a pipeline's item, or its own where it has none.
    pub(super) fn item(&self, pipeline: &PipelineArn) -> String {
        self.items.get(pipeline).cloned().unwrap_or_else(|| pipeline.name().to_string())
    }

    /// All of them, each followed by those that it started.
    pub(super) fn all(&self) -> Vec<&ExecutionRecord> {
        self.walk().0
    }

    /// The pipelines that start each other again and again. What they start after a few rounds is left out.
    pub(super) fn endless(&self) -> BTreeSet<String> {
        self.walk().1.into_iter().map(|arn| self.item(arn)).collect()
    }

    fn walk(&self) -> (Vec<&ExecutionRecord>, Vec<&PipelineArn>) {
        let (mut all, mut endless) = (Vec::new(), Vec::new());
        let mut open: Vec<(&Key, Vec<&PipelineArn>)> = self.started.iter().rev().map(|key| (key, Vec::new())).collect();
        while let Some((key, above)) = open.pop() {
            let Some(execution) = self.executions.get(key) else { continue };
            if goes_round(&above, &key.0) {
                endless.extend(above);
                continue;
            }
            all.push(execution);
            let began = execution.actions.iter().rev().filter_map(|action| action.began.as_ref());
            open.extend(began.map(|began| (began, above.iter().copied().chain([&key.0]).collect())));
        }
        (all, endless)
    }

    /// From the first start to the last end, on the virtual clock.
    pub(super) fn seconds(&self) -> u64 {
        let all = self.all();
        let first = all.iter().map(|execution| execution.started).min().unwrap_or_default();
        let last = all.iter().map(|execution| execution.updated).max().unwrap_or_default();
        seconds(first, last)
    }

    /// The runs as a report has them.
    pub(super) fn trees(&self) -> Vec<Run> {
        self.started.iter().filter_map(|key| self.tree(key, &[])).collect()
    }

    fn tree(&self, key: &Key, above: &[&PipelineArn]) -> Option<Run> {
        let execution = self.executions.get(key).filter(|_| !goes_round(above, &key.0))?;
        let path: Vec<&PipelineArn> = above.iter().copied().chain([&key.0]).collect();
        Some(Run {
            item: self.item(&execution.pipeline),
            pipeline: execution.pipeline.clone(),
            execution: execution.id.clone(),
            status: execution.status.to_owned(),
            variables: execution.variables.clone(),
            actions: execution.actions.iter().map(|action| self.action(action, &path)).collect(),
            seconds: seconds(execution.started, execution.updated),
        })
    }

    fn action(&self, action: &ActionRecord, path: &[&PipelineArn]) -> RehearsedAction {
        RehearsedAction {
            stage: action.stage.clone(),
            action: action.action.clone(),
            status: action.status.to_owned(),
            error: action.error.as_ref().map(|(code, message)| format!("{code}: {message}")),
            retried: action.retried,
            started: action.began.as_ref().and_then(|key| self.tree(key, path)),
        }
    }
}

/// True if a pipeline has been started below itself so often that it would continue without end.
fn goes_round(above: &[&PipelineArn], pipeline: &PipelineArn) -> bool {
    above.iter().filter(|other| **other == pipeline).count() >= ROUNDS
}

fn seconds(from: i64, to: i64) -> u64 {
    u64::try_from((to - from) / 1000).unwrap_or_default()
}
