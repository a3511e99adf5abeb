//! Policy documents that are written as maps: read and checked by the core, reported at the user's tokens.

use codepipeline_xacct_core::finding::{Place, Segment};
use codepipeline_xacct_core::ids::Partition;
use codepipeline_xacct_core::policy::{Document, DocumentKind, VERSION, validate};
use codepipeline_xacct_syntax::ast::ValueNode;
use codepipeline_xacct_syntax::errors::Errors;
use proc_macro2::Span;
use serde_json::json;

use super::values;

/// A list of documents and statements.
pub(super) fn documents(value: ValueNode, partition: &Partition, errors: &mut Errors) -> Vec<Document> {
    values::list("policies", value, errors)
        .into_iter()
        .filter_map(|v| document("policies", v, DocumentKind::Identity, partition, errors))
        .collect()
}

/// A document; a statement, or a list of them, is a document of the current version.
pub(super) fn document(
    key: &str,
    value: ValueNode,
    kind: DocumentKind,
    partition: &Partition,
    errors: &mut Errors,
) -> Option<Document> {
    let tokens = PolicyTokens::of(&value);
    let before = errors.count();
    if let ValueNode::Str(text) = &value {
        let arn = text.value().starts_with("arn:");
        let message = if arn { "an ARN says nothing of what a policy grants" } else { "a policy is written as JSON" };
        let help = format!("write the document itself: `{key}: {{ Effect: \"…\", Action: \"…\", Resource: \"…\" }}`");
        errors.push_help(text.span(), message, help);
        return None;
    }
    let written = values::json(key, value, errors)?;
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
struct PolicyTokens {
    span: Span,
    parts: Vec<(PolicyStep, Span, PolicyTokens)>,
}

#[derive(PartialEq, Eq)]
enum PolicyStep {
    Key(String),
    Index(usize),
}

impl PolicyTokens {
    fn of(value: &ValueNode) -> Self {
        let parts = match value {
            ValueNode::List(values, _) => {
                values.iter().enumerate().map(|(index, v)| (PolicyStep::Index(index), v.span(), Self::of(v))).collect()
            }
            ValueNode::Map(entries, _) => {
                let entries = entries.iter().filter_map(|entry| Some((&entry.key, entry.value.as_ref()?)));
                entries.map(|(key, value)| (PolicyStep::Key(key.text()), key.span(), Self::of(value))).collect()
            }
            _ => Vec::new(),
        };
        Self { span: value.span(), parts }
    }

    /// The token of a place, or of the nearest thing around it: a key, or its value where that is at fault.
    fn find(&self, steps: &[Segment]) -> Span {
        let (wanted, rest) = match steps.split_first() {
            Some((Segment::Key(key), rest)) => (PolicyStep::Key(key.to_string()), rest),
            Some((Segment::Index(index), rest)) => (PolicyStep::Index(*index), rest),
            _ => return self.span,
        };
        match self.parts.iter().find(|(part, ..)| *part == wanted) {
            Some((_, span, _)) if rest.is_empty() => *span,
            Some((.., inner)) => inner.find(rest),
            None => self.span,
        }
    }
}
