//! Environment variables of a compute action: `{ NAME: "value", SECRET: secrets_manager("arn:…") }`.

use codepipeline_xacct_core::declaration::EnvironmentVariable;
use codepipeline_xacct_core::declaration::fixed_values::SECRET_VARIABLE_TYPE;
use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::suggest::nearest;
use codepipeline_xacct_syntax::ast::{ValueNode, path_span, path_text};
use codepipeline_xacct_syntax::errors::Errors;
use proc_macro2::Span;

use super::members::literal;
use super::value_suggestions;
use super::values;
use crate::model::LoweredPipeline;

pub(super) fn lower(
    pipeline: &mut LoweredPipeline,
    list: &Place,
    span: Span,
    value: ValueNode,
    errors: &mut Errors,
) -> Option<Vec<EnvironmentVariable>> {
    pipeline.spans.insert(list.clone(), span);
    let mut variables = Vec::new();
    for entry in values::map("environment_variables", value, errors)? {
        let (name, name_span) = (entry.key.text(), entry.key.span());
        let Some(value) = values::entry_value(entry, errors) else { continue };
        let Some((value, kind)) = secret_or_text(value, errors) else { continue };
        let text = match kind {
            Some(_) => values::argument_text(&pipeline.params, SECRET, value, errors),
            None => values::text(&pipeline.params, &name, value, errors),
        };
        let Some((text, span)) = text else { continue };
        let place = list.index(variables.len());
        pipeline.spans.insert(place.clone(), name_span);
        let of_value = place.key("value");
        pipeline.spans.insert(of_value.value(), span);
        let value = literal(pipeline, &of_value.value(), text);
        variables.push(EnvironmentVariable { name, value, r#type: kind, ..Default::default() });
    }
    Some(variables)
}

/// What a secret is written with.
const SECRET: &str = "secrets_manager";

/// The secret in `"secrets_manager:name"`: the text itself would be the value.
fn secret_in_text(text: &str) -> Option<&str> {
    let secret = text.strip_prefix(SECRET)?.strip_prefix(':')?.trim();
    (!secret.is_empty() && !secret.contains(char::is_whitespace)).then_some(secret)
}

/// The value of a variable, and its type where it is a secret.
fn secret_or_text(value: ValueNode, errors: &mut Errors) -> Option<(ValueNode, Option<String>)> {
    if let ValueNode::Str(text) = &value
        && let Some(secret) = secret_in_text(&text.value())
    {
        let message = format!("in quotes, `{}` is the value itself, not the secret", text.value());
        errors.push_help(text.span(), message, format!("write `{SECRET}({secret:?})`"));
        return None;
    }
    let form = match &value {
        ValueNode::Path(path) if path.is_ident(SECRET) => Some(format!("{SECRET}(\"<name or ARN>\")")),
        other => value_suggestions::called(other).filter(|call| call.starts_with(SECRET)),
    };
    if let Some(form) = form {
        errors.push_help(
            value.span(),
            format!("`{SECRET}` takes one string in parentheses"),
            format!("write `{form}`"),
        );
        return None;
    }
    let ValueNode::Call(function, arguments) = value else { return Some((value, None)) };
    let name = path_text(&function);
    if name != SECRET {
        let help = match nearest(&name, [SECRET]) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "write a text, or `secrets_manager(\"<name or ARN>\")`".to_owned(),
        };
        errors.push_help(path_span(&function), format!("`{name}(…)` is not a value for a variable"), help);
        return None;
    }
    let mut arguments = arguments.into_iter();
    let (Some(value), None) = (arguments.next(), arguments.next()) else {
        let help = "write `secrets_manager(\"<name or ARN>\")`";
        errors.push_help(path_span(&function), "`secrets_manager` takes one string", help);
        return None;
    };
    Some((value, Some(SECRET_VARIABLE_TYPE.to_owned())))
}
