//! Rights that policies grant, to see which ones a change adds and removes.

use std::collections::BTreeSet;

use crate::policy::{Document, Effect, Principal, Statement, Texts};

/// What a document allows, an action, a resource and a principal at a time.
pub(in crate::plan) fn rights(document: &Document) -> BTreeSet<String> {
    let mut rights = BTreeSet::new();
    for statement in document.statements.iter().filter(|statement| statement.effect == Effect::Allow) {
        let texts = |texts: &Option<Texts>| match texts {
            Some(texts) => texts.iter().map(str::to_owned).collect(),
            None => vec![String::new()],
        };
        let principals = principals(statement.principal.as_ref());
        // Whatever else it says belongs to each.
        let rest = Statement { sid: None, action: None, resource: None, principal: None, ..statement.clone() };
        for action in texts(&statement.action) {
            for resource in texts(&statement.resource) {
                rights.extend(principals.iter().map(|principal| format!("{action} {resource} {principal} {rest:?}")));
            }
        }
    }
    rights
}

fn principals(principal: Option<&Principal>) -> Vec<String> {
    match principal {
        None => vec![String::new()],
        Some(Principal::Everyone(text)) => vec![text.clone()],
        Some(Principal::Map(kinds)) => {
            kinds.iter().flat_map(|(kind, texts)| texts.iter().map(move |text| format!("{kind} {text}"))).collect()
        }
    }
}
