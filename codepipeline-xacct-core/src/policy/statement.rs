//! Matches what a statement names: principals, actions and resources.
//!
//! Source: IAM User Guide, "AWS JSON policy elements": `Principal`, `Action`, `Resource`.

use super::action_match::is_about;
use super::context::{KeyValue, RequestContext};
use super::document::{Document, Effect, Principal as PrincipalElement, Statement, Texts};
use super::glob::plain;
use super::pattern::{Pattern, expand, resource_glob};
use super::truth::Truth;
use crate::arns::{SessionArn, iam_arn};
use crate::ids::{AccountId, Partition, RoleArn, split_arn};

/// Who makes the request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "plan", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Caller {
    /// A service, for example `codepipeline.amazonaws.com`.
    Service(String),
    /// A session of a role.
    Session {
        /// The role.
        role: RoleArn,
        /// The name of the session.
        session: String,
    },
    /// An administrator of an account: an IAM user, `administrator`, who may do what the account may.
    Account(AccountId),
}

/// The name of the administrators of accounts.
pub const ADMINISTRATOR: &str = "administrator";

impl Caller {
    /// The ARN under which the caller appears in messages.
    pub fn arn(&self) -> String {
        match self {
            Caller::Service(name) => name.clone(),
            Caller::Session { role, session } => session_arn(role, session),
            Caller::Account(account) => {
                iam_arn(Partition::aws().as_str(), account.as_str(), &format!("user/{ADMINISTRATOR}"))
            }
        }
    }

    /// Its account; `None` of a service.
    pub fn account(&self) -> Option<&AccountId> {
        match self {
            Caller::Service(_) => None,
            Caller::Session { role, .. } => Some(role.account()),
            Caller::Account(account) => Some(account),
        }
    }
}

/// The ARN of a session, which has no path.
pub(super) fn session_arn(role: &RoleArn, session: &str) -> String {
    let (partition, account, role) = (role.partition().as_str(), role.account().as_str(), role.name().as_str());
    SessionArn { partition, account, role, session }.to_string()
}

pub(crate) fn names_everybody(statement: &Statement) -> bool {
    let Some(PrincipalElement::Map(kinds)) = &statement.principal else { return false };
    kinds.get("AWS").is_some_and(|texts| texts.iter().any(|text| text == "*"))
}

pub(super) fn action_matches(statement: &Statement, action: &str) -> Truth {
    Truth::of(is_about(statement, action))
}

pub(super) fn resource_matches(
    document: &Document,
    statement: &Statement,
    resource: &str,
    context: &RequestContext,
) -> Truth {
    let one = |text: &str| match resource_pattern(text, context, document.has_variables()) {
        Pattern::Known(tokens) => resource_glob(&tokens, resource),
        Pattern::Unresolved => Truth::No,
        Pattern::Unknown(why) => Truth::Unknown(why),
    };
    let any = |texts: &Texts| texts.iter().fold(Truth::No, |found, text| found.or(|| one(text)));
    match (&statement.resource, &statement.not_resource) {
        (Some(texts), _) => any(texts),
        (None, Some(texts)) => any(texts).not(),
        (None, None) => Truth::No,
    }
}

/// Variables are only replaced after the fifth colon.
fn resource_pattern(text: &str, context: &RequestContext, variables: bool) -> Pattern {
    let fifth = text.match_indices(':').nth(4).map(|(at, _)| at + 1);
    let Some((before, behind)) = fifth.filter(|_| variables).and_then(|at| text.split_at_checked(at)) else {
        return Pattern::Known(plain(text));
    };
    match expand(behind, context) {
        Pattern::Known(tokens) => Pattern::Known(plain(before).into_iter().chain(tokens).collect()),
        other => other,
    }
}

/// How a statement names a caller.
pub(super) struct Named {
    /// By the ARN of the session.
    pub(super) session: Truth,
    /// By the role, by its id, by `*`, or as a service.
    pub(super) role: Truth,
    /// By the account, which delegates to the identity policies.
    pub(super) account: Truth,
}

pub(super) fn principal_matches(statement: &Statement, caller: &Caller, context: &RequestContext) -> Named {
    let mut named = Named { session: Truth::No, role: Truth::No, account: Truth::No };
    let Some(element) = &statement.principal else {
        if statement.not_principal.is_some() {
            named.role = Truth::Unknown("`NotPrincipal`".to_owned());
        }
        return named;
    };
    let PrincipalElement::Map(map) = element else {
        // A bare "*" allows nothing in the trust policy of a role; that it denies nothing is not documented.
        named.role = Truth::of(statement.effect == Effect::Deny);
        return named;
    };
    for (kind, texts) in map {
        for text in texts.iter() {
            match (kind.as_str(), caller) {
                ("Service", Caller::Service(service)) => {
                    named.role = named.role.or(|| Truth::of(text == service));
                }
                // A deny for everybody covers services too; `aws:PrincipalIsAWSService` is the way to exempt them.
                // Whether an allow for everybody lets services in is not documented.
                ("AWS", Caller::Service(_)) if text == "*" && statement.effect == Effect::Deny => {
                    named.role = Truth::Yes;
                }
                ("AWS", Caller::Session { role, session }) => {
                    named.session = named.session.or(|| Truth::of(text == session_arn(role, session)));
                    named.role = named.role.or(|| names_role(text, role, context));
                    let account = is_root_of(text, role.account().as_str(), Some(role.partition().as_str()));
                    named.account = named.account.or(|| Truth::of(account));
                }
                ("AWS", Caller::Account(id)) => {
                    named.role = named.role.or(|| Truth::of(text == "*" || *text == caller.arn()));
                    named.account = named.account.or(|| Truth::of(is_root_of(text, id.as_str(), None)));
                }
                _ => {}
            }
        }
    }
    named
}

/// A role by its ARN, everybody, or a role by its id, which IAM shows once the role is deleted.
fn names_role(text: &str, role: &RoleArn, context: &RequestContext) -> Truth {
    if text == "*" || text == role.to_string() {
        return Truth::Yes;
    }
    if !text.starts_with("AROA") {
        return Truth::No;
    }
    match context.get("aws:userid") {
        Some(KeyValue::Values(ids)) => Truth::of(ids.iter().all(|id| id.split(':').next() == Some(text))),
        Some(KeyValue::Session(id)) => Truth::of(id == text),
        _ => Truth::Unknown(format!("whether `{text}` is the id of role `{role}`")),
    }
}

fn is_root_of(text: &str, account: &str, partition: Option<&str>) -> bool {
    text == account
        || split_arn(text).is_some_and(|arn| {
            arn.service == "iam"
                && arn.account == account
                && arn.resource == "root"
                && partition.is_none_or(|p| p == arn.partition)
        })
}
