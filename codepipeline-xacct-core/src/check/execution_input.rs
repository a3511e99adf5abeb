//! The input with which an action starts a state machine.

use serde_json::Value;

use super::view::{ActionView, View};
use crate::declaration::references::has_reference;
use crate::finding::Finding;
use crate::rules;

/// The longest input that a help repeats, in characters.
const LONGEST_REPEATED: usize = 40;

/// A literal input goes to the state machine as it is, which takes JSON only. Sources: CodePipeline User Guide, "AWS Step Functions invoke
/// action reference"; Step Functions API Reference, `StartExecution`.
pub(super) fn check(view: &View<'_>, action: &ActionView<'_>, findings: &mut Vec<Finding>) {
    let id = &action.action.action_type_id;
    let Some(configuration) = &action.action.configuration else { return };
    if (id.owner.as_str(), id.provider.as_str()) != ("AWS", "StepFunctions") {
        return;
    }
    let place = |key: &str| action.key_place(key).value();
    let open = |key: &str| view.context.is_open_at(|| place(key));
    let literal = configuration.get("InputType").is_none_or(|kind| kind == "Literal") && !open("InputType");
    let Some(input) = configuration.get("Input").filter(|input| literal && !input.is_empty()) else { return };
    // The value of a reference or of a template variable may be JSON. Without a home Region it may be a template.
    let unsure = open("Input") || has_reference(input) || input.contains("${") || view.context.home.is_none();
    if unsure || serde_json::from_str::<Value>(input).is_ok() {
        return;
    }
    // As a text is written: JSON in quotes. A long one would hide what there is to do.
    let written = |json: String| Value::from(json).to_string();
    let short = input.chars().count() <= LONGEST_REPEATED;
    let help = match short {
        true => format!("write `{}` for a text", written(Value::from(input.as_str()).to_string())),
        false => format!("write JSON like `{}`", written(r#"{"level": 1}"#.to_owned())),
    };
    let finding = Finding::of(&rules::XA0633, place("Input"), "the literal input of a state machine is JSON");
    findings.push(
        finding.help(format!(
            "{help}, or `\"InputType\": \"FilePath\"` (`input_type: FilePath` in `pipeline!`) for a file"
        )),
    );
}
