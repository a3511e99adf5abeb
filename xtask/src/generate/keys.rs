//! The keys of every provider as fields, for editors.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::generate::catalogue::{dsl, parts};
use crate::generate::source::{Action, Catalogue, Format, Key};

/// Keys that every action takes.
const ACTION: &[(&str, &str)] = &[
    ("region", "The Region in which the action runs."),
    ("run_order", "When the action runs in its stage, from 1."),
    ("namespace", "The namespace of the variables that the action makes."),
    ("role", "The role that the action runs with."),
    ("input", "Input artifacts."),
    ("output", "Output artifacts."),
];
const COMPUTE: &[(&str, &str)] = &[
    ("commands", "Shell commands, one after another."),
    (
        "environment_variables",
        "Environment variables of the commands; `secrets_manager(\"…\")` is the value of a secret.",
    ),
    ("output_variables", "Environment variables that become output variables of the action."),
    ("files", "Files that go into the output artifact."),
];
const APPROVAL: &[(&str, &str)] = &[("timeout_in_minutes", "How long the action waits: 5 to 86400 minutes.")];
const FREE: (&str, &str) = ("configuration", "The configuration, with the names that AWS uses.");
/// Keys that every rule takes.
const RULE: &[(&str, &str)] = &[
    ("input", "Input artifacts."),
    ("region", "The Region in which the rule runs."),
    ("role", "The role that the rule runs with."),
    ("timeout_in_minutes", "How long the rule may take: 5 to 86400 minutes."),
];

/// The file that the library compiles in.
pub(crate) fn providers(catalogue: &Catalogue) -> Result<String, String> {
    let mut text = String::from(
        "//! Made from `codepipeline-xacct-core/catalogue.json` by `cargo xtask write`; edit that file instead.\n",
    );
    let mut words: BTreeMap<String, &[String]> = BTreeMap::new();
    let is_source = |action: &&Action| action.r#type.starts_with("Source/");
    text += "\n/// Providers of source actions.\npub mod source {\n    keys! {\n";
    for action in catalogue.actions.iter().filter(is_source) {
        text += &self::action(action, &mut words)?;
    }
    text += "    }\n\n    pub use super::source as Source;\n}\n\n/// Providers of other actions.\npub mod action {\n";
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
        let _ = write!(text, "    /// Actions of category {category}.\n    pub mod {category} {{\n        keys! {{\n");
        for action in actions {
            text += &self::action(action, &mut words)?;
        }
        text += "        }\n    }\n";
        for action in actions {
            let [_, _, provider, _] = parts(&action.r#type)?;
            // What is in several categories is written with one; CodeBuild stands for its builds.
            if names.get(provider) == Some(&1) || (provider == "CodeBuild" && *category == "Build") {
                let _ = writeln!(text, "    pub use {category}::{provider};");
            }
        }
    }
    text += "}\n\n/// Providers of rules.\npub mod rule {\n    keys! {\n";
    for rule in &catalogue.rules {
        let [_, _, provider, _] = parts(&rule.r#type)?;
        let commands = COMPUTE.iter().take(usize::from(rule.compute));
        text += &keys(provider, &rule.doc, &rule.keys, RULE.iter().chain(commands), &mut words)?;
    }
    text += "    }\n}\n\n/// Words that a key takes.\npub mod words {\n    words! {\n";
    for (key, words) in words {
        let words: BTreeSet<&String> = words.iter().filter(|word| is_identifier(word)).collect();
        let _ = write!(text, "        {key} {{ ");
        for word in words {
            let _ = write!(text, "{word}, ");
        }
        text += "}\n";
    }
    text += "    }\n}\n";
    Ok(text)
}

fn is_identifier(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic()) && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn action<'a>(action: &'a Action, words: &mut BTreeMap<String, &'a [String]>) -> Result<String, String> {
    let [category, _, provider, _] = parts(&action.r#type)?;
    let compute = if action.compute { COMPUTE } else { &[] };
    let approval = if category == "Approval" { APPROVAL } else { &[] };
    let free = action.keys.is_none().then_some(&FREE);
    let others = ACTION.iter().chain(compute).chain(approval).chain(free);
    keys(provider, &action.doc, action.keys.as_deref().unwrap_or_default(), others, words)
}

fn keys<'a, 'b>(
    provider: &str,
    doc: &str,
    configured: &'a [Key],
    others: impl Iterator<Item = &'b (&'b str, &'b str)>,
    words: &mut BTreeMap<String, &'a [String]>,
) -> Result<String, String> {
    let mut text = format!("        #[doc = {doc:?}]\n        {provider} {{\n");
    for key in configured {
        let name = dsl(key);
        let default = key.default.as_ref().map(|default| format!(" Default: `{default}`.")).unwrap_or_default();
        let doc = format!("{}.{default}", key.doc);
        let _ = write!(text, "            #[doc = {doc:?}]\n            {name},\n");
        if let Some(Format::OneOf(values)) = &key.format {
            words.insert(name, values);
        }
    }
    for (name, doc) in others {
        let _ = write!(text, "            #[doc = {doc:?}]\n            {name},\n");
    }
    text += "        }\n";
    Ok(text)
}
