//! Validation of documents as IAM does it on saving, with its own messages where they are known.
//!
//! Sources: IAM User Guide, "Grammar of the IAM JSON policy language", "AWS JSON policy elements" and "IAM and AWS STS quotas";
//! IAM Access Analyzer, "Access Analyzer policy check reference".

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::check::{Check, is_foreign, near, refused};
#[cfg(feature = "topology")]
use super::document::Statement;
use super::document::{Document, VERSION};
use super::iam_error::SYNTAX;
use super::kind::DocumentKind;
use super::quota::{self, PARAMETER};
use crate::finding::{Finding, Place, Severity};
use crate::ids::Partition;
use crate::rules;

pub use super::iam_error::IamError;

/// A document that was read, with its findings.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadDocument {
    /// The document; `None` where IAM would refuse it.
    pub document: Option<Document>,
    /// What is wrong with it, and what only looks wrong.
    pub findings: Vec<Finding>,
}

/// Reads a document that IAM has or will have. `partition` is that of its account.
pub fn read(value: &Value, kind: DocumentKind, partition: &Partition, place: &Place) -> ReadDocument {
    let mut findings = validate(value, kind, partition, place);
    let valid = !findings.iter().any(|finding| finding.severity == Severity::Error);
    let document =
        if valid { serde_json::from_value(value.clone()) } else { return ReadDocument { document: None, findings } };
    match document {
        Ok(document) => ReadDocument { document: Some(document), findings },
        Err(error) => {
            findings.push(refused(&rules::XA1301, place.clone(), SYNTAX, &error.to_string()));
            ReadDocument { document: None, findings }
        }
    }
}

/// What IAM refuses in a document, and what it accepts although it looks wrong.
pub fn validate(value: &Value, kind: DocumentKind, partition: &Partition, place: &Place) -> Vec<Finding> {
    let mut check = Check::new(kind, partition);
    check.document(value, place);
    check.size(value, place);
    check.findings
}

/// What IAM refuses in statements that become part of a larger identity policy, whose size is checked when complete.
#[cfg(feature = "topology")]
pub(crate) fn validate_statements(statements: &[Statement], partition: &Partition, place: &Place) -> Vec<Finding> {
    let mut check = Check::new(DocumentKind::Identity, partition);
    // What can't be written as JSON can't be a document.
    let value = serde_json::to_value(Document::new(statements.to_vec())).unwrap_or_default();
    check.document(&value, place);
    check.findings
}
/// Accepts a document as IAM does when it is saved; the error is IAM's.
pub fn accept(text: &str, kind: DocumentKind, partition: &Partition) -> Result<Document, IamError> {
    let value: Value =
        serde_json::from_str(text).map_err(|_| IamError::malformed("This policy contains invalid Json"))?;
    let mut check = Check::new(kind, partition);
    check.document(&value, &Place::default());
    check.length(&value, &Place::default());
    match check.first {
        Some(error) => Err(error),
        None => serde_json::from_value(value).map_err(|_| IamError::malformed(SYNTAX)),
    }
}

/// An element that appears twice in its object, which a [`Value`] doesn't show.
#[cfg(feature = "topology")]
pub(crate) fn repeated_element(place: Place) -> Finding {
    refused(&rules::XA1301, place, SYNTAX, "this element appears twice")
}

impl Check<'_> {
    fn document(&mut self, value: &Value, place: &Place) {
        let Value::Object(members) = value else {
            return self.refuse(&rules::XA1301, place.clone(), SYNTAX, "it is not a JSON object");
        };
        self.characters(value, place);
        for name in members.keys() {
            let known = matches!(name.as_str(), "Version" | "Statement")
                || (name == "Id"
                    && !matches!(
                        self.kind,
                        DocumentKind::Identity
                            | DocumentKind::Boundary
                            | DocumentKind::Session
                            | DocumentKind::ServiceControl
                    ));
            if !known {
                self.refuse(
                    &rules::XA1301,
                    place.key(name),
                    SYNTAX,
                    format!("it can't have the element `{name}`{}", near(name, &["Version", "Statement"])),
                );
            }
        }
        self.version(members, place);
        if members.get("Id").is_some_and(|id| !id.is_string()) {
            self.refuse(&rules::XA1301, place.key("Id").value(), SYNTAX, "`Id` is not a string");
        }
        match members.get("Statement") {
            // A misspelt one is reported where it is.
            None if members
                .keys()
                .any(|name| crate::suggest::nearest(name, ["Version", "Statement"]) == Some("Statement")) => {}
            None => self.refuse(&rules::XA1301, place.clone(), SYNTAX, "it has no `Statement`"),
            Some(Value::Array(statements)) if statements.is_empty() => {
                self.refuse(&rules::XA1301, place.key("Statement").value(), SYNTAX, "`Statement` is empty");
            }
            Some(Value::Array(statements)) => {
                let place = place.key("Statement");
                for (index, statement) in statements.iter().enumerate() {
                    self.statement(statement, &place.index(index));
                }
                self.sids(statements, &place);
            }
            Some(statement) => self.statement(statement, &place.key("Statement")),
        }
    }

    /// `[\t\n\r\x20-\xFF]` is the pattern of the API's parameters.
    fn characters(&mut self, value: &Value, place: &Place) {
        let text = value.to_string();
        // Control characters are escaped in JSON; `\t`, `\n` and `\r` are the only ones that are allowed.
        if let Some(wrong) = text.chars().find(|c| is_foreign(*c)) {
            let iam = "Member must satisfy regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u00FF]+";
            self.refuse_with(
                &rules::XA1301,
                place.clone(),
                IamError::parameter(iam),
                format!("`{wrong}` is not among the characters that a document can have (U+0020 to U+00FF)"),
            );
        }
    }

    fn version(&mut self, members: &Map<String, Value>, place: &Place) {
        match members.get("Version").map(|version| version.as_str()) {
            Some(Some(VERSION)) => {}
            None | Some(Some("2008-10-17")) => {
                let place = place.key("Version").value();
                if matches!(self.kind, DocumentKind::Identity | DocumentKind::Boundary) {
                    let message =
                        "the grammar allows this version, but IAM is reported to refuse it in identity policies";
                    self.findings
                        .push(Finding::of(&rules::XA1306, place, message).help("write `\"Version\": \"2012-10-17\"`"));
                } else if Value::Object(members.clone()).to_string().contains("${") {
                    let message = "in this version `${…}` is plain text, not a policy variable";
                    self.findings
                        .push(Finding::of(&rules::XA1306, place, message).help("write `\"Version\": \"2012-10-17\"`"));
                }
            }
            Some(_) => self.refuse(
                &rules::XA1301,
                place.key("Version").value(),
                SYNTAX,
                "`Version` is `2012-10-17` or `2008-10-17`: it is the version of the language, not of the document",
            ),
        }
    }

    fn sids(&mut self, statements: &[Value], place: &Place) {
        let mut seen = BTreeSet::new();
        for (index, statement) in statements.iter().enumerate() {
            let Some(sid) = statement.get("Sid").and_then(Value::as_str).filter(|sid| !sid.is_empty()) else {
                continue;
            };
            if !seen.insert(sid) {
                self.refuse(
                    &rules::XA1301,
                    place.index(index).key("Sid").value(),
                    "Statement IDs (SID) in a single policy must be unique.",
                    format!("there is a statement with the id `{sid}` before this one"),
                );
            }
        }
    }

    fn size(&mut self, value: &Value, place: &Place) {
        if value.is_object() && !self.length(value, place) {
            let size = quota::size(&value.to_string());
            self.findings.extend(quota::over_quota(size, self.kind, place));
        }
    }

    /// Refuses what is too long for a parameter; true if it is.
    fn length(&mut self, value: &Value, place: &Place) -> bool {
        let too_long = value.to_string().chars().count() > PARAMETER;
        if too_long {
            let iam = format!("Member must have length less than or equal to {PARAMETER}");
            let why = format!("it has more than {PARAMETER} characters");
            self.refuse_with(&rules::XA1301, place.clone(), IamError::parameter(&iam), why);
        }
        too_long
    }
}
