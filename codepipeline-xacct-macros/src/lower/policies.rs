//! Policy documents that are written as maps: read and checked by the core, reported at the user's tokens.

use codepipeline_xacct_core::finding::{Place, Segment};
use codepipeline_xacct_core::ids::Partition;
use codepipeline_xacct_core::policy::{Document, VERSION};
use codepipeline_xacct_core::policy::{DocumentKind, validate};
use proc_macro2::Span;
use serde_json::json;

use super::values;
use crate::ast::Value;
use crate::errors::Errors;

/// A list of documents and statements.
pub(super) fn documents(value: Value, partition: &Partition, errors: &mut Errors) -> Vec<Document> {
    values::list(value).into_iter().filter_map(|v| document(v, DocumentKind::Identity, partition, errors)).collect()
}

/// A document; a statement, or a list of them, is a document of the current version.
pub(super) fn document(
    value: Value,
    kind: DocumentKind,
    partition: &Partition,
    errors: &mut Errors,
) -> Option<Document> {
    let tokens = Tokens::of(&value);
    let before = errors.count();
    let written = values::json("policies", value, errors)?;
    if errors.count() > before {
        return None;
    }
    let is_document = written.get("Statement").is_some() || written.get("Version").is_some();
    let whole = if is_document { written } else { json!({ "Version": VERSION, "Statement": written }) };
    let read = validate::read(&whole, kind, partition, &Place::default());
    for finding in &read.findings {
        let steps = finding.place.steps();
        let steps = match steps.split_first() {
            Some((Segment::Key(key), rest)) if !is_document && &**key == "Statement" => rest,
            _ => steps,
        };
        errors.finding(tokens.find(steps), finding);
    }
    read.document
}

/// The tokens of a value, as deep as it goes.
struct Tokens {
    span: Span,
    parts: Vec<(Part, Span, Tokens)>,
}

#[derive(PartialEq, Eq)]
enum Part {
    Key(String),
    Index(usize),
}

impl Tokens {
    fn of(value: &Value) -> Self {
        let parts = match value {
            Value::List(values, _) => {
                values.iter().enumerate().map(|(index, v)| (Part::Index(index), v.span(), Self::of(v))).collect()
            }
            Value::Map(entries, _) => {
                let entries = entries.iter().filter_map(|entry| Some((&entry.key, entry.value.as_ref()?)));
                entries.map(|(key, value)| (Part::Key(key.text()), key.span(), Self::of(value))).collect()
            }
            _ => Vec::new(),
        };
        Self { span: value.span(), parts }
    }

    /// The token of a place, or of the nearest thing around it: a key, or its value where that is at fault.
    fn find(&self, steps: &[Segment]) -> Span {
        let (wanted, rest) = match steps.split_first() {
            Some((Segment::Key(key), rest)) => (Part::Key(key.to_string()), rest),
            Some((Segment::Index(index), rest)) => (Part::Index(*index), rest),
            _ => return self.span,
        };
        match self.parts.iter().find(|(part, ..)| *part == wanted) {
            Some((_, span, _)) if rest.is_empty() => *span,
            Some((.., inner)) => inner.find(rest),
            None => self.span,
        }
    }
}
