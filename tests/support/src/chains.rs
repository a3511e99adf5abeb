//! Chains of roles with the verdict of the AWS documentation, written by someone who had not seen the evaluator.

use serde::Deserialize;
use serde_json::Value;

use crate::cases::edited;

/// A chain, and its expected verdicts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chain {
    /// Its name.
    pub id: String,
    /// What the case is about.
    pub about: String,
    /// The part of the documentation that decides.
    pub source: String,
    /// Of the three hops and of all together: `allowed`, `denied` or `unknown`.
    pub expect: [String; 4],
    /// Whether IAM accepts the documents; absent where the documentation doesn't say.
    pub valid: Option<bool>,
    base: usize,
    edits: Vec<Vec<Value>>,
}

/// Every chain.
pub fn all() -> Vec<Chain> {
    include_str!("../acceptance/wiring.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

impl Chain {
    /// The input of `cargo xacct wiring`.
    pub fn input(&self) -> Value {
        let bases: Vec<Value> = serde_json::from_str(include_str!("../acceptance/wiring-bases.json")).unwrap();
        let mut input = edited(&bases[self.base], &self.edits);
        input.as_object_mut().unwrap().insert("id".to_owned(), self.id.clone().into());
        input
    }
}
