//! For `#[serde(with = "…")]`: the findings of a plan, with the places as segments, so that they can be read back.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::finding::{Finding, Place};
use crate::rules;

/// A finding without what follows from its rule.
#[derive(Serialize, Deserialize)]
struct SavedFinding {
    code: String,
    #[serde(with = "crate::finding::place::structured")]
    place: Place,
    message: String,
    help: Option<String>,
}

pub(super) fn serialize<S: Serializer>(findings: &[Finding], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(findings.iter().cloned().map(|finding| SavedFinding {
        code: finding.code.to_owned(),
        place: finding.place,
        message: finding.message,
        help: finding.help,
    }))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Finding>, D::Error> {
    let saved = Vec::<SavedFinding>::deserialize(deserializer)?;
    let read = |SavedFinding { code, place, message, help }| {
        let rule = rules::find(&code).ok_or_else(|| D::Error::custom(format!("there is no rule `{code}`")))?;
        let mut finding = Finding::of(rule, place, message);
        finding.help = help;
        Ok(finding)
    };
    saved.into_iter().map(read).collect()
}
