//! The roles and pipelines that a text names.

use std::collections::BTreeSet;

use crate::ordered::set;
use crate::topology::subject::Subject;

/// The roles and pipelines whose ARNs are strings of a JSON text.
pub(in crate::plan) fn subjects_in(json: &str) -> BTreeSet<Subject> {
    subjects(json.split('"'))
}

/// The roles and pipelines whose ARNs a sentence has.
pub(in crate::plan) fn named_in(sentence: &str) -> BTreeSet<Subject> {
    subjects(sentence.split(|c: char| c.is_whitespace() || "`\"',;()".contains(c)))
}

fn subjects<'a>(texts: impl Iterator<Item = &'a str>) -> BTreeSet<Subject> {
    let subject = |text: &str| {
        let role = text.parse().map(Subject::Role);
        role.or_else(|_| text.parse().map(Subject::Pipeline)).ok()
    };
    set(texts.filter(|text| text.starts_with("arn:")).filter_map(subject))
}
