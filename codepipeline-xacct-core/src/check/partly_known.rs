//! The parts of values that can be checked where others are not known: symbols of a template, and references.

use std::borrow::Cow;

use serde_json::Value;

use super::bare_name;
use super::symbol::{self, BEGIN, is_unknown};
use crate::catalogue::Format;
use crate::declaration::defaults::ENVIRONMENT_VARIABLE_TYPE;
use crate::declaration::references;

/// A value that is partly known, with something right for what isn't; `None` where that could be at fault, or nothing is known.
pub(super) fn written_part<'a>(format: &Format, value: &'a str) -> Option<Cow<'a, str>> {
    if !is_unknown(value) {
        return None;
    }
    match format {
        // What is written of an ARN or a URL suffices: nothing that follows makes a name of it.
        Format::Name(_) | Format::NameOrArn(_) | Format::Names(..) | Format::StackName(_) | Format::StackSetName
            if bare_name::kind(value).is_some() =>
        {
            Some(Cow::Borrowed(value))
        }
        Format::StackName(_) | Format::StackSetName => Some(Cow::Owned(symbol::replaced(value, "x"))),
        Format::EnvironmentVariables if !has_partial_type(value) => in_strings(value, ENVIRONMENT_VARIABLE_TYPE),
        Format::JsonObject(_) => in_strings(value, ""),
        // Only the artifact is looked at.
        Format::InputFile | Format::MaybeInputFile => {
            value.split_once("::").filter(|(artifact, _)| !is_unknown(artifact)).map(|_| Cow::Borrowed(value))
        }
        _ => None,
    }
}

/// Whether the type of a variable has a symbol and more: its value may complete it.
fn has_partial_type(variables: &str) -> bool {
    let variables: Vec<Value> = serde_json::from_str(variables).unwrap_or_default();
    let mut types = variables.iter().filter_map(|variable| variable.get("type")?.as_str());
    types.any(|kind| is_unknown(kind) && symbol::parts(kind).len() > 1)
}

/// JSON with its symbols replaced, if all of them are in strings: outside of one, a symbol may be any part of the JSON.
fn in_strings(json: &str, by: &str) -> Option<Cow<'static, str>> {
    let (mut in_string, mut escaped) = (false, false);
    for sign in json.chars() {
        match sign {
            BEGIN if !in_string => return None,
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            _ => {}
        }
    }
    Some(Cow::Owned(symbol::replaced(json, by)))
}

/// The part of a value that can be checked: the value of a reference is only known when the action runs.
pub(super) fn without_references<'a>(format: &Format, value: &'a str) -> Option<Cow<'a, str>> {
    if !references::has_reference(value) || *format == Format::VariableReference {
        return Some(Cow::Borrowed(value));
    }
    match format {
        // A reference inside a string may be anything.
        Format::EnvironmentVariables | Format::JsonObject(_) => {
            Some(Cow::Owned(replaced(value, ENVIRONMENT_VARIABLE_TYPE)))
        }
        // The artifact is known if the reference is in the path.
        Format::InputFile | Format::MaybeInputFile => value
            .split_once("::")
            .filter(|(artifact, _)| !references::has_reference(artifact))
            .map(|_| Cow::Borrowed(value)),
        // An ARN is not a name, even if a part of it is one.
        Format::Name(_) | Format::NameOrArn(_) | Format::StackName(_) if bare_name::kind(value).is_some() => {
            Some(Cow::Borrowed(value))
        }
        _ => None,
    }
}

/// True if a value that is wrong without its references may be right with them: a bare one may be part of the JSON.
pub(super) fn may_be_right(format: &Format, value: &str, without_references: &str) -> bool {
    let parses = |text: &str| serde_json::from_str::<Value>(text).is_ok();
    format.is_json()
        && references::has_reference(value)
        && !parses(without_references)
        && ["1", "{}", "[]", "\"x\"", "", ",1"].iter().any(|bare| parses(&replaced(value, bare)))
}

/// A text with its references replaced.
pub(super) fn replaced(text: &str, by: &str) -> String {
    references::replaced(text, |_| Some(by.to_owned()))
}
