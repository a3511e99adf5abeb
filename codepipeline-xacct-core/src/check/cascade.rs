//! Suppression of consequential findings: a finding that may only follow from another mistake is not reported.
//!
//! The dependencies are in the rows of the rules, see [`Rule`]: `unless_unread`, `hides` and `hides_anywhere`.

use std::collections::HashSet;

use super::view::View;
use crate::declaration::ActionDeclaration;
use crate::finding::{Finding, Place, Segment};
use crate::rules::{self, Rule, UnreadPart};

/// Leaves out what may only follow from something that could not be read, or from another finding.
pub(super) fn leave_out(view: &View<'_>, findings: &mut Vec<Finding>) {
    if findings.is_empty() {
        return;
    }
    let unread = UnreadParts::new(view);
    findings.retain(|finding| !unread.hide(finding));
    leave_out_followers(findings);
}

/// Leaves out what only follows from another finding, and what was reported before.
pub(crate) fn leave_out_followers(findings: &mut Vec<Finding>) {
    let mut nearby: HashSet<(&str, Place)> = HashSet::new();
    let mut anywhere: HashSet<(&str, Option<&Segment>)> = HashSet::new();
    for finding in findings.iter() {
        let Some(rule) = rules::find(finding.code) else { continue };
        nearby.extend(rule.hides.iter().map(|hidden| (*hidden, scope(&finding.place))));
        anywhere.extend(rule.hides_anywhere.iter().map(|hidden| (*hidden, pipeline(&finding.place))));
    }
    let outside: HashSet<&str> = anywhere.iter().map(|(code, _)| *code).collect();
    // What a pipeline hides, it hides in itself, and in what is not in a pipeline.
    let hidden = |finding: &Finding| match pipeline(&finding.place) {
        None => outside.contains(finding.code),
        here => anywhere.contains(&(finding.code, None)) || anywhere.contains(&(finding.code, here)),
    };
    let hidden: Vec<bool> = findings.iter().map(hidden).collect();
    let mut hidden = hidden.into_iter();
    let mut seen = HashSet::new();
    findings.retain(|finding| {
        !hidden.next().unwrap_or_default()
            && !nearby.contains(&(finding.code, scope(&finding.place)))
            && seen.insert((finding.code, finding.place.clone(), finding.message.clone()))
    });
}

/// The pipeline in which a place is.
fn pipeline(place: &Place) -> Option<&Segment> {
    place.steps().first().filter(|step| matches!(step, Segment::Pipeline(_)))
}

/// The innermost action, rule or stage around a place, else the pipeline.
fn scope(place: &Place) -> Place {
    let steps = place.steps();
    let rule =
        steps.windows(2).position(|pair| matches!(pair, [Segment::Key(key), Segment::Index(_)] if &**key == "rules"));
    let end = rule
        .map(|at| at + 2)
        .or_else(|| {
            steps.iter().rposition(|step| matches!(step, Segment::Stage(..) | Segment::Action(..))).map(|at| at + 1)
        })
        .unwrap_or(1);
    steps.iter().take(end).fold(Place::default(), |place, step| place.step(step.clone()))
}

/// The parts of a pipeline that could not be read, worked out once for all findings.
struct UnreadParts<'a> {
    view: &'a View<'a>,
    /// Places in which something could not be read.
    around: HashSet<Place>,
    /// Places of action types that are not fully known.
    types: HashSet<Place>,
    output_artifacts: bool,
    namespaces: bool,
    actions: bool,
    run_orders: bool,
}

impl<'a> UnreadParts<'a> {
    fn new(view: &'a View<'a>) -> Self {
        let holes = &view.context.holes;
        let is_key =
            |place: &Place, name: &str| matches!(place.steps().last(), Some(Segment::Key(key)) if &**key == name);
        let open = || holes.iter().chain(&view.context.open);
        let mut parts = Self {
            view,
            around: holes.iter().flat_map(with_parents).collect(),
            types: open().flat_map(with_parents).filter(|place| is_key(place, "actionTypeId")).collect(),
            output_artifacts: false,
            namespaces: false,
            actions: false,
            run_orders: open().any(|place| is_key(place, "runOrder")),
        };
        let lacks_outputs = |action: &ActionDeclaration| action.output_artifacts.as_ref().is_none_or(Vec::is_empty);
        parts.output_artifacts = parts.in_actions(&["outputArtifacts"], lacks_outputs);
        parts.namespaces = parts.in_actions(&["namespace"], |action| action.namespace.is_none());
        parts.actions = parts.in_actions(&["actionTypeId", "name"], |_| true) || !parts.types.is_empty();
        parts
    }

    /// True if a stage, the list of stages, one of some members of an action, or an action for which `lacks` is true could not be read.
    fn in_actions(&self, members: &[&str], lacks: fn(&ActionDeclaration) -> bool) -> bool {
        let holes = &self.view.context.holes;
        if holes.is_empty() {
            return false;
        }
        let in_stages = self.view.stages.iter().any(|stage| {
            holes.contains(&stage.place)
                || holes.contains(&stage.place.key("actions"))
                || stage.actions.iter().any(|a| {
                    let unread = |member: &&str| holes.contains(&a.place.key(member));
                    holes.contains(&a.place) && lacks(a.action) || members.iter().any(unread)
                })
        });
        in_stages || holes.contains(&self.view.place.key("stages"))
    }

    /// True if a finding may only follow from what could not be read.
    fn hide(&self, finding: &Finding) -> bool {
        let holes = &self.view.context.holes;
        if holes.is_empty() && self.types.is_empty() && !self.run_orders {
            return false;
        }
        // Findings about what could not be read, or about anything in it, are left out; for a stage or the pipeline,
        // only those about it as a whole.
        let is_container =
            |place: &Place| matches!(place.steps().last(), Some(Segment::Stage(..) | Segment::Pipeline(..)));
        let in_hole = holes.contains(&finding.place)
            || with_parents(&finding.place).any(|place| !is_container(&place) && holes.contains(&place));
        in_hole || rules::find(finding.code).is_some_and(|rule| self.moot(rule, &finding.place))
    }

    /// True if what a rule needs could not be read.
    fn moot(&self, rule: &Rule, place: &Place) -> bool {
        let holes = &self.view.context.holes;
        let pipeline = &self.view.place;
        match rule.unless_unread {
            None => false,
            Some(UnreadPart::Pipeline) => holes.contains(pipeline),
            Some(UnreadPart::Name) => *place == pipeline.key("name").value() && holes.contains(pipeline),
            Some(UnreadPart::Variables) => holes.contains(pipeline) || holes.contains(&pipeline.key("variables")),
            Some(UnreadPart::Stages) => holes.contains(&pipeline.key("stages")),
            Some(UnreadPart::ActionsOfStage) => holes.contains(&place.key("actions")),
            Some(UnreadPart::Actions) => self.actions,
            Some(UnreadPart::OutputArtifacts) => self.output_artifacts,
            Some(UnreadPart::Namespaces) => self.namespaces,
            Some(UnreadPart::References) => {
                let variables = holes.contains(pipeline) || holes.contains(&pipeline.key("variables"));
                variables || self.namespaces || self.run_orders
            }
            Some(UnreadPart::RunOrders) => self.run_orders,
            Some(UnreadPart::ActionType) => self.type_is_unknown(place),
            Some(UnreadPart::Itself) => self.around.contains(place),
        }
    }

    /// True if the type of the action around a place could not be read.
    fn type_is_unknown(&self, place: &Place) -> bool {
        let is_action = |place: &Place| matches!(place.steps().last(), Some(Segment::Action(..)));
        with_parents(place).find(is_action).is_some_and(|action| self.types.contains(&action.key("actionTypeId")))
    }
}

/// A place and its parents.
fn with_parents(place: &Place) -> impl Iterator<Item = Place> {
    std::iter::successors(Some(place.clone()), Place::parent)
}
