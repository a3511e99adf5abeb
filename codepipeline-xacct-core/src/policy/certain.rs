//! Certain grants of documents, as patterns that a constant in a program can hold.
//!
//! This is not a second evaluator: it says "granted" only where [`super::evaluate`] does for every request, and "not
//! granted" only where nothing but the patterns can grant. Conditions, denies and ids are left to the evaluator.

use super::action_match::is_about;
use super::document::{Document, Effect, Principal, Statement};
use crate::ids::{AccountId, split_arn};

/// Patterns that grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certain {
    /// Principals (`*`, account ids and ARNs of roles) or resources with their wildcards.
    pub patterns: Vec<String>,
    /// True if nothing else grants, and nothing denies.
    pub complete: bool,
}

impl Certain {
    const OPEN: Self = Self { patterns: Vec::new(), complete: false };
    const NOTHING: Self = Self { patterns: Vec::new(), complete: true };
}

/// Who may assume the role of a trust policy.
pub fn trusted(trust: &Document) -> Certain {
    let mut certain = Certain::NOTHING;
    for statement in about(trust, "sts:assumerole") {
        let Some(Principal::Map(kinds)) = &statement.principal else { return Certain::OPEN };
        if takes(statement) {
            return Certain::OPEN;
        }
        for text in kinds.get("AWS").into_iter().flat_map(|texts| texts.iter()) {
            match principal(text) {
                Some(_) if has_condition(statement) => certain.complete = false,
                Some(Grantee::Pattern(pattern)) => certain.patterns.push(pattern),
                Some(Grantee::Id) => certain.complete = false,
                None => {}
            }
        }
    }
    certain
}

/// Whether a trust policy lets a service assume its role; `None` where that is not certain.
pub fn trusts_service(trust: &Document, service: &str) -> Option<bool> {
    let mut found = Some(false);
    for statement in about(trust, "sts:assumerole") {
        let Some(Principal::Map(kinds)) = &statement.principal else { return None };
        if !kinds.get("Service").into_iter().flat_map(|texts| texts.iter()).any(|text| text == service) {
            continue;
        }
        if takes(statement) {
            return None;
        }
        if !has_condition(statement) {
            found = Some(true);
        } else if found == Some(false) {
            found = None;
        }
    }
    found
}

/// The resources on which identity policies allow an action.
pub fn allowed<'a>(policies: impl IntoIterator<Item = &'a Document>, action: &str) -> Certain {
    let action = action.to_lowercase();
    let mut certain = Certain::NOTHING;
    for document in policies {
        for statement in about(document, &action) {
            if takes(statement) {
                return Certain::OPEN;
            }
            if has_condition(statement) || statement.not_resource.is_some() {
                certain.complete = false;
                continue;
            }
            for text in statement.resource.iter().flat_map(|texts| texts.iter()) {
                // In a pattern of fewer segments than an ARN has, a `*` may take the place of several.
                let may_cross = text.contains("*:") && text.matches(':').count() < 5;
                if document.has_variables() && text.contains("${") || may_cross {
                    certain.complete = false;
                }
                if !(document.has_variables() && text.contains("${")) {
                    certain.patterns.push(text.to_owned());
                }
            }
        }
    }
    certain
}

/// The statements about an action, which is given in lower case.
fn about<'a>(document: &'a Document, action: &'a str) -> impl Iterator<Item = &'a Statement> {
    document.statements.iter().filter(move |statement| is_about(statement, action))
}

fn takes(statement: &Statement) -> bool {
    statement.effect == Effect::Deny
}

fn has_condition(statement: &Statement) -> bool {
    statement.condition.as_ref().is_some_and(|operators| operators.values().any(|keys| !keys.is_empty()))
}

enum Grantee {
    Pattern(String),
    /// It isn't known whose id it is.
    Id,
}

/// What can be the service role of a pipeline: sessions and users can't.
fn principal(text: &str) -> Option<Grantee> {
    if text == "*" || text.parse::<AccountId>().is_ok() {
        return Some(Grantee::Pattern(text.to_owned()));
    }
    let Some(arn) = split_arn(text) else { return Some(Grantee::Id) };
    let of_iam = arn.service == "iam" && (arn.resource == "root" || arn.resource.starts_with("role/"));
    of_iam.then(|| Grantee::Pattern(text.to_owned()))
}
