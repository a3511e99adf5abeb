//! The context of a request: condition keys and what is known about them.

use std::collections::BTreeMap;

/// What is known about a condition key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "plan", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum KeyValue {
    /// The request doesn't have it.
    Absent,
    /// The request has it; its value isn't known.
    Present,
    /// Its value, or the values of a key with several.
    Values(Vec<String>),
    /// The id of a role, a colon, and the name of a session that CodePipeline makes up: the milliseconds since 1970.
    Session(String),
}

impl std::fmt::Display for KeyValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            KeyValue::Absent => f.write_str("absent"),
            KeyValue::Present => f.write_str("present, value not known"),
            KeyValue::Values(values) => f.write_str(&values.join(", ")),
            KeyValue::Session(id) => write!(f, "{id}:<milliseconds>"),
        }
    }
}

impl From<&str> for KeyValue {
    fn from(text: &str) -> Self {
        KeyValue::Values(vec![text.to_owned()])
    }
}

impl From<String> for KeyValue {
    fn from(text: String) -> Self {
        KeyValue::Values(vec![text])
    }
}

/// Condition keys; letter case is ignored. Nothing is known about a key that isn't here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "plan", derive(serde::Serialize, serde::Deserialize))]
pub struct RequestContext(BTreeMap<String, KeyValue>);

impl RequestContext {
    /// A context in which nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// What every request has, whoever makes it: the APIs of AWS are called over TLS.
    /// Source: IAM User Guide, "AWS global condition context keys", `aws:SecureTransport`.
    pub fn of_a_call() -> Self {
        let mut context = Self::new();
        context.insert("aws:SecureTransport", "true");
        context
    }

    /// What is known about a key; `None` where it isn't known whether the request has it.
    pub fn get(&self, key: &str) -> Option<&KeyValue> {
        let key = key.to_lowercase();
        self.0.get(&key).or_else(|| self.0.get(&family(&key)?))
    }

    /// Adds what is known about a key. `aws:PrincipalTag/*` means all tags that are not named.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<KeyValue>) {
        self.0.insert(key.into().to_lowercase(), value.into());
    }

    /// The keys about which something is known, by their lower-case names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &KeyValue)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }
}

/// `aws:principaltag/*` for `aws:principaltag/team`.
fn family(key: &str) -> Option<String> {
    key.split_once('/').map(|(family, _)| format!("{family}/*"))
}

impl<const N: usize> From<[(String, String); N]> for RequestContext {
    fn from(pairs: [(String, String); N]) -> Self {
        let mut context = Self::new();
        pairs.into_iter().for_each(|(key, value)| context.insert(key, value));
        context
    }
}
