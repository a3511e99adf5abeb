//! The run as it is known so far, and what each answer changes in it.

use std::collections::{HashMap, HashSet};

use aws_sdk_codepipeline::types::{ActionExecutionDetail, ActionExecutionStatus, PipelineExecution};

use super::event::{LostBecause, RunChange, RunEvent};
use super::facts::{InvokeFacts, actions, resolved_variables};
use super::failure::ReadFailure;
use super::tree::{ActionExecution, Correlation, FollowedExecution, Invoked, InvokedState};
use crate::core::ids::{ExecutionId, Name, PipelineArn};

/// The executions that are followed, by their position; the first is the outermost.
#[derive(Debug)]
pub(super) struct Live {
    nodes: Vec<Node>,
    /// The ids of all executions that are followed.
    claimed: HashSet<ExecutionId>,
}

#[derive(Debug)]
struct Node {
    /// Without what its actions started.
    execution: FollowedExecution,
    depth: usize,
    /// The invoke actions, by the id of the action's execution.
    invokes: HashMap<String, InvokeFacts>,
    /// Where what an action started is in the list.
    started: HashMap<String, (Correlation, usize)>,
    /// It is not read any more.
    closed: bool,
}

impl Live {
    pub(super) fn new(pipeline: PipelineArn, id: ExecutionId) -> Self {
        let mut live = Self { nodes: Vec::new(), claimed: HashSet::new() };
        live.add(pipeline, id, 0);
        live
    }

    fn add(&mut self, pipeline: PipelineArn, id: ExecutionId, depth: usize) -> usize {
        self.claimed.insert(id.clone());
        self.nodes.push(Node {
            execution: FollowedExecution::new(pipeline, id),
            depth,
            invokes: HashMap::new(),
            started: HashMap::new(),
            closed: false,
        });
        self.nodes.len() - 1
    }

    /// The pipeline and the id of an execution.
    pub(super) fn subject(&self, node: usize) -> Option<(PipelineArn, ExecutionId)> {
        let execution = &self.nodes.get(node)?.execution;
        Some((execution.pipeline.clone(), execution.id.clone()))
    }

    /// An invoke action.
    pub(super) fn facts(&self, node: usize, action: &str) -> Option<InvokeFacts> {
        self.nodes.get(node)?.invokes.get(action).cloned()
    }

    pub(super) fn is_closed(&self, node: usize) -> bool {
        self.nodes.get(node).is_none_or(|node| node.closed)
    }

    pub(super) fn close(&mut self, node: usize) {
        if let Some(node) = self.nodes.get_mut(node) {
            node.closed = true;
        }
    }

    pub(super) fn is_claimed(&self, id: &ExecutionId) -> bool {
        self.claimed.contains(id)
    }

    /// Takes in the status of an execution.
    pub(super) fn status(&mut self, node: usize, read: &PipelineExecution) -> Vec<RunEvent> {
        let Some(node) = self.nodes.get_mut(node) else { return Vec::new() };
        let (before, execution) = (node.execution.status.clone(), &mut node.execution);
        execution.status = read.status().cloned();
        execution.summary = read.status_summary().filter(|text| !text.is_empty()).map(str::to_owned);
        execution.variables = resolved_variables(read);
        let change = execution.status.clone().filter(|status| Some(status) != before.as_ref());
        let summary = execution.summary.clone();
        change.map(|status| node.event(RunChange::Execution { status, summary })).into_iter().collect()
    }

    /// Takes in the actions of an execution. Returns the ids of invoke actions that were not there before.
    pub(super) fn actions(&mut self, node: usize, details: &[ActionExecutionDetail]) -> (Vec<RunEvent>, Vec<String>) {
        let Some(node) = self.nodes.get_mut(node) else { return Default::default() };
        node.execution.failure = None;
        let runs = details.iter().any(|detail| detail.status() == Some(&ActionExecutionStatus::InProgress));
        if runs || node.execution.has_ended() {
            node.execution.waits = None;
        }
        let (mut events, mut new) = (Vec::new(), Vec::new());
        let mut read = Vec::new();
        for (mut action, detail) in actions(details) {
            let before = node.execution.actions.iter().find(|before| before.id == action.id);
            if before.is_none_or(|before| before.status != action.status) {
                events.push(node.event(RunChange::action(&action)));
            }
            let facts = InvokeFacts::of(&node.execution.pipeline, node.execution.id.as_str(), detail);
            action.invoked = match (before.and_then(|before| before.invoked.clone()), &facts) {
                (Some(invoked), _) => Some(invoked),
                (None, Some(facts)) => {
                    new.push(action.id.clone());
                    Some(Invoked { target: facts.target.clone(), state: InvokedState::NotStarted })
                }
                (None, None) => None,
            };
            if let Some(facts) = facts {
                node.invokes.insert(action.id.clone(), facts);
            }
            read.push(action);
        }
        node.execution.actions = read;
        (events, new)
    }

    /// True where no action of an execution runs.
    pub(super) fn is_idle(&self, node: usize) -> bool {
        let is_running = |action: &ActionExecution| action.status == ActionExecutionStatus::InProgress;
        self.nodes.get(node).is_some_and(|node| !node.execution.actions.iter().any(is_running))
    }

    /// Takes in what an execution waits for.
    pub(super) fn waits(&mut self, node: usize, why: Option<String>) -> Vec<RunEvent> {
        let Some(node) = self.nodes.get_mut(node) else { return Vec::new() };
        let is_new = node.execution.waits != why;
        node.execution.waits.clone_from(&why);
        why.filter(|_| is_new).map(|why| node.event(RunChange::Waiting { why })).into_iter().collect()
    }

    /// Takes in that an execution could not be read.
    pub(super) fn failed(&mut self, node: usize, failure: ReadFailure) -> Vec<RunEvent> {
        let Some(node) = self.nodes.get_mut(node) else { return Vec::new() };
        let again = node.execution.failure.as_ref().is_some_and(|before| before.code == failure.code);
        node.execution.failure = Some(failure.clone());
        if again { Vec::new() } else { vec![node.event(RunChange::Unreadable(failure))] }
    }

    /// Takes in that what an action started was found. Returns its position.
    pub(super) fn found(
        &mut self,
        node: usize,
        action: &str,
        id: ExecutionId,
        how: Correlation,
    ) -> (Vec<RunEvent>, Option<usize>) {
        let Some((target, depth)) =
            self.nodes.get(node).and_then(|node| Some((node.invokes.get(action)?.target.clone(), node.depth)))
        else {
            return Default::default();
        };
        let position = self.add(target.clone(), id.clone(), depth + 1);
        let Some(node) = self.nodes.get_mut(node) else { return Default::default() };
        node.started.insert(action.to_owned(), (how, position));
        let events = node
            .named(action)
            .map(|(stage, action)| node.event(RunChange::Started { stage, action, target, started: id, how }));
        (events.into_iter().collect(), Some(position))
    }

    /// Takes in that what an action started can't be followed.
    pub(super) fn lost(&mut self, node: usize, action: &str, state: InvokedState) -> Vec<RunEvent> {
        let Some(node) = self.nodes.get_mut(node) else { return Vec::new() };
        let Some(found) = node.execution.actions.iter_mut().find(|found| found.id == action) else { return Vec::new() };
        let Some(invoked) = &mut found.invoked else { return Vec::new() };
        let again = match (&invoked.state, &state) {
            (InvokedState::NotReadable(before), InvokedState::NotReadable(now)) => before.code == now.code,
            _ => false,
        };
        invoked.state = state.clone();
        if again {
            return Vec::new();
        }
        let target = invoked.target.clone();
        let why = match state {
            InvokedState::Ambiguous(candidates) => LostBecause::Ambiguous(candidates),
            InvokedState::NotFollowed => LostBecause::NotFollowed,
            InvokedState::NotReadable(failure) => LostBecause::NotReadable(failure),
            InvokedState::NotFound => LostBecause::NotFound,
            // The error of the action says it.
            InvokedState::NothingStarted | InvokedState::NotStarted | InvokedState::Execution { .. } => {
                return Vec::new();
            }
        };
        let event =
            node.named(action).map(|(stage, action)| node.event(RunChange::Lost { stage, action, target, why }));
        event.into_iter().collect()
    }

    /// The run as a tree.
    pub(super) fn tree(&self) -> Option<FollowedExecution> {
        self.branch(0)
    }

    fn branch(&self, position: usize) -> Option<FollowedExecution> {
        let node = self.nodes.get(position)?;
        let mut execution = node.execution.clone();
        for action in &mut execution.actions {
            // What an action started comes later in the list, so this ends.
            if let Some((how, started)) =
                node.started.get(&action.id).copied().filter(|(_, started)| *started > position)
                && let (Some(invoked), Some(run)) = (&mut action.invoked, self.branch(started))
            {
                invoked.state = InvokedState::Execution { how, run: Box::new(run) };
            }
        }
        Some(execution)
    }
}

impl Node {
    fn event(&self, change: RunChange) -> RunEvent {
        let (pipeline, execution) = (self.execution.pipeline.clone(), self.execution.id.clone());
        RunEvent { pipeline, execution, depth: self.depth, change }
    }

    /// The stage and the name of an action.
    fn named(&self, action: &str) -> Option<(Name, Name)> {
        let found = self.execution.actions.iter().find(|found| found.id == action)?;
        Some((found.stage.clone(), found.action.clone()))
    }
}
