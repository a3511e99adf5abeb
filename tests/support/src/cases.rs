//! Faulty and valid declarations, written from the AWS documentation by someone who had not seen the checks.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

/// One or more documents, with the expected findings.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Its name.
    pub id: String,
    /// The expected result.
    pub expect: Expect,
    /// What the case is about.
    pub about: String,
    #[serde(default)]
    /// True if there must be no warning either.
    pub strict: bool,
    #[serde(default)]
    /// The codes of the findings with that severity.
    pub codes: Vec<String>,
    #[serde(default)]
    /// The place at fault.
    pub at: String,
    #[serde(default)]
    /// The document that `at` is about.
    pub file: usize,
    #[serde(default)]
    /// Options of the command line.
    pub options: Options,
    files: Vec<(usize, Vec<Vec<Value>>)>,
}

/// The expected result of a case.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "lowercase")]
pub enum Expect {
    /// The service refuses it, or the run fails.
    Error,
    /// It works, but should be looked at.
    Warning,
    /// It is valid, however unusual.
    Clean,
}

/// Options of the command line.
#[derive(Deserialize, Default)]
pub struct Options {
    /// The account.
    pub account: Option<String>,
    /// The Region.
    pub region: Option<String>,
}

/// Every case.
pub fn all() -> Vec<Case> {
    include_str!("../acceptance/cases.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

impl Case {
    /// The documents: each an edit of a base.
    pub fn documents(&self) -> Vec<Value> {
        static BASES: LazyLock<Vec<Value>> =
            LazyLock::new(|| serde_json::from_str(include_str!("../acceptance/bases.json")).unwrap());
        self.files.iter().map(|(base, edits)| edited(&BASES[*base], edits)).collect()
    }
}

/// Expands long texts of one character.
fn expanded(value: Value) -> Value {
    match value {
        Value::Object(members) => match members.get("$repeat").and_then(Value::as_array).map(Vec::as_slice) {
            Some([text, count]) => {
                Value::String(text.as_str().unwrap().repeat(usize::try_from(count.as_u64().unwrap()).unwrap()))
            }
            _ => members.into_iter().map(|(key, value)| (key, expanded(value))).collect(),
        },
        Value::Array(values) => values.into_iter().map(expanded).collect(),
        other => other,
    }
}

/// The base with values set at JSON pointers, or removed where there is no value.
pub(crate) fn edited(base: &Value, edits: &[Vec<Value>]) -> Value {
    let mut document = base.clone();
    for edit in edits {
        let pointer = edit[0].as_str().unwrap();
        if pointer.is_empty() {
            document = expanded(edit[1].clone());
            continue;
        }
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let key = key.replace("~1", "/").replace("~0", "~");
        match (document.pointer_mut(parent).unwrap(), edit.get(1)) {
            (Value::Object(members), Some(value)) => {
                members.insert(key, expanded(value.clone()));
            }
            (Value::Object(members), None) => {
                members.shift_remove(&key).unwrap();
            }
            (Value::Array(values), Some(value)) if key == values.len().to_string() => {
                values.push(expanded(value.clone()))
            }
            (Value::Array(values), Some(value)) => values[key.parse::<usize>().unwrap()] = expanded(value.clone()),
            (other, _) => panic!("{pointer}: {other}"),
        }
    }
    document
}
