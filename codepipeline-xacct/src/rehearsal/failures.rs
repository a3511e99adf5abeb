//! Failures of a rehearsal: what failed, why, and how to fix it.

use super::links::{Link, Linked};
use super::report::Failure;
use super::runs::Runs;
use crate::core::finding::{Findings, Severity};
use crate::core::ids::PipelineArn;
use crate::core::plan::LinkProof;
use crate::core::policy::evaluate::Verdict;
use crate::core::topology::Gate;
use crate::core::wiring::{Hop, HopProof};
use crate::local::{ActionRecord, ExecutionRecord, RuleRecord, denied_hop};

/// What is known about the hops.
pub(super) struct Known<'a> {
    pub(super) linked: &'a [Linked<'a>],
    pub(super) proofs: &'a [LinkProof],
}

/// Why a plan was refused.
pub(super) fn of_plan(findings: &Findings) -> Vec<Failure> {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    errors
        .map(|finding| Failure {
            place: finding.place.to_string(),
            code: Some(finding.code.to_owned()),
            message: finding.message.clone(),
            help: finding.help.clone(),
            execution: None,
        })
        .collect()
}

/// What failed in runs that did not succeed. An action that was run again has not failed.
pub(super) fn of_runs(runs: &Runs, known: &Known<'_>) -> Vec<Failure> {
    let mut failures = Vec::new();
    let endless = runs.endless().into_iter().collect::<Vec<_>>().join(", ");
    if !endless.is_empty() {
        failures.push(Failure {
            place: endless,
            code: None,
            message: "they start each other in an endless loop".to_owned(),
            help: Some("let one of them not start another, or only on a condition".to_owned()),
            execution: None,
        });
    }
    for execution in runs.all().into_iter().filter(|execution| execution.status != "Succeeded") {
        let item = runs.item(&execution.pipeline);
        let before = failures.len();
        let failed = execution.actions.iter().filter(|action| action.status == "Failed" && !action.retried);
        failures.extend(failed.map(|action| of_action(&item, execution, action, known)));
        // A rule of `onFailure` decides about what failed before.
        let rules = execution.rules.iter().filter(|rule| rule.gate != Gate::OnFailure);
        failures.extend(rules.filter_map(|rule| of_rule(&item, execution, rule)));
        if failures.len() == before {
            failures.push(of_execution(item, execution));
        }
    }
    failures
}

fn of_action(item: &str, execution: &ExecutionRecord, action: &ActionRecord, known: &Known<'_>) -> Failure {
    let (code, message) = match &action.error {
        Some((code, message)) => (Some(code.clone()), message.clone()),
        None => (None, action.summary.clone().unwrap_or_else(|| "it was rejected, or nobody answered it".to_owned())),
    };
    let denied = code.as_deref().and_then(|code| denied_hop(code, &message));
    let help = denied.and_then(|hop| known.help(&execution.pipeline, &action.stage, &action.action, hop));
    Failure {
        place: format!("{item} / {} / {}", action.stage, action.action),
        code,
        message,
        help,
        execution: Some(execution.id.clone()),
    }
}

fn of_rule(item: &str, execution: &ExecutionRecord, rule: &RuleRecord) -> Option<Failure> {
    let (code, message) = rule.error.clone()?;
    Some(Failure {
        place: format!("{item} / {} / {} / {}", rule.stage, rule.gate.as_str(), rule.rule),
        code: Some(code),
        message,
        help: None,
        execution: Some(execution.id.clone()),
    })
}

fn of_execution(item: String, execution: &ExecutionRecord) -> Failure {
    let (message, help) = match (&execution.waits_for, execution.status) {
        (Some(stage), _) => (format!("the run does not end: it waits for stage `{stage}`"), None),
        (None, _) if execution.is_running => ("the run does not end".to_owned(), None),
        (None, "Superseded") => (
            "a later run took its place while it waited for a stage".to_owned(),
            Some("in mode QUEUED or PARALLEL both run".to_owned()),
        ),
        (None, _) if !execution.summary.is_empty() => (execution.summary.clone(), None),
        (None, status) => (format!("the run ended as {status}"), None),
    };
    Failure { place: item, code: None, message, help, execution: Some(execution.id.clone()) }
}

impl Known<'_> {
    /// How to fix a hop that was denied.
    fn help(&self, pipeline: &PipelineArn, stage: &str, user: &str, hop: Hop) -> Option<String> {
        let linked = self.linked.iter().find(|linked| linked.pipeline.arn == *pipeline)?;
        let link = linked.links.iter().find(|link| link.stage == stage && link.user == user)?;
        help(proof_of(self.proofs, link, hop)?)
    }
}

/// The proof of a hop.
pub(super) fn proof_of<'a>(proofs: &'a [LinkProof], link: &Link, hop: Hop) -> Option<&'a HopProof> {
    let place = link.place.as_ref()?;
    proofs.iter().find(|proof| proof.place == *place)?.hops.iter().find(|proof| proof.hop == hop)
}

fn help(proof: &HopProof) -> Option<String> {
    match &proof.verdict {
        Verdict::Denied(_) => {
            let changes = proof.fix.iter().map(ToString::to_string);
            let all: Vec<String> = proof.hints.iter().cloned().chain(changes).collect();
            (!all.is_empty()).then(|| all.join("; "))
        }
        Verdict::Unknown(why) => Some(format!("a plan can't decide this: it depends on {why}")),
        Verdict::Allowed => None,
    }
}
