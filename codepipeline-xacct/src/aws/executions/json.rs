//! A run and its events as JSON.

use std::time::SystemTime;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde_json::{Value, json};

use super::advice::FailureCause;
use super::event::{LostBecause, RunChange, RunEvent};
use super::failure::ReadFailure;
use super::tree::{ActionExecution, Candidate, Correlation, FollowedExecution, Invoked, InvokedState};

impl FollowedExecution {
    /// The run as JSON: what was started is in the actions that started it.
    pub fn to_json(&self) -> Value {
        let variables: serde_json::Map<String, Value> =
            self.variables.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        json!({
            "pipeline": self.pipeline.to_string(),
            "execution": self.id,
            "status": self.status.as_ref().map(|status| status.as_str()),
            "outcome": self.outcome().as_str(),
            "summary": self.summary,
            "seconds": self.duration().map(|duration| duration.as_secs()),
            "link": self.link(),
            "variables": variables,
            "failure": self.failure.as_ref().map(failure),
            "waits": self.waits,
            "actions": self.actions.iter().map(action).collect::<Vec<_>>(),
        })
    }
}

fn action(action: &ActionExecution) -> Value {
    json!({
        "stage": action.stage,
        "action": action.action,
        "id": action.id,
        "attempt": action.attempt,
        "status": action.status.as_str(),
        "began": action.began.and_then(time),
        "updated": action.updated.and_then(time),
        "error": error(action.error.as_ref()),
        "summary": action.summary,
        "link": action.link,
        "awaits_approval": action.awaits_approval,
        "invoked": action.invoked.as_ref().map(invoked),
    })
}

fn invoked(invoked: &Invoked) -> Value {
    let (state, more) = match &invoked.state {
        InvokedState::NotStarted => ("not_started", Value::Null),
        InvokedState::Execution { how: found, run } => {
            ("execution", json!({ "found": how(*found), "run": run.to_json() }))
        }
        InvokedState::Ambiguous(candidates) => ("ambiguous", json!({ "candidates": list(candidates) })),
        InvokedState::NotFollowed => ("not_followed", Value::Null),
        InvokedState::NotReadable(unread) => ("not_readable", json!({ "failure": failure(unread) })),
        InvokedState::NotFound => ("not_found", Value::Null),
        InvokedState::NothingStarted => ("nothing_started", Value::Null),
    };
    joined(json!({ "target": invoked.target.to_string(), "state": state }), more)
}

/// An object with the members of another object after its own.
fn joined(mut first: Value, second: Value) -> Value {
    if let (Value::Object(first), Value::Object(second)) = (&mut first, second) {
        first.extend(second);
    }
    first
}

fn how(how: Correlation) -> &'static str {
    match how {
        Correlation::CallerVariable => "caller_variable",
        Correlation::ShownId => "shown_id",
        Correlation::Inferred => "inferred",
    }
}

fn list(candidates: &[Candidate]) -> Value {
    let one = |candidate: &Candidate| {
        json!({
            "execution": candidate.id,
            "status": candidate.status.as_ref().map(|status| status.as_str()),
            "began": candidate.began.and_then(time),
        })
    };
    candidates.iter().map(one).collect()
}

fn failure(failure: &ReadFailure) -> Value {
    json!({
        "account": failure.account.to_string(),
        "operation": failure.operation,
        "code": failure.code,
        "message": failure.message,
        "request_id": failure.request_id,
    })
}

fn error(error: Option<&(String, String)>) -> Option<Value> {
    error.map(|(code, message)| json!({ "code": code, "message": message }))
}

fn time(time: SystemTime) -> Option<String> {
    DateTime::from(time).fmt(Format::DateTime).ok()
}

impl RunEvent {
    /// The event as JSON: `type` is `execution`, `action`, `started`, `lost`, `waiting` or `unreadable`.
    pub fn to_json(&self) -> Value {
        let (kind, more) = match &self.change {
            RunChange::Execution { status, summary } => {
                ("execution", json!({ "status": status.as_str(), "summary": summary }))
            }
            RunChange::Action { stage, action, attempt, status, error: failed, duration, awaits_approval } => {
                let more = json!({
                    "stage": stage,
                    "action": action,
                    "attempt": attempt,
                    "status": status.as_str(),
                    "error": error(failed.as_ref()),
                    "seconds": duration.map(|duration| duration.as_secs()),
                    "awaits_approval": awaits_approval,
                });
                ("action", more)
            }
            RunChange::Started { stage, action, target, started, how: found } => {
                let target = target.to_string();
                let more = json!({ "stage": stage, "action": action, "target": target, "started": started, "found": how(*found) });
                ("started", more)
            }
            RunChange::Lost { stage, action, target, why } => {
                let (why, more) = match why {
                    LostBecause::Ambiguous(candidates) => ("ambiguous", json!({ "candidates": list(candidates) })),
                    LostBecause::NotFollowed => ("not_followed", Value::Null),
                    LostBecause::NotReadable(unread) => ("not_readable", json!({ "failure": failure(unread) })),
                    LostBecause::NotFound => ("not_found", Value::Null),
                };
                let target = target.to_string();
                ("lost", joined(json!({ "stage": stage, "action": action, "target": target, "why": why }), more))
            }
            RunChange::Waiting { why } => ("waiting", json!({ "why": why })),
            RunChange::Unreadable(unread) => ("unreadable", json!({ "failure": failure(unread) })),
        };
        let about = json!({
            "type": kind,
            "pipeline": self.pipeline.to_string(),
            "execution": self.execution,
            "depth": self.depth,
        });
        joined(about, more)
    }
}

impl FailureCause {
    /// The cause as JSON.
    pub fn to_json(&self) -> Value {
        json!({
            "pipeline": self.pipeline.to_string(),
            "execution": self.execution,
            "stage": self.action.as_ref().map(|(stage, _)| stage),
            "action": self.action.as_ref().map(|(_, action)| action),
            "what": self.what,
            "message": self.message,
            "link": self.link,
            "help": self.help,
        })
    }
}
