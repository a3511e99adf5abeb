//! Secrets of declarations, which no file has.

use serde_json::Value;

use crate::declaration::secrets::is_secret;

/// Replaces each secret by what `instead` makes of the words that name it: the pipeline, the action and the key.
pub(super) fn replaced(mut declaration: Value, pipeline: &str, instead: &mut dyn FnMut(&[&str]) -> Value) -> Value {
    replace(&mut declaration, &mut vec![pipeline.to_owned()], instead);
    declaration
}

fn replace(value: &mut Value, words: &mut Vec<String>, instead: &mut dyn FnMut(&[&str]) -> Value) {
    match value {
        Value::Object(members) => {
            let name = members.get("name").and_then(Value::as_str).map(str::to_owned);
            // The pipeline and the stage don't need to be named twice.
            let is_action = members.contains_key("configuration");
            let depth = words.len();
            words.extend(name.filter(|_| is_action));
            for (key, value) in members.iter_mut() {
                if is_secret(key) && value.is_string() {
                    let of: Vec<&str> = words.iter().map(String::as_str).chain([key.as_str()]).collect();
                    *value = instead(&of);
                } else {
                    replace(value, words, instead);
                }
            }
            words.truncate(depth);
        }
        Value::Array(entries) => entries.iter_mut().for_each(|entry| replace(entry, words, instead)),
        _ => {}
    }
}
