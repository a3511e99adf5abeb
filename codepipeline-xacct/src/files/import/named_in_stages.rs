//! The contents of the stages of a declaration.

use serde_json::Value;

/// The actions of a declaration.
pub(super) fn actions(declaration: &Value) -> impl Iterator<Item = &Value> {
    let stages = declaration.get("stages").and_then(Value::as_array).into_iter().flatten();
    stages.flat_map(|stage| stage.get("actions").and_then(Value::as_array).into_iter().flatten())
}

/// The roles that a declaration names, as it writes them.
pub(super) fn named_roles(declaration: &Value) -> impl Iterator<Item = &str> {
    let of_actions = actions(declaration).filter_map(|action| action.get("roleArn"));
    declaration.get("roleArn").into_iter().chain(of_actions).filter_map(Value::as_str)
}
