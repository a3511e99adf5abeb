//! The functions and methods of the builder: one function per provider, one method per key, and one per member with a plain value.

use std::collections::BTreeMap;
use std::fmt::Write;

use codepipeline_xacct_syntax::keys::{Construct, ValueKind};
use heck::{ToSnakeCase, ToUpperCamelCase};

use crate::generate::catalogue::{dsl, parts};
use crate::generate::source::{Action, Catalogue, Format, Key, Required};

/// The file that the builder compiles in.
pub(crate) fn providers(catalogue: &Catalogue) -> Result<String, String> {
    let mut text = String::from(
        "//! Made from `codepipeline-xacct-core/catalogue.json` by `cargo xtask write`; edit that file instead.\n\n\
         use super::common::{ActionBuilder, of};\n",
    );
    let mut words = BTreeMap::new();
    for action in &catalogue.actions {
        if let Some(function) = &action.builder {
            text += &provider(action, function, &mut words)?;
        }
    }
    for (name, (values, doc)) in words {
        text += &enumeration(&name, &values, &doc);
    }
    Ok(text)
}

/// Enumerations by name, with their values and the text of the key.
type Words = BTreeMap<String, (Vec<String>, String)>;

fn provider(action: &Action, function: &str, words: &mut Words) -> Result<String, String> {
    let [category, owner, provider, version] = parts(&action.r#type)?;
    let begin = format!("of({category:?}, {owner:?}, {provider:?}, {version:?})");
    // Most of what a compute action needs is not configuration, so its function is written by hand.
    let begin = (!action.compute).then_some(begin.as_str());
    let marker = action.marker.clone().unwrap_or_else(|| function.to_upper_camel_case());
    let kind = Kind { name: "ActionBuilder", marker, parameter: "", begin, page: &action.page, doc: &action.doc };
    configured(&kind, function, action.keys.as_deref().unwrap_or_default(), words)
}

/// The file with the rules of conditions.
pub(crate) fn rules(catalogue: &Catalogue) -> Result<String, String> {
    let mut text = String::from(
        "//! Made from `codepipeline-xacct-core/catalogue.json` by `cargo xtask write`; edit that file instead.\n\n\
         use super::common::{ConditionRule, of};\n",
    );
    let mut words = BTreeMap::new();
    for rule in &catalogue.rules {
        let [_, _, provider, _] = parts(&rule.r#type)?;
        let begin = format!("of(name, {provider:?})");
        let begin = (!rule.compute).then_some(begin.as_str());
        let marker = provider.to_owned();
        let kind =
            Kind { name: "ConditionRule", marker, parameter: "name: &str, ", begin, page: &rule.page, doc: &rule.doc };
        let function = rule.builder.clone().unwrap_or_else(|| provider.to_snake_case());
        text += &configured(&kind, &function, &rule.keys, &mut words)?;
    }
    for (name, (values, doc)) in words {
        text += &enumeration(&name, &values, &doc);
    }
    Ok(text)
}

/// The file with the methods that set members of the declaration to plain values. Those that take more are written by hand.
pub(crate) fn members(construct: &Construct, name: &str) -> String {
    let mut text = format!(
        "//! Made from `codepipeline-xacct-syntax/src/keys/tables.rs` by `cargo xtask write`; edit that file instead.\n\n\
         use super::common::{name};\n\nimpl<P> {name}<P> {{"
    );
    for key in construct.keys {
        let Some(member) = key.member else { continue };
        let (kind, conversion) = match key.value {
            ValueKind::Integer => ("i64", ""),
            ValueKind::Literal | ValueKind::Name => ("&str", ".to_owned()"),
            _ => continue,
        };
        let field = member.name.to_snake_case();
        let _ = write!(
            text,
            "\n    /// {}\n    pub fn {}(mut self, value: {kind}) -> Self {{\n        self.lost.replaced(self.declaration.{field}.is_some(), &[{:?}], None);\n        self.declaration.{field} = Some(value{conversion});\n        self\n    }}\n",
            escaped(key.doc),
            key.name,
            member.name
        );
    }
    text + "}\n"
}

/// What has a configuration: an action or a rule.
struct Kind<'a> {
    /// The type that the functions return.
    name: &'a str,
    /// The type that represents the provider.
    marker: String,
    /// A parameter before those of the keys.
    parameter: &'a str,
    /// How it begins; `None` where the function is written by hand.
    begin: Option<&'a str>,
    page: &'a str,
    doc: &'a str,
}

/// A marker type, a function that takes what is required, and methods for the rest.
fn configured(kind: &Kind<'_>, function: &str, keys: &[Key], words: &mut Words) -> Result<String, String> {
    let (name, marker, doc) = (kind.name, &kind.marker, kind.doc);
    let (required, optional): (Vec<&Key>, Vec<&Key>) =
        keys.iter().partition(|k| matches!(k.required, Some(Required::Always(true))));
    let mut text = format!("\n/// {doc}\n#[derive(Debug)]\npub enum {marker} {{}}\n");
    if let Some(begin) = kind.begin {
        let parameters: Result<Vec<_>, String> =
            required.iter().map(|key| Ok(format!("{}: {}", dsl(key), argument(key, words)?.0))).collect();
        let _ = write!(
            text,
            "\n/// {doc}\n///\n/// Source: CodePipeline User Guide, `{}`.\n{}pub fn {function}({}{}) -> {name}<{marker}> {{\n    {begin}",
            kind.page,
            if required.len() > 7 {
                "#[expect(clippy::too_many_arguments, reason = \"the provider requires them\")]\n"
            } else {
                ""
            },
            kind.parameter,
            parameters?.join(", ")
        );
        for key in &required {
            let _ = write!(text, ".configuration({:?}, {}{})", key.name, dsl(key), argument(key, words)?.1);
        }
        text += "\n}\n";
    }
    if !optional.is_empty() {
        let _ = write!(text, "\nimpl {name}<{marker}> {{");
        for key in optional {
            let (kind, conversion) = argument(key, words)?;
            let default = key.default.as_ref().map(|d| format!(" Default: `{d}`.")).unwrap_or_default();
            let _ = write!(
                text,
                "\n    /// {}.{default}\n    pub fn {}(self, value: {kind}) -> Self {{\n        self.configuration({:?}, value{conversion})\n    }}\n",
                escaped(&key.doc),
                dsl(key),
                key.name
            );
        }
        text += "}\n";
    }
    Ok(text)
}

/// The type of an argument, and how it becomes a text.
fn argument(key: &Key, words: &mut Words) -> Result<(String, &'static str), String> {
    Ok(match &key.format {
        Some(Format::Boolean) => ("bool".to_owned(), ".to_string()"),
        Some(Format::Integer(_) | Format::Minutes(_)) => ("u32".to_owned(), ".to_string()"),
        Some(Format::OneOf(values)) => {
            let known = words.entry(key.name.clone()).or_insert_with(|| (values.clone(), key.doc.clone()));
            if known.0 != *values {
                return Err(format!("`{}` has different values in two providers", key.name));
            }
            (key.name.clone(), ".as_str()")
        }
        _ => ("impl Into<String>".to_owned(), ""),
    })
}

fn enumeration(name: &str, values: &[String], doc: &str) -> String {
    let variant = |value: &str| match value {
        "iOS" => "Ios".to_owned(),
        // `Self` is a keyword.
        "SELF" => "SelfManaged".to_owned(),
        other => other.to_upper_camel_case(),
    };
    let mut text = format!(
        "\n/// {}.\n#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]\n#[non_exhaustive]\npub enum {name} {{\n",
        escaped(doc)
    );
    for value in values {
        let _ = write!(text, "    /// `{value}`\n    {},\n", variant(value));
    }
    let _ = write!(
        text,
        "}}\n\nimpl {name} {{\n    /// The value as AWS writes it.\n    pub fn as_str(self) -> &'static str {{\n        match self {{\n"
    );
    for value in values {
        let _ = writeln!(text, "            Self::{} => {value:?},", variant(value));
    }
    text += "        }\n    }\n}\n";
    text
}

/// rustdoc reads brackets as links and angle brackets as HTML.
fn escaped(doc: &str) -> String {
    doc.replace('[', "\\[").replace('<', "\\<")
}
