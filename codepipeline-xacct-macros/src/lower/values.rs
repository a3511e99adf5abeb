//! Values of keys: which kinds a key takes, and what is reported if it gets another.

use std::ops::RangeInclusive;

use codepipeline_xacct_core::catalogue::Format;
use codepipeline_xacct_core::check;
use codepipeline_xacct_core::declaration::fixed_values::SECRET_VARIABLE_TYPE;
use codepipeline_xacct_core::declaration::references::{VARIABLES, around, is_of_terraform};
use codepipeline_xacct_core::finding::{Finding, Place};
use codepipeline_xacct_core::ids::IdError;
use codepipeline_xacct_core::suggest::{minutes, nearest, related};
use codepipeline_xacct_syntax::ast::{EntryNode, MapKey, ParamNode, ValueNode, path_span, path_text};
use codepipeline_xacct_syntax::errors::Errors;
use codepipeline_xacct_syntax::keys::is_same_word;
use codepipeline_xacct_syntax::not_a_value::{self, NotAValue, is_function_of_cloudformation, of_cloudformation};
use proc_macro2::Span;
use serde_json::Map as JsonMap;
use syn::LitStr;

use super::value_suggestions::{
    inside_parentheses, is_list, json_entries, json_macro, json_text, list_inside, meant_number, meant_region,
    meant_word, minutes_without_quotes, names_in, only_text, without_sign, word_of, words_between, written_key,
};
use crate::model::{LoweredText, RuntimeValue};

/// A literal string, where the compiler has to know the value.
pub(super) fn string(key: &str, value: ValueNode, errors: &mut Errors) -> Option<LitStr> {
    literal_string(key, around_key, value, errors)
}

/// The literal string that a call takes: `managed("…")`.
pub(super) fn argument_string(function: &str, value: ValueNode, errors: &mut Errors) -> Option<LitStr> {
    literal_string(function, around_argument, value, errors)
}

/// What a form has before and after a text.
type Around = fn(&str) -> [String; 2];

fn around_key(key: &str) -> [String; 2] {
    [format!("{}: ", written_key(key)), String::new()]
}

fn around_argument(function: &str) -> [String; 2] {
    [format!("{function}("), ")".to_owned()]
}

fn literal_string(key: &str, around: Around, value: ValueNode, errors: &mut Errors) -> Option<LitStr> {
    if let ValueNode::Str(text) = value {
        return Some(text);
    }
    let around = around(key);
    let [before, after] = &around;
    match value {
        ValueNode::Runtime(tokens, span) if syn::parse2::<LitStr>(tokens.clone()).is_ok() => {
            let text = not_a_value::text(&tokens);
            errors.push_help(span, "a text needs only quotes", format!("write `{before}{text}{after}`"));
            None
        }
        ValueNode::Runtime(_, span) => {
            errors.push_help(
                span,
                format!("`{key}` has to be known while the program compiles"),
                format!("write `{before}\"…\"{after}`; a program that learns it at run time uses the dynamic layer"),
            );
            None
        }
        ValueNode::Hole(..) => None,
        other => {
            report_no_text(&NoText { key, around, params: &[], literal: true, joined: false }, &other, errors);
            None
        }
    }
}

/// A value that may be made at run time. Numbers and booleans are written as the API takes them: as text.
pub(super) fn text(
    params: &[ParamNode],
    key: &str,
    value: ValueNode,
    errors: &mut Errors,
) -> Option<(LoweredText, Span)> {
    text_of(&NoText { key, around: around_key(key), params, literal: false, joined: false }, value, errors)
}

/// The text that a call takes, which may be made at run time: `secrets_manager("…")`.
pub(super) fn argument_text(
    params: &[ParamNode],
    function: &str,
    value: ValueNode,
    errors: &mut Errors,
) -> Option<(LoweredText, Span)> {
    let around = around_argument(function);
    text_of(&NoText { key: function, around, params, literal: false, joined: false }, value, errors)
}

fn text_of(at: &NoText<'_>, value: ValueNode, errors: &mut Errors) -> Option<(LoweredText, Span)> {
    let span = value.span();
    Some(match value {
        ValueNode::Str(text) => (LoweredText::Literal(text.value()), span),
        ValueNode::Int(number) if number.to_string() == number.base10_digits() => {
            (LoweredText::Literal(number.base10_digits().to_owned()), span)
        }
        ValueNode::Bool(boolean) => (LoweredText::Literal(boolean.value.to_string()), span),
        ValueNode::Runtime(tokens, span) if let Some(text) = not_a_value::adjacent(&tokens) => {
            let [before, after] = &at.around;
            errors.push_help(span, "a text needs only quotes", format!("write `{before}{text:?}{after}`"));
            return None;
        }
        ValueNode::Runtime(expression, span) => (LoweredText::Runtime(RuntimeValue { expression, span }), span),
        ValueNode::Hole(..) => return None,
        other => {
            report_no_text(at, &other, errors);
            return None;
        }
    })
}

/// The value of a key of a provider: a text, and where its format has words or names of artifacts, one of these without quotes.
pub(super) fn configured(
    params: &[ParamNode],
    key: &str,
    format: &Format,
    value: ValueNode,
    errors: &mut Errors,
) -> Option<(LoweredText, Span)> {
    let word = match format {
        Format::OneOf(_) | Format::List(_) | Format::Words(_) | Format::InputArtifact | Format::PrimaryArtifact => true,
        // `True` is reported as a value that is not a boolean.
        Format::Boolean => matches!(&value, ValueNode::Path(path) if path_text(path).parse::<bool>().is_err()),
        _ => false,
    };
    // `OutputFormat::CodeZip`
    if let (Format::OneOf(words) | Format::Known(words), ValueNode::Path(path)) = (format, &value)
        && path.get_ident().is_none()
        && let Some(last) = path.segments.last()
        && let Some(meant) = words.iter().find(|word| is_same_word(word, &last.ident.to_string()))
    {
        errors.push_help(path_span(path), format!("`{key}` takes a word"), format!("write `{key}: {meant}`"));
        return None;
    }
    // `BucketOwnerFullControl` for `bucket-owner-full-control`, which needs quotes.
    if let (Format::Known(words), ValueNode::Path(path)) = (format, &value)
        && let Some(name) = path.get_ident()
        && let Some(meant) = words.iter().find(|word| is_same_word(word, &name.to_string()))
    {
        errors.push_help(path_span(path), format!("`{key}` can't be `{name}`"), format!("write `{key}: {meant:?}`"));
        return None;
    }
    if let (Format::Integer(..) | Format::Minutes(..), ValueNode::Int(number)) = (format, &value)
        && number.suffix().is_empty()
    {
        return Some((LoweredText::Literal(number.base10_digits().to_owned()), number.span()));
    }
    if let Format::Integer(least, most) | Format::Minutes(least, most) = format
        && !matches!(&value, ValueNode::Str(_) | ValueNode::Runtime(..) | ValueNode::Hole(..) | ValueNode::Path(_))
    {
        report_no_number(key, matches!(format, Format::Minutes(..)), *least..=*most, &value, errors);
        return None;
    }
    if let (Format::EnvironmentVariables | Format::JsonObject(_), ValueNode::Map(entries, span)) = (format, &value)
        && let Some(text) = json_text(*format == Format::EnvironmentVariables, entries)
    {
        errors.push_help(*span, format!("`{key}` takes the text of JSON"), format!("write `{key}: {text:?}`"));
        return None;
    }
    // One text, where several have no commas between them.
    let one_alone = !key.ends_with('s') && !matches!(format, Format::List(_) | Format::Words(_) | Format::Names(..));
    if let (true, ValueNode::List(values, span)) = (one_alone, &value)
        && let Some(first) = values.first().and_then(word_of)
    {
        let help = match key {
            "branch" => format!(
                "write `{key}: {first:?}`: a source has one branch; the filter of a trigger takes several, `push: {{ branches: [{first:?}, …] }}`"
            ),
            _ => format!("write `{key}: {first:?}`"),
        };
        errors.push_help(*span, format!("`{key}` takes one text, not a list"), help);
        return None;
    }
    match value {
        ValueNode::Path(path) if word && path.get_ident().is_some() && !is_nothing(&path_text(&path)) => {
            Some((LoweredText::Literal(path_text(&path)), path_span(&path)))
        }
        other => {
            text_of(&NoText { key, around: around_key(key), params, literal: false, joined: !one_alone }, other, errors)
        }
    }
}

/// Where a text belongs.
struct NoText<'a> {
    key: &'a str,
    /// What precedes and follows the text: `key: ` for a key, `key(` for what takes one in parentheses.
    around: [String; 2],
    /// The parameters of the pipeline.
    params: &'a [ParamNode],
    /// True where the compiler has to know it, so that a Rust expression won't do.
    literal: bool,
    /// True where one text is a list, with commas in it.
    joined: bool,
}

impl NoText<'_> {
    /// The help where what is there tells nothing about the value.
    fn value_or_rust(&self) -> String {
        let [before, after] = &self.around;
        match self.literal {
            true => format!("write the value: `{before}\"…\"{after}`"),
            false => {
                format!("write the value: `{before}\"…\"{after}`, or `{before}(…){after}` for a Rust value")
            }
        }
    }
}

/// What people write for a value that is not there.
fn is_nothing(word: &str) -> bool {
    matches!(word, "None" | "null" | "nil" | "undefined")
}

/// Reports a word for a value that is not there; false for any other value.
pub(super) fn report_nothing(key: &str, value: &ValueNode, errors: &mut Errors) -> bool {
    let ValueNode::Path(path) = value else { return false };
    let word = path_text(path);
    let nothing = is_nothing(&word);
    if nothing {
        errors.push_help(
            value.span(),
            format!("`{word}` is not a value"),
            format!("leave `{key}` out where it has no value"),
        );
    }
    nothing
}

/// Reports what is there instead of a text, with the form that it should have.
fn report_no_text(at: &NoText<'_>, value: &ValueNode, errors: &mut Errors) {
    let (key, span) = (at.key, value.span());
    let [before, after] = &at.around;
    let quoted = |text: &str| format!("write `{before}{text:?}{after}`");
    let takes = if at.literal { format!("`{key}` takes a string") } else { format!("`{key}` takes a text") };
    if key == "region"
        && let ValueNode::Path(path) = value
        && let Some(region) = path.segments.last().and_then(|last| meant_region(&last.ident.to_string()))
    {
        return errors.push_help(span, takes, quoted(&region));
    }
    let parentheses = |expression: &str| match at.literal {
        true => {
            (takes.clone(), format!("write `{before}\"…\"{after}`, which has to be known while the program compiles"))
        }
        false => ("a Rust expression goes in parentheses".to_owned(), format!("write `{before}({expression}){after}`")),
    };
    let (message, help) = match value {
        ValueNode::Path(path) if path.get_ident().is_some() => {
            let word = path_text(path);
            if is_nothing(&word) {
                (format!("`{word}` is not a text"), format!("leave `{key}` out where it has no value"))
            } else if at.params.iter().any(|param| param.name == word) {
                let help = format!(
                    "write `{before}({word}){after}` for the parameter, `{before}\"{word}\"{after}` for the text"
                );
                (format!("the parameter `{word}` goes in parentheses"), help)
            } else if at.literal {
                (takes, quoted(&word))
            } else if key.ends_with("_arn") {
                let help = format!(
                    "write `{before}\"arn:…\"{after}` for the text, `{before}({word}){after}` for a Rust value of that name"
                );
                (format!("`{word}` is neither an ARN nor a Rust value in parentheses"), help)
            } else {
                let help = format!(
                    "write `{before}\"{word}\"{after}` for the text, `{before}({word}){after}` for a Rust value of that name"
                );
                (format!("`{word}` is neither a text nor a Rust value in parentheses"), help)
            }
        }
        ValueNode::Path(path) => parentheses(&path_text(path)),
        ValueNode::Call(function, arguments) => match arguments.as_slice() {
            _ if is_function_of_cloudformation(&path_text(function)) => {
                (of_cloudformation(&path_text(function)), at.value_or_rust())
            }
            [ValueNode::Str(text)] if function.segments.len() > 1 => {
                (format!("a text is written without `{}`", path_text(function)), quoted(&text.value()))
            }
            _ => parentheses(&format!("{}(…)", path_text(function))),
        },
        // A number that would be read as another text.
        ValueNode::Int(number) => (takes, quoted(&number.to_string())),
        ValueNode::Bool(boolean) => (takes, quoted(&boolean.value.to_string())),
        ValueNode::List(values, _) => {
            let texts: Option<Vec<String>> = values.iter().map(word_of).collect();
            match texts.as_deref() {
                Some(texts) if at.joined && !texts.is_empty() => {
                    (format!("{takes}, not a list"), quoted(&texts.join(",")))
                }
                Some([first, ..]) => (format!("{takes}, not a list"), quoted(first)),
                _ => (format!("{takes}, not a list"), format!("write `{before}\"…\"{after}`")),
            }
        }
        ValueNode::NotAValue(tokens, _) => match NotAValue::of(tokens) {
            NotAValue::Words(text) => ("a text is written in quotes".to_owned(), quoted(&text)),
            NotAValue::Wrapped(text) if at.literal || not_a_value::adjacent(tokens).is_some() => {
                ("a text needs only quotes".to_owned(), quoted(&text))
            }
            NotAValue::Wrapped(text) => {
                let help = format!(
                    "{}; a Rust expression goes in parentheses: `({})`",
                    quoted(&text),
                    not_a_value::text(tokens)
                );
                ("a text needs only quotes".to_owned(), help)
            }
            NotAValue::Dotted(text) => dotted(at, &text, &takes),
            NotAValue::Borrowed(_) | NotAValue::Called(_) | NotAValue::Expression(_) => {
                parentheses(&not_a_value::text(tokens))
            }
        },
        // `{ Ref: "…" }`
        ValueNode::Map(entries, _)
            if let [EntryNode { key, .. }] = entries.as_slice()
                && is_function_of_cloudformation(&key.text()) =>
        {
            (of_cloudformation(&key.text()), at.value_or_rust())
        }
        // `{ value: "…", type: … }`
        ValueNode::Map(entries, _) => {
            let named = |names: &[&str]| entries.iter().find(|entry| names.contains(&entry.key.text().as_str()));
            let value = named(&["value", "default_value"]).or_else(|| named(&["name"]));
            let value = value.and_then(|entry| word_of(entry.value.as_ref()?));
            let kind = named(&["type"]).and_then(|entry| word_of(entry.value.as_ref()?));
            match (value, kind.as_deref()) {
                (Some(value), Some(SECRET_VARIABLE_TYPE)) => {
                    (takes, format!("write `{before}secrets_manager({value:?}){after}`"))
                }
                (Some(value), _) => (takes, quoted(&value)),
                _ => match json_text(false, entries).filter(|_| !at.literal) {
                    Some(json) => (takes, format!("{}, the text of JSON", quoted(&json))),
                    None => (takes, format!("write `{before}\"…\"{after}`")),
                },
            }
        }
        _ => (takes, format!("write `{before}\"…\"{after}`")),
    };
    errors.push_help(span, message, help);
}

/// Words and dots where a text belongs: a field of a parameter, a variable, or the text.
fn dotted(at: &NoText<'_>, text: &str, takes: &str) -> (String, String) {
    let [before, after] = &at.around;
    let (first, rest) = text.split_once('.').unwrap_or((text, ""));
    let quoted = format!("write `{before}\"{text}\"{after}`");
    let is_param = at.params.iter().any(|param| param.name == first);
    if is_of_terraform(text) && (at.literal || !is_param) {
        let help = match at.literal {
            true => format!("write `{before}\"…\"{after}`"),
            false => format!("write `{before}\"…\"{after}` for the text, `{before}(…){after}` for a Rust value"),
        };
        return (format!("only Terraform knows `{text}`"), help);
    }
    if at.literal {
        return (takes.to_owned(), quoted);
    }
    if is_param {
        return ("a Rust expression goes in parentheses".to_owned(), format!("write `{before}({text}){after}`"));
    }
    let message = format!("`{text}` is neither a text nor a Rust value in parentheses");
    let variable = !rest.contains('.') && (first == VARIABLES || first.starts_with(char::is_uppercase));
    if variable {
        let help = format!(
            "write `{before}\"{}\"{after}` for the variable, `{before}({text}){after}` for a Rust value",
            around(text)
        );
        return (message, help);
    }
    (message, format!("{quoted} for the text, `{before}({text}){after}` for a Rust value"))
}

/// A word of an enumeration.
pub(super) fn word(key: &str, value: ValueNode, words: &[&str], errors: &mut Errors) -> Option<(String, Span)> {
    let span = value.span();
    // Some are told in words.
    let is_key = !key.contains(' ');
    let named = if is_key { format!("`{key}`") } else { key.to_owned() };
    let text = match &value {
        ValueNode::Path(path) if path.get_ident().is_some() => path_text(path),
        ValueNode::Str(text) => text.value(),
        ValueNode::Hole(..) => return None,
        _ => {
            let help = match meant_word(&value, words) {
                Some(word) if is_key => format!("write `{key}: {word}`"),
                Some(word) => format!("write `{word}`"),
                None => match words {
                    [only] if is_key => format!("write `{key}: {only}`"),
                    _ => format!("one of `{}`", words.join("`, `")),
                },
            };
            errors.push_help(span, format!("{named} takes a word"), help);
            return None;
        }
    };
    if words.contains(&text.as_str()) {
        return Some((text, span));
    }
    let near = nearest(&text, words.iter().copied()).or_else(|| related(&text, words.iter().copied()));
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("one of `{}`", words.join("`, `")),
    };
    errors.push_help(span, format!("{named} can't be `{text}`"), help);
    None
}

/// A whole number.
pub(super) fn integer(key: &str, value: ValueNode, errors: &mut Errors) -> Option<(i64, Span)> {
    let span = value.span();
    if let ValueNode::Int(number) = &value
        && number.suffix().is_empty()
        && let Ok(number) = number.base10_parse()
    {
        return Some((number, span));
    }
    if !matches!(value, ValueNode::Hole(..)) {
        report_no_number(key, key.ends_with("_in_minutes"), 1..=i64::MAX, &value, errors);
    }
    None
}

/// Reports what is there instead of a whole number.
fn report_no_number(key: &str, in_minutes: bool, bounds: RangeInclusive<i64>, value: &ValueNode, errors: &mut Errors) {
    let with_unit = match value {
        ValueNode::Str(text) => minutes(&text.value()),
        other => minutes_without_quotes(other),
    };
    let number = with_unit.filter(|_| in_minutes).or_else(|| meant_number(value)).unwrap_or(*bounds.start());
    let number = number.clamp(*bounds.start(), *bounds.end());
    errors.push_help(value.span(), format!("`{key}` takes a whole number"), format!("write `{key}: {number}`"));
}

/// Reports an id that is not well-formed, with what it is meant to be.
pub(super) fn malformed(span: Span, error: &IdError, errors: &mut Errors) {
    match check::meant_id(error).map(|meant| format!("write `\"{meant}\"`")).or_else(|| check::fill_in(&error.text)) {
        Some(help) => errors.push_help(span, error.to_string(), help),
        None => errors.push(span, error.to_string()),
    }
}

/// A list; a single value is a list of one. Braces instead of brackets are reported and read as brackets.
pub(super) fn list(key: &str, value: ValueNode, errors: &mut Errors) -> Vec<ValueNode> {
    match value {
        ValueNode::List(values, _) => values,
        ValueNode::Map(entries, span) if !entries.is_empty() && entries.iter().all(|entry| entry.value.is_none()) => {
            let written: Vec<String> = entries.iter().map(|entry| entry.key.written()).collect();
            let help = format!("write `{key}: [{}]`", written.join(", "));
            errors.no_brackets(span, help);
            let value = |key| match key {
                MapKey::Ident(ident) => ValueNode::Path(ident.into()),
                MapKey::Str(text) => ValueNode::Str(text),
            };
            entries.into_iter().map(|entry| value(entry.key)).collect()
        }
        // `commands: (vec![…])`
        ValueNode::Runtime(tokens, span) if is_list(&tokens) => {
            let inside = list_inside(&tokens).unwrap_or_else(|| "…".to_owned());
            let help = format!("write `{key}: [{inside}]`, with Rust values in parentheses");
            errors.push_help(span, format!("a Rust expression is one value of the list `{key}`, not the list"), help);
            Vec::new()
        }
        one => vec![one],
    }
}

/// Reports a key that is there already.
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
            let help = match json_entries(&other).or_else(|| names_in(&other)) {
                Some(entries) => format!("write `{key}: {{ {entries} }}`"),
                None if inside_parentheses(&other).is_some() => {
                    format!("write `{key}: {{ {} }}`", inside_parentheses(&other).unwrap_or_default())
                }
                None if key == "triggers" => {
                    "write `triggers: { <source action>: { push: [{ branches: [\"…\"] }] } }`".to_owned()
                }
                None => format!("write `{key}: {{ name: \"…\" }}`"),
            };
            errors.push_help(other.span(), format!("`{key}` takes a map"), help);
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

/// True for a key that is named as artifacts mostly are, and as no key is.
fn is_artifact(entry: &EntryNode) -> bool {
    let name = entry.key.text();
    let aws = ["Name", "Value", "Artifact"].contains(&name.as_str());
    !aws && name.starts_with(char::is_uppercase) && entry.value.as_ref().is_some_and(|v| matches!(v, ValueNode::Str(_)))
}

/// Names without quotes: artifacts, output variables.
pub(super) fn names(key: &str, value: ValueNode, errors: &mut Errors) -> Vec<(String, Span)> {
    let in_list = matches!(value, ValueNode::List(..));
    list(key, value, errors).into_iter().filter_map(|value| a_name(key, value, (true, in_list), errors)).collect()
}

/// One name without quotes: a namespace.
pub(super) fn name(key: &str, value: ValueNode, errors: &mut Errors) -> Option<(String, Span)> {
    match value {
        ValueNode::List(values, span) if values.len() > 1 => {
            let first = values.first().and_then(word_of);
            let help = format!("write `{key}: {}`", first.as_deref().unwrap_or("Name"));
            errors.push_help(span, format!("`{key}` takes one name, not a list"), help);
            // Read as it is meant, so that what refers to it isn't reported too.
            Some((first?, span))
        }
        other => list(key, other, errors).into_iter().find_map(|value| a_name(key, value, (false, false), errors)),
    }
}

/// A name where one belongs, or one of `several`, which may be in a list.
fn a_name(
    key: &str,
    value: ValueNode,
    (several, in_list): (bool, bool),
    errors: &mut Errors,
) -> Option<(String, Span)> {
    let form = || match several {
        true => format!("write `{key}: Name` or `{key}: [One, Two]`"),
        false => format!("write `{key}: Name`"),
    };
    let all = |names: &[String]| match (several, names) {
        (false, [first, ..]) => format!("write `{key}: {first}`"),
        _ => format!("write `{key}: [{}]`", names.join(", ")),
    };
    let span = value.span();
    match value {
        ValueNode::Path(path) if path.get_ident().is_some() => Some((path_text(&path), span)),
        // `"One, Two"`
        ValueNode::Str(text) if text.value().contains(',') => {
            let text = text.value();
            let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
            let names = parts.iter().all(|part| syn::parse_str::<syn::Ident>(part).is_ok());
            let written =
                if names { parts.join(", ") } else { format!("{:?}", parts).trim_matches(['[', ']']).to_owned() };
            // In a list, others may be beside it.
            let help = match (several, in_list) {
                (_, true) => format!("write `{written}`"),
                (true, false) => format!("write `{key}: [{written}]`"),
                (false, false) => format!("write `{key}: {}`", parts.first().copied().unwrap_or("Name")),
            };
            errors.push_help(span, "a name has no comma", help);
            None
        }
        ValueNode::Str(text) => Some((text.value(), span)),
        ValueNode::Hole(..) => None,
        other => {
            let help = match &other {
                ValueNode::NotAValue(tokens, _) => match NotAValue::of(tokens) {
                    NotAValue::Words(text) | NotAValue::Wrapped(text) => format!("write `{key}: {text:?}`"),
                    NotAValue::Borrowed(path) => format!("write `{key}: {path}`"),
                    _ => match (words_between(&['&', '+', '|'], tokens), without_sign(tokens)) {
                        (Some(words), _) if words.len() > 1 => all(&words),
                        (_, Some(name)) => format!("write `{name}` alone"),
                        // `new Artifact("Index")`
                        _ => match only_text(tokens) {
                            Some(name) => format!("write `{key}: {name}`"),
                            None => form(),
                        },
                    },
                },
                ValueNode::Runtime(tokens, _) if syn::parse2::<syn::Ident>(tokens.clone()).is_ok() => {
                    format!("write `{key}: {tokens}`")
                }
                // `(One, Two)`
                ValueNode::Runtime(tokens, _) if let Some(words) = words_between(&[','], tokens) => all(&words),
                // `{ Binaries: "target/**", Reports: "reports/**" }`
                ValueNode::Map(entries, _) if entries.iter().all(is_artifact) => {
                    let names: Vec<String> = entries.iter().map(|entry| entry.key.text()).collect();
                    all(&names)
                }
                ValueNode::Map(entries, _) => match entries.iter().find_map(|entry| word_of(entry.value.as_ref()?)) {
                    Some(name) => format!("write `{key}: {name}`"),
                    None => form(),
                },
                _ => form(),
            };
            errors.push_help(span, format!("`{key}` takes a name"), help);
            None
        }
    }
}

/// Tags: a map of literal strings. `judge` finds what is wrong with one.
pub(super) fn tags(
    value: ValueNode,
    judge: impl Fn(&str, &str, &Place) -> Option<Finding>,
    errors: &mut Errors,
) -> Vec<(String, String)> {
    let entries = map("tags", value, errors).unwrap_or_default();
    entries
        .into_iter()
        .filter_map(|entry| {
            let (key, span) = (entry.key.text(), entry.key.span());
            let value = entry_value(entry, errors)?;
            let value = string(&key, value, errors)?.value();
            if let Some(finding) = judge(&key, &value, &Place::default()) {
                errors.finding(span, &finding);
            }
            Some((key, value))
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
            let name = key;
            let key = &written_key(key);
            let help = match &other {
                ValueNode::Path(path) if path_text(path) == "None" => format!("write `{key}: null`"),
                ValueNode::Path(path) => match path_text(path).to_lowercase().as_str() {
                    "yes" | "on" | "true" => format!("write `{key}: true`"),
                    "no" | "off" | "false" => format!("write `{key}: false`"),
                    _ => format!("write `{key}: \"{}\"`", path_text(path)),
                },
                ValueNode::NotAValue(tokens, _) => match NotAValue::of(tokens) {
                    NotAValue::Words(text) | NotAValue::Wrapped(text) | NotAValue::Dotted(text) => {
                        format!("write `{key}: {text:?}`")
                    }
                    _ if json_macro(tokens).is_some() => {
                        format!("write `{key}: {}`", json_macro(tokens).unwrap_or_default())
                    }
                    _ if tokens.to_string() == "*" => format!("write `{key}: \"*\"`"),
                    _ => "write strings, numbers, lists and maps".to_owned(),
                },
                ValueNode::Runtime(..) => "a policy has to be known while the program compiles".to_owned(),
                _ => "write strings, numbers, lists and maps".to_owned(),
            };
            errors.push_help(other.span(), format!("`{name}` takes JSON"), help);
            return None;
        }
    })
}
