//! The contents of the stages of a declaration.

use serde_json::Value;

use crate::core::check::unknown::is_unknown;

/// The actions of a declaration.
pub(super) fn actions(declaration: &Value) -> impl Iterator<Item = &Value> {
    let stages = declaration.get("stages").and_then(Value::as_array).into_iter().flatten();
    stages.flat_map(|stage| stage.get("actions").and_then(Value::as_array).into_iter().flatten())
}

/// Whether the stages of a declaration, or the actions of one of them, are not all there: something that is not known takes their place.
pub(super) fn is_partial(declaration: &Value) -> bool {
    let unknown = |value: &Value| value.as_str().is_some_and(is_unknown);
    let in_stage = |stage: &Value| match stage.get("actions") {
        Some(Value::Array(actions)) => actions.iter().any(unknown),
        actions => unknown(stage) || actions.is_some_and(unknown),
    };
    match declaration.get("stages") {
        Some(Value::Array(stages)) => stages.iter().any(in_stage),
        stages => stages.is_some_and(unknown),
    }
}

/// The roles that a declaration names, as it writes them.
pub(super) fn named_roles(declaration: &Value) -> impl Iterator<Item = &str> {
    let of_actions = actions(declaration).filter_map(|action| action.get("roleArn"));
    declaration.get("roleArn").into_iter().chain(of_actions).filter_map(Value::as_str)
}
