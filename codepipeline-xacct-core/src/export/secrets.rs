//! Secrets of declarations, which no file has.

use serde_json::Value;

use crate::declaration::defaults::ENVIRONMENT_VARIABLE_TYPE;
use crate::declaration::secrets::{has_key_id, has_secret_form, is_secret, is_secret_key, looks_secret};

/// A part of a text with secrets.
pub(super) enum Part<'t> {
    /// What is no secret.
    Text(&'t str),
    /// The placeholder of a secret.
    Secret(&'t str),
    /// The placeholder of a secret that is a string of JSON. Its quotes are not in the parts around it.
    InJson(&'t str),
}

/// How placeholders are called and written.
pub(super) struct Placeholders<'p> {
    /// Names one, by the words that name the secret: the pipeline, the action, and the key or the variable. True for one in a text of JSON.
    pub(super) name: &'p mut dyn FnMut(&[&str], bool) -> String,
    /// Writes a text in parts.
    pub(super) write: &'p dyn Fn(&[Part<'_>]) -> Value,
}

/// Replaces each secret by a placeholder.
pub(super) fn replaced(mut declaration: Value, pipeline: &str, placeholders: Placeholders<'_>) -> Value {
    Replacing { words: vec![pipeline.to_owned()], placeholders }.members(&mut declaration);
    declaration
}

struct Replacing<'p> {
    words: Vec<String>,
    placeholders: Placeholders<'p>,
}

impl Replacing<'_> {
    fn members(&mut self, value: &mut Value) {
        match value {
            Value::Object(members) => {
                let name = members.get("name").and_then(Value::as_str).map(str::to_owned);
                // The pipeline and the stage don't need to be named twice.
                let is_named = members.contains_key("actionTypeId") || members.contains_key("ruleTypeId");
                let depth = self.words.len();
                self.words.extend(name.filter(|_| is_named));
                for (key, value) in members.iter_mut() {
                    match (key.as_str(), &mut *value) {
                        ("configuration", Value::Object(configuration)) => {
                            configuration.iter_mut().for_each(|(key, value)| self.configured(key, value));
                        }
                        ("environmentVariables", Value::Array(variables)) => {
                            variables.iter_mut().for_each(|variable| self.variable(variable));
                        }
                        (key, Value::String(_)) if is_secret(key) => self.whole(key, value),
                        _ => self.members(value),
                    }
                }
                self.words.truncate(depth);
            }
            Value::Array(entries) => entries.iter_mut().for_each(|entry| self.members(entry)),
            _ => {}
        }
    }

    fn name(&mut self, key: &str, in_json: bool) -> String {
        let words: Vec<&str> = self.words.iter().map(String::as_str).chain([key]).collect();
        (self.placeholders.name)(&words, in_json)
    }

    fn whole(&mut self, key: &str, value: &mut Value) {
        let name = self.name(key, false);
        *value = (self.placeholders.write)(&[Part::Secret(&name)]);
    }

    /// A variable of an action.
    fn variable(&mut self, variable: &mut Value) {
        if let Some(name) = secret_variable(variable).map(str::to_owned)
            && let Some(value) = variable.get_mut("value")
        {
            self.whole(&name, value);
        }
    }

    /// The value of a key of a configuration, which may be a text of JSON with secrets in it.
    fn configured(&mut self, key: &str, value: &mut Value) {
        let Some(text) = value.as_str() else { return self.members(value) };
        if is_secret(key) {
            return self.whole(key, value);
        }
        let mut json = serde_json::from_str(text).unwrap_or_default();
        let mut secrets = Vec::new();
        let has_id = has_id(&json);
        in_json(&mut json, has_id, &mut secrets);
        let rest = if secrets.is_empty() { text.to_owned() } else { json.to_string() };
        if has_secret_form(&rest) {
            return self.whole(key, value);
        }
        let names: Vec<String> = secrets.iter().map(|secret| self.name(secret, true)).collect();
        let mut parts = Vec::new();
        let mut rest = rest.as_str();
        for (index, name) in names.iter().enumerate() {
            if let Some((before, after)) = rest.split_once(&format!("\"{}\"", mark(index))) {
                parts.extend([Part::Text(before), Part::InJson(name)]);
                rest = after;
            }
        }
        if !parts.is_empty() {
            parts.push(Part::Text(rest));
            *value = (self.placeholders.write)(&parts);
        }
    }
}

/// The name of a variable whose value is a secret, and not where one is.
fn secret_variable(variable: &Value) -> Option<&str> {
    let text = |member: &str| variable.get(member).and_then(Value::as_str);
    let is_plain = variable.get("type").is_none_or(|kind| kind == ENVIRONMENT_VARIABLE_TYPE);
    let (name, value) = text("name").zip(text("value"))?;
    (is_plain && looks_secret(name, value)).then_some(name)
}

/// What stands for a secret in JSON until it is a text: no text has these characters.
fn mark(index: usize) -> String {
    format!("\u{f8ff}{index}\u{f8ff}")
}

/// Marks the secrets in JSON, in their order, and takes note of their names.
fn in_json(value: &mut Value, has_id: bool, found: &mut Vec<String>) {
    if let Some(name) = secret_variable(value).map(str::to_owned) {
        if let Some(value) = value.get_mut("value") {
            *value = mark(found.len()).into();
            found.push(name);
        }
        return;
    }
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value.as_str() {
                    // The key of an access key is beside its id.
                    Some(text) if looks_secret(name, text) || has_id && is_secret_key(text) => {
                        *value = mark(found.len()).into();
                        found.push(name.clone());
                    }
                    _ => in_json(value, has_id, found),
                }
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(|entry| in_json(entry, has_id, found)),
        _ => {}
    }
}

fn has_id(value: &Value) -> bool {
    match value {
        Value::String(text) => has_key_id(text),
        Value::Array(entries) => entries.iter().any(has_id),
        Value::Object(members) => members.values().any(has_id),
        _ => false,
    }
}
