//! Rights that policies grant, to see which ones a change adds and removes.

use std::collections::BTreeSet;

use crate::policy::{Document, Effect, Statement, Texts};

/// What a document allows, an action and a resource at a time.
pub(super) fn rights(document: &Document) -> BTreeSet<String> {
    let mut rights = BTreeSet::new();
    for statement in document.statements.iter().filter(|statement| statement.effect == Effect::Allow) {
        let texts = |texts: &Option<Texts>| match texts {
            Some(texts) => texts.iter().map(str::to_owned).collect(),
            None => vec![String::new()],
        };
        // Whatever else it says belongs to each.
        let rest = Statement { sid: None, action: None, resource: None, ..statement.clone() };
        for action in texts(&statement.action) {
            rights.extend(texts(&statement.resource).iter().map(|resource| format!("{action} {resource} {rest:?}")));
        }
    }
    rights
}
