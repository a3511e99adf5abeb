//! Structure: stages, the place of source actions, what follows a failed stage, V2.

use std::collections::HashSet;

use super::view::{View, has_wrong_category};
use crate::declaration::features::v2_features;
use crate::declaration::{PipelineType, StageResult};
use crate::finding::Finding;
use crate::ids::Name;
use crate::rules;
use crate::topology::parts::Gate;

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    stage_count(view, findings);
    action_count(view, findings);
    sources_first(view, findings);
    unique_names(view, false, findings);
    run_order(view, findings);
    on_failure(view, findings);
    rollback(view, findings);
    v2(view, findings);
}

/// How many stages a pipeline has.
const STAGES: std::ops::RangeInclusive<usize> = 2..=50;

/// A pipeline has a number of [`STAGES`]. Source: CodePipeline User Guide, "Quotas" and "Pipeline structure reference".
fn stage_count(view: &View<'_>, findings: &mut Vec<Finding>) {
    let count = view.stages.len();
    if count < *STAGES.start() {
        let (message, help) = crate::sentences::stages.render(&[("Self", &view.context.item)]);
        findings.push(Finding::of(&rules::XA0101, view.place.clone(), message).help(help));
    } else if count > *STAGES.end() {
        let message = format!("a pipeline has at most {} stages, this one has {count}", STAGES.end());
        findings.push(
            Finding::of(&rules::XA0101, view.place.clone(), message)
                .help("move stages to a pipeline of their own and start it with an `invoke` action"),
        );
    }
}

/// A stage has 1 to 50 actions, a pipeline at most 1000. Source: CodePipeline User Guide, "Quotas".
fn action_count(view: &View<'_>, findings: &mut Vec<Finding>) {
    for stage in &view.stages {
        let count = stage.actions.len();
        if count == 0 {
            let message = format!("stage `{}` has no action", stage.stage.name);
            findings.push(
                Finding::of(&rules::XA0102, stage.place.clone(), message).help("add an action, or leave the stage out"),
            );
        } else if count > 50 {
            let message = format!("a stage has at most 50 actions, stage `{}` has {count}", stage.stage.name);
            findings.push(
                Finding::of(&rules::XA0102, stage.place.clone(), message).help("move actions to a stage of their own"),
            );
        }
    }
    let total = view.actions().count();
    if total > 1000 {
        let message = format!("a pipeline has at most 1000 actions, this one has {total}");
        findings.push(Finding::of(&rules::XA0103, view.place.clone(), message));
    }
}

/// The first stage holds source actions only, and no other stage holds any (so every pipeline has other actions too).
/// Source: CodePipeline User Guide, "Stage structure requirements".
fn sources_first(view: &View<'_>, findings: &mut Vec<Finding>) {
    if let Some(sources) = view.late_sources()
        && let Some(first) = view.actions().next()
    {
        let message = format!("action `{}` is not a source action, but is in the first stage", first.action.name);
        let help = format!("move stage `{}`, which has the sources, to the front", sources.stage.name);
        findings.push(Finding::of(&rules::XA0104, first.place.clone(), message).help(help));
    }
    for stage in &view.stages {
        // A provider under a category that it doesn't have is reported as such.
        for action in stage.actions.iter().filter(|a| !has_wrong_category(&a.action.action_type_id)) {
            let name = &action.action.name;
            if stage.index == 0 && !action.is_source() {
                let message = format!("action `{name}` is not a source action, but is in the first stage");
                findings.push(
                    Finding::of(&rules::XA0104, action.place.clone(), message)
                        .help("the first stage holds source actions only: move the action to a later stage"),
                );
            } else if stage.index > 0 && action.is_source() {
                let message = format!("source action `{name}` is in stage `{}`", stage.stage.name);
                findings.push(
                    Finding::of(&rules::XA0105, action.place.clone(), message)
                        .help("source actions can only be in the first stage"),
                );
            }
        }
    }
}

/// Stage names are unique in the pipeline, action names in their stage. Source: CodePipeline User Guide, "Quotas". An extended pipeline may
/// name what exists, once.
pub(super) fn unique_names(view: &View<'_>, extended: bool, findings: &mut Vec<Finding>) {
    let added = &view.context.added;
    let mut stages = HashSet::new();
    for stage in &view.stages {
        let name = &stage.stage.name;
        if !stages.insert(name) {
            let message = format!("stage name `{name}` is used more than once");
            let help = if extended && !added.has_stage(name) {
                format!("write what stage `{name}` has in one place")
            } else {
                "give each stage its own name".to_owned()
            };
            findings.push(Finding::of(&rules::XA0107, stage.place.clone(), message).help(help).fact("subject", name));
        }
        let mut actions = HashSet::new();
        for action in &stage.actions {
            let action_name = &action.action.name;
            if !actions.insert(action_name) {
                let message = format!("action name `{action_name}` is used more than once in stage `{name}`");
                let help = if extended && !added.has_action(name, action_name) {
                    format!("write what action `{action_name}` has in one place")
                } else {
                    "give each action of a stage its own name".to_owned()
                };
                findings.push(Finding::of(&rules::XA0108, action.place.clone(), message).help(help));
            }
        }
    }
}

/// An added stage goes next to another stage; the name of that stage must be a valid one.
pub(super) fn anchors(view: &View<'_>, findings: &mut Vec<Finding>) {
    for stage in &view.stages {
        let name = stage.stage.name.as_str();
        let Some((_, place)) = view.context.added.stages().find(|(added, _)| *added == name) else { continue };
        let at = stage.place.key(place.word()).value();
        if place.anchor() == name {
            let message = format!("stage `{name}` can't be put next to itself");
            findings.push(Finding::of(&rules::XA0926, at, message).help("name a stage that the pipeline has"));
        } else if let Err(error) = place.anchor().parse::<Name>() {
            findings.push(super::names::malformed(&error, at));
        }
    }
}

/// The highest run order. Source: CodePipeline API Reference, `ActionDeclaration`.
pub(crate) const HIGHEST_RUN_ORDER: i64 = 999;

/// `runOrder` is 1 to 999. Source: CodePipeline API Reference, `ActionDeclaration`.
pub(super) fn run_order(view: &View<'_>, findings: &mut Vec<Finding>) {
    for action in view.actions() {
        let order = action.moment.order;
        if !(1..=HIGHEST_RUN_ORDER).contains(&order) {
            let message = format!("run order {order} is not between 1 and {HIGHEST_RUN_ORDER}");
            let help = format!("write {}", order.clamp(1, HIGHEST_RUN_ORDER));
            findings.push(Finding::of(&rules::XA0109, action.place.key("runOrder").value(), message).help(help));
        }
    }
}

/// `onFailure` has a result or conditions; a result is ROLLBACK or RETRY, and only RETRY has a mode.
/// Source: CodePipeline User Guide, "Stage conditions" and "Configuring automatic stage retry".
pub(super) fn on_failure(view: &View<'_>, findings: &mut Vec<Finding>) {
    for stage in &view.stages {
        let Some(failure) = &stage.stage.on_failure else { continue };
        let place = stage.place.key("onFailure");
        if failure.result.is_some() && failure.conditions.as_ref().is_some_and(|c| !c.is_empty()) {
            let message = format!("`onFailure` of stage `{}` has both a result and conditions", stage.stage.name);
            findings.push(Finding::of(&rules::XA0110, place.clone(), message).help("write one of the two"));
        }
        if let Some(result @ (StageResult::Fail | StageResult::Skip)) = &failure.result {
            let message = format!("`onFailure` of stage `{}` can't have the result {result}", stage.stage.name);
            findings.push(
                Finding::of(&rules::XA0113, place.key("result").value(), message).help("write ROLLBACK or RETRY"),
            );
        }
        if failure.retry_configuration.is_some() && failure.result != Some(StageResult::Retry) {
            let message = "`retryConfiguration` says what RETRY runs again, but the result is not RETRY";
            findings.push(
                Finding::of(&rules::XA0114, place.key("retryConfiguration"), message)
                    .help("write `\"result\": \"RETRY\"` (`on_failure: RETRY(…)` in `pipeline!`), or leave `retryConfiguration` out"),
            );
        }
    }
}

/// No ROLLBACK of the source stage or in PARALLEL mode, by result or by condition.
/// Source: CodePipeline User Guide, "Configuring stage rollback".
fn rollback(view: &View<'_>, findings: &mut Vec<Finding>) {
    let parallel = view.declaration.is_parallel();
    for stage in &view.stages {
        let by_result = stage.stage.on_failure.as_ref().filter(|f| f.result == Some(StageResult::Rollback));
        let by_result = by_result.map(|_| (stage.place.key("onFailure").key("result").value(), "use RETRY"));
        let by_condition = stage.conditions.iter().filter(|c| c.condition.result == Some(StageResult::Rollback));
        let by_condition = by_condition.map(|c| {
            let instead = if c.gate == Gate::OnSuccess { "use FAIL" } else { "leave the condition out" };
            (c.place.key("result").value(), instead)
        });
        for (place, instead) in by_result.into_iter().chain(by_condition) {
            if stage.index == 0 {
                findings.push(
                    Finding::of(&rules::XA0111, place.clone(), "the source stage can't be rolled back").help(instead),
                );
            }
            if parallel {
                findings.push(
                    Finding::of(&rules::XA0112, place, "a stage of a PARALLEL pipeline can't be rolled back")
                        .help(format!("{instead}, or another execution mode")),
                );
            }
        }
    }
}

/// V2-only features need `pipelineType` V2, which is best written out.
/// Source: CodePipeline User Guide, "Pipeline types".
fn v2(view: &View<'_>, findings: &mut Vec<Finding>) {
    let place = view.place.key("pipelineType").value();
    let Some(feature) = v2_features(view.declaration).next() else { return };
    match &view.declaration.pipeline_type {
        Some(PipelineType::V1) => findings
            .push(Finding::of(&rules::XA0801, place, format!("only V2 pipelines have {feature}")).help("write V2")),
        None if !view.context.derives_type => findings.push(
            Finding::of(
                &rules::XA0802,
                view.place.clone(),
                format!("no type is written, but only V2 pipelines have {feature}"),
            )
            .help("write `\"pipelineType\": \"V2\"` (`pipeline_type: V2` in `pipeline!`)"),
        ),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_have_the_numbers_that_are_checked() {
        let written = format!("{} to {} stages", STAGES.start(), STAGES.end());
        for text in [crate::sentences::stages.help, rules::explanation(rules::XA0101.code).unwrap().text] {
            assert!(text.contains(&written), "{text}");
        }
    }
}
