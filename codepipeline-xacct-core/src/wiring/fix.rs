//! The smallest change of policies after which a hop is no longer denied.

use std::fmt;

use serde_json::{Value, json};

use super::chain::Chain;
use super::prove::{DocumentRef, Hop, document_ref};
use super::{ASSUME_ROLE, START};
use crate::policy::evaluate::{Evaluation, Layer, Verdict};
use crate::policy::{Effect, Statement, role_trust, service_trust};

/// A change of one document.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyChange {
    /// The document. An identity policy that is to be added to has the position behind the last: any policy of the role will do.
    pub document: DocumentRef,
    /// What is to be done.
    pub edit: Edit,
}

/// What is done to a document.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// A statement is added.
    Add(Statement),
    /// The statement at a position, counted from 0, is taken away or narrowed.
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
            (Edit::Add(_), Layer::Identity) => format!("add to a policy of `{}`", self.document.role),
            (Edit::Add(_), Layer::Scp(level)) => {
                let account = self.document.role.account();
                format!("add to a service control policy of level {} for account {account}", level + 1)
            }
            (Edit::Add(_), _) => format!("add to {}", self.document.with_article()),
            (Edit::Remove(index, _), _) => {
                format!("take away or narrow statement {} of {}", index + 1, self.document.with_article())
            }
        }
    }

    /// The statement that is added, or taken away.
    pub fn statement(&self) -> &Statement {
        match &self.edit {
            Edit::Add(statement) | Edit::Remove(_, statement) => statement,
        }
    }
}

impl fmt::Display for PolicyChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what(), json!(self.statement()))
    }
}

/// Every statement that denies goes, and every side that doesn't allow gets the one statement that does.
pub(super) fn fix(chain: &Chain, hop: Hop, answer: &Evaluation) -> Vec<PolicyChange> {
    if !matches!(answer.verdict, Verdict::Denied(_)) {
        return Vec::new();
    }
    let denials = answer.decided_by.iter().filter(|decision| decision.effect == Effect::Deny).filter_map(|decision| {
        let document = document_ref(chain, hop, decision.layer, decision.document)?;
        let statement = super::prove::statement(chain, hop, decision)?;
        Some(PolicyChange { document, edit: Edit::Remove(decision.statement, statement.clone()) })
    });
    // In one account a trust that names the role needs no identity policy.
    let direct = hop == Hop::Assume
        && answer.silent.contains(&Layer::Trust)
        && chain.starter().arn.account() == chain.service_role.arn.account();
    let additions = answer.silent.iter().filter(|layer| !(direct && **layer == Layer::Identity)).filter_map(|layer| {
        let position = match layer {
            Layer::Identity => usize::MAX,
            _ => 0,
        };
        let document = document_ref(chain, hop, *layer, position)?;
        Some(PolicyChange { document, edit: Edit::Add(allowing(chain, hop, *layer)?) })
    });
    denials.chain(additions).collect()
}

/// The least statement that allows a hop on one side.
fn allowing(chain: &Chain, hop: Hop, layer: Layer) -> Option<Statement> {
    Some(match (hop, layer) {
        (Hop::ServiceTrust, Layer::Trust) => service_trust(),
        (Hop::Assume, Layer::Trust) => role_trust([&chain.service_role.arn]),
        (Hop::Assume, _) => Statement::allow(&[ASSUME_ROLE], vec![chain.action_role.as_ref()?.arn.to_string()]),
        (Hop::Start, _) => Statement::allow(&[START], vec![chain.target.as_ref()?.to_string()]),
        (Hop::ServiceTrust, _) => return None,
    })
}
