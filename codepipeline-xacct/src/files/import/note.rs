//! The notes of an import.

use std::collections::BTreeSet;

use crate::core::check::symbol::{name_of, shown};
use crate::core::finding::Place;
use crate::files::source_file::SourceFile;
use crate::files::template::names_behind;

/// What can't be expressed in the source, or how it is expressed there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    /// The file, and where in it, if that is known.
    pub(crate) at: String,
    /// What it is.
    pub(crate) message: String,
    /// True where something is missing in the source.
    pub(crate) lost: bool,
}

impl Note {
    /// Something that is not in the source.
    pub(super) fn lost(at: String, message: impl AsRef<str>) -> Self {
        Self { at, message: shown(message.as_ref()), lost: true }
    }

    /// Something to know.
    pub(super) fn hint(at: String, message: impl AsRef<str>) -> Self {
        Self { at, message: shown(message.as_ref()), lost: false }
    }
}

/// `file:line:column`
pub(super) fn at(source: &SourceFile, place: &Place) -> String {
    source.at(source.locate(place).offset.start)
}

/// How to say what is not known: `: give …`, or nothing where no option says it.
pub(super) fn missing<'s>(symbols: impl Iterator<Item = &'s str>) -> String {
    let options: BTreeSet<String> = symbols.flat_map(|symbol| options_for(&name_of(symbol))).collect();
    let options: Vec<String> = options.into_iter().collect();
    if options.is_empty() { String::new() } else { format!(": give {}", options.join(" and ")) }
}

/// How to say what CloudFormation calls a resource.
pub(super) fn missing_name<'s>(symbols: impl Iterator<Item = &'s str>) -> String {
    match missing(symbols) {
        // A stack tells no more where an option of its own asks.
        other if !other.contains("--parameter") => other,
        some => format!("{some}, or the output of `aws cloudformation describe-stack-resources`"),
    }
}

/// What says the value of a function is what says those that it depends on.
pub(super) fn options_for(name: &str) -> Vec<String> {
    names_behind(name).into_iter().filter_map(option).collect()
}

fn option(name: &str) -> Option<String> {
    if let Some(provider) = name.strip_prefix("account of ") {
        return Some(format!("`--account {provider}=…`"));
    }
    if let Some(provider) = name.strip_prefix("region of ") {
        return Some(format!("`--region {provider}=…`"));
    }
    match name {
        "AWS::AccountId" | "account" => Some("`--account`".to_owned()),
        "AWS::Region" | "region" => Some("`--region`".to_owned()),
        // The value of a function has no name.
        name if name.starts_with("Fn::") && !name.contains(' ') => None,
        // Such a name has a `$` too, which a shell must not read.
        name if name.contains(' ') => Some(format!("`--parameter '{name}=…'`")),
        name => Some(format!("`--parameter {name}=…`")),
    }
}
