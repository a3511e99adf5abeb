//! Enumerations: members that have one of a few words.

use super::view::View;
use crate::declaration::fixed_values::{BLOCKER_TYPE, FAILURE_RESULTS, VARIABLE_TYPES};
use crate::declaration::{ExecutionMode, PipelineType, RetryMode, StageResult};
use crate::finding::{Finding, Place};
use crate::rules;
use crate::suggest::nearest;

/// Enumerations of the API have fixed words. Source: CodePipeline API Reference.
pub(super) fn enumerations(view: &View<'_>, findings: &mut Vec<Finding>) {
    let mut check = |place: Place, word: &str, allowed: &[&str]| {
        if !allowed.contains(&word) {
            let message = format!("`{word}` is not one of `{}`", allowed.join("`, `"));
            let finding = Finding::of(&rules::XA0224, place.value(), message);
            findings.push(match nearest(word, allowed.iter().copied()) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding,
            });
        }
    };
    if let Some(mode) = &view.declaration.execution_mode {
        check(view.place.key("executionMode"), mode.as_str(), ExecutionMode::VALUES);
    }
    if let Some(kind) = &view.declaration.pipeline_type {
        check(view.place.key("pipelineType"), kind.as_str(), PipelineType::VALUES);
    }
    for stage in &view.stages {
        let failure = stage.stage.on_failure.as_ref();
        let place = stage.place.key("onFailure");
        if let Some(result @ StageResult::Other(_)) = failure.and_then(|f| f.result.as_ref()) {
            check(place.key("result"), result.as_str(), FAILURE_RESULTS);
        }
        let retry = failure.and_then(|f| f.retry_configuration.as_ref()).and_then(|r| r.retry_mode.as_ref());
        if let Some(mode) = retry {
            check(place.key("retryConfiguration").key("retryMode"), mode.as_str(), RetryMode::VALUES);
        }
    }
    for action in view.actions() {
        for (index, variable) in action.action.environment_variables.iter().flatten().enumerate() {
            if let Some(kind) = &variable.r#type {
                let place = action.place.key("environmentVariables").index(index).key("type");
                check(place, kind, &VARIABLE_TYPES);
            }
        }
    }
}

/// A blocker has a name and the type Schedule. Source: CodePipeline API Reference, `BlockerDeclaration`.
pub(super) fn blockers(view: &View<'_>, findings: &mut Vec<Finding>) {
    for stage in &view.stages {
        for (index, blocker) in stage.stage.blockers.iter().flatten().enumerate() {
            let place = stage.place.key("blockers").index(index);
            if !(1..=100).contains(&blocker.name.chars().count()) && !view.context.is_open(&place.key("name")) {
                let message = "the name of a blocker has 1 to 100 characters";
                findings.push(Finding::of(&rules::XA0226, place.key("name").value(), message));
            }
            if blocker.r#type != BLOCKER_TYPE && !view.context.is_open(&place.key("type")) {
                let message = format!("`{}` is not a type of blocker", blocker.r#type);
                findings.push(Finding::of(&rules::XA0226, place.key("type").value(), message).help("write `Schedule`"));
            }
        }
    }
}
