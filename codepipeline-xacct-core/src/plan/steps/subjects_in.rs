//! The roles and pipelines that a text names.

use std::collections::BTreeSet;

use crate::ordered::set;
use crate::topology::subject::Subject;

/// The roles and pipelines whose ARNs are strings of a JSON text.
pub(in crate::plan) fn subjects_in(json: &str) -> BTreeSet<Subject> {
    let subject = |text: &str| {
        let role = text.parse().map(Subject::Role);
        role.or_else(|_| text.parse().map(Subject::Pipeline)).ok()
    };
    set(json.split('"').filter(|text| text.starts_with("arn:")).filter_map(subject))
}
