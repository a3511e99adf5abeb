//! How long the keys and the values of a configuration are.

use super::view::View;
use crate::catalogue::{self, Format};
use crate::declaration::ActionTypeId;
use crate::declaration::invoke::{REVISIONS_KEY, VARIABLES_KEY};
use crate::finding::Finding;
use crate::rules;

/// The most characters that a configuration value of an action has.
const LONGEST_VALUE: usize = 1000;

/// A configuration key has 1 to 50, a value 1 to 1000 characters. Source: CodePipeline API Reference, `ActionDeclaration`.
pub(super) fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    for action in view.actions() {
        for (key, value) in action.action.configuration.iter().flatten() {
            let length = value.chars().count();
            let key_fault = key_fault(key);
            if key_fault.is_none() && (1..=LONGEST_VALUE).contains(&length) {
                continue;
            }
            let place = action.key_place(key);
            if view.context.is_open(&place.value()) {
                continue;
            }
            findings.extend(key_fault.map(|message| Finding::of(&rules::XA0207, place.clone(), message)));
            if length == 0 && key == "BuildspecOverride" {
                let message = "sources differ on whether `BuildspecOverride` may be empty";
                findings.push(Finding::of(&rules::XA0232, place.value(), message).help("leave the key out"));
            } else if length == 0 {
                let message = format!("the value of `{key}` is empty, which the service refuses");
                findings.push(Finding::of(&rules::XA0208, place.value(), message).help("leave the key out"));
            } else if is_judged_by_its_own_bound(&action.action.action_type_id, key, value) {
            } else if action.action.action_type_id.is_pipeline_invoke()
                && matches!(key.as_str(), VARIABLES_KEY | REVISIONS_KEY)
                && length <= 50_000
            {
                // 50 entries, which StartPipelineExecution takes, don't fit into 1000 characters.
                let message =
                    format!("the value of `{key}` has {length} characters; the API model says {LONGEST_VALUE}");
                findings.push(
                    Finding::of(&rules::XA0210, place.value(), message)
                        .help("pass an id, and have the target look up what belongs to it"),
                );
            } else if length > LONGEST_VALUE {
                let message = format!("the value of `{key}` has {length} characters; {LONGEST_VALUE} are allowed");
                let finding = Finding::of(&rules::XA0209, place.value(), message);
                findings.push(finding.help(shorter(&action.action.action_type_id, key)));
            }
        }
    }
}

/// The format of a key of an action.
fn format_of(id: &ActionTypeId, key: &str) -> Option<&'static Format> {
    catalogue::find(id).and_then(|known| known.key(key)).map(|key| &key.format)
}

/// Whether a value is over a bound that its key has besides, and is reported for that.
fn is_judged_by_its_own_bound(id: &ActionTypeId, key: &str, value: &str) -> bool {
    matches!(format_of(id, key), Some(Format::JsonObject(most)) if value.len() > *most)
}

/// Where a text goes that is too long for a configuration value.
fn shorter(id: &ActionTypeId, key: &str) -> &'static str {
    match format_of(id, key) {
        Some(Format::EnvironmentVariables) => {
            "move the variables that are always the same into the project or the buildspec, and pass the others here"
        }
        Some(Format::JsonObject(_)) => {
            "put the parameters into a file of an input artifact, and name it in `TemplateConfiguration`"
        }
        _ => "put the text into a file of an input artifact, and name the file",
    }
}

/// What is wrong with the key of a configuration. Source: CodePipeline API Reference, `ActionDeclaration` and `RuleDeclaration`.
pub(super) fn key_fault(key: &str) -> Option<String> {
    const LONGEST: usize = 50;
    let fits = (1..=LONGEST).contains(&key.chars().count());
    (!fits).then(|| format!("`{key}` is not a key of 1 to {LONGEST} characters"))
}
