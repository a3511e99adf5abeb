//! The contents of the stages of a declaration.

use serde_json::Value;

use crate::core::finding::Place;

/// The actions of a declaration.
pub(super) fn actions(declaration: &Value) -> impl Iterator<Item = &Value> {
    let stages = declaration.get("stages").and_then(Value::as_array).into_iter().flatten();
    stages.flat_map(|stage| stage.get("actions").and_then(Value::as_array).into_iter().flatten())
}

/// The roles that a declaration names, as it writes them, and where.
pub(super) fn named_roles(declaration: &Value) -> Vec<(Place, &str)> {
    let mut found = Vec::new();
    collect(declaration, &Place::pipeline(""), &mut found);
    found
}

fn collect<'v>(value: &'v Value, place: &Place, found: &mut Vec<(Place, &'v str)>) {
    for (name, value) in value.as_object().into_iter().flatten() {
        match value {
            Value::String(arn) if name == "roleArn" => found.push((place.key(name).value(), arn)),
            Value::Object(_) | Value::Array(_) => collect(value, &place.key(name), found),
            _ => {}
        }
    }
    for (index, value) in value.as_array().into_iter().flatten().enumerate() {
        collect(value, &place.index(index), found);
    }
}
