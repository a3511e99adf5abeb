//! Documents in words, a line for each statement.

use super::{Document, Effect, Principal, Statement, Texts, condition_values};

/// A line for each statement of a document.
pub(crate) fn statements(verb: &str, document: &Document) -> Vec<String> {
    document.statements.iter().map(|statement| with_verb(verb, statement)).collect()
}

/// A statement in short, with the verb for one that allows.
pub(crate) fn with_verb(verb: &str, statement: &Statement) -> String {
    match statement.effect {
        Effect::Deny => in_short(statement),
        Effect::Allow => format!("{verb} {}", in_short(statement)),
    }
}

/// A statement in short: of long lists the first entries.
pub(crate) fn in_short(statement: &Statement) -> String {
    let Statement { principal, not_principal, action, not_action, resource, not_resource, condition, .. } = statement;
    let not = |texts: &Option<Texts>| texts.as_ref().map(|texts| format!("all but {}", list(texts.iter())));
    let of = |texts: &Option<Texts>| texts.as_ref().map(|texts| list(texts.iter()));
    let mut parts = Vec::new();
    if statement.effect == Effect::Deny {
        parts.push("denies".to_owned());
    }
    let who = |principal: &Principal| match principal {
        Principal::Everyone(star) => star.clone(),
        Principal::Map(kinds) => list(kinds.values().flat_map(Texts::iter)),
    };
    match (principal, not_principal) {
        // Of a trust policy it is the principal that matters.
        (Some(principal), _) => parts.push(who(principal)),
        (None, Some(not_principal)) => parts.push(format!("all but {}", who(not_principal))),
        (None, None) => parts.extend(of(action).or_else(|| not(not_action))),
    }
    parts.extend(of(resource).or_else(|| not(not_resource)).map(|resources| format!("on {resources}")));
    for (operator, keys) in condition.iter().flatten() {
        let keys = keys.iter().map(|(key, values)| {
            format!("where {operator} {key} {}", list(condition_values(values).iter().map(String::as_str)))
        });
        parts.extend(keys);
    }
    parts.join(" ")
}

/// The first texts of a list, and how many more there are.
pub(crate) fn list<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    const SHOWN: usize = 3;
    let texts: Vec<&str> = texts.collect();
    let shown = texts.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    match texts.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
