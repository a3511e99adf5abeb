//! One mistake is one finding: what would only follow from something that could not be read is not said.

use std::collections::HashSet;

use super::view::View;
use crate::declaration::ActionDeclaration;
use crate::finding::{Finding, Place, Segment};

/// What may be missing because it could not be read; worked out once for all findings.
pub(super) struct Shadows<'a> {
    view: &'a View<'a>,
    /// Places in which something could not be read.
    around: HashSet<Place>,
    /// Places of action types of which something is not known.
    types: HashSet<Place>,
    artifacts: bool,
    namespaces: bool,
    actions: bool,
    run_orders: bool,
}

impl<'a> Shadows<'a> {
    pub(super) fn new(view: &'a View<'a>) -> Self {
        let holes = &view.context.holes;
        let is_type =
            |place: &Place| matches!(place.steps().last(), Some(Segment::Key(key)) if &**key == "actionTypeId");
        let unread = holes.iter().chain(&view.context.open);
        let mut shadows = Self {
            view,
            around: holes.iter().flat_map(with_parents).collect(),
            types: unread.flat_map(with_parents).filter(is_type).collect(),
            artifacts: false,
            namespaces: false,
            actions: false,
            run_orders: holes
                .iter()
                .any(|p| matches!(p.steps().last(), Some(Segment::Key(key)) if &**key == "runOrder")),
        };
        shadows.artifacts = shadows.unread(|action| action.output_artifacts.as_ref().is_none_or(Vec::is_empty));
        shadows.namespaces = shadows.unread(|action| action.namespace.is_none());
        shadows.actions = shadows.unread(|_| true);
        shadows
    }

    /// True where a stage, or the list of them, could not be read whole, or an action of which something is not known.
    fn unread(&self, lacks: fn(&ActionDeclaration) -> bool) -> bool {
        let holes = &self.view.context.holes;
        if holes.is_empty() {
            return false;
        }
        let in_actions = self.view.stages.iter().any(|stage| {
            holes.contains(&stage.place)
                || holes.contains(&stage.place.key("actions"))
                || stage.actions.iter().any(|a| self.around.contains(&a.place) && lacks(a.action))
        });
        in_actions || holes.contains(&self.view.place.key("stages"))
    }

    /// True where a finding may be no more than the shadow of a mistake that was found already.
    pub(super) fn cover(&self, finding: &Finding) -> bool {
        let holes = &self.view.context.holes;
        if holes.is_empty() && self.types.is_empty() {
            return false;
        }
        // Of what could not be read nothing is said, nor of what lies in it; of a stage or the pipeline, nothing about what
        // it lacks as a whole.
        let is_container =
            |place: &Place| matches!(place.steps().last(), Some(Segment::Stage(..) | Segment::Pipeline(..)));
        let in_hole = holes.contains(&finding.place)
            || with_parents(&finding.place).any(|p| !is_container(&p) && holes.contains(&p));
        // What could not be read may be what is missed: an action its artifact or its namespace, a stage its actions, the
        // pipeline its keys.
        let whole = &self.view.place;
        let missed = match finding.code {
            "XA0302" => self.artifacts,
            "XA0505" | "XA0515" => self.namespaces,
            // What an action or a rule lacks may be what could not be read in it.
            "XA0304" | "XA0306" | "XA0602" | "XA0603" | "XA0611" | "XA0612" | "XA0621" | "XA1111" | "XA1116" => {
                self.around.contains(&finding.place)
            }
            "XA0504" => holes.contains(whole) || holes.contains(&whole.key("variables")),
            // Who runs before whom is not known without the run orders.
            "XA0303" | "XA0506" => self.run_orders,
            // What only actions of some types have can't be judged without the type.
            "XA0104" | "XA0105" | "XA0215" | "XA0607" | "XA0616" => self.type_is_unknown(&finding.place),
            "XA0101" => holes.contains(&whole.key("stages")),
            "XA0102" => holes.contains(&finding.place.key("actions")),
            "XA0402" | "XA0404" | "XA0405" | "XA0801" => holes.contains(whole),
            "XA0201" => finding.place == whole.key("name").value() && holes.contains(whole),
            "XA1201" => self.actions,
            _ => false,
        };
        in_hole || missed
    }

    /// True where the type of the action around a place could not be read.
    fn type_is_unknown(&self, place: &Place) -> bool {
        let is_action = |place: &Place| matches!(place.steps().last(), Some(Segment::Action(..)));
        with_parents(place).find(is_action).is_some_and(|action| self.types.contains(&action.key("actionTypeId")))
    }
}

/// A place and all that it lies in.
fn with_parents(place: &Place) -> impl Iterator<Item = Place> {
    std::iter::successors(Some(place.clone()), Place::parent)
}
