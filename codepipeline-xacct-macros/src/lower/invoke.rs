//! What an invoke action passes to its target: variables and source revisions.

use codepipeline_xacct_core::declaration::invoke::{REVISIONS_KEY, TARGET_KEY, VARIABLES_KEY};
use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::ids::PipelineArn;
use codepipeline_xacct_core::topology::WaitLimit;
use codepipeline_xacct_syntax::ast::{FieldNode, ValueNode, path_span, path_text};
use codepipeline_xacct_syntax::errors::Errors;
use codepipeline_xacct_syntax::keys;
use proc_macro2::Span;
use serde_json::json;

use super::fields::KnownKeys;
use super::members::pointer;
use super::value_suggestions;
use super::values;
use crate::model::{LoweredPipeline, LoweredText, LoweredVariable};

/// A key for what the target says.
fn is_derived(key: &str) -> bool {
    matches!(key, "pipeline_name" | TARGET_KEY | "region")
}

/// Reports a key that is derived from the target; false for others.
pub(super) fn report_derived(field: &FieldNode, errors: &mut Errors) -> bool {
    if !is_derived(&field.key.to_string()) {
        return false;
    }
    if let ValueNode::Str(text) = &field.value
        && let Ok(arn) = text.value().parse::<PipelineArn>()
    {
        let message = format!("`{}` is an ARN, where the bare name `{}` belongs", text.value(), arn.name());
        errors.push_help(text.span(), message, "leave the key out: name, account and Region come from the target");
    } else {
        let message = format!("`{}` comes from the target pipeline", field.key);
        errors.push_help(field.key.span(), message, "leave it out");
    }
    true
}

/// Several texts under keys that an invoke doesn't have, where it has no `variables`: they are variables of the target.
pub(super) fn report_variables_as_keys(known: &KnownKeys, fields: &[FieldNode], errors: &mut Errors) -> bool {
    let has_variables = fields.iter().any(|field| field.key == "variables");
    let is_variable = |field: &&FieldNode| {
        let key = field.key.to_string();
        let is_said_otherwise = is_derived(&key) || keys::replacement(&keys::INVOKE, &key).is_some();
        let is_text = matches!(field.value, ValueNode::Str(_));
        !known.contain(&key) && !known.is_misspelt(&key) && !is_said_otherwise && is_text
    };
    let variables: Vec<&FieldNode> = fields.iter().filter(is_variable).collect();
    let [first, _, ..] = variables.as_slice() else { return false };
    if has_variables {
        return false;
    }
    let entry = |field: &&FieldNode| match &field.value {
        ValueNode::Str(text) => format!("{}: {}", field.key, text.token()),
        _ => field.key.to_string(),
    };
    let entries: Vec<String> = variables.iter().map(entry).collect();
    let message = format!("`{}` is not a key of an invoke action", first.key);
    let help = format!("write `variables: {{ {} }}` for variables of the target", entries.join(", "));
    errors.push_help(first.key.span(), message, help);
    true
}

/// Variables for the target.
pub(super) fn variables(
    pipeline: &mut LoweredPipeline,
    action: &Place,
    span: Span,
    value: ValueNode,
    errors: &mut Errors,
) -> Vec<LoweredVariable> {
    let place = action.key("configuration").key(VARIABLES_KEY);
    pipeline.spans.insert(place.clone(), span);
    let mut passed = Vec::new();
    for entry in values::map("variables", value, errors).unwrap_or_default() {
        let (name, name_span) = (entry.key.text(), entry.key.span());
        let Some(value) = values::entry_value(entry, errors) else { continue };
        let Some((value, span)) = values::text(&pipeline.params, &name, value, errors) else { continue };
        let place = place.key(&name);
        pipeline.spans.insert(place.clone(), name_span);
        pipeline.spans.insert(place.value(), span);
        passed.push(LoweredVariable { name, span: name_span, value });
    }
    passed
}

/// `"45 minutes"`: how long the pipeline waits for what the action starts.
pub(super) fn wait(
    pipeline: &mut LoweredPipeline,
    action: &Place,
    span: Span,
    value: ValueNode,
    errors: &mut Errors,
) -> Option<(WaitLimit, Span)> {
    let text = match value {
        ValueNode::Str(text) => text,
        ValueNode::Hole(..) => return None,
        other => {
            let minutes = value_suggestions::minutes_without_quotes(&other).and_then(|minutes| minutes.try_into().ok());
            let limit = minutes.and_then(|minutes| WaitLimit::minutes(minutes).ok());
            let limit = limit.map_or_else(|| "45 minutes".to_owned(), |limit| limit.to_string());
            errors.push_help(other.span(), "`wait` takes a time in quotes", format!("write `wait: {limit:?}`"));
            return None;
        }
    };
    pipeline.spans.insert(action.key("wait"), span);
    match text.value().parse::<WaitLimit>() {
        Ok(limit) => Some((limit, text.span())),
        Err(error) => {
            errors.push_help(text.span(), error.to_string(), error.help());
            None
        }
    }
}

/// `{ Source: COMMIT_ID("#{Source.CommitId}") }`: revisions for source actions of the target, as the text of `SourceRevisions`.
pub(super) fn source_revisions(
    pipeline: &mut LoweredPipeline,
    action: &Place,
    span: Span,
    value: ValueNode,
    errors: &mut Errors,
) -> String {
    let of = action.key("configuration").key(REVISIONS_KEY);
    pipeline.spans.insert(of.clone(), span);
    pipeline.spans.insert(of.value(), value.span());
    let mut revisions = Vec::new();
    for entry in values::map("source_revisions", value, errors).unwrap_or_default() {
        let (name, name_span) = (entry.key.text(), entry.key.span());
        let Some(value) = values::entry_value(entry, errors) else { continue };
        if matches!(value, ValueNode::Hole(..)) {
            continue;
        }
        let revision = match &value {
            ValueNode::Str(text) => text.token().to_string(),
            _ => "\"…\"".to_owned(),
        };
        let forms: Vec<_> = keys::REVISION_TYPE.names().map(|kind| format!("`{name}: {kind}({revision})`")).collect();
        let help = format!("write {}", forms.join(" or "));
        let ValueNode::Call(kind, arguments) = value else {
            errors.push_help(value.span(), format!("the revision of `{name}` has no type"), help);
            continue;
        };
        let mut arguments = arguments.into_iter();
        let (Some(value), None) = (arguments.next(), arguments.next()) else {
            errors.push_help(path_span(&kind), format!("`{}` takes one revision", path_text(&kind)), help);
            continue;
        };
        let Some((text, value_span)) = values::argument_text(&pipeline.params, &path_text(&kind), value, errors) else {
            continue;
        };
        let place = of.key(&name);
        pipeline.spans.insert(place.clone(), name_span);
        pipeline.spans.insert(place.key("revisionType").value(), path_span(&kind));
        pipeline.spans.insert(place.value(), value_span);
        let value = match text {
            LoweredText::Literal(text) => text,
            LoweredText::Runtime(value) => {
                pipeline.open.insert(place.value());
                // The list itself becomes a JSON text: its values are filled in before that.
                let pointer = pointer(&of.index(revisions.len()).key("revisionValue"));
                pipeline.runtime.push((pointer, value));
                String::new()
            }
        };
        revisions.push(json!({ "actionName": name, "revisionType": path_text(&kind), "revisionValue": value }));
    }
    serde_json::Value::Array(revisions).to_string()
}
