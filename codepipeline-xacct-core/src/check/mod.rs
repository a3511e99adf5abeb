//! The rules for one declaration: one commented function each, with a stable code. A check never stops at the first finding.
//!
//! An error is what the service refuses or what certainly fails when the pipeline runs; everything else is a
//! warning. The same rules run in the macro, where some values are not known yet, and on the finished topology.

mod actions;
mod artifacts;
mod limits;
mod stages;
mod variables;

use std::collections::HashSet;

use crate::declaration::{ActionDeclaration, PipelineDeclaration, StageDeclaration};
use crate::finding::{Finding, Place};
use crate::ids::{Name, Region};

/// What a check knows besides the declaration.
#[derive(Debug, Default)]
pub struct Context {
    /// The name of the pipeline's item, for places.
    pub item: String,
    /// The Region of the pipeline, if it is known.
    pub home: Option<Region>,
    /// Places whose value is not known yet: runtime values, and what is derived from a reference to another item.
    pub open: HashSet<Place>,
}

impl Context {
    /// True where the value at a place is not known yet.
    pub fn is_open(&self, place: &Place) -> bool {
        self.open.contains(place)
    }
}

/// A declaration with the places of its stages and actions worked out once.
pub(crate) struct View<'a> {
    declaration: &'a PipelineDeclaration,
    context: &'a Context,
    place: Place,
    stages: Vec<StageView<'a>>,
}

pub(crate) struct StageView<'a> {
    index: usize,
    stage: &'a StageDeclaration,
    place: Place,
    actions: Vec<ActionView<'a>>,
}

pub(crate) struct ActionView<'a> {
    stage: usize,
    action: &'a ActionDeclaration,
    place: Place,
}

impl ActionView<'_> {
    fn run_order(&self) -> i64 {
        self.action.run_order.unwrap_or(1)
    }

    fn is_source(&self) -> bool {
        self.action.action_type_id.category == "Source"
    }

    /// True where this action has certainly finished before the other starts.
    fn runs_before(&self, other: &ActionView<'_>) -> bool {
        (self.stage, self.run_order()) < (other.stage, other.run_order())
    }
}

impl<'a> View<'a> {
    fn new(declaration: &'a PipelineDeclaration, context: &'a Context) -> Self {
        let place = Place::pipeline(&context.item);
        let stages = declaration.stages.iter().flatten().enumerate().map(|(index, stage)| {
            let stage_place = place.stage(index, &stage.name);
            let actions = stage.actions.iter().flatten().enumerate().map(|(position, action)| ActionView {
                stage: index,
                action,
                place: stage_place.action(position, &action.name),
            });
            StageView { index, stage, actions: actions.collect(), place: stage_place }
        });
        Self { declaration, context, stages: stages.collect(), place }
    }

    fn actions(&self) -> impl Iterator<Item = &ActionView<'a>> {
        self.stages.iter().flat_map(|s| &s.actions)
    }
}

/// The rules for the declaration of a whole pipeline.
pub fn pipeline(declaration: &PipelineDeclaration, context: &Context) -> Vec<Finding> {
    let view = View::new(declaration, context);
    let mut findings = Vec::new();
    stages::check(&view, &mut findings);
    limits::check(&view, &mut findings);
    artifacts::check(&view, &mut findings);
    variables::check(&view, &mut findings);
    actions::check(&view, &mut findings);
    findings
}

/// The rules that hold for the keys of an extended or extern pipeline, whose rest only its account knows.
pub fn extension(declaration: &PipelineDeclaration, context: &Context) -> Vec<Finding> {
    let view = View::new(declaration, context);
    let mut findings = Vec::new();
    limits::check(&view, &mut findings);
    actions::check_written_keys(&view, &mut findings);
    findings
}

/// The name of a pipeline item, or what is wrong with it.
pub fn pipeline_name(item: &str, name: &str) -> Result<Name, Finding> {
    limits::pipeline_name(name, Place::pipeline(item).key("name").value())
}

#[cfg(test)]
mod tests;
