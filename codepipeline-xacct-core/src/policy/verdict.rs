//! The answer to a request, and what it rests on: layers of policies, and the statements in them that decide.

use super::denial;
use super::document::Effect;

/// The answer to "is this request authorized?".
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "plan", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Verdict {
    /// Some statement allows it and none denies it.
    Allowed,
    /// No statement allows it, or one denies it; the text is IAM's own reason.
    Denied(String),
    /// It depends on something that isn't known; the text says on what.
    Unknown(String),
}

impl Verdict {
    /// Several requests together: denied if one is, else unknown if one is.
    pub fn all<'a>(verdicts: impl Iterator<Item = &'a Verdict> + Clone) -> Verdict {
        let denied = |verdict: &&Verdict| matches!(verdict, Verdict::Denied(_));
        let open = |verdict: &&Verdict| matches!(verdict, Verdict::Unknown(_));
        verdicts.clone().find(denied).or_else(|| verdicts.clone().find(open)).cloned().unwrap_or(Verdict::Allowed)
    }
}

/// A verdict and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// The verdict.
    pub verdict: Verdict,
    /// Allowed: the statements that allow, one for each layer that has to. Denied: every statement that denies or, if
    /// none does, the nearest statement of each layer that doesn't allow. Unknown: the statements that may decide.
    pub decided_by: Vec<Decision>,
    /// The layers that don't allow, where nothing denies.
    pub silent: Vec<Layer>,
}

/// A statement that decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Which side it is on.
    pub layer: Layer,
    /// Position of the document in its layer, counted from 0.
    pub document: usize,
    /// Position of the statement in the document, counted from 0.
    pub statement: usize,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// The element that doesn't match, or might not; `None` if the whole statement applies.
    pub element: Option<Element>,
}

/// An element of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Element {
    /// `Principal` or `NotPrincipal`.
    Principal,
    /// `Action` or `NotAction`.
    Action,
    /// `Resource` or `NotResource`.
    Resource,
    /// `Condition`: an operator and a key.
    Condition(String, String),
}

impl std::fmt::Display for Element {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Element::Principal => f.write_str("`Principal`"),
            Element::Action => f.write_str("`Action`"),
            Element::Resource => f.write_str("`Resource`"),
            Element::Condition(operator, key) => write!(f, "`Condition`, `{operator}` of `{key}`"),
        }
    }
}

/// A layer of policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "plan", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Layer {
    /// The trust policy of the role that is assumed.
    Trust,
    /// The policy of the resource: a bucket's, a key's, an event bus's.
    Resource,
    /// The resource control policies of a level, counted from 0.
    Rcp(usize),
    /// The identity policies of the caller.
    Identity,
    /// The permissions boundary of the caller.
    Boundary,
    /// The session policies.
    Session,
    /// The service control policies of a level, counted from 0.
    Scp(usize),
}

impl Layer {
    fn kind(self) -> &'static str {
        match self {
            Layer::Identity => denial::IDENTITY,
            Layer::Boundary => denial::BOUNDARY,
            Layer::Session => denial::SESSION,
            Layer::Scp(_) => denial::SERVICE_CONTROL,
            Layer::Trust => denial::TRUST,
            Layer::Resource => denial::RESOURCE,
            Layer::Rcp(_) => denial::RESOURCE_CONTROL,
        }
    }

    pub(super) fn implicit(self, action: &str) -> String {
        denial::implicit(self.kind(), action)
    }

    pub(super) fn explicit(self) -> String {
        denial::explicit(self.kind())
    }
}
