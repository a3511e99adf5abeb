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

/// Whether a value stands for a secret. Which keys of a custom action type are secret is only seen by that.
pub(super) fn is_masked(path: &str, value: &str) -> bool {
    let in_configuration = [".configuration.", ".configuration["].iter().any(|key| path.contains(key));
    value == MASK && (in_configuration || is_secret(path))
}

/// A declaration with what is there in place of its masks at some paths: what was masked before it was written may be no secret.
pub(super) fn with_what_is_there(
    declaration: &PipelineDeclaration,
    there: &PipelineDeclaration,
    paths: &[String],
) -> PipelineDeclaration {
    if paths.is_empty() {
        return declaration.clone();
    }
    let mut value = serde_json::to_value(declaration).unwrap_or_default();
    fill("", &mut value, &serde_json::to_value(there).unwrap_or_default(), paths);
    serde_json::from_value(value).unwrap_or_default()
}

fn fill(path: &str, value: &mut Value, there: &Value, paths: &[String]) {
    match (value, there) {
        (Value::String(text), Value::String(there)) if text == MASK && paths.iter().any(|other| other == path) => {
            text.clone_from(there);
        }
        (Value::Object(members), Value::Object(there)) => {
            for (key, value) in members {
                if let Some(there) = there.get(key) {
                    fill(&member_path(path, key), value, there, paths);
                }
            }
        }
        (Value::Array(entries), Value::Array(there)) => {
            for (index, entry) in entries.iter_mut().enumerate() {
                let path = entry_path(path, index, entry);
                let same = match entry_name(entry) {
                    Some(name) => there.iter().find(|other| entry_name(other) == Some(name)),
                    None => there.get(index),
                };
                if let Some(same) = same {
                    fill(&path, entry, same, paths);
                }
            }
        }
        _ => {}
    }
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
