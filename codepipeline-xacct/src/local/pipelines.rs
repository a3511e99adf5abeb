//! The pipelines that local AWS keeps, with an index of those that run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize, Serializer};

use super::execution::{ReadRevision, StoredActionExecution, StoredExecution, StoredStage};
use super::pairs;
use crate::core::declaration::{PipelineDeclaration, defaults};
use crate::core::ids::PipelineArn;

/// All pipelines of all accounts.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "BTreeMap<PipelineArn, StoredPipeline>")]
pub(super) struct Pipelines {
    all: BTreeMap<PipelineArn, StoredPipeline>,
    /// Those with executions that have not ended: nothing else is looked at when time passes.
    running: BTreeSet<PipelineArn>,
}

/// A pipeline.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StoredPipeline {
    /// As it is now.
    pub(super) declaration: Arc<PipelineDeclaration>,
    /// All declarations by their versions, with the time of each.
    pub(super) versions: BTreeMap<i64, (Arc<PipelineDeclaration>, i64)>,
    pub(super) created: i64,
    pub(super) updated: i64,
    pub(super) tags: IndexMap<String, String>,
    /// By id, from the oldest.
    pub(super) executions: IndexMap<String, StoredExecution>,
    /// Positions of the executions that have not ended, from the oldest.
    pub(super) active: BTreeSet<usize>,
    /// Disabled transitions into stages, by stage.
    pub(super) transitions: BTreeMap<String, Transition>,
    /// The execution that entered each stage last.
    pub(super) latest_in: BTreeMap<String, usize>,
    /// The last execution of each action: by stage and name, the positions of the execution and of the action in it.
    #[serde(with = "pairs")]
    pub(super) latest_of: BTreeMap<(String, String), (usize, usize)>,
    /// The executions that were started with a token.
    pub(super) tokens: BTreeMap<String, String>,
}

/// The transition into a stage, after it was disabled or enabled.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Transition {
    pub(super) enabled: bool,
    pub(super) reason: Option<String>,
    pub(super) by: String,
    pub(super) at: i64,
}

impl StoredPipeline {
    pub(super) fn position(&self, id: &str) -> Option<usize> {
        self.executions.get_index_of(id)
    }

    pub(super) fn at(&self, position: usize) -> Option<&StoredExecution> {
        self.executions.get_index(position).map(|(_, execution)| execution)
    }

    pub(super) fn at_mut(&mut self, position: usize) -> Option<&mut StoredExecution> {
        self.executions.get_index_mut(position).map(|(_, execution)| execution)
    }

    /// The execution that entered a stage last, with that stage of it.
    pub(super) fn last_in(&self, stage: &str) -> Option<(&StoredExecution, &StoredStage)> {
        let execution = self.at(*self.latest_in.get(stage)?)?;
        Some((execution, execution.stages.get(stage)?))
    }

    /// The last execution of an action.
    pub(super) fn last_of(&self, stage: &str, action: &str) -> Option<&StoredActionExecution> {
        let (execution, position) = self.latest_of.get(&(stage.to_owned(), action.to_owned()))?;
        self.at(*execution)?.actions.get(*position)
    }

    /// What a source action has read last, also while it reads again, or after it has failed.
    pub(super) fn last_read(&self, source: &str) -> Option<&ReadRevision> {
        let of = |execution: &'_ StoredExecution| execution.revisions.iter().position(|read| read.action == source);
        let (execution, index) = self.executions.values().rev().find_map(|it| Some((it, of(it)?)))?;
        execution.revisions.get(index)
    }

    /// The executions that have not ended, from the oldest.
    pub(super) fn active(&self) -> impl Iterator<Item = (usize, &StoredExecution)> {
        self.active.iter().filter_map(|position| Some((*position, self.at(*position)?)))
    }
}

impl Serialize for Pipelines {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.all.serialize(serializer)
    }
}

impl From<BTreeMap<PipelineArn, StoredPipeline>> for Pipelines {
    fn from(all: BTreeMap<PipelineArn, StoredPipeline>) -> Self {
        let running = all.iter().filter(|(_, record)| !record.active.is_empty()).map(|(arn, _)| arn.clone()).collect();
        Self { all, running }
    }
}

impl Pipelines {
    pub(super) fn get(&self, arn: &PipelineArn) -> Option<&StoredPipeline> {
        self.all.get(arn)
    }

    pub(super) fn get_mut(&mut self, arn: &PipelineArn) -> Option<&mut StoredPipeline> {
        self.all.get_mut(arn)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&PipelineArn, &StoredPipeline)> {
        self.all.iter()
    }

    pub(super) fn remove(&mut self, arn: &PipelineArn) {
        self.all.remove(arn);
        self.running.remove(arn);
    }

    pub(super) fn running(&self) -> Vec<PipelineArn> {
        self.running.iter().cloned().collect()
    }

    /// Adds an execution, or one that runs again.
    pub(super) fn activate(&mut self, arn: &PipelineArn, position: usize) {
        if let Some(record) = self.all.get_mut(arn) {
            record.active.insert(position);
            self.running.insert(arn.clone());
        }
    }

    /// Takes out what has ended.
    pub(super) fn settle(&mut self, arn: &PipelineArn) {
        let Some(record) = self.all.get_mut(arn) else { return };
        let StoredPipeline { active, executions, .. } = record;
        active.retain(|position| executions.get_index(*position).is_some_and(|(_, e)| e.status.is_running()));
        if active.is_empty() {
            self.running.remove(arn);
        }
    }

    /// Stores a declaration with what the service adds to it.
    pub(super) fn put(
        &mut self,
        arn: &PipelineArn,
        declaration: &PipelineDeclaration,
        version: i64,
        now: i64,
    ) -> &mut StoredPipeline {
        let mut stored = declaration.clone();
        stored.version = Some(version);
        defaults::fill_in(&mut stored, arn.region());
        for action in stored.actions_mut() {
            action.configuration.get_or_insert_default();
            action.input_artifacts.get_or_insert_default();
            action.output_artifacts.get_or_insert_default();
        }
        let stored = Arc::new(stored);
        let record = self.all.entry(arn.clone()).or_insert_with(|| StoredPipeline {
            declaration: Arc::clone(&stored),
            versions: BTreeMap::new(),
            created: now,
            updated: now,
            tags: IndexMap::new(),
            executions: IndexMap::new(),
            active: BTreeSet::new(),
            transitions: BTreeMap::new(),
            latest_in: BTreeMap::new(),
            latest_of: BTreeMap::new(),
            tokens: BTreeMap::new(),
        });
        record.versions.insert(version, (Arc::clone(&stored), now));
        record.transitions.retain(|name, _| stored.stages.iter().flatten().any(|stage| stage.name == *name));
        record.declaration = stored;
        record.updated = now;
        record
    }
}
