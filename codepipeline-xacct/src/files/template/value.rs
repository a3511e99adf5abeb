//! A value of a template after its functions were worked out, where the template allows that.

use std::ops::Range;

use serde_json::{Map, Number, Value};

/// A value, and where it is in the template.
#[derive(Debug, Clone)]
pub(super) struct Resolved {
    pub(super) range: Range<usize>,
    pub(super) kind: ResolvedKind,
}

/// A value. What isn't known is a text with a [symbol](crate::core::check::symbol).
#[derive(Debug, Clone)]
pub(super) enum ResolvedKind {
    /// `AWS::NoValue`: it is not there. As a member of a block of Terraform: it is not known whether it is there.
    Absent,
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Resolved>),
    Map(Members),
}

/// The members of a map.
#[derive(Debug, Clone, Default)]
pub(super) struct Members {
    pub(super) list: Vec<Member>,
    /// Whether a transform may add others.
    pub(super) open: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) key: Range<usize>,
    pub(super) value: Resolved,
}

impl Members {
    /// A member; of several with one name, the last counts.
    pub(super) fn get(&self, name: &str) -> Option<&Resolved> {
        self.list.iter().rev().find(|member| member.name == name).map(|member| &member.value)
    }
}

impl Resolved {
    pub(super) fn text_at(range: Range<usize>, text: String) -> Self {
        Self { range, kind: ResolvedKind::Text(text) }
    }

    /// A text, a number or a boolean, as a text.
    pub(super) fn scalar(&self) -> Option<&str> {
        match &self.kind {
            ResolvedKind::Text(text) | ResolvedKind::Number(text) => Some(text),
            ResolvedKind::Bool(true) => Some("true"),
            ResolvedKind::Bool(false) => Some("false"),
            _ => None,
        }
    }

    /// A member of a map.
    pub(super) fn get(&self, name: &str) -> Option<&Resolved> {
        match &self.kind {
            ResolvedKind::Map(members) => members.get(name),
            _ => None,
        }
    }

    pub(super) fn elements(&self) -> &[Resolved] {
        match &self.kind {
            ResolvedKind::List(elements) => elements,
            _ => &[],
        }
    }

    /// The value as JSON. A number that JSON doesn't have is a text.
    pub(super) fn json(&self) -> Value {
        match &self.kind {
            ResolvedKind::Absent | ResolvedKind::Null => Value::Null,
            ResolvedKind::Bool(boolean) => Value::Bool(*boolean),
            ResolvedKind::Number(text) => {
                text.parse::<Number>().map_or_else(|_| Value::from(text.as_str()), Value::Number)
            }
            ResolvedKind::Text(text) => Value::from(text.as_str()),
            ResolvedKind::List(elements) => elements.iter().map(Resolved::json).collect(),
            ResolvedKind::Map(members) => {
                let members = members.list.iter().map(|member| (member.name.clone(), member.value.json()));
                Value::Object(members.collect::<Map<_, _>>())
            }
        }
    }

    /// True where a transform may add members somewhere in it.
    pub(super) fn is_open(&self) -> bool {
        match &self.kind {
            ResolvedKind::Map(members) => members.open || members.list.iter().any(|member| member.value.is_open()),
            ResolvedKind::List(elements) => elements.iter().any(Resolved::is_open),
            _ => false,
        }
    }
}
