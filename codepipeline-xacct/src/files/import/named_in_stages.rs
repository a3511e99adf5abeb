//! The contents of the stages of a declaration.

use codepipeline_xacct_syntax::print::is_invoke;
use serde_json::Value;

use crate::core::check::unknown::is_unknown;
use crate::core::finding::Place;

/// The actions of a declaration.
pub(super) fn actions(declaration: &Value) -> impl Iterator<Item = &Value> {
    let stages = declaration.get("stages").and_then(Value::as_array).into_iter().flatten();
    stages.flat_map(|stage| stage.get("actions").and_then(Value::as_array).into_iter().flatten())
}

/// Whether the stages of a declaration, or the actions of one of them, are not all there: something that is not known takes their place, or
/// that of what an action starts.
pub(super) fn is_partial(declaration: &Value) -> bool {
    let unknown = |value: &Value| value.as_str().is_some_and(is_unknown);
    let starts_unknown = |action: &Value| is_invoke(action) && action.get("configuration").is_some_and(unknown);
    let in_stage = |stage: &Value| match stage.get("actions") {
        Some(Value::Array(actions)) => actions.iter().any(|action| unknown(action) || starts_unknown(action)),
        actions => unknown(stage) || actions.is_some_and(unknown),
    };
    match declaration.get("stages") {
        Some(Value::Array(stages)) => stages.iter().any(in_stage),
        stages => stages.is_some_and(unknown),
    }
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
