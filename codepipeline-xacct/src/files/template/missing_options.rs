//! The options that say what templates and plans leave open.

use std::collections::BTreeSet;

use super::resolve::names_behind;
use crate::core::check::symbol::name_of;

/// How to say what is not known: `: give …`, or nothing where no option says it.
pub(crate) fn missing<'s>(symbols: impl Iterator<Item = &'s str>) -> String {
    let options: BTreeSet<String> = symbols.flat_map(|symbol| options_for(&name_of(symbol))).collect();
    let options: Vec<String> = options.into_iter().collect();
    if options.is_empty() { String::new() } else { format!(": give {}", options.join(" and ")) }
}

/// What says the value of a function is what says those that it depends on.
pub(crate) fn options_for(name: &str) -> Vec<String> {
    names_behind(name).into_iter().filter_map(option).collect()
}

/// The name of the account of a role that is not known: what says the role says it.
pub(super) const OF_ROLE: &str = "account of role ";

fn option(name: &str) -> Option<String> {
    if name.starts_with(OF_ROLE) {
        return None;
    }
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
        // A shell must not read its `$`, quotes or brackets.
        name if name.contains([' ', '"', '[']) => Some(format!("`--parameter '{name}=…'`")),
        name => Some(format!("`--parameter {name}=…`")),
    }
}
