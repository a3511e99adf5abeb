//! The type of an action, and the keys of its provider.

use codepipeline_xacct_core::catalogue::{self, ActionProvider, ConfigurationKey, Format};
use codepipeline_xacct_core::declaration::ActionTypeId;
use codepipeline_xacct_core::finding::Place;
use serde_json::{Map, Value};

use super::literal;
use super::printer::Printer;
use super::secrets;
use super::values::Field;

/// How the type of an action is written.
pub(super) struct PrintedType {
    /// What follows the name of the action.
    pub(super) source: String,
    /// The keys that the provider has; `None` where the configuration is written with AWS's names.
    pub(super) keys: Option<&'static [ConfigurationKey]>,
}

/// The provider's name where the catalogue has it with all keys of the configuration, else `type(…)`.
pub(super) fn provider(type_id: &ActionTypeId, configuration: Option<&Map<String, Value>>) -> PrintedType {
    let source = type_id.category == "Source";
    let known = catalogue::find(type_id).filter(|_| !type_id.is_pipeline_invoke());
    let has_keys = |known: &&ActionProvider| {
        let names = configuration.into_iter().flat_map(Map::keys);
        known.keys.is_none_or(|keys| names.into_iter().all(|name| keys.iter().any(|key| key.name == name)))
    };
    let Some(known) = known.filter(has_keys).filter(|known| literal::is_ident(known.provider)) else {
        let ActionTypeId { category, owner, provider, version, .. } = type_id;
        let parts: Vec<String> =
            [category, owner, provider, version].into_iter().map(|part| literal::text(part)).collect();
        return PrintedType { source: format!("type({})", parts.join(", ")), keys: None };
    };
    let alone = catalogue::by_name_alone(known.provider, source).is_some_and(|alone| std::ptr::eq(alone, known));
    let name = if alone { known.provider.to_owned() } else { format!("{}::{}", known.category, known.provider) };
    PrintedType { source: name, keys: known.keys }
}

/// The configuration with the keys of a provider.
pub(super) fn configured(
    printer: &mut Printer<'_>,
    keys: &[ConfigurationKey],
    configuration: &Map<String, Value>,
    place: &Place,
) -> Vec<Field> {
    let mut fields = Vec::new();
    for (name, value) in configuration {
        let place = place.key(name);
        let Some(key) = keys.iter().find(|key| key.name == name) else {
            printer.unsaid(place, format!("`{name}` is not a key that this version knows"));
            continue;
        };
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            Value::Null => continue,
            Value::Array(_) | Value::Object(_) => {
                printer.unsaid(place, "this is not a text");
                continue;
            }
        };
        let source = match bare(&key.format, &text) {
            true => text,
            false => secrets::replaced(printer, &key.format, &text, &place)
                .unwrap_or_else(|| printer.configured(name, key.dsl, &text, &place)),
        };
        fields.push((key.dsl.to_owned(), source));
    }
    fields
}

/// True for a value that is written without quotes: a word, a number, an artifact.
fn bare(format: &Format, text: &str) -> bool {
    let name = literal::name(text) == text;
    match format {
        Format::Boolean => matches!(text, "true" | "false"),
        Format::Integer(..) | Format::Minutes(..) => text.parse::<u32>().is_ok_and(|number| number.to_string() == text),
        Format::OneOf(words) | Format::List(words) | Format::Words(words) => name && words.contains(&text),
        Format::InputArtifact | Format::PrimaryArtifact => name,
        _ => false,
    }
}
