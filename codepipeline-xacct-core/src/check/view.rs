//! A declaration as the checks see it.

use super::context::CheckContext;
use super::regions;
use crate::catalogue;
use crate::declaration::defaults::run_order;
use crate::declaration::{
    ActionDeclaration, ActionTypeId, Condition, PipelineDeclaration, RuleDeclaration, StageDeclaration,
};
use crate::finding::Place;
use crate::topology::parts::Gate;

/// The category of source actions.
const SOURCE: &str = "Source";

/// A declaration with the places of its stages, actions and rules worked out once.
pub(super) struct View<'a> {
    pub(super) declaration: &'a PipelineDeclaration,
    pub(super) context: &'a CheckContext,
    pub(super) place: Place,
    pub(super) stages: Vec<StageView<'a>>,
}

pub(super) struct StageView<'a> {
    /// When it runs: where it is written, unless the sources come late.
    pub(super) index: usize,
    pub(super) stage: &'a StageDeclaration,
    pub(super) place: Place,
    pub(super) actions: Vec<ActionView<'a>>,
    pub(super) conditions: Vec<ConditionView<'a>>,
}

pub(super) struct ActionView<'a> {
    pub(super) moment: Moment,
    pub(super) action: &'a ActionDeclaration,
    pub(super) place: Place,
}

pub(super) struct ConditionView<'a> {
    pub(super) gate: Gate,
    pub(super) condition: &'a Condition,
    pub(super) place: Place,
    pub(super) rules: Vec<RuleView<'a>>,
}

pub(super) struct RuleView<'a> {
    pub(super) moment: Moment,
    pub(super) rule: &'a RuleDeclaration,
    pub(super) place: Place,
}

/// When something runs: the stage, and the run order in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    pub(super) stage: usize,
    pub(super) order: i64,
}

impl ActionView<'_> {
    pub(super) fn is_source(&self) -> bool {
        self.action.action_type_id.category == SOURCE
    }

    /// Where a key of its configuration is.
    pub(super) fn key_place(&self, key: &str) -> Place {
        self.place.key("configuration").key(key)
    }

    /// True if a key is set, or will be.
    pub(super) fn has(&self, view: &View<'_>, key: &str) -> bool {
        self.action.configuration.as_ref().is_some_and(|configuration| configuration.contains_key(key))
            || view.context.is_open_at(|| self.key_place(key).value())
    }

    /// True if this action has certainly finished at a moment.
    pub(super) fn is_done_at(&self, moment: Moment) -> bool {
        self.moment < moment
    }
}

impl<'a> View<'a> {
    pub(super) fn new(declaration: &'a PipelineDeclaration, context: &'a CheckContext) -> Self {
        let place = Place::pipeline(&context.item);
        let stages: Vec<&StageDeclaration> = declaration.stages.iter().flatten().collect();
        let late = late_sources(&stages);
        let stages = stages.into_iter().enumerate().map(|(written, stage)| {
            let stage_place = place.stage(written, &stage.name);
            // That the sources come late is one mistake: all else is judged as if they were where they belong.
            let index = match late {
                Some(late) if written == late => 0,
                Some(late) if written < late => written + 1,
                _ => written,
            };
            let actions = stage.actions.iter().flatten().enumerate().map(|(position, action)| ActionView {
                moment: Moment { stage: index, order: run_order(action) },
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

    /// The stage with the sources, where others are written before it.
    pub(super) fn late_sources(&self) -> Option<&StageView<'a>> {
        self.stages.iter().skip(1).find(|stage| stage.index == 0)
    }

    /// The Region of the pipeline, if it is known and can exist.
    pub(super) fn home(&self) -> Option<&str> {
        self.context.home.as_ref().map(|region| region.as_str()).filter(|region| regions::is_possible(region))
    }

    /// The Region of an action or a rule. Without the Region of the pipeline it may all be a template, and is not known.
    pub(super) fn region_of<'r>(&'r self, own: Option<&'r str>) -> Option<&'r str> {
        let home = self.home()?;
        Some(own.unwrap_or(home))
    }

    pub(super) fn actions(&self) -> impl Iterator<Item = &ActionView<'a>> {
        self.stages.iter().flat_map(|s| &s.actions)
    }

    pub(super) fn rules(&self) -> impl Iterator<Item = &RuleView<'a>> {
        self.stages.iter().flat_map(|s| &s.conditions).flat_map(|c| &c.rules)
    }
}

/// The one stage that has nothing but sources, where the first has none.
fn late_sources(stages: &[&StageDeclaration]) -> Option<usize> {
    let categories = |stage: &StageDeclaration| -> Vec<bool> {
        // What an action with a wrong category is is not known.
        let category = |action: &ActionDeclaration| match action.action_type_id.category.as_str() {
            "" => None,
            _ if has_wrong_category(&action.action_type_id) => None,
            category => Some(category == SOURCE),
        };
        stage.actions.iter().flatten().filter_map(category).collect()
    };
    let (first, others) = stages.split_first()?;
    let first_categories = categories(first);
    let whole = first_categories.len() == first.actions.iter().flatten().count();
    if first_categories.is_empty() || !whole || first_categories.contains(&true) {
        return None;
    }
    let mut with_sources = others.iter().zip(1..).filter(|(stage, _)| categories(stage).contains(&true));
    match (with_sources.next(), with_sources.next()) {
        (Some((stage, index)), None) => (!categories(stage).contains(&false)).then_some(index),
        _ => None,
    }
}

/// A provider under a category that it doesn't have.
pub(super) fn has_wrong_category(id: &ActionTypeId) -> bool {
    let mut same = catalogue::ACTIONS.iter().filter(|a| a.provider == id.provider && a.owner == id.owner).peekable();
    same.peek().is_some() && !same.any(|a| a.category == id.category)
}

fn conditions_of<'a>(index: usize, stage: &'a StageDeclaration, place: &Place) -> Vec<ConditionView<'a>> {
    let mut views = Vec::new();
    for gate in Gate::ALL {
        let list = place.key(gate.as_str()).key("conditions");
        // Before entry no action of the stage has run; afterwards those that ran are done.
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
