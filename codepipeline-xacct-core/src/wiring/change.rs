//! A change of a policy, to be shown and to be pasted.

use std::fmt;

use serde_json::{Value, json};

use super::hop::DocumentRef;
use crate::policy::Statement;
use crate::policy::evaluate::Layer;

/// A change of one document.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "plan", derive(serde::Serialize, serde::Deserialize))]
pub struct PolicyChange {
    /// The document. When adding to an identity policy, the position is after the last one: any policy of the role will
    /// do.
    pub document: DocumentRef,
    /// What to do.
    pub edit: PolicyEdit,
}

/// What is done to a document.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "plan", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum PolicyEdit {
    /// A statement is added.
    Add(Statement),
    /// The statement at a position, counted from 0, is removed or narrowed.
    Remove(usize, Statement),
}

impl PolicyChange {
    /// The change as JSON: `{"change": "add to …", "statement": {…}}`, with the statement ready to be pasted.
    pub fn to_json(&self) -> Value {
        json!({ "change": self.what(), "statement": self.statement() })
    }

    /// `add to the trust policy of …`
    pub fn what(&self) -> String {
        match (&self.edit, self.document.layer) {
            (PolicyEdit::Add(_), Layer::Identity) => format!("add to a policy of `{}`", self.document.role),
            (PolicyEdit::Add(_), Layer::Scp(level)) => {
                let account = self.document.role.account();
                format!("add to a service control policy of level {} for account {account}", level + 1)
            }
            (PolicyEdit::Add(_), _) => format!("add to {}", self.document.with_article()),
            (PolicyEdit::Remove(index, _), _) => {
                format!("remove or narrow statement {} of {}", index + 1, self.document.with_article())
            }
        }
    }

    /// The statement that is added or removed.
    pub fn statement(&self) -> &Statement {
        match &self.edit {
            PolicyEdit::Add(statement) | PolicyEdit::Remove(_, statement) => statement,
        }
    }
}

impl fmt::Display for PolicyChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what(), json!(self.statement()))
    }
}
