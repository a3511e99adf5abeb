//! Values of keys: which kinds a key takes, and what is reported if it gets another.

use codepipeline_xacct_core::suggest::nearest;
use codepipeline_xacct_syntax::ast::{EntryNode, ValueNode, path_text};
use codepipeline_xacct_syntax::errors::Errors;
use proc_macro2::Span;
use serde_json::Map as JsonMap;
use syn::LitStr;

use crate::model::LoweredText;

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

/// A value that may be made at run time. Numbers and booleans are written as the API expects them: as text.
pub(super) fn text(key: &str, value: ValueNode, errors: &mut Errors) -> Option<(LoweredText, Span)> {
    let span = value.span();
    Some(match value {
        ValueNode::Str(text) => (LoweredText::Literal(text.value()), span),
        ValueNode::Int(number) => (LoweredText::Literal(number.base10_digits().to_owned()), span),
        ValueNode::Bool(boolean) => (LoweredText::Literal(boolean.value.to_string()), span),
        ValueNode::Runtime(tokens, span) => (LoweredText::Runtime(tokens), span),
        ValueNode::Hole(..) => return None,
        // An enumeration value may be written without quotes.
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

/// Reports a repeated key.
pub(super) fn report_repeated(key: &str, span: Span, errors: &mut Errors) {
    errors.push_help(span, format!("`{key}` is given twice"), "leave one of them out");
}

/// The entries of a map, each key once.
pub(super) fn map(key: &str, value: ValueNode, errors: &mut Errors) -> Option<Vec<EntryNode>> {
    match value {
        ValueNode::Map(entries, _) => {
            let mut kept: Vec<EntryNode> = Vec::new();
            for entry in entries {
                let text = entry.key.text();
                if kept.iter().any(|e| e.key.text() == text) {
                    report_repeated(&text, entry.key.span(), errors);
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
