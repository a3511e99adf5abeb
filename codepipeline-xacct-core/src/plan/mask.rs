//! Masks secrets: neither the text of a plan nor a saved plan has any.

use std::collections::HashSet;

use serde_json::Value;

use crate::declaration::PipelineDeclaration;
use crate::declaration::secrets::{MASK, is_secret};

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
        Value::String(text) if text == MASK && is_secret(path) => paths.push(path.to_owned()),
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

/// The paths of secrets that are not masked.
pub(super) fn secrets(declaration: &PipelineDeclaration) -> Vec<String> {
    let masked: HashSet<String> = masks(declaration).into_iter().collect();
    masks(&without(declaration)).into_iter().filter(|path| !masked.contains(path)).collect()
}

/// The path of a member of an object.
pub(super) fn member_path(object: &str, key: &str) -> String {
    if object.is_empty() { key.to_owned() } else { format!("{object}.{key}") }
}

/// The path of an entry of a list: by its name, or by its position where it has none.
pub(super) fn entry_path(list: &str, index: usize, entry: &Value) -> String {
    match entry.get("name").and_then(Value::as_str) {
        Some(name) => format!("{list}[{name}]"),
        None => format!("{list}[{index}]"),
    }
}

/// Serializes a declaration without its secrets.
pub(crate) mod without_secrets {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{PipelineDeclaration, masked};

    pub(crate) fn serialize<S: Serializer>(
        declaration: &PipelineDeclaration,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        masked(serde_json::to_value(declaration).unwrap_or_default()).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Box<PipelineDeclaration>, D::Error> {
        Box::deserialize(deserializer)
    }
}
