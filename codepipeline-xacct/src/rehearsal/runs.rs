//! The runs that were started, with those that they started.

use std::collections::HashMap;

use super::report::{RehearsedAction, Run};
use crate::core::ids::PipelineArn;
use crate::core::topology::Topology;
use crate::local::{Local, SeenAction, SeenExecution};

/// A pipeline and the id of an execution.
type Key = (PipelineArn, String);

/// The runs that were started, with those that they started. Runs that CreatePipeline started are not among them.
#[derive(Default)]
pub(super) struct Runs {
    started: Vec<Key>,
    executions: HashMap<Key, SeenExecution>,
    items: HashMap<PipelineArn, String>,
}

impl Runs {
    /// Notes a run that was started.
    pub(super) fn started(&mut self, pipeline: PipelineArn, id: String) {
        self.started.push((pipeline, id));
    }

    /// Reads what became of them.
    pub(super) fn read(&mut self, topology: &Topology, local: &Local) {
        let all = local.seen_executions().into_iter();
        self.executions =
            all.map(|execution| ((execution.pipeline.clone(), execution.id.clone()), execution)).collect();
        self.items = topology.pipelines().iter().map(|p| (p.arn.clone(), p.item.clone())).collect();
    }

    /// The name of a pipeline's item, or its own where it has none.
    pub(super) fn item(&self, pipeline: &PipelineArn) -> String {
        self.items.get(pipeline).cloned().unwrap_or_else(|| pipeline.name().to_string())
    }

    /// All of them, each followed by those that it started.
    pub(super) fn all(&self) -> Vec<&SeenExecution> {
        let mut all = Vec::new();
        let mut open: Vec<&Key> = self.started.iter().rev().collect();
        while let Some(key) = open.pop() {
            let Some(execution) = self.executions.get(key) else { continue };
            open.extend(execution.actions.iter().rev().filter_map(|action| action.began.as_ref()));
            all.push(execution);
        }
        all
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
        self.started.iter().filter_map(|key| self.tree(key)).collect()
    }

    /// Every run is started once, so this ends.
    fn tree(&self, key: &Key) -> Option<Run> {
        let execution = self.executions.get(key)?;
        Some(Run {
            item: self.item(&execution.pipeline),
            pipeline: execution.pipeline.clone(),
            execution: execution.id.clone(),
            status: execution.status.to_owned(),
            variables: execution.variables.clone(),
            actions: execution.actions.iter().map(|action| self.action(action)).collect(),
            seconds: seconds(execution.started, execution.updated),
        })
    }

    fn action(&self, action: &SeenAction) -> RehearsedAction {
        RehearsedAction {
            stage: action.stage.clone(),
            action: action.action.clone(),
            status: action.status.to_owned(),
            error: action.error.as_ref().map(|(code, message)| format!("{code}: {message}")),
            retried: action.retried,
            started: action.began.as_ref().and_then(|key| self.tree(key)),
        }
    }
}

fn seconds(from: i64, to: i64) -> u64 {
    u64::try_from((to - from) / 1000).unwrap_or_default()
}
