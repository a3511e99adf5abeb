//! The rules for one declaration: one commented function each, with the code of a [rule](crate::rules). A check never stops at
//! the first finding.
//!
//! An error is what the service refuses or what certainly fails when the pipeline runs; everything else is a
//! warning. The same rules run in the macro, where some values are not known yet, on the finished topology, and on files
//! ([`files`]).

mod accounts;
mod actions;
mod artifacts;
mod conditions;
mod configuration;
mod cycles;
pub mod files;
mod followers;
mod formats;
mod holes;
mod invoke;
mod names;
mod regions;
pub(crate) mod shape;
mod stages;
mod stores;
pub(crate) mod tags;
pub(crate) mod targets;
mod triggers;
mod variables;

use std::collections::HashSet;

use crate::declaration::{ActionDeclaration, Condition, PipelineDeclaration, RuleDeclaration, StageDeclaration};
use crate::finding::{Finding, Place};
use crate::ids::{AccountId, Name, Region};
use crate::topology::items::Gate;

pub use accounts::passed_role_key;
pub use invoke::REVISION_TYPES;
pub use triggers::EVENTS as PULL_REQUEST_EVENTS;

/// What a check knows besides the declaration.
#[derive(Debug, Default)]
pub struct CheckContext {
    /// The name of the pipeline's item, for places.
    pub item: String,
    /// The Region of the pipeline, if it is known. Without it nothing is called cross-Region that need not be.
    pub home: Option<Region>,
    /// The account of the pipeline, if it is known. Without it nothing is called cross-account that need not be.
    pub account: Option<AccountId>,
    /// Places whose value is not known yet: runtime values, and what is derived from a reference to another item.
    pub open: HashSet<Place>,
    /// Constructs in which a mistake was found already; what would only follow from it is not said.
    pub holes: HashSet<Place>,
    /// Where the declaration comes from, which decides on masked secrets.
    pub origin: Origin,
}

/// Where a declaration comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Origin {
    /// It is not known what the declaration is for.
    #[default]
    Unknown,
    /// Input of CreatePipeline.
    Create,
    /// Output of GetPipeline.
    Get,
}

impl CheckContext {
    /// True where the value at a place is not known yet.
    pub fn is_open(&self, place: &Place) -> bool {
        self.open.contains(place)
    }
}

/// A declaration with the places of its stages, actions and rules worked out once.
pub(crate) struct View<'a> {
    declaration: &'a PipelineDeclaration,
    context: &'a CheckContext,
    place: Place,
    stages: Vec<StageView<'a>>,
}

pub(crate) struct StageView<'a> {
    index: usize,
    stage: &'a StageDeclaration,
    place: Place,
    actions: Vec<ActionView<'a>>,
    conditions: Vec<ConditionView<'a>>,
}

pub(crate) struct ActionView<'a> {
    moment: Moment,
    action: &'a ActionDeclaration,
    place: Place,
}

pub(crate) struct ConditionView<'a> {
    gate: Gate,
    condition: &'a Condition,
    place: Place,
    rules: Vec<RuleView<'a>>,
}

pub(crate) struct RuleView<'a> {
    moment: Moment,
    rule: &'a RuleDeclaration,
    place: Place,
}

/// When something runs: the stage, and the run order in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    stage: usize,
    order: i64,
}

impl ActionView<'_> {
    fn is_source(&self) -> bool {
        self.action.action_type_id.category == "Source"
    }

    /// True where this action has certainly finished at a moment.
    fn is_done_at(&self, moment: Moment) -> bool {
        self.moment < moment
    }
}

impl<'a> View<'a> {
    fn new(declaration: &'a PipelineDeclaration, context: &'a CheckContext) -> Self {
        let place = Place::pipeline(&context.item);
        let stages = declaration.stages.iter().flatten().enumerate().map(|(index, stage)| {
            let stage_place = place.stage(index, &stage.name);
            let actions = stage.actions.iter().flatten().enumerate().map(|(position, action)| ActionView {
                moment: Moment { stage: index, order: action.run_order.unwrap_or(1) },
                action,
                place: stage_place.action(position, &action.name),
            });
            StageView {
                index,
                stage,
                actions: actions.collect(),
                conditions: conditions_of(index, stage, &stage_place),
                place: stage_place,
            }
        });
        Self { declaration, context, stages: stages.collect(), place }
    }

    /// The Region of the pipeline, where it is known and is one.
    fn home(&self) -> Option<&str> {
        self.context.home.as_ref().map(|region| region.as_str()).filter(|region| regions::is_possible(region))
    }

    fn actions(&self) -> impl Iterator<Item = &ActionView<'a>> {
        self.stages.iter().flat_map(|s| &s.actions)
    }

    fn rules(&self) -> impl Iterator<Item = &RuleView<'a>> {
        self.stages.iter().flat_map(|s| &s.conditions).flat_map(|c| &c.rules)
    }
}

fn conditions_of<'a>(index: usize, stage: &'a StageDeclaration, place: &Place) -> Vec<ConditionView<'a>> {
    let mut views = Vec::new();
    for gate in Gate::ALL {
        let list = place.key(gate.as_str()).key("conditions");
        // Before entry no action of the stage has run; afterwards those that did are done.
        let order = if gate == Gate::BeforeEntry { i64::MIN } else { i64::MAX };
        for (position, condition) in gate.conditions(stage).into_iter().flatten().enumerate() {
            let place = list.index(position);
            let rules = condition.rules.iter().flatten().enumerate().map(|(position, rule)| RuleView {
                moment: Moment { stage: index, order },
                rule,
                place: place.key("rules").index(position),
            });
            views.push(ConditionView { gate, condition, rules: rules.collect(), place });
        }
    }
    views
}

/// The rules for the declaration of a whole pipeline.
pub fn pipeline(declaration: &PipelineDeclaration, context: &CheckContext) -> Vec<Finding> {
    let view = View::new(declaration, context);
    let mut findings = Vec::new();
    stages::check(&view, &mut findings);
    names::check(&view, &mut findings);
    artifacts::check(&view, &mut findings);
    stores::check(&view, &mut findings);
    accounts::check(&view, &mut findings);
    variables::check(&view, &mut findings);
    actions::check(&view, &mut findings);
    invoke::check(&view, &mut findings);
    conditions::check(&view, &mut findings);
    triggers::check(&view, &mut findings);
    let shadows = holes::Shadows::new(&view);
    findings.retain(|finding| !shadows.cover(finding));
    followers::leave_out(&mut findings);
    findings
}

/// The rules that hold for the keys of an extended or extern pipeline, whose rest only its account knows.
pub fn extension(declaration: &PipelineDeclaration, context: &CheckContext) -> Vec<Finding> {
    let view = View::new(declaration, context);
    let mut findings = Vec::new();
    names::check(&view, &mut findings);
    actions::check_written(&view, &mut findings);
    invoke::check(&view, &mut findings);
    conditions::check(&view, &mut findings);
    let shadows = holes::Shadows::new(&view);
    findings.retain(|finding| !shadows.cover(finding));
    followers::leave_out(&mut findings);
    findings
}

/// The name of a pipeline item, or what is wrong with it.
pub fn pipeline_name(item: &str, name: &str) -> Result<Name, Finding> {
    names::pipeline_name(name, Place::pipeline(item).key("name").value())
}

#[cfg(test)]
mod tests;
