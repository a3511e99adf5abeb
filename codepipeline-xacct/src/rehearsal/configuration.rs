//! The configuration of a rehearsal: which pipelines start with which variables, and how actions end. Names that are wrong are refused.

use std::collections::BTreeSet;

use super::error::RehearseError;
use crate::core::declaration::PipelineDeclaration;
use crate::core::ids::{PipelineArn, VariableName};
use crate::core::suggest::nearest;
use crate::core::topology::{Gate, Ownership, Pipeline, Subject, Topology};
use crate::local::{Local, Outcome};

/// What separates the parts of `PIPELINE/STAGE/ACTION`.
const SEPARATOR: char = '/';

/// A pipeline to start, as it was given.
#[derive(Debug, Clone)]
pub(super) enum Start {
    Subject(Option<Subject>),
    Named(String),
}

/// The configuration of a rehearsal, as it was given.
#[derive(Debug, Default)]
pub(super) struct RequestedConfiguration {
    pub(super) starts: Vec<Start>,
    pub(super) variables: Vec<(String, String)>,
    pub(super) outcomes: Vec<(String, Vec<Outcome>)>,
}

/// The configuration of a rehearsal, with all names found.
pub(super) struct Configuration {
    pub(super) starts: Vec<PipelineArn>,
    variables: Vec<(VariableName, String)>,
    outcomes: Vec<(Action, Vec<Outcome>)>,
}

/// An action or a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Action {
    pipeline: PipelineArn,
    stage: String,
    action: String,
}

impl RequestedConfiguration {
    /// Looks all names up, in what the topology says and in what exists.
    pub(super) fn find(self, topology: &Topology, local: &Local) -> Result<Configuration, RehearseError> {
        let starts = match self.starts.as_slice() {
            [] => nobody_invokes(topology)?,
            given => given.iter().map(|start| start.find(topology)).collect::<Result<_, _>>()?,
        };
        let declared = |arn: &PipelineArn| -> Vec<PipelineDeclaration> {
            let stated = topology.pipeline(arn).map(|pipeline| pipeline.declaration.clone());
            stated.into_iter().chain(local.pipeline(arn)).collect()
        };
        let known: BTreeSet<String> = starts.iter().flat_map(declared).flat_map(|it| variables_of(&it)).collect();
        let variables = self.variables.into_iter().map(|(name, value)| match name.parse() {
            Ok(found) if known.contains(&name) => Ok((found, value)),
            _ => Err(unknown("variable", &name, known.iter().cloned().collect())),
        });
        let variables = variables.collect::<Result<_, _>>()?;
        let mut actions = BTreeSet::new();
        for pipeline in topology.pipelines().iter().filter(|pipeline| pipeline.ownership != Ownership::Extern) {
            actions.extend(declared(&pipeline.arn).iter().flat_map(|it| actions_of(&pipeline.arn, it)));
        }
        let outcomes = self.outcomes.into_iter();
        let outcomes = outcomes.map(|(name, outcomes)| Ok((find_action(topology, &actions, &name)?, outcomes)));
        Ok(Configuration { starts, variables, outcomes: outcomes.collect::<Result<_, RehearseError>>()? })
    }
}

impl Configuration {
    /// Tells local AWS how actions end.
    pub(super) fn apply(&self, local: &Local) {
        for (Action { pipeline, stage, action }, outcomes) in &self.outcomes {
            local.script(pipeline, stage, action, outcomes.iter().cloned());
        }
    }

    /// Whether it says how an action ends.
    pub(super) fn has_outcome(&self, pipeline: &PipelineArn, stage: &str, action: &str) -> bool {
        self.outcomes.iter().any(|(it, _)| it.pipeline == *pipeline && it.stage == stage && it.action == action)
    }

    /// The variables that a pipeline declares, of those that are passed.
    pub(super) fn variables_for(&self, declaration: &PipelineDeclaration) -> Vec<(VariableName, String)> {
        let known = variables_of(declaration);
        self.variables.iter().filter(|(name, _)| known.iter().any(|known| known == name.as_str())).cloned().collect()
    }
}

impl Start {
    fn find(&self, topology: &Topology) -> Result<PipelineArn, RehearseError> {
        let given = match self {
            Start::Subject(Some(Subject::Pipeline(arn))) if topology.pipeline(arn).is_some() => return Ok(arn.clone()),
            Start::Subject(Some(subject)) => subject.to_string(),
            Start::Subject(None) => "an account".to_owned(),
            Start::Named(name) => name.clone(),
        };
        let all = topology.pipelines().iter();
        let mut found = all.filter(|pipeline| names(pipeline).contains(&given));
        let known = || topology.pipelines().iter().map(|pipeline| pipeline.item.clone()).collect();
        found.next().map(|pipeline| pipeline.arn.clone()).ok_or_else(|| unknown("pipeline", &given, known()))
    }
}

/// The pipelines that no other starts; all of them, where each is started by another.
fn nobody_invokes(topology: &Topology) -> Result<Vec<PipelineArn>, RehearseError> {
    let ours: Vec<&Pipeline> =
        topology.pipelines().iter().filter(|pipeline| pipeline.ownership != Ownership::Extern).collect();
    let is_invoked = |arn: &PipelineArn| {
        ours.iter().any(|other| other.arn != *arn && other.invokes.iter().any(|invoke| invoke.target.arn == *arn))
    };
    let first: Vec<PipelineArn> = ours.iter().map(|p| p.arn.clone()).filter(|arn| !is_invoked(arn)).collect();
    match (first.is_empty(), ours.is_empty()) {
        (_, true) => Err(RehearseError::NothingToStart),
        (true, false) => Ok(ours.iter().map(|pipeline| pipeline.arn.clone()).collect()),
        (false, false) => Ok(first),
    }
}

/// What a pipeline is called.
fn names(pipeline: &Pipeline) -> [String; 3] {
    [pipeline.item.clone(), pipeline.arn.name().to_string(), pipeline.arn.to_string()]
}

fn variables_of(declaration: &PipelineDeclaration) -> Vec<String> {
    declaration.variables.iter().flatten().map(|variable| variable.name.clone()).collect()
}

fn actions_of(pipeline: &PipelineArn, declaration: &PipelineDeclaration) -> Vec<Action> {
    let mut all = Vec::new();
    for stage in declaration.stages.iter().flatten() {
        let conditions = Gate::ALL.into_iter().filter_map(|gate| gate.conditions(stage)).flatten();
        let rules = conditions.flat_map(|condition| condition.rules.iter().flatten()).map(|rule| &rule.name);
        let actions = stage.actions.iter().flatten().map(|action| &action.name);
        all.extend(actions.chain(rules).map(|action| Action {
            pipeline: pipeline.clone(),
            stage: stage.name.clone(),
            action: action.clone(),
        }));
    }
    all
}

fn find_action(topology: &Topology, actions: &BTreeSet<Action>, given: &str) -> Result<Action, RehearseError> {
    let parts: Vec<&str> = given.split(SEPARATOR).map(str::trim).collect();
    let item = |action: &Action| topology.pipeline(&action.pipeline).map(|p| p.item.clone()).unwrap_or_default();
    let short = |action: &Action| format!("{}{SEPARATOR}{}", action.stage, action.action);
    let long = |action: &Action| format!("{}{SEPARATOR}{}", item(action), short(action));
    let is_it = |action: &&Action| match parts.as_slice() {
        [stage, name] => action.stage == *stage && action.action == *name,
        [pipeline, stage, name] => {
            let called = topology.pipeline(&action.pipeline).is_some_and(|p| names(p).iter().any(|n| n == pipeline));
            called && action.stage == *stage && action.action == *name
        }
        _ => false,
    };
    let found: Vec<&Action> = actions.iter().filter(is_it).collect();
    match found.as_slice() {
        [action] => Ok((*action).clone()),
        [] => {
            let known: Vec<String> = match parts.len() {
                3 => actions.iter().map(long).collect(),
                _ => actions.iter().map(short).collect(),
            };
            // The name of the action alone.
            let behind = format!("{SEPARATOR}{given}");
            let alone = known.iter().find(|known| known.ends_with(&behind)).cloned();
            match (unknown("action", given, known), alone) {
                (RehearseError::Unknown { kind, name, known, .. }, Some(near)) => {
                    Err(RehearseError::Unknown { kind, name, near: Some(near), known })
                }
                (error, _) => Err(error),
            }
        }
        several => Err(RehearseError::Ambiguous {
            action: given.to_owned(),
            actions: several.iter().map(|action| long(action)).collect(),
        }),
    }
}

fn unknown(kind: &'static str, name: &str, known: Vec<String>) -> RehearseError {
    let near = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
    RehearseError::Unknown { kind, name: name.to_owned(), near, known }
}
