//! Variables that a pipeline declares: `variables: { name, other: "default" }`.

use codepipeline_xacct_core::declaration::PipelineVariableDeclaration;
use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_syntax::ast::{EntryNode, ValueNode};
use codepipeline_xacct_syntax::errors::Errors;
use codepipeline_xacct_syntax::keys;

use super::fields::{KnownKeys, known_entries};
use super::members::literal;
use super::values;
use crate::model::LoweredPipeline;

/// The whole map.
pub(super) fn lower(
    pipeline: &mut LoweredPipeline,
    list: &Place,
    value: ValueNode,
    errors: &mut Errors,
) -> Option<Vec<PipelineVariableDeclaration>> {
    let entries = values::map("variables", value, errors)?;
    let entries = entries.into_iter().enumerate();
    Some(entries.map(|(index, entry)| variable(pipeline, &list.index(index), entry, errors)).collect())
}

/// `name`, `name: default` or `name: { default_value: …, description: … }`
fn variable(
    pipeline: &mut LoweredPipeline,
    place: &Place,
    entry: EntryNode,
    errors: &mut Errors,
) -> PipelineVariableDeclaration {
    let name = entry.key.text();
    pipeline.spans.insert(place.clone(), entry.key.span());
    let mut variable = PipelineVariableDeclaration { name: name.clone(), ..Default::default() };
    let in_map = matches!(entry.value, Some(ValueNode::Map(..)));
    let default = match entry.value {
        Some(ValueNode::Map(mut entries, span)) => {
            report_required(&name, &mut entries, errors);
            let value = ValueNode::Map(entries, span);
            let mut default = None;
            let entries = known_entries(&KnownKeys::of(&keys::VARIABLE), value, errors).unwrap_or_default();
            for (key, _, value) in entries {
                if key == "default_value" {
                    default = Some(value);
                } else if let Some(text) = values::string("description", value, errors) {
                    pipeline.spans.insert(place.key("description").value(), text.span());
                    variable.description = Some(text.value());
                }
            }
            default
        }
        other => other,
    };
    let default = default.filter(|value| {
        let required = matches!(value, ValueNode::Path(path) if path.is_ident("required") || path.is_ident("None") || path.is_ident("null"));
        if required {
            let help = format!("write `{name}` alone: then every start has to pass a value");
            errors.push_help(value.span(), format!("variable `{name}` has no such default"), help);
        }
        !required
    });
    if let Some(value) = default
        && let Some((text, span)) =
            values::text(&pipeline.params, if in_map { "default_value" } else { &name }, value, errors)
    {
        let of = place.key("defaultValue");
        pipeline.spans.insert(of.value(), span);
        variable.default_value = Some(literal(pipeline, &of.value(), text));
    }
    variable
}

/// `required: …` and `optional: …`, which a variable has no keys for: reported, and taken out.
fn report_required(name: &str, entries: &mut Vec<EntryNode>, errors: &mut Errors) {
    let is_such = |entry: &EntryNode| matches!(entry.key.text().as_str(), "required" | "optional");
    let others = entries.iter().any(|entry| !is_such(entry));
    for entry in entries.extract_if(.., |entry| is_such(entry)) {
        let key = entry.key.text();
        let no = matches!(&entry.value, Some(ValueNode::Bool(value)) if !value.value);
        let help = match (key == "required") != no {
            _ if others => "leave it out: a variable without a `default_value` is required".to_owned(),
            true => format!("write `{name}` alone: then every start has to pass a value"),
            false => format!("write `{name}: \"…\"`: a variable with a default is optional"),
        };
        errors.push_help(entry.key.span(), format!("`{key}` is not a key of a variable"), help);
    }
}
