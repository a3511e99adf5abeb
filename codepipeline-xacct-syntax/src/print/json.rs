//! Policy documents as values.

use serde_json::Value;

use super::literal;

/// A JSON value in the form that a policy is written in; `None` where a part of it has none: a fraction, or `null`.
pub(super) fn value(json: &Value) -> Option<String> {
    Some(match json {
        Value::Null => return None,
        Value::Bool(boolean) => boolean.to_string(),
        Value::Number(number) => number.as_u64()?.to_string(),
        Value::String(text) => literal::text(text),
        Value::Array(values) => literal::list(&values.iter().map(value).collect::<Option<Vec<_>>>()?),
        Value::Object(members) => {
            let entries = members.iter().map(|(name, of)| Some(format!("{}: {}", literal::key(name), value(of)?)));
            literal::map(&entries.collect::<Option<Vec<_>>>()?)
        }
    })
}
