//! References in JSON whose values are texts, and that have no quotes around them.

use super::view::View;
use crate::catalogue;
use crate::declaration::invoke::VARIABLES_KEY;
use crate::declaration::references::{VARIABLES, around, has_reference, references, replaced};
use crate::finding::Finding;
use crate::rules;
use serde_json::Value;

/// Output variables whose values are never JSON by themselves. Any other may be a number, or a piece of JSON.
/// Source: CodePipeline User Guide, "Variables reference".
const TEXTS: [&str; 12] = [
    "CommitId",
    "CommitUrl",
    "AuthorDate",
    "CommitterDate",
    "ConnectionArn",
    "FullRepositoryName",
    "ImageDigest",
    "ImageURI",
    "ECRImageDigestId",
    "StateMachineArn",
    "ExecutionArn",
    "StackSetId",
];

/// JSON stays JSON when its references are replaced by their values.
pub(super) fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    for action in view.actions() {
        for (key, value) in action.action.configuration.iter().flatten() {
            if key == VARIABLES_KEY || !has_reference(value) || !is_json(&replaced(value, |_| Some("1".to_owned()))) {
                continue;
            }
            let place = action.key_place(key).value();
            let bare = references(value).find(|reference| {
                let is_text = reference.parts().is_some_and(|(namespace, name)| makes_text(view, namespace, name));
                is_text
                    && !is_json(&replaced(value, |other| {
                        Some(if other.range == reference.range { "x" } else { "1" }.to_owned())
                    }))
            });
            let Some(reference) = bare.map(|reference| around(reference.inner)) else { continue };
            if view.context.is_open(&place) {
                continue;
            }
            let message = format!("`{reference}` is a text, and has no quotes around it in the JSON of `{key}`");
            let help = format!("write `\"{reference}\"` there");
            findings.push(Finding::of(&rules::XA0523, place, message).help(help));
        }
    }
}

fn is_json(text: &str) -> bool {
    // What begins with a bracket may be no JSON at all.
    matches!(serde_json::from_str(text), Ok(Value::Object(_)))
}

/// Whether a variable is of an action whose values of that name are texts.
fn makes_text(view: &View<'_>, namespace: &str, name: &str) -> bool {
    let mut producers = view.actions().filter(|action| action.action.namespace.as_deref() == Some(namespace));
    namespace != VARIABLES
        && TEXTS.contains(&name)
        && producers.any(|action| {
            let known = catalogue::find(&action.action.action_type_id).map(|known| known.output_variables);
            matches!(known, Some(catalogue::OutputVariables::Fixed(names)) if names.contains(&name))
        })
}
