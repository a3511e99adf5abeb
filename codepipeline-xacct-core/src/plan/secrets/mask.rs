//! Masks secrets, and tells what is masked.

use std::collections::HashMap;

use serde_json::Value;

use crate::declaration::PipelineDeclaration;
use crate::declaration::secrets::{MASK, is_secret};
use crate::member_path::member_path;

/// The value without what AWS would mask.
pub(crate) fn masked(mut value: Value) -> Value {
    match &mut value {
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                *value = if is_secret(key) { MASK.into() } else { masked(value.take()) };
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|v| *v = masked(v.take())),
        _ => {}
    }
    value
}

/// The paths of secrets that are masked.
pub(in crate::plan) fn masks(declaration: &PipelineDeclaration) -> Vec<String> {
    let mut paths = Vec::new();
    each(declaration, |path, value| {
        if value.as_str().is_some_and(|text| is_masked(path, text)) {
            paths.push(path.to_owned());
        }
    });
    paths
}

/// A declaration with other values in place of its masks, where there are any for their paths.
pub(in crate::plan) fn unmasked(
    declaration: &PipelineDeclaration,
    value_at: impl Fn(&str) -> Option<Value>,
) -> PipelineDeclaration {
    let value = each(declaration, |path, value| {
        if value == MASK
            && let Some(other) = value_at(path)
        {
            *value = other;
        }
    });
    serde_json::from_value(value).unwrap_or_default()
}

/// Visits each value of a declaration that is neither an object nor a list, with its path, and returns what became of the whole.
fn each(declaration: &PipelineDeclaration, mut visit: impl FnMut(&str, &mut Value)) -> Value {
    let mut value = serde_json::to_value(declaration).unwrap_or_default();
    each_in("", &mut value, &mut visit);
    value
}

fn each_in(path: &str, value: &mut Value, visit: &mut impl FnMut(&str, &mut Value)) {
    match value {
        Value::Object(members) => {
            members.iter_mut().for_each(|(key, value)| each_in(&member_path(path, key), value, visit));
        }
        Value::Array(entries) => {
            for (index, entry) in entries.iter_mut().enumerate() {
                each_in(&entry_path(path, index, entry), entry, visit);
            }
        }
        value => visit(path, value),
    }
}

/// Whether a value stands for a secret. Which keys of a custom action type are secret is only seen by that.
pub(in crate::plan) fn is_masked(path: &str, value: &str) -> bool {
    let in_configuration = [".configuration.", ".configuration["].iter().any(|key| path.contains(key));
    value == MASK && (in_configuration || is_secret(path))
}

/// A declaration with what is there in place of its masks at some paths: what was masked before it was written may be no secret.
pub(in crate::plan) fn with_what_is_there(
    declaration: &PipelineDeclaration,
    there: &PipelineDeclaration,
    paths: &[String],
) -> PipelineDeclaration {
    if paths.is_empty() {
        return declaration.clone();
    }
    let mut texts = HashMap::new();
    each(there, |path, value| {
        if value.is_string() && paths.iter().any(|other| other == path) {
            texts.insert(path.to_owned(), value.clone());
        }
    });
    unmasked(declaration, |path| texts.get(path).cloned())
}

/// What tells an entry of a list from the others: its name; of a trigger, the name of its source action.
pub(in crate::plan) fn entry_name(entry: &Value) -> Option<&str> {
    let source = entry.get("gitConfiguration").and_then(|git| git.get("sourceActionName"));
    source.or_else(|| entry.get("name"))?.as_str()
}

/// The path of an entry of a list: by its name, or by its position where it has none.
pub(in crate::plan) fn entry_path(list: &str, index: usize, entry: &Value) -> String {
    match entry_name(entry) {
        Some(name) => format!("{list}[{name}]"),
        None => format!("{list}[{index}]"),
    }
}
