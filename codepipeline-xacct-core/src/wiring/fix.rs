//! The smallest change of policies after which a hop is no longer denied.

use super::chain::{Chain, KnownRole};
use super::change::{PolicyChange, PolicyEdit};
use super::hop::Hop;
use super::request::EXTERNAL_ID;
use crate::ids::{AccountId, PipelineArn, split_arn};
use crate::policy::evaluate::{Decision, Element, Evaluation, Layer, Verdict};
use crate::policy::{ASSUME_ROLE, Effect, START, Statement, role_trust, service_trust};

/// Removes every statement that denies, and adds an allowing statement to every side that doesn't allow.
pub(super) fn fix(chain: &Chain, hop: Hop, answer: &Evaluation) -> Vec<PolicyChange> {
    if !matches!(answer.verdict, Verdict::Denied(_)) {
        return Vec::new();
    }
    let denials = answer.decided_by.iter().filter(|decision| decision.effect == Effect::Deny).filter_map(|decision| {
        let document = chain.document_ref(hop, decision.layer, decision.document)?;
        let statement = chain.statement(hop, decision)?;
        Some(PolicyChange { document, edit: PolicyEdit::Remove(decision.statement, statement.clone()) })
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
        Some(PolicyChange { document, edit: PolicyEdit::Add(allowing(chain, hop, *layer)?) })
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

/// What comes before the change: what is simpler, and what the nearest statement was meant to be.
pub(super) fn hints(chain: &Chain, hop: Hop, answer: &Evaluation) -> Vec<String> {
    if !matches!(answer.verdict, Verdict::Denied(_)) {
        return Vec::new();
    }
    let mut hints = Vec::new();
    if hop == Hop::Assume && chain.starter().arn == chain.service_role.arn {
        hints.push(
            "leave the `roleArn` of the action out: the service role runs it then; a role can't be created with a trust policy that names itself"
                .to_owned(),
        );
    }
    let external_id = |decision: &Decision| {
        let condition = decision.effect == Effect::Allow && decision.layer == Layer::Trust;
        let key =
            matches!(&decision.element, Some(Element::Condition(_, key)) if key.eq_ignore_ascii_case(EXTERNAL_ID));
        condition && key
    };
    if answer.decided_by.iter().any(external_id) {
        hints.push(format!("leave the condition on `{EXTERNAL_ID}` out: CodePipeline sends no external id"));
    }
    let wanted = match hop {
        Hop::ServiceTrust => None,
        Hop::Assume => meant_action(&chain.service_role, ASSUME_ROLE),
        Hop::Start => meant_action(chain.starter(), START),
    };
    hints.extend(wanted);
    let nearest = answer.decided_by.iter().filter_map(|decision| chain.statement(hop, decision));
    let mut resources = nearest.flat_map(|statement| statement.resource.iter().flat_map(|texts| texts.iter()));
    if let (Hop::Start, Some(target)) = (hop, &chain.target) {
        hints.extend(resources.find_map(|resource| missed(resource, target)));
    }
    hints
}

/// What a policy of a role says instead of an action that it is to allow: a name that IAM doesn't know.
pub(super) fn meant_action(role: &KnownRole, wanted: &str) -> Option<String> {
    let (service, name) = wanted.split_once(':')?;
    let is_slip = |text: &str| {
        let of_service = text.split_once(':').filter(|(of, _)| of.eq_ignore_ascii_case(service));
        of_service.is_some_and(|(_, text)| {
            let same = text.eq_ignore_ascii_case(name);
            let begun = text.len() >= 5 && name.get(..text.len()).is_some_and(|begun| begun.eq_ignore_ascii_case(text));
            !same && !text.contains(['*', '?']) && (begun || strsim::damerau_levenshtein(text, name) == 1)
        })
    };
    let documents = role.policies.iter().flatten().map(|policy| &policy.document);
    let statements = documents.flat_map(|document| &document.statements).filter(|s| s.effect == Effect::Allow);
    let mut actions = statements.flat_map(|statement| statement.action.iter().flat_map(|texts| texts.iter()));
    let slip = actions.find(|text| is_slip(text))?;
    Some(format!("IAM has no action `{slip}`: write `{wanted}`"))
}

/// Why a resource that looks like the target is not the target: it is in another account, or no pipeline has such an ARN.
/// Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS CodePipeline".
pub(super) fn missed(resource: &str, target: &PipelineArn) -> Option<String> {
    let arn = split_arn(resource).filter(|arn| arn.service == "codepipeline")?;
    if arn.resource.starts_with("pipeline/") {
        return Some(format!("the ARN of a pipeline has no `pipeline/`: write `{target}`"));
    }
    if arn.account.parse::<AccountId>().is_ok_and(|account| account != *target.account()) {
        let (account, of_target) = (arn.account, target.account());
        return Some(format!(
            "`{resource}` is of account {account}, and the target is in {of_target}: write `{target}`"
        ));
    }
    let of_stages = resource.strip_prefix(&target.to_string()).is_some_and(|rest| rest.starts_with('/'));
    of_stages.then(|| format!("`{resource}` is of the stages of the pipeline, not of itself: write `{target}`"))
}
