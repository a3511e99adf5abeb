//! Stages and actions that an extended pipeline names and the account doesn't have.

use crate::declaration::{ActionDeclaration, StageDeclaration};
use crate::finding::{Finding, Place};
use crate::rules;
use crate::suggest::nearest;
use crate::topology::additions::StagePlace;
use crate::topology::items::Pipeline;

/// A stage that has to be there.
pub(in crate::plan) fn no_stage(pipeline: &Pipeline, stage: &str, there: &[StageDeclaration]) -> Finding {
    let message = format!("pipeline `{}` has no stage `{stage}`", pipeline.arn);
    let create = format!("to create it, write `add stage {stage:?} after \"…\" {{ … }}`");
    let finding = Finding::of(&rules::XA1002, pipeline.stage_place(stage), message);
    finding.help(help(stage, there.iter().map(|stage| stage.name.as_str()), Some(&create)))
}

/// A stage next to which another stage is added.
pub(in crate::plan) fn no_anchor(
    pipeline: &Pipeline,
    stage: &str,
    place: &StagePlace,
    there: &[StageDeclaration],
) -> Finding {
    let anchor = place.anchor();
    let message = format!("pipeline `{}` has no stage `{anchor}`, so `{stage}` can't be added {place}", pipeline.arn);
    let finding = Finding::of(&rules::XA1002, pipeline.stage_place(stage), message);
    finding.help(help(anchor, there.iter().map(|stage| stage.name.as_str()), None))
}

/// An action that has to be there.
pub(in crate::plan) fn no_action(
    pipeline: &Pipeline,
    stage: &str,
    action: &str,
    there: &[ActionDeclaration],
) -> Finding {
    let message = format!("stage `{stage}` of pipeline `{}` has no action `{action}`", pipeline.arn);
    let word = if pipeline.has_invoke(stage, action) { "invoke" } else { "action" };
    let create = format!("to create it, write `add {word} {action:?}: … {{ … }}`");
    let finding = Finding::of(&rules::XA1003, pipeline.action_place(stage, action), message);
    finding.help(help(action, there.iter().map(|action| action.name.as_str()), Some(&create)))
}

/// A stage or an action that is to be added and is there already.
pub(in crate::plan) fn already_exists(pipeline: &Pipeline, place: Place, what: &str) -> Finding {
    let message = format!("pipeline `{}` already has {what}, which this topology did not add", pipeline.arn);
    Finding::of(&rules::XA1025, place, message)
        .help("leave `add` out to manage only the keys written here, or choose another name for the addition")
}

fn help<'a>(name: &str, there: impl Iterator<Item = &'a str>, create: Option<&str>) -> String {
    let names: Vec<&str> = there.collect();
    if let Some(near) = nearest(name, names.iter().copied()) {
        return format!("did you mean `{near}`?");
    }
    let there = match names.as_slice() {
        [] => "there is none".to_owned(),
        names => format!("there are `{}`", names.join("`, `")),
    };
    match create {
        Some(create) => format!("{there}; {create}"),
        None => there,
    }
}
