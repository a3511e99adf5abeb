//! Numbers: the version of a pipeline, and timeouts.

use super::view::View;
use crate::finding::Finding;
use crate::rules;

/// The service numbers versions from 1. Source: CodePipeline API Reference, `PipelineDeclaration`.
pub(super) fn version(view: &View<'_>, findings: &mut Vec<Finding>) {
    if let Some(version) = view.declaration.version.filter(|version| *version < 1) {
        let message = format!("version {version} is below 1");
        findings.push(
            Finding::of(&rules::XA0231, view.place.key("version").value(), message)
                .help("leave it out: the service counts versions"),
        );
    }
}

/// What is wrong with the timeout of an approval or a rule. Source: CodePipeline API Reference,
/// `ActionDeclaration` and `RuleDeclaration`.
pub(super) fn timeout_fault(minutes: i64) -> Option<String> {
    const LEAST: i64 = 5;
    const MOST: i64 = 86400;
    let fits = (LEAST..=MOST).contains(&minutes);
    (!fits).then(|| format!("{minutes} minutes are not between {LEAST} and {MOST}"))
}

/// Only a manual approval has a timeout.
/// Source: CodePipeline API Reference, `ActionDeclaration`.
pub(super) fn timeouts(view: &View<'_>, findings: &mut Vec<Finding>) {
    for action in view.actions() {
        let Some(minutes) = action.action.timeout_in_minutes else { continue };
        let place = action.place.key("timeoutInMinutes");
        if action.action.action_type_id.category != "Approval" {
            let message = format!("action `{}` is not an approval, so it can't have a timeout", action.action.name);
            findings.push(Finding::of(&rules::XA0215, place, message).help("leave `timeoutInMinutes` out"));
        } else if let Some(message) = timeout_fault(minutes) {
            findings.push(Finding::of(&rules::XA0216, place.value(), message));
        }
    }
}
