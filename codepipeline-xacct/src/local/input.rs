//! Members of a request to CodePipeline, and of what an action passes to one, with the constraints of the service model.

use serde_json::Value;

use super::refusal::{NOT_NULL, Refusal, broken_bound, constraint_text, validation};
use crate::core::ids::ExecutionId;

/// A value that breaks a constraint, in the words of the service.
pub(super) fn constraint(value: &str, member: &str, constraint: &str) -> Refusal {
    validation(constraint_text(Some(value), member, constraint))
}

pub(super) fn text<'a>(input: &'a Value, key: &str) -> Option<&'a str> {
    input.get(key).and_then(Value::as_str)
}

/// A text that has to be there.
pub(super) fn need<'a>(input: &'a Value, key: &str) -> Result<&'a str, Refusal> {
    text(input, key).ok_or_else(|| missing(key))
}

/// A member that has to be there is not.
pub(super) fn missing(key: &str) -> Refusal {
    validation(constraint_text(None, key, NOT_NULL))
}

/// A text whose length in characters has bounds.
pub(super) fn bounded<'a>(value: &'a str, key: &str, least: usize, most: usize) -> Result<&'a str, Refusal> {
    match broken_bound("length", value.chars().count(), least, most) {
        Some(words) => Err(constraint(value, key, &words)),
        None => Ok(value),
    }
}

/// A text with one of some values.
pub(super) fn one_of<'a>(value: &'a str, key: &str, values: &[&str]) -> Result<&'a str, Refusal> {
    if values.contains(&value) {
        return Ok(value);
    }
    Err(constraint(value, key, &format!("Member must satisfy enum value set: [{}]", values.join(", "))))
}

/// A text whose characters all match a pattern.
pub(super) fn matching<'a>(
    value: &'a str,
    key: &str,
    pattern: &str,
    fits: impl Fn(char) -> bool,
) -> Result<&'a str, Refusal> {
    if !value.is_empty() && value.chars().all(fits) {
        return Ok(value);
    }
    Err(constraint(value, key, &format!("Member must satisfy regular expression pattern: {pattern}")))
}

/// The id of an execution.
pub(super) fn execution_id<'a>(value: &'a str, key: &str) -> Result<&'a str, Refusal> {
    if value.parse::<ExecutionId>().is_ok() {
        return Ok(value);
    }
    let pattern = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
    Err(constraint(value, key, &format!("Member must satisfy regular expression pattern: {pattern}")))
}

/// A whole number with bounds.
pub(super) fn integer(input: &Value, key: &str, least: i64, most: i64) -> Result<Option<i64>, Refusal> {
    integer_at(input, key, key, least, most)
}

/// A whole number of a structure that is in the request at a path.
pub(super) fn integer_at(
    structure: &Value,
    key: &str,
    path: &str,
    least: i64,
    most: i64,
) -> Result<Option<i64>, Refusal> {
    let Some(value) = structure.get(key).filter(|value| !value.is_null()) else { return Ok(None) };
    let Some(number) = value.as_i64() else {
        return Err(wrong_type(value, "an Integer"));
    };
    match broken_bound("value", number, least, most) {
        Some(words) => Err(constraint(&number.to_string(), path, &words)),
        None => Ok(Some(number)),
    }
}

/// A list with bounds; the lower one only where the list is there.
pub(super) fn list<'a>(input: &'a Value, key: &str, least: usize, most: usize) -> Result<&'a [Value], Refusal> {
    let Some(value) = input.get(key).filter(|value| !value.is_null()) else { return Ok(&[]) };
    let Some(list) = value.as_array() else { return Err(wrong_type(value, "a list")) };
    match broken_bound("length", list.len(), least, most) {
        Some(words) => Err(constraint(&value.to_string(), key, &words)),
        None => Ok(list),
    }
}

/// A value that is not of the type that is wanted.
pub(super) fn wrong_type(value: &Value, wanted: &str) -> Refusal {
    let what = match value {
        Value::Object(_) => return serialization("Start of structure or map found where not expected."),
        Value::Array(_) => return serialization("Start of list found where not expected."),
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        _ => "STRING_VALUE",
    };
    serialization(&format!("{what} can not be converted to {wanted}"))
}

fn serialization(message: &str) -> Refusal {
    Refusal::new("SerializationException", message)
}
