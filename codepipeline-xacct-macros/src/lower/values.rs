//! Values of keys: which kinds a key takes, and what is said where another stands there.

use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::ids::{AccountId, IdError, Partition, PipelineArn, RoleArn};
use codepipeline_xacct_core::suggest::nearest;
use proc_macro2::Span;
use serde_json::Map as JsonMap;
use syn::{Ident, LitStr, Path};

use crate::model::{LoweredPipeline, LoweredText, RoleUse};
use codepipeline_xacct_core::topology::Ownership;
use codepipeline_xacct_syntax::ast::{EntryNode, FieldNode, ValueNode, path_span, path_text};
use codepipeline_xacct_syntax::errors::Errors;

/// The fields of one construct: each key is known and stands there once.
pub(super) struct Fields {
    kept: Vec<FieldNode>,
    /// Keys that are meant by something else, or whose value did not parse: they are not missing.
    meant: Vec<String>,
}

impl Fields {
    /// Reports unknown and repeated keys; `what` names the construct: "a stage". `renamed` are pairs of a name that is not
    /// used here and the one that is.
    pub(super) fn new(
        what: &str,
        known: &[&str],
        renamed: &[(&str, &str)],
        fields: Vec<FieldNode>,
        errors: &mut Errors,
    ) -> Self {
        let mut kept: Vec<FieldNode> = Vec::new();
        let mut meant = Vec::new();
        for field in fields {
            let key = field.key.to_string();
            if !known.contains(&key.as_str()) {
                meant.extend(unknown_key(&field.key, what, known, renamed, errors));
            } else if kept.iter().any(|f| f.key == key) {
                errors.push_help(field.key.span(), format!("`{key}` stands here twice"), "leave one of them out");
            } else if matches!(field.value, ValueNode::Hole(..)) {
                meant.push(key);
            } else {
                kept.push(field);
            }
        }
        Self { kept, meant }
    }

    /// True where a key that isn't there is meant by one that is.
    pub(super) fn is_meant(&self, key: &str) -> bool {
        self.meant.iter().any(|meant| meant == key)
    }

    /// Takes the value of a key.
    pub(super) fn take(&mut self, key: &str) -> Option<(Ident, ValueNode)> {
        let index = self.kept.iter().position(|f| f.key == key)?;
        let field = self.kept.remove(index);
        Some((field.key, field.value))
    }

    /// Takes a literal string.
    pub(super) fn string(&mut self, key: &str, errors: &mut Errors) -> Option<LitStr> {
        let (_, value) = self.take(key)?;
        string(key, value, errors)
    }
}

/// Reports a key that is not known; `renamed` are pairs of a name that is not used here and the one that is. Returns the key
/// that is surely meant.
pub(super) fn unknown_key(
    key: &Ident,
    what: &str,
    known: &[&str],
    renamed: &[(&str, &str)],
    errors: &mut Errors,
) -> Option<String> {
    unknown_key_at(&key.to_string(), key.span(), what, known, renamed, errors)
}

pub(super) fn unknown_key_at(
    text: &str,
    span: Span,
    what: &str,
    known: &[&str],
    renamed: &[(&str, &str)],
    errors: &mut Errors,
) -> Option<String> {
    let meant = meant(text, known, renamed);
    let help = match meant {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "leave it out".to_owned(),
        None => format!("keys of {what} are `{}`", known.join("`, `")),
    };
    errors.push_help(span, format!("`{text}` is not a key of {what}"), help);
    meant.map(str::to_owned)
}

/// The key that is meant by a word: another name of it, one that is nearly the same, or the only one that begins so.
fn meant<'a>(text: &str, known: &[&'a str], renamed: &[(&str, &'a str)]) -> Option<&'a str> {
    if let Some((_, dsl)) = renamed.iter().find(|(other, _)| *other == text) {
        return Some(*dsl);
    }
    if let Some(near) = nearest(text, known.iter().copied()) {
        return Some(near);
    }
    let mut begun = known.iter().filter(|known| text.len() >= 3 && known.starts_with(text));
    match (begun.next(), begun.next()) {
        (Some(only), None) => Some(*only),
        _ => None,
    }
}

/// A literal string, where the compiler has to know the value.
pub(super) fn string(key: &str, value: ValueNode, errors: &mut Errors) -> Option<LitStr> {
    match value {
        ValueNode::Str(text) => Some(text),
        ValueNode::Runtime(_, span) => {
            errors.push_help(
                span,
                format!("`{key}` has to be known while the program compiles"),
                format!("write `{key}: \"…\"`; a program that learns it at run time uses the dynamic layer"),
            );
            None
        }
        ValueNode::Hole(..) => None,
        other => {
            errors.push_help(other.span(), format!("`{key}` takes a string"), format!("write `{key}: \"…\"`"));
            None
        }
    }
}

/// A value that may be made at run time. Numbers and booleans are written as the API takes them: as text.
pub(super) fn text(key: &str, value: ValueNode, errors: &mut Errors) -> Option<(LoweredText, Span)> {
    let span = value.span();
    Some(match value {
        ValueNode::Str(text) => (LoweredText::Literal(text.value()), span),
        ValueNode::Int(number) => (LoweredText::Literal(number.base10_digits().to_owned()), span),
        ValueNode::Bool(boolean) => (LoweredText::Literal(boolean.value.to_string()), span),
        ValueNode::Runtime(tokens, span) => (LoweredText::Runtime(tokens), span),
        ValueNode::Hole(..) => return None,
        // An enumeration value may stand without quotes.
        ValueNode::Path(path) if path.get_ident().is_some() => (LoweredText::Literal(path_text(&path)), span),
        _ => {
            errors.push_help(
                span,
                format!("`{key}` takes a string or a Rust expression in parentheses"),
                format!("write `{key}: \"…\"`"),
            );
            return None;
        }
    })
}

/// A word of an enumeration.
pub(super) fn word(key: &str, value: ValueNode, words: &[&str], errors: &mut Errors) -> Option<(String, Span)> {
    let span = value.span();
    let text = match &value {
        ValueNode::Path(path) if path.get_ident().is_some() => path_text(path),
        ValueNode::Str(text) => text.value(),
        ValueNode::Hole(..) => return None,
        _ => {
            errors.push_help(span, format!("`{key}` takes a word"), format!("one of `{}`", words.join("`, `")));
            return None;
        }
    };
    if words.contains(&text.as_str()) {
        return Some((text, span));
    }
    let help = match nearest(&text, words.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("one of `{}`", words.join("`, `")),
    };
    let key = if key.contains(' ') { key.to_owned() } else { format!("`{key}`") };
    errors.push_help(span, format!("{key} can't be `{text}`"), help);
    None
}

/// A whole number.
pub(super) fn integer(key: &str, value: ValueNode, errors: &mut Errors) -> Option<(i64, Span)> {
    let span = value.span();
    if let ValueNode::Int(number) = &value
        && let Ok(number) = number.base10_parse()
    {
        return Some((number, span));
    }
    let number = match &value {
        ValueNode::Hole(..) => return None,
        ValueNode::Str(text) if text.value().parse::<i64>().is_ok() => text.value(),
        _ => "1".to_owned(),
    };
    errors.push_help(span, format!("`{key}` takes a whole number"), format!("write `{key}: {number}`"));
    None
}

/// A list; a single value is a list of one.
pub(super) fn list(value: ValueNode) -> Vec<ValueNode> {
    match value {
        ValueNode::List(values, _) => values,
        one => vec![one],
    }
}

/// The entries of a map, each key once.
pub(super) fn map(key: &str, value: ValueNode, errors: &mut Errors) -> Option<Vec<EntryNode>> {
    match value {
        ValueNode::Map(entries, _) => {
            let mut kept: Vec<EntryNode> = Vec::new();
            for entry in entries {
                let text = entry.key.text();
                if kept.iter().any(|e| e.key.text() == text) {
                    errors.push_help(entry.key.span(), format!("`{text}` stands here twice"), "leave one of them out");
                } else {
                    kept.push(entry);
                }
            }
            Some(kept)
        }
        ValueNode::Hole(..) => None,
        other => {
            errors.push_help(other.span(), format!("`{key}` takes a map"), format!("write `{key}: {{ name: \"…\" }}`"));
            None
        }
    }
}

/// The entries of a map that takes some keys only; `what` names the construct: "a trigger".
pub(super) fn known_entries(
    what: &str,
    known: &[&str],
    value: ValueNode,
    errors: &mut Errors,
) -> Option<Vec<(String, Span, ValueNode)>> {
    let ValueNode::Map(..) = value else {
        let help = format!("write `{{ {}: … }}`", known.first().copied().unwrap_or_default());
        errors.push_help(value.span(), format!("{what} is a map"), help);
        return None;
    };
    let mut kept = Vec::new();
    for entry in map(what, value, errors)? {
        let (key, span) = (entry.key.text(), entry.key.span());
        if !known.contains(&key.as_str()) {
            let _ = unknown_key_at(&key, span, what, known, &[], errors);
        } else if let Some(value) = entry_value(entry, errors).filter(|value| !matches!(value, ValueNode::Hole(..))) {
            kept.push((key, span, value));
        }
    }
    Some(kept)
}

/// The value of a map's entry.
pub(super) fn entry_value(entry: EntryNode, errors: &mut Errors) -> Option<ValueNode> {
    let key = entry.key.text();
    if entry.value.is_none() {
        errors.push_help(entry.key.span(), format!("`{key}` has no value"), format!("write `{key}: \"…\"`"));
    }
    entry.value
}

/// Names without quotes: artifacts, output variables.
pub(super) fn names(key: &str, value: ValueNode, errors: &mut Errors) -> Vec<(String, Span)> {
    let name = |value: ValueNode, errors: &mut Errors| {
        let span = value.span();
        match value {
            ValueNode::Path(path) if path.get_ident().is_some() => Some((path_text(&path), span)),
            ValueNode::Str(text) => Some((text.value(), span)),
            ValueNode::Hole(..) => None,
            _ => {
                errors.push_help(
                    span,
                    format!("`{key}` takes a name"),
                    format!("write `{key}: Name` or `{key}: [One, Two]`"),
                );
                None
            }
        }
    };
    list(value).into_iter().filter_map(|v| name(v, errors)).collect()
}

/// Tags: a map of literal strings.
pub(super) fn tags(value: ValueNode, errors: &mut Errors) -> Vec<(String, String)> {
    let entries = map("tags", value, errors).unwrap_or_default();
    entries
        .into_iter()
        .filter_map(|entry| {
            let key = entry.key.text();
            let value = entry_value(entry, errors)?;
            Some((key.clone(), string(&key, value, errors)?.value()))
        })
        .collect()
}

/// A role where it is used: a path, `managed("…")`, `extended("arn:…")` or `existing("arn:…")`.
pub(super) fn role_use(key: &str, value: ValueNode, errors: &mut Errors) -> Option<RoleUse> {
    let help =
        format!("write `{key}: <role item>`, `managed(\"<name>\")`, `extended(\"arn:…\")` or `existing(\"arn:…\")`");
    match value {
        ValueNode::Path(path) => Some(RoleUse::Item(path)),
        ValueNode::Call(function, arguments) => role_call(&function, arguments, &help, errors),
        ValueNode::Str(text) if text.value().parse::<RoleArn>().is_ok() => {
            let help = format!("write `existing(\"{}\")`", text.value());
            errors.push_help(text.span(), format!("`{key}` takes a role, not a string"), help);
            None
        }
        ValueNode::Runtime(_, span) => {
            errors.push_help(span, "which role runs has to be known while the program compiles", help);
            None
        }
        ValueNode::Hole(..) => None,
        other => {
            errors.push_help(other.span(), format!("`{key}` takes a role"), help);
            None
        }
    }
}

fn role_call(function: &Path, arguments: Vec<ValueNode>, help: &str, errors: &mut Errors) -> Option<RoleUse> {
    let name = path_text(function);
    let known = ["managed", "extended", "existing"];
    if !known.contains(&name.as_str()) {
        let help = match nearest(&name, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => help.to_owned(),
        };
        errors.push_help(path_span(function), format!("`{name}` makes no role"), help);
        return None;
    }
    let mut arguments = arguments.into_iter();
    let (Some(argument), None) = (arguments.next(), arguments.next()) else {
        errors.push_help(path_span(function), format!("`{name}` takes one string"), help);
        return None;
    };
    let text = string(&name, argument, errors)?;
    let value = text.value();
    match name.as_str() {
        "managed" => {
            if let Ok(arn) = value.parse::<RoleArn>() {
                let help = format!("write `managed(\"{}\")`: its account is that of the pipeline", arn.path_and_name());
                errors.push_help(text.span(), format!("`{value}` is an ARN, where the name of a role belongs"), help);
                return None;
            }
            check_role_name(&text, errors).then_some(RoleUse::Managed(value))
        }
        _ => {
            let arn = role_arn(&text, errors)?;
            let ownership = if name == "extended" { Ownership::Extended } else { Ownership::Extern };
            Some(RoleUse::Arn(ownership, arn, text.span()))
        }
    }
}

/// A role ARN, or an error at the string.
pub(super) fn role_arn(text: &LitStr, errors: &mut Errors) -> Option<RoleArn> {
    let value = text.value();
    match value.parse::<RoleArn>() {
        Ok(arn) => Some(arn),
        Err(error) => {
            if value.parse::<PipelineArn>().is_ok() {
                errors.push_help(
                    text.span(),
                    error.to_string(),
                    "this is the ARN of a pipeline; write that of the role",
                );
            } else {
                let help =
                    format!("write the whole ARN, or `managed(\"{value}\")` for a role that is created and kept here");
                if is_role_name(&value) {
                    errors.push_help(text.span(), error.to_string(), help);
                } else {
                    errors.push(text.span(), error.to_string());
                }
            }
            None
        }
    }
}

/// Path and name of a role: `Name` or `path/Name`.
pub(super) fn check_role_name(text: &LitStr, errors: &mut Errors) -> bool {
    match role_name(&text.value()) {
        Ok(_) => true,
        Err(error) => {
            errors.push(text.span(), error.to_string());
            false
        }
    }
}

/// Whether a path and name are well-formed.
pub(super) fn is_role_name(text: &str) -> bool {
    !text.contains(':') && role_name(text).is_ok()
}

fn role_name(text: &str) -> Result<RoleArn, IdError> {
    // Any account will do: path and name are checked.
    RoleArn::new(Partition::aws(), "000000000000".parse::<AccountId>()?, text)
}

/// A value as JSON, for policy documents.
pub(super) fn json(key: &str, value: ValueNode, errors: &mut Errors) -> Option<serde_json::Value> {
    Some(match value {
        ValueNode::Str(text) => serde_json::Value::String(text.value()),
        ValueNode::Int(number) => match number.base10_parse::<i64>() {
            Ok(number) => serde_json::Value::from(number),
            Err(error) => {
                errors.push(number.span(), error.to_string());
                return None;
            }
        },
        ValueNode::Bool(boolean) => serde_json::Value::Bool(boolean.value),
        ValueNode::List(values, _) => {
            serde_json::Value::Array(values.into_iter().filter_map(|v| json(key, v, errors)).collect())
        }
        ValueNode::Map(..) => {
            let mut object = JsonMap::new();
            for entry in map(key, value, errors)? {
                let name = entry.key.text();
                if let Some(value) = entry_value(entry, errors) {
                    object.insert(name.clone(), json(&name, value, errors)?);
                }
            }
            serde_json::Value::Object(object)
        }
        ValueNode::Hole(..) => return None,
        other => {
            errors.push_help(other.span(), format!("`{key}` takes JSON"), "write strings, numbers, lists and maps");
            return None;
        }
    })
}

/// The text of a value; a runtime value leaves an empty place and is filled in when the program runs.
pub(super) fn literal(pipeline: &mut LoweredPipeline, place: Place, pointer: String, text: LoweredText) -> String {
    match text {
        LoweredText::Literal(text) => text,
        LoweredText::Runtime(tokens) => {
            pipeline.open.insert(place);
            pipeline.runtime.push((pointer, tokens));
            String::new()
        }
    }
}

/// A key as a segment of a JSON pointer.
pub(super) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
