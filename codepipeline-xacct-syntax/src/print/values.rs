//! Members of structures as keys: the table of keys says how each of them is written.

use codepipeline_xacct_core::check::symbol::shown;
use codepipeline_xacct_core::check::unknown::is_unknown;
use codepipeline_xacct_core::declaration::defaults;
use codepipeline_xacct_core::declaration::fixed_values::SECRET_VARIABLE_TYPE;
use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::ids::RoleArn;
use serde_json::{Map, Value};

use super::literal;
use super::printer::Printer;
use crate::keys::{BUCKET, Construct, DslKey, PATTERNS, ValueKind, WordList, Written, written};

/// A key and its value.
pub(super) type Field = (String, String);

type Members = Map<String, Value>;

/// The keys of constructs that a structure has members for. A member that none of them writes is reported.
pub(super) fn fields(
    printer: &mut Printer<'_>,
    constructs: &[&Construct],
    structure: &str,
    members: &Members,
    place: &Place,
) -> Vec<Field> {
    called_fields(printer, constructs, structure, members, place, &|key| key.name)
}

/// The same, with what the parameters are called that take the place of values of keys.
fn called_fields<'n>(
    printer: &mut Printer<'_>,
    constructs: &[&Construct],
    structure: &str,
    members: &Members,
    place: &Place,
    called: &dyn Fn(&DslKey) -> &'n str,
) -> Vec<Field> {
    let mut fields = Vec::new();
    for key in constructs.iter().flat_map(|construct| construct.keys) {
        let Some(member) = key.member.filter(|member| member.structure == structure) else { continue };
        let Some(given) = members.get(member.name) else { continue };
        if is_left_out(printer, structure, member.name, given) {
            continue;
        }
        if let Some(source) = value(printer, key, called(key), given, &place.key(member.name)) {
            fields.push((key.name.to_owned(), source));
        }
    }
    report_others(printer, constructs, structure, members, place);
    fields
}

/// Reports the members of a structure that no key of the constructs writes.
pub(super) fn report_others(
    printer: &mut Printer<'_>,
    constructs: &[&Construct],
    structure: &str,
    members: &Members,
    place: &Place,
) {
    for (name, value) in members {
        let message = match written(structure, name) {
            _ if is_left_out(printer, structure, name, value) => continue,
            Some(Written::Key(key)) if constructs.iter().any(|construct| construct.key(key.name).is_some()) => continue,
            Some(Written::Key(_)) if value.as_str().is_some_and(is_unknown) => {
                format!("nothing of `{name}` is known before it is deployed, so it is left out: import it afterwards")
            }
            Some(Written::Key(key)) => format!("`{}` is not a key that is taken here", key.name),
            Some(Written::Always(only)) if *value != only => format!("`{name}` can only be `{only}`"),
            Some(_) => continue,
            None => format!("`{name}` is not a member that this version knows"),
        };
        printer.unsaid(place.key(name), message);
    }
}

/// True for what means the same where it is left out.
fn is_left_out(printer: &Printer<'_>, structure: &str, member: &str, value: &Value) -> bool {
    match (structure, member, value) {
        (.., Value::Null) => true,
        (.., Value::Array(list)) => list.is_empty(),
        (.., Value::Object(members)) => members.is_empty(),
        ("PipelineDeclaration", "executionMode", Value::String(mode)) => mode == defaults::EXECUTION_MODE.as_str(),
        ("PipelineDeclaration", "pipelineType", Value::String(kind)) => kind == printer.pipeline_type.as_str(),
        ("ActionDeclaration", "runOrder", value) => *value == defaults::RUN_ORDER,
        ("ActionDeclaration", "region", Value::String(region)) => region == printer.home.region().as_str(),
        _ => false,
    }
}

/// The value of a key, or parameters with a name in its place.
fn value(printer: &mut Printer<'_>, key: &DslKey, called: &str, value: &Value, place: &Place) -> Option<String> {
    match key.value {
        ValueKind::Text => text(printer, called, value, place),
        ValueKind::Literal => string(printer, value, place).map(literal::text),
        ValueKind::Texts => {
            let texts = texts(printer, value, place)?.iter().enumerate();
            if key.name == "commands" {
                texts.clone().for_each(|(at, command)| printer.command(command, &place.index(at)));
            }
            let texts: Vec<_> =
                texts.filter_map(|(at, value)| text(printer, called, value, &place.index(at))).collect();
            Some(literal::list(&texts))
        }
        ValueKind::Literals => {
            let texts = named(printer, "BlockerDeclaration", value, place)?;
            Some(literal::list(&texts.iter().map(|name| literal::text(name)).collect::<Vec<_>>()))
        }
        ValueKind::Integer => match value.as_i64().filter(|number| *number >= 0) {
            Some(number) => Some(number.to_string()),
            None => no_form(printer, value, "a whole number", place),
        },
        ValueKind::Name => string(printer, value, place).map(literal::name),
        ValueKind::Names => {
            let structure = if key.name == "input" { "InputArtifact" } else { "OutputArtifact" };
            let names = named(printer, structure, value, place)?;
            Some(literal::one_or_list(&names.iter().map(|name| literal::name(name)).collect::<Vec<_>>()))
        }
        ValueKind::Word(words) => word(printer, words, value, place),
        ValueKind::Words(words) => {
            let values = texts(printer, value, place)?.iter().enumerate();
            let values: Vec<_> =
                values.filter_map(|(at, value)| word(printer, words, value, &place.index(at))).collect();
            Some(literal::list(&values))
        }
        ValueKind::Role => role(printer, value, place),
        ValueKind::Tags => {
            let mut entries = Vec::new();
            for (at, tag) in list(printer, value, place)?.iter().enumerate() {
                match (tag.get("key").and_then(Value::as_str), tag.get("value").and_then(Value::as_str)) {
                    (Some(key), Some(value)) => {
                        let place = place.index(at);
                        if let (Some(key), Some(value)) = (printer.literal(key, &place), printer.literal(value, &place))
                        {
                            entries.push(format!("{}: {}", literal::key(key), literal::text(value)));
                        }
                    }
                    _ => printer.unsaid(place.index(at), "this is not a tag"),
                }
            }
            Some(literal::map(&entries))
        }
        ValueKind::TextMap => text_map(printer, value, place),
        ValueKind::Environment => environment(printer, value, place),
        ValueKind::Keys(of) => {
            let members = object(printer, value, place)?;
            Some(keys(printer, of, members, place))
        }
        ValueKind::KeysByName(of) => keys_by_name(printer, of, value, place),
        ValueKind::KeysListed(of) => {
            let mut entries = Vec::new();
            for (at, filter) in list(printer, value, place)?.iter().enumerate() {
                let place = place.index(at);
                if let Some(filter) = object(printer, filter, &place) {
                    entries.push(keys(printer, of, filter, &place));
                }
            }
            Some(literal::one_or_list(&entries))
        }
        // These are written with what is around them.
        ValueKind::Revisions(_) | ValueKind::Conditions(_) => None,
        // A declaration has none of these.
        ValueKind::Trusts | ValueKind::Starts | ValueKind::Policy | ValueKind::Policies => None,
    }
}

/// A map with the keys of a construct, or the value of its first key alone.
fn keys(printer: &mut Printer<'_>, of: &'static Construct, members: &Members, place: &Place) -> String {
    let structure = of.keys.iter().find_map(|key| key.member).map_or("", |member| member.structure);
    let fields = fields(printer, &[of], structure, members, place);
    match fields.as_slice() {
        [(key, value)]
            if (of.name == BUCKET.name || of.name == PATTERNS.name)
                && of.keys.first().is_some_and(|first| first.name == key) =>
        {
            value.clone()
        }
        _ => entries(&fields),
    }
}

fn entries(fields: &[Field]) -> String {
    literal::map(&fields.iter().map(|(key, value)| format!("{key}: {value}")).collect::<Vec<_>>())
}

/// Buckets by Region, variables by name, triggers by source action.
fn keys_by_name(printer: &mut Printer<'_>, of: &'static Construct, value: &Value, place: &Place) -> Option<String> {
    let mut written = Vec::new();
    if of.name == BUCKET.name {
        for (region, bucket) in object(printer, value, place)? {
            let place = place.key(region);
            if printer.literal(region, &place).is_none() {
                continue;
            }
            if let Some(bucket) = object(printer, bucket, &place) {
                written.push(format!("{}: {}", literal::key(region), keys(printer, of, bucket, &place)));
            }
        }
        return Some(literal::map(&written));
    }
    let mut seen: Vec<String> = Vec::new();
    for (at, entry) in list(printer, value, place)?.iter().enumerate() {
        let place = place.index(at);
        let Some(mut members) = object(printer, entry, &place) else { continue };
        let mut inner = place.clone();
        let name = match members.get("gitConfiguration") {
            Some(git) => {
                report_others(printer, &[], "PipelineTriggerDeclaration", members, &place);
                inner = place.key("gitConfiguration");
                members = object(printer, git, &inner)?;
                members.get("sourceActionName")
            }
            None => members.get("name"),
        };
        let Some(name) = name.and_then(Value::as_str).filter(|name| !seen.iter().any(|seen| seen == name)) else {
            printer.unsaid(place, "this has no name, or its name is a duplicate");
            continue;
        };
        seen.push(name.to_owned());
        if printer.literal(name, &place).is_none() {
            continue;
        }
        if let Some(default) = members.get("defaultValue") {
            printer.default(name, default, &place.key("defaultValue").value());
        }
        let structure = if inner == place { "PipelineVariableDeclaration" } else { "GitConfiguration" };
        // The default of a variable is called after the variable.
        let called = |key: &DslKey| if key.name == "default_value" { name } else { key.name };
        let fields = called_fields(printer, &[of], structure, members, &inner, &called);
        let key = literal::key(name);
        written.push(match fields.as_slice() {
            [] if inner == place => key,
            [(first, default)] if first == "default_value" => format!("{key}: {default}"),
            fields => format!("{key}: {}", entries(fields)),
        });
    }
    Some(literal::map(&written))
}

/// Environment variables; the value of a secret is `secrets_manager("…")`.
fn environment(printer: &mut Printer<'_>, value: &Value, place: &Place) -> Option<String> {
    let mut entries = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for (at, variable) in list(printer, value, place)?.iter().enumerate() {
        let place = place.index(at);
        let Some(members) = object(printer, variable, &place) else { continue };
        report_others(printer, &[], "EnvironmentVariable", members, &place);
        let member = |name: &str| members.get(name).and_then(Value::as_str);
        let (Some(name), Some(value)) = (member("name").filter(|name| !seen.contains(name)), member("value")) else {
            printer.unsaid(place, "this has no name, a duplicate name, or no value");
            continue;
        };
        seen.push(name);
        if printer.literal(name, &place).is_none() {
            continue;
        }
        let place_of_value = place.key("value");
        match member("type") {
            None | Some(defaults::ENVIRONMENT_VARIABLE_TYPE) => {
                let source = printer.variable(name, value, &place_of_value);
                entries.push(format!("{}: {source}", literal::key(name)))
            }
            Some(SECRET_VARIABLE_TYPE) => {
                let source = printer.text(name, value, &place_of_value);
                entries.push(format!("{}: secrets_manager({source})", literal::key(name)))
            }
            Some(other) => {
                printer.unsaid(place.key("type"), format!("`{other}` is not a type that this version knows"))
            }
        }
    }
    Some(literal::map(&entries))
}

/// The values of configuration keys, by the names that AWS has for them.
pub(super) fn text_map(printer: &mut Printer<'_>, value: &Value, place: &Place) -> Option<String> {
    let mut entries = Vec::new();
    for (name, value) in object(printer, value, place)? {
        let place = place.key(name);
        let value = match value {
            Value::String(value) => Some(printer.configured(name, name, value, &place)),
            Value::Number(_) | Value::Bool(_) => Some(printer.configured(name, name, &value.to_string(), &place)),
            value => no_form(printer, value, "a text", &place),
        };
        entries.extend(value.map(|value| format!("{}: {value}", literal::key(name))));
    }
    Some(literal::map(&entries))
}

/// A text. Where the JSON has a number or a boolean in its place, that is what the text says.
pub(super) fn text(printer: &mut Printer<'_>, name: &str, value: &Value, place: &Place) -> Option<String> {
    if let (Value::Object(key), "encryption_key") = (value, name) {
        report_others(printer, &[], "EncryptionKey", key, place);
        return text(printer, "id", key.get("id").unwrap_or(&Value::Null), &place.key("id"));
    }
    match value {
        Value::String(value) => Some(printer.text(name, value, place)),
        Value::Number(_) | Value::Bool(_) => Some(printer.text(name, &value.to_string(), place)),
        Value::Null | Value::Array(_) | Value::Object(_) => no_form(printer, value, "a text", place),
    }
}

/// A role: its item, or its ARN.
pub(super) fn role(printer: &mut Printer<'_>, value: &Value, place: &Place) -> Option<String> {
    let arn = string(printer, value, place)?;
    match arn.parse::<RoleArn>() {
        Ok(role) => {
            Some(printer.links.roles.get(&role).cloned().unwrap_or_else(|| format!("existing({})", literal::text(arn))))
        }
        Err(error) => {
            printer.unsaid(place.clone(), error.to_string());
            None
        }
    }
}

fn word(printer: &mut Printer<'_>, words: &WordList, value: &Value, place: &Place) -> Option<String> {
    let word = string(printer, value, place)?;
    if words.names().any(|known| known == word) {
        return Some(word.to_owned());
    }
    printer.unsaid(place.clone(), format!("`{word}` is not a value that this version knows"));
    None
}

/// Names in a list: texts, or structures with nothing but a name. An output artifact may have files too, which are written elsewhere.
fn named(printer: &mut Printer<'_>, structure: &str, value: &Value, place: &Place) -> Option<Vec<String>> {
    let mut names = Vec::new();
    for (at, entry) in list(printer, value, place)?.iter().enumerate() {
        let inner = place.index(at);
        let name = match entry {
            Value::Object(members) => {
                if structure != "OutputArtifact" {
                    report_others(printer, &[], structure, members, &inner);
                }
                members.get("name").and_then(Value::as_str)
            }
            other => other.as_str(),
        };
        match name {
            Some(name) => names.extend(printer.literal(name, &inner).map(str::to_owned)),
            None => printer.unsaid(inner, "this has no name"),
        }
    }
    Some(names)
}

fn string<'v>(printer: &mut Printer<'_>, value: &'v Value, place: &Place) -> Option<&'v str> {
    match value.as_str() {
        Some(text) => printer.literal(text, place),
        None => no_form(printer, value, "a text", place),
    }
}

/// A list of texts.
fn texts<'v>(printer: &mut Printer<'_>, value: &'v Value, place: &Place) -> Option<&'v [Value]> {
    match value {
        Value::Array(list) => Some(list),
        _ => no_form(printer, value, "a list", place),
    }
}

/// A list of structures.
pub(super) fn list<'v>(printer: &mut Printer<'_>, value: &'v Value, place: &Place) -> Option<&'v [Value]> {
    match value {
        Value::Array(list) => Some(list),
        _ => no_structure(printer, value, "a list", place),
    }
}

/// The elements of a list that may not be there.
pub(super) fn elements<'v>(printer: &mut Printer<'_>, value: Option<&'v Value>, place: &Place) -> &'v [Value] {
    value.filter(|value| !value.is_null()).and_then(|value| list(printer, value, place)).unwrap_or_default()
}

pub(super) fn object<'v>(printer: &mut Printer<'_>, value: &'v Value, place: &Place) -> Option<&'v Members> {
    match value {
        Value::Object(members) => Some(members),
        _ => no_structure(printer, value, "an object", place),
    }
}

/// No text says what a structure is that is not known.
fn no_structure<T>(printer: &mut Printer<'_>, value: &Value, expected: &str, place: &Place) -> Option<T> {
    let known = value.as_str().filter(|text| is_unknown(text)).map(shown);
    let message = known.map_or(format!("this is not {expected}"), |text| format!("`{text}` has to be known here"));
    printer.unsaid(place.clone(), message);
    None
}

fn no_form<T>(printer: &mut Printer<'_>, value: &Value, expected: &str, place: &Place) -> Option<T> {
    let known = value.as_str().is_none_or(|text| printer.literal(text, place).is_some());
    if known {
        printer.unsaid(place.clone(), format!("this is not {expected}"));
    }
    None
}
