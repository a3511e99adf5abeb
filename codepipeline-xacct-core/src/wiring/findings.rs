//! Findings for hops that are denied, unknown, or rest on undocumented behaviour.

use super::chain::Chain;
use super::hop::Hop;
use super::proof::HopProof;
use crate::finding::{Finding, Place};
#[cfg(feature = "plan")]
use crate::ids::RoleArn;
use crate::policy::evaluate::Verdict;
use crate::policy::{ASSUME_ROLE, CODEPIPELINE, START};
use crate::rules;
use crate::sentences::RESTS_ON_SOURCE;

/// A hop as a sentence, with `{not}` where the negation belongs.
fn request_of(chain: &Chain, hop: Hop) -> String {
    let target = chain.target.as_ref().map(ToString::to_string).unwrap_or_default();
    let (service, starter) = (&chain.service_role.arn, &chain.starter().arn);
    match hop {
        Hop::ServiceTrust => format!("CodePipeline may{{not}} assume service role `{service}`"),
        Hop::Assume => format!("service role `{service}` may{{not}} assume action role `{starter}`"),
        Hop::Start => format!("role `{starter}` may{{not}} start pipeline `{target}`"),
    }
}

/// The findings for a hop: a denied one is an error, an unknown one is a warning, and so is a verdict that rests on undocumented
/// behaviour.
pub fn hop_findings(chain: &Chain, proof: &HopProof, place: &Place) -> Vec<Finding> {
    let what = request_of(chain, proof.hop);
    let verdict = match &proof.verdict {
        Verdict::Allowed => None,
        Verdict::Denied(reason) => {
            let message = format!("{} {reason}", what.replace("{not}", " not"));
            Some(Finding::of(&rules::XA1013, place.clone(), message).help(help(chain, proof)))
        }
        Verdict::Unknown(why) => {
            let message = format!("it is not known whether {}: it depends on {why}", what.replace("{not}", ""));
            Some(Finding::of(&rules::XA1014, place.clone(), message).help(help(chain, proof)))
        }
    };
    let on_source = proof.rests_on_source.then(|| {
        let not = if matches!(proof.verdict, Verdict::Denied(_)) { " not" } else { "" };
        let message = format!("{} {RESTS_ON_SOURCE}", what.replace("{not}", not));
        Finding::of(&rules::XA1311, place.clone(), message).help("try a run, or leave the condition out of the policy")
    });
    verdict.into_iter().chain(on_source).collect()
}

/// How certain it is that a plan takes a hop away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// It is allowed now, and denied after the plan.
    Certain,
    /// It is not known whether it is allowed now; after the plan it is denied.
    Before,
    /// It is allowed now; after the plan it is not known.
    After,
}

impl Loss {
    /// What happens to a hop with these verdicts before and after; `None` if nothing is lost.
    pub fn between(before: &Verdict, after: &Verdict) -> Option<Self> {
        match (before, after) {
            (Verdict::Allowed, Verdict::Denied(_)) => Some(Loss::Certain),
            (Verdict::Unknown(_), Verdict::Denied(_)) => Some(Loss::Before),
            (Verdict::Allowed, Verdict::Unknown(_)) => Some(Loss::After),
            (Verdict::Denied(_), _) | (_, Verdict::Allowed) | (Verdict::Unknown(_), Verdict::Unknown(_)) => None,
        }
    }
}

/// The finding for a hop that a plan takes away; the chain and the proof are those after the plan.
pub fn loss_finding(chain: &Chain, proof: &HopProof, place: Place, loss: Loss) -> Finding {
    let what = request_of(chain, proof.hop).replace("{not}", "");
    let why = match &proof.verdict {
        Verdict::Allowed => "",
        Verdict::Denied(reason) => reason,
        Verdict::Unknown(why) => why,
    };
    let (rule, message) = match loss {
        Loss::Certain => (&rules::XA1031, format!("{what} now, but not after the plan, {why}")),
        Loss::Before => {
            (&rules::XA1032, format!("it is not known whether {what} now; after the plan it may not, {why}"))
        }
        Loss::After => (&rules::XA1032, format!("{what} now; after the plan it depends on {why}")),
    };
    Finding::of(rule, place, message).help(keep(&help(chain, proof)))
}

/// The finding for a call of an action that its role may make now. `certain` is whether the action can do nothing of what it is for without it.
#[cfg(feature = "plan")]
pub(crate) fn lost_call(role: &RoleArn, action: &str, resource: &str, certain: bool, place: Place) -> Finding {
    let what = format!("the action runs with role `{role}`, which may `{action}` on `{resource}` now");
    let (rule, message) = match certain {
        true => (&rules::XA1031, format!("{what}, but not after the plan")),
        false => (&rules::XA1032, format!("{what}; after the plan no policy of the role allows it")),
    };
    Finding::of(rule, place, message).help(keep(&format!("let a policy of `{role}` allow `{action}` on `{resource}`")))
}

/// How something is kept that a plan takes away.
fn keep(needs: &str) -> String {
    format!(
        "grant it in the program, or first remove the action that uses it from its pipeline (`prune` deletes a pipeline that is no longer in \
         the program): {needs}"
    )
}

/// The fix for a denied hop, or what the hop needs.
fn help(chain: &Chain, proof: &HopProof) -> String {
    if let Some(document) = proof.refused.first() {
        return format!("first fix {}, which IAM rejects in its current form", document.with_article());
    }
    if !proof.fix.is_empty() {
        let changes = proof.fix.iter().map(ToString::to_string);
        return proof.hints.iter().cloned().chain(changes).collect::<Vec<_>>().join("; ");
    }
    let (role, service) = (&chain.starter().arn, &chain.service_role.arn);
    let target = chain.target.as_ref().map(ToString::to_string).unwrap_or_default();
    match proof.hop {
        Hop::ServiceTrust => {
            format!("let the trust policy of `{service}` allow `{ASSUME_ROLE}` to `{CODEPIPELINE}`")
        }
        Hop::Assume if service.partition() != role.partition() => {
            "use a role in the partition of the service role".to_owned()
        }
        Hop::Assume => format!(
            "let the trust policy of `{role}` name `{service}`, and a policy of `{service}` allow `{ASSUME_ROLE}` on it"
        ),
        Hop::Start if chain.target.as_ref().is_some_and(|target| !role.lives_with(target)) => {
            "use a role in the account that the target lives in".to_owned()
        }
        Hop::Start => format!("let a policy of `{role}` allow `{START}` on `{target}`"),
    }
}
