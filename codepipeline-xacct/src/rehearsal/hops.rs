//! The hops of all pipelines: which ones a run exercised, and which ones were denied.

use super::failures::proof_of;
use super::links::{Link, Linked};
use super::report::{Failure, HopResult, RehearsedHop};
use super::runs::Runs;
use crate::core::doctor::denial;
use crate::core::ids::RoleArn;
use crate::core::plan::LinkProof;
use crate::core::policy::evaluate::Verdict;
use crate::core::policy::{ASSUME_ROLE, CODEPIPELINE};
use crate::core::wiring::Hop;
use crate::local::{ExecutionRecord, denied_hop};

/// What came of an action or a rule.
struct Attempt<'a> {
    stage: &'a str,
    user: &'a str,
    error: Option<&'a (String, String)>,
    /// The hop at which it was refused.
    refused: Option<Hop>,
    /// It started a pipeline.
    began: bool,
}

/// What the runs exercised.
pub(super) fn from_runs(linked: &[Linked<'_>], runs: &Runs) -> Vec<RehearsedHop> {
    let executions = runs.all();
    all(linked, |linked, link, hop| {
        let of_pipeline = executions.iter().filter(|execution| execution.pipeline == linked.pipeline.arn);
        let attempts = of_pipeline.flat_map(|execution| attempts(execution));
        let own = attempts.filter(|a| link.is_none_or(|link| a.stage == link.stage && a.user == link.user));
        // The last one that got there counts.
        own.map(|attempt| result(&attempt, hop))
            .rfind(|result| *result != HopResult::NotReached)
            .unwrap_or(HopResult::NotReached)
    })
}

/// What the proofs deny, and what prevented that the plan was applied.
pub(super) fn from_proofs(linked: &[Linked<'_>], proofs: &[LinkProof], failures: &[Failure]) -> Vec<RehearsedHop> {
    all(linked, |linked, link, hop| {
        let assumed = match hop {
            Hop::ServiceTrust => linked.service.as_ref(),
            Hop::Assume => link.and_then(|link| link.role.as_ref()),
            Hop::Start => None,
        };
        let refused = assumed.and_then(|role| failures.iter().find(|failure| denies_assuming(&failure.message, role)));
        let proven = match link {
            Some(link) => proof_of(proofs, link, hop),
            None => proofs
                .iter()
                .find(|proof| is_in(proof, linked))
                .and_then(|proof| proof.hops.iter().find(|p| p.hop == hop)),
        };
        match (proven.map(|proof| &proof.verdict), refused) {
            (Some(Verdict::Denied(reason)), _) => HopResult::Denied { message: reason.clone() },
            (_, Some(failure)) => HopResult::Denied { message: failure.message.clone() },
            _ => HopResult::NotReached,
        }
    })
}

/// Whether a text of AWS says that a role can't be assumed.
fn denies_assuming(text: &str, role: &RoleArn) -> bool {
    denial(text).is_some_and(|found| found.action == ASSUME_ROLE && found.resource == Some(role.to_string().as_str()))
}

fn is_in(proof: &LinkProof, linked: &Linked<'_>) -> bool {
    proof.place.starts_with(&crate::core::finding::Place::pipeline(&linked.pipeline.item))
}

/// All hops with their results.
fn all(linked: &[Linked<'_>], result: impl Fn(&Linked<'_>, Option<&Link>, Hop) -> HopResult) -> Vec<RehearsedHop> {
    let mut hops = Vec::new();
    for linked in linked {
        let Some(service) = &linked.service else { continue };
        let hop = |link: Option<&Link>, hop: Hop, from: String, to: String| RehearsedHop {
            pipeline: linked.pipeline.item.clone(),
            stage: link.map(|link| link.stage.clone()),
            action: link.map(|link| link.user.clone()),
            hop,
            from,
            to,
            result: result(linked, link, hop),
        };
        hops.push(hop(None, Hop::ServiceTrust, CODEPIPELINE.to_owned(), service.to_string()));
        for link in &linked.links {
            let starter: &RoleArn = link.role.as_ref().unwrap_or(service);
            if let Some(role) = &link.role {
                hops.push(hop(Some(link), Hop::Assume, service.to_string(), role.to_string()));
            }
            if let Some(target) = &link.target {
                hops.push(hop(Some(link), Hop::Start, starter.to_string(), target.to_string()));
            }
        }
    }
    hops
}

fn attempts(execution: &ExecutionRecord) -> impl DoubleEndedIterator<Item = Attempt<'_>> {
    let actions = execution.actions.iter().map(|action| Attempt {
        stage: &action.stage,
        user: &action.action,
        error: action.error.as_ref(),
        refused: action.refused,
        began: action.began.is_some(),
    });
    let rules = execution.rules.iter().map(|rule| Attempt {
        stage: &rule.stage,
        user: &rule.rule,
        error: rule.error.as_ref(),
        refused: rule.error.as_ref().and_then(|(code, message)| denied_hop(code, message)),
        began: false,
    });
    actions.chain(rules)
}

/// What came of a hop: those before the one that was refused were exercised, those behind it were not reached.
fn result(attempt: &Attempt<'_>, hop: Hop) -> HopResult {
    match attempt.refused {
        Some(at) if at == hop => HopResult::Denied { message: attempt.error.map(text).unwrap_or_default() },
        Some(at) if at < hop => HopResult::NotReached,
        None if hop == Hop::Start && !attempt.began => HopResult::NotReached,
        Some(_) | None => HopResult::Exercised,
    }
}

/// The text of AWS, with its code where the target refuses what is passed, or isn't there.
fn text((code, message): &(String, String)) -> String {
    match denied_hop(code, message) {
        Some(_) => message.clone(),
        None => format!("{code}: {message}"),
    }
}
