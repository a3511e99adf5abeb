//! The smallest change of policies after which a hop is no longer denied.

use super::chain::Chain;
use super::change::{Edit, PolicyChange};
use super::hop::Hop;
use crate::policy::evaluate::{Evaluation, Layer, Verdict};
use crate::policy::{ASSUME_ROLE, Effect, START, Statement, role_trust, service_trust};

/// Removes every statement that denies, and adds an allowing statement to every side that doesn't allow.
pub(super) fn fix(chain: &Chain, hop: Hop, answer: &Evaluation) -> Vec<PolicyChange> {
    if !matches!(answer.verdict, Verdict::Denied(_)) {
        return Vec::new();
    }
    let denials = answer.decided_by.iter().filter(|decision| decision.effect == Effect::Deny).filter_map(|decision| {
        let document = chain.document_ref(hop, decision.layer, decision.document)?;
        let statement = chain.statement(hop, decision)?;
        Some(PolicyChange { document, edit: Edit::Remove(decision.statement, statement.clone()) })
    });
    // In one account, a trust policy that names the role needs no identity policy.
    let direct = hop == Hop::Assume
        && answer.silent.contains(&Layer::Trust)
        && chain.starter().arn.account() == chain.service_role.arn.account();
    let additions = answer.silent.iter().filter(|layer| !(direct && **layer == Layer::Identity)).filter_map(|layer| {
        let position = match layer {
            Layer::Identity => usize::MAX,
            _ => 0,
        };
        let document = chain.document_ref(hop, *layer, position)?;
        Some(PolicyChange { document, edit: Edit::Add(allowing(chain, hop, *layer)?) })
    });
    denials.chain(additions).collect()
}

/// The minimal statement that allows a hop on one side.
fn allowing(chain: &Chain, hop: Hop, layer: Layer) -> Option<Statement> {
    Some(match (hop, layer) {
        (Hop::ServiceTrust, Layer::Trust) => service_trust(),
        (Hop::Assume, Layer::Trust) => role_trust([&chain.service_role.arn]),
        (Hop::Assume, _) => Statement::allow(&[ASSUME_ROLE], vec![chain.action_role.as_ref()?.arn.to_string()]),
        (Hop::Start, _) => Statement::allow(&[START], vec![chain.target.as_ref()?.to_string()]),
        (Hop::ServiceTrust, _) => return None,
    })
}
