//! Masks secrets, and tells what is masked.

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
pub(super) fn masks(declaration: &PipelineDeclaration) -> Vec<String> {
    let mut paths = Vec::new();
    add_masks("", &serde_json::to_value(declaration).unwrap_or_default(), &mut paths);
    paths
}

fn add_masks(path: &str, value: &Value, paths: &mut Vec<String>) {
    match value {
        Value::String(text) if is_masked(path, text) => paths.push(path.to_owned()),
        Value::Object(members) => {
            for (key, value) in members {
                add_masks(&member_path(path, key), value, paths);
            }
        }
        Value::Array(entries) => {
            for (index, entry) in entries.iter().enumerate() {
                add_masks(&entry_path(path, index, entry), entry, paths);
            }
        }
        _ => {}
    }
}

/// The declaration without its secrets.
pub(super) fn without(declaration: &PipelineDeclaration) -> PipelineDeclaration {
    let masked = masked(serde_json::to_value(declaration).unwrap_or_default());
    serde_json::from_value(masked).unwrap_or_default()
}

/// Whether a value stands for a secret. Which keys of a custom action type are secret is only seen by that.
pub(super) fn is_masked(path: &str, value: &str) -> bool {
    value == MASK && (is_secret(path) || path.contains(".configuration."))
}

/// What tells an entry of a list from the others: its name; of a trigger, the name of its source action.
pub(super) fn entry_name(entry: &Value) -> Option<&str> {
    let source = entry.get("gitConfiguration").and_then(|git| git.get("sourceActionName"));
    source.or_else(|| entry.get("name"))?.as_str()
}

/// The path of an entry of a list: by its name, or by its position where it has none.
pub(super) fn entry_path(list: &str, index: usize, entry: &Value) -> String {
    match entry_name(entry) {
        Some(name) => format!("{list}[{name}]"),
        None => format!("{list}[{index}]"),
    }
}
