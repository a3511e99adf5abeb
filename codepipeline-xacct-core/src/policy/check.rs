//! A document that is being checked, and what was found so far.

use super::iam_error::IamError;
use super::kind::DocumentKind;
use crate::finding::{Finding, Place};
use crate::ids::Partition;
use crate::rules::Rule;

/// The check of one document.
pub(super) struct Check<'a> {
    pub(super) kind: DocumentKind,
    pub(super) partition: &'a Partition,
    pub(super) findings: Vec<Finding>,
    /// The error for the first of them that IAM refuses; IAM only returns one.
    pub(super) first: Option<IamError>,
}

impl<'a> Check<'a> {
    pub(super) fn new(kind: DocumentKind, partition: &'a Partition) -> Self {
        Self { kind, partition, findings: Vec::new(), first: None }
    }

    pub(super) fn refuse(&mut self, rule: &'static Rule, place: Place, iam: &str, why: impl AsRef<str>) {
        self.refuse_with(rule, place, IamError::malformed(iam), why);
    }

    pub(super) fn refuse_with(&mut self, rule: &'static Rule, place: Place, error: IamError, why: impl AsRef<str>) {
        self.findings.push(refused(rule, place, &error.message, why.as_ref()));
        self.first.get_or_insert(error);
    }
}

/// A finding with our message and IAM's.
pub(super) fn refused(rule: &'static Rule, place: Place, iam: &str, why: &str) -> Finding {
    Finding::of(rule, place, format!("IAM refuses this document: {why}")).help(format!("IAM's own words: `{iam}`"))
}

/// A character that no document can have.
pub(super) fn is_foreign(c: char) -> bool {
    u32::from(c) > 0xFF
}

/// The end of a message about a word that is nearly another.
pub(super) fn near(word: &str, known: &[&'static str]) -> String {
    match crate::suggest::nearest(word, known.iter().copied()) {
        Some(near) => format!(", did you mean `{near}`?"),
        None => String::new(),
    }
}
