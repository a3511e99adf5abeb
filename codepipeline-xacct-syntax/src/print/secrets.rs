//! What looks like a secret in texts of JSON: it becomes a parameter, and the rest of the text stays as it is.

use std::ops::Range;

use codepipeline_xacct_core::catalogue::Format;
use codepipeline_xacct_core::declaration::defaults;
use codepipeline_xacct_core::declaration::secrets::{has_key_id, has_secret_form, is_secret_key};
use codepipeline_xacct_core::finding::Place;
use jsonc_parser::ast::{Object, StringLit, Value};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::printer::Printer;

/// The text of a configuration key with parameters instead of its secrets; `None` where it has none, or has one elsewhere, so that the whole
/// text is one.
pub(super) fn replaced(printer: &mut Printer<'_>, format: &Format, text: &str, place: &Place) -> Option<String> {
    let json = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default()).ok()?.value?;
    let named: Vec<(&str, &StringLit<'_>)> = match format {
        Format::EnvironmentVariables => {
            json.as_array()?.elements.iter().filter_map(|variable| of_variable(variable.as_object()?)).collect()
        }
        // What a function or a state machine takes may be JSON too.
        _ => {
            let members = json.as_object()?.properties.iter();
            members.filter_map(|member| Some((member.name.as_str(), member.value.as_string_lit()?))).collect()
        }
    };
    let parameters = printer.parameters.len();
    let mut secrets: Vec<(Range<usize>, String)> = Vec::new();
    // The key of an access key is beside its id.
    let has_id = named.iter().any(|(_, value)| has_key_id(&value.value));
    for (name, value) in named {
        let is_key = has_id && is_secret_key(&value.value);
        let symbol = match printer.secret_in_json(name, &value.value, place) {
            None if is_key => Some(printer.key_in_json(name, place)),
            symbol => symbol,
        };
        if let Some(symbol) = symbol {
            secrets.push((value.range.start..value.range.end, symbol));
        }
    }
    if secrets.is_empty() {
        return None;
    }
    let mut replaced = text.to_owned();
    for (range, symbol) in secrets.into_iter().rev() {
        replaced.replace_range(range, &symbol);
    }
    if has_secret_form(&replaced) {
        printer.parameters.truncate(parameters);
        return None;
    }
    Some(printer.text("", &replaced, place))
}

/// The name and the value of a variable of CodeBuild, unless the value says where to read it.
fn of_variable<'j>(variable: &'j Object<'j>) -> Option<(&'j str, &'j StringLit<'j>)> {
    // Of several members with one name, the last counts.
    let member = |name: &str| {
        let found = variable.properties.iter().rfind(|member| member.name.as_str() == name);
        found.map(|member| &member.value)
    };
    let text = |name: &str| member(name).and_then(Value::as_string_lit);
    let is_plain = |kind: &StringLit<'_>| kind.value == defaults::ENVIRONMENT_VARIABLE_TYPE;
    if member("type").is_some() && !text("type").is_some_and(is_plain) {
        return None;
    }
    Some((text("name")?.value.as_ref(), text("value")?))
}
