//! The texts in which references are looked for.

use std::borrow::Cow;

use crate::catalogue::{self, Format};
use crate::check::invoke::passed_variables;
use crate::check::view::ActionView;
use crate::declaration::invoke::{PassedVariable, TARGET_KEY, VARIABLES_KEY};
use crate::declaration::references::{has_near_miss, has_reference};
use crate::finding::Place;

/// A text that may hold references.
pub(super) struct ScannedText<'a> {
    pub(super) place: Place,
    pub(super) text: Cow<'a, str>,
    /// True if the text is JSON.
    pub(super) in_json: bool,
    /// True if every `#{` begins a reference: in commands it may belong to the shell.
    pub(super) form: bool,
}

/// The texts of an action that may hold references: configuration values, commands, environment variables. The
/// variables of an invoke action have places of their own.
pub(super) fn texts<'a>(action: &ActionView<'a>) -> Vec<ScannedText<'a>> {
    let mut texts = Vec::new();
    let known = catalogue::find(&action.action.action_type_id);
    for (key, value) in action.action.configuration.iter().flatten() {
        // Most values have no reference, and need no place. In JSON it may be escaped.
        if key != VARIABLES_KEY && !has_reference(value) && !has_near_miss(value) {
            continue;
        }
        let place = action.key_place(key);
        match passed_variables(action.action).filter(|_| key == VARIABLES_KEY) {
            Some(passed) => {
                for PassedVariable { name, value } in passed {
                    let place = place.key(&name);
                    texts.push(ScannedText {
                        place: place.value(),
                        text: Cow::Owned(value),
                        in_json: true,
                        form: true,
                    });
                    texts.push(ScannedText { place, text: Cow::Owned(name), in_json: true, form: true });
                }
            }
            None => {
                let format = known.and_then(|known| known.key(key)).map(|key| &key.format);
                let in_json = format.is_some_and(Format::is_json)
                    || action.action.action_type_id.is_pipeline_invoke() && key != TARGET_KEY;
                texts.push(ScannedText { place: place.value(), text: Cow::Borrowed(value), in_json, form: true });
            }
        }
    }
    for (index, command) in action.action.commands.iter().flatten().enumerate() {
        let place = action.place.key("commands").index(index).value();
        texts.push(ScannedText { place, text: Cow::Borrowed(command), in_json: false, form: false });
    }
    for (index, variable) in action.action.environment_variables.iter().flatten().enumerate() {
        let place = action.place.key("environmentVariables").index(index).key("value").value();
        texts.push(ScannedText { place, text: Cow::Borrowed(&variable.value), in_json: false, form: true });
    }
    texts
}
