//! The answers of `cargo xacct wiring` as JSON.

use serde_json::{Value, json};

use crate::core::policy::evaluate::Verdict;
use crate::core::wiring::{CallProof, HopProof, PolicyChange};
use crate::files::chain::ChainReport;
use crate::files::template::ActionWiring;

pub(super) fn wiring_json(wiring: &ActionWiring, verbose: bool) -> Value {
    let ActionWiring { file, location, pipeline, stage, action, report, .. } = wiring;
    let answer = match report {
        Ok(report) => json_of(report, verbose),
        Err(problem) => json!({ "error": problem }),
    };
    let mut document = json!({
        "file": file, "line": location.line, "column": location.column, "path": location.path,
        "pipeline": pipeline, "stage": stage, "action": action,
    });
    if let (false, Some(members)) = (wiring.when.is_empty(), document.as_object_mut()) {
        members.insert("conditions".to_owned(), json!(wiring.when));
    }
    if let (Some(guess), Some(members)) = (&wiring.rests_on, document.as_object_mut()) {
        members.insert("rests_on".to_owned(), guess.as_str().into());
    }
    // The symbols are in keys and values alike.
    let answer = serde_json::from_str(&wiring.shown(&answer.to_string())).unwrap_or(answer);
    if let (Some(members), Value::Object(answer)) = (document.as_object_mut(), answer) {
        members.extend(answer);
    }
    document
}

fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "allowed",
        Verdict::Denied(_) => "denied",
        Verdict::Unknown(_) => "unknown",
    }
}

pub(super) fn json_of(answer: &ChainReport, verbose: bool) -> Value {
    let mut document = json!({});
    let Some(members) = document.as_object_mut() else { return document };
    for hop in &answer.proof.hops {
        members.insert(hop.hop.as_str().to_owned(), word(&hop.verdict).into());
    }
    members.insert("authorized".to_owned(), word(&answer.authorized()).into());
    members.insert("documents_valid".to_owned(), answer.input.documents_valid().into());
    let hops: serde_json::Map<String, Value> =
        answer.proof.hops.iter().map(|hop| (hop.hop.as_str().to_owned(), hop_json(hop, verbose))).collect();
    members.insert("hops".to_owned(), hops.into());
    if let Some(calls) = &answer.calls {
        members.insert("calls".to_owned(), calls.iter().map(call_json).collect());
    }
    let findings = answer.findings.iter().map(|finding| {
        json!({
            "code": finding.code,
            "severity": finding.severity,
            "path": finding.place,
            "message": finding.message,
            "help": finding.help,
        })
    });
    members.insert("findings".to_owned(), findings.collect());
    document
}

fn call_json(CallProof { call, verdict, hints }: &CallProof) -> Value {
    let mut document = json!({
        "action": call.action,
        "resource": call.resource,
        "verdict": word(verdict),
        "reason": reason_of(verdict),
    });
    if let (false, Some(members)) = (hints.is_empty(), document.as_object_mut()) {
        members.insert("hints".to_owned(), hints.clone().into());
    }
    document
}

/// Why something is denied or unknown.
fn reason_of(verdict: &Verdict) -> Option<&String> {
    match verdict {
        Verdict::Allowed => None,
        Verdict::Denied(why) | Verdict::Unknown(why) => Some(why),
    }
}

fn hop_json(hop: &HopProof, verbose: bool) -> Value {
    let reason = reason_of(&hop.verdict);
    let deciding = hop.decided_by.iter().map(|deciding| {
        let mut document = json!({
            "document": deciding.document.to_string(),
            "statement": deciding.index,
            "sid": deciding.statement.sid,
            "effect": deciding.statement.effect,
            "element": deciding.element,
        });
        if let (Some(why), Some(members)) = (&deciding.why, document.as_object_mut()) {
            members.insert("why".to_owned(), why.as_str().into());
        }
        document
    });
    let mut document = json!({
        "verdict": word(&hop.verdict),
        "reason": reason,
        "decided_by": deciding.collect::<Vec<_>>(),
        "fix": hop.fix.iter().map(PolicyChange::to_json).collect::<Vec<_>>(),
    });
    if let (false, Some(members)) = (hop.hints.is_empty(), document.as_object_mut()) {
        members.insert("hints".to_owned(), hop.hints.clone().into());
    }
    if verbose && let Some(members) = document.as_object_mut() {
        let context: serde_json::Map<String, Value> =
            hop.context.iter().map(|(key, value)| (key.to_owned(), value.to_string().into())).collect();
        members.insert("context".to_owned(), context.into());
    }
    document
}
