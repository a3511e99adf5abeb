//! Keys as fields, for editors: those of the grammar, and those of every provider.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use codepipeline_xacct_syntax::keys::{self, Construct, DslKey};

use crate::generate::catalogue::{dsl, parts};
use crate::generate::source::{Action, Catalogue, Format, Key};

/// The types for actions whose type is written out, by category.
const TYPED: &[(&str, &str, &str)] = &[
    ("Typed", "", "An action whose type is written out."),
    ("TypedCompute", "Compute", "A compute action whose type is written out."),
    ("TypedApproval", "Approval", "An approval whose type is written out."),
];

const HEADER: &str = "\
//! The words of `pipeline!` as Rust items with documentation. Made from the table in `codepipeline-xacct-syntax/src/keys` by
//! `cargo xtask write`; edit that table instead.
//!
//! In an editor the macro writes the user's keys as fields of these types, so that completion, hover and rename know them; in a
//! compilation it does not, and nothing here is used. An editor shows the path of the module, so that is short.

#[macro_use]
mod support;

#[rustfmt::skip]
pub mod action;
pub mod role;
#[rustfmt::skip]
pub mod rule;
#[rustfmt::skip]
pub mod source;
pub mod trust;
#[rustfmt::skip]
pub mod words;

pub use support::{Variables, value};

keys! {
";

const OF_PROVIDERS: &str =
    "Made from `codepipeline-xacct-core/catalogue.json` by `cargo xtask write`; edit that file instead.";

/// The file with the constructs of the grammar.
pub(crate) fn constructs() -> String {
    let mut text = String::from(HEADER);
    for construct in keys::CONSTRUCTS {
        fields(&mut text, construct.name, construct.doc, documented(construct));
    }
    for list in [&keys::POLICY_DOCUMENT, &keys::POLICY_STATEMENT] {
        fields(&mut text, list.name, list.doc, list.words.iter().copied());
    }
    for (name, category, doc) in TYPED {
        fields(&mut text, name, doc, action_rows(category, true).map(|key| (key.name, key.doc)));
    }
    text += "}\n";
    text
}

/// The file with the words that keys take.
pub(crate) fn words(catalogue: &Catalogue) -> String {
    let mut text = String::from(
        "//! Words that a key takes. Made from the table in `codepipeline-xacct-syntax/src/keys` and from\n\
         //! `codepipeline-xacct-core/catalogue.json` by `cargo xtask write`; edit these instead.\n\nwords! {\n",
    );
    for list in keys::WORD_LISTS {
        let _ = write!(text, "    #[doc = {:?}]\n    {} {{\n", list.doc, list.name);
        for (word, doc) in list.words {
            let _ = write!(text, "        #[doc = {doc:?}]\n        {word},\n");
        }
        text += "    }\n";
    }
    let actions = catalogue.actions.iter().flat_map(|action| action.keys.as_deref().unwrap_or_default());
    let configured = actions.chain(catalogue.rules.iter().flat_map(|rule| &rule.keys));
    let mut of_providers: BTreeMap<String, &[String]> = BTreeMap::new();
    for key in configured {
        if let Some(Format::OneOf(values)) = &key.format {
            of_providers.insert(dsl(key), values);
        }
    }
    for (key, words) in of_providers {
        let words: BTreeSet<&String> = words.iter().filter(|word| is_identifier(word)).collect();
        let _ = write!(text, "    {key} {{ ");
        for word in words {
            let _ = write!(text, "{word}, ");
        }
        text += "}\n";
    }
    text += "}\n";
    text
}

/// The keys of an action in addition to those of its provider.
fn action_rows(category: &str, unknown: bool) -> impl Iterator<Item = &'static DslKey> {
    rows(std::iter::once(&keys::ACTION).chain(keys::extra_of_action(category, unknown)))
}

fn rows(constructs: impl Iterator<Item = &'static Construct>) -> impl Iterator<Item = &'static DslKey> {
    constructs.flat_map(|construct| construct.keys)
}

/// The keys of a construct and the words that begin its clauses, with what they mean.
fn documented(construct: &'static Construct) -> impl Iterator<Item = (&'static str, &'static str)> {
    let clauses = keys::clauses_of(construct).into_iter().flat_map(|list| list.words.iter().copied());
    construct.keys.iter().map(|key| (key.name, key.doc)).chain(clauses)
}

fn fields(text: &mut String, name: &str, doc: &str, keys: impl Iterator<Item = (&'static str, &'static str)>) {
    let _ = write!(text, "    #[doc = {doc:?}]\n    {name} {{\n");
    for (key, doc) in keys {
        let _ = write!(text, "        #[doc = {doc:?}]\n        {key},\n");
    }
    *text += "    }\n";
}

/// The file with the providers of source actions.
pub(crate) fn sources(catalogue: &Catalogue) -> Result<String, String> {
    let mut text = format!("//! Providers of source actions. {OF_PROVIDERS}\n\nkeys! {{\n");
    for action in catalogue.actions.iter().filter(is_source) {
        text += &self::action(action)?;
    }
    text += "}\n\npub use super::source as Source;\n";
    Ok(text)
}

fn is_source(action: &&Action) -> bool {
    action.r#type.starts_with("Source/")
}

/// The file with the providers of other actions.
pub(crate) fn actions(catalogue: &Catalogue) -> Result<String, String> {
    let mut text = format!("//! Providers of other actions. {OF_PROVIDERS}\n\n");
    let mut categories: BTreeMap<&str, Vec<&Action>> = BTreeMap::new();
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    for action in catalogue.actions.iter().filter(|action| !is_source(action)) {
        let [category, _, provider, _] = parts(&action.r#type)?;
        // A pipeline is started by an `invoke`; what has spaces is written as a type id.
        if provider != "CodePipeline" && is_identifier(provider) {
            categories.entry(category).or_default().push(action);
            *names.entry(provider).or_default() += 1;
        }
    }
    for (category, actions) in &categories {
        let _ = write!(text, "/// Actions of category {category}.\npub mod {category} {{\nkeys! {{\n");
        for action in actions {
            text += &self::action(action)?;
        }
        text += "}\n}\n";
        for action in actions {
            let [_, _, provider, _] = parts(&action.r#type)?;
            // A provider in several categories is written with its category; `CodeBuild` alone means the build action.
            if names.get(provider) == Some(&1) || (provider == "CodeBuild" && *category == "Build") {
                let _ = writeln!(text, "pub use {category}::{provider};");
            }
        }
    }
    Ok(text)
}

/// The file with the providers of rules.
pub(crate) fn rules(catalogue: &Catalogue) -> Result<String, String> {
    let mut text = format!("//! Providers of rules. {OF_PROVIDERS}\n\nkeys! {{\n");
    for rule in &catalogue.rules {
        let [_, _, provider, _] = parts(&rule.r#type)?;
        let others = rows(std::iter::once(&keys::RULE).chain(keys::extra_of_rule(rule.compute, false)));
        text += &provider_keys(provider, &rule.doc, &rule.keys, others)?;
    }
    text += "}\n";
    Ok(text)
}

fn is_identifier(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic()) && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn action(action: &Action) -> Result<String, String> {
    let [category, _, provider, _] = parts(&action.r#type)?;
    let others = action_rows(category, action.keys.is_none());
    provider_keys(provider, &action.doc, action.keys.as_deref().unwrap_or_default(), others)
}

fn provider_keys(
    provider: &str,
    doc: &str,
    configured: &[Key],
    others: impl Iterator<Item = &'static DslKey>,
) -> Result<String, String> {
    let mut text = format!("        #[doc = {doc:?}]\n        {provider} {{\n");
    for key in configured {
        let name = dsl(key);
        let default = key.default.as_ref().map(|default| format!(" Default: `{default}`.")).unwrap_or_default();
        let doc = format!("{}.{default}", key.doc);
        let _ = write!(text, "            #[doc = {doc:?}]\n            {name},\n");
    }
    for key in others {
        let _ = write!(text, "            #[doc = {:?}]\n            {},\n", key.doc, key.name);
    }
    text += "        }\n";
    Ok(text)
}
