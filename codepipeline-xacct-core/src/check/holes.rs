//! One mistake is one finding: what would only follow from something that could not be read is not said.

use super::View;
use crate::declaration::ActionDeclaration;
use crate::finding::{Finding, Place, Step};

/// True where a finding may be no more than the shadow of a mistake that was found already.
pub(super) fn follows(finding: &Finding, view: &View<'_>) -> bool {
    let holes = &view.context.holes;
    if holes.is_empty() && view.context.open.is_empty() {
        return false;
    }
    // Of what could not be read nothing is said, nor of what lies in it; of a stage or the pipeline, nothing about what it
    // lacks as a whole.
    let is_container = |place: &Place| matches!(place.steps().last(), Some(Step::Stage(..) | Step::Pipeline(..)));
    let around = std::iter::successors(Some(finding.place.clone()), Place::parent);
    let in_hole = holes.contains(&finding.place) || around.into_iter().any(|p| !is_container(&p) && holes.contains(&p));
    // What could not be read may be what is missed: an action its artifact or its namespace, a stage its actions, the
    // pipeline its keys.
    let whole = &view.place;
    let missed = match finding.code {
        "XA0302" => unread(view, |action| action.output_artifacts.as_ref().is_none_or(Vec::is_empty)),
        "XA0505" => unread(view, |action| action.namespace.is_none()),
        // What an action or a rule lacks may be what could not be read in it.
        "XA0304" | "XA0306" | "XA0602" | "XA0603" | "XA0611" | "XA0612" | "XA0621" | "XA1111" | "XA1116" => {
            holes.iter().any(|hole| hole.is_in(&finding.place))
        }
        "XA0504" => holes.contains(whole) || holes.contains(&whole.key("variables")),
        // Who runs before whom is not known without the run orders.
        "XA0303" | "XA0506" => view.actions().any(|a| holes.contains(&a.place.key("runOrder"))),
        // What only actions of some types have can't be judged without the type.
        "XA0104" | "XA0105" | "XA0215" | "XA0607" | "XA0616" => type_is_unknown(&finding.place, view),
        "XA0101" => holes.contains(&whole.key("stages")),
        "XA0102" => holes.contains(&finding.place.key("actions")),
        "XA0402" | "XA0404" | "XA0405" | "XA0801" => holes.contains(whole),
        "XA0201" => finding.place == whole.key("name").value() && holes.contains(whole),
        "XA1201" => unread(view, |_| true),
        _ => false,
    };
    in_hole || missed
}

/// True where the type of the action around a place could not be read.
fn type_is_unknown(place: &Place, view: &View<'_>) -> bool {
    let is_action = |place: &Place| matches!(place.steps().last(), Some(Step::Action(..)));
    let Some(action) = std::iter::successors(Some(place.clone()), Place::parent).find(is_action) else { return false };
    let id = action.key("actionTypeId");
    view.context.holes.iter().chain(&view.context.open).any(|unread| unread.is_in(&id))
}

/// True where a stage, or the list of them, could not be read whole, or an action of which something is not known.
fn unread(view: &View<'_>, lacks: fn(&ActionDeclaration) -> bool) -> bool {
    let holes = &view.context.holes;
    let in_actions = view.stages.iter().any(|stage| {
        holes.contains(&stage.place)
            || holes.contains(&stage.place.key("actions"))
            || stage.actions.iter().any(|a| holes.iter().any(|h| h.is_in(&a.place)) && lacks(a.action))
    });
    in_actions || holes.contains(&view.place.key("stages"))
}
