//! A run and its events as JSON.

use std::time::SystemTime;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde_json::{Value, json};

use super::advice::Cause;
use super::event::{LostBecause, RunChange, RunEvent};
use super::failure::ReadFailure;
use super::tree::{ActionExecution, Candidate, Correlation, FollowedExecution, Invoked, InvokedState};

impl FollowedExecution {
    /// The run as JSON: what was started stands in the actions that started it.
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
    let mut value = json!({ "target": invoked.target.to_string() });
    let (state, more) = match &invoked.state {
        InvokedState::NotStarted => ("not_started", None),
        InvokedState::Execution { how: found, run } => {
            value["found"] = json!(how(*found));
            ("execution", Some(("run", run.to_json())))
        }
        InvokedState::Ambiguous(candidates) => ("ambiguous", Some(("candidates", list(candidates)))),
        InvokedState::NotFollowed => ("not_followed", None),
        InvokedState::NotReadable(unread) => ("not_readable", Some(("failure", failure(unread)))),
        InvokedState::NotFound => ("not_found", None),
        InvokedState::NothingStarted => ("nothing_started", None),
    };
    value["state"] = json!(state);
    if let Some((key, more)) = more {
        value[key] = more;
    }
    value
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
    /// The event as JSON: `type` is `execution`, `action`, `started`, `lost` or `unreadable`.
    pub fn to_json(&self) -> Value {
        let mut value = json!({
            "pipeline": self.pipeline.to_string(),
            "execution": self.execution,
            "depth": self.depth,
        });
        match &self.change {
            RunChange::Execution { status, summary } => {
                value["type"] = json!("execution");
                value["status"] = json!(status.as_str());
                value["summary"] = json!(summary);
            }
            RunChange::Action { stage, action, attempt, status, error: failed, duration, awaits_approval } => {
                value["type"] = json!("action");
                (value["stage"], value["action"]) = (json!(stage), json!(action));
                value["attempt"] = json!(attempt);
                value["status"] = json!(status.as_str());
                value["error"] = json!(error(failed.as_ref()));
                value["seconds"] = json!(duration.map(|duration| duration.as_secs()));
                value["awaits_approval"] = json!(awaits_approval);
            }
            RunChange::Started { stage, action, target, started, how: found } => {
                value["type"] = json!("started");
                (value["stage"], value["action"]) = (json!(stage), json!(action));
                value["target"] = json!(target.to_string());
                value["started"] = json!(started);
                value["found"] = json!(how(*found));
            }
            RunChange::Lost { stage, action, target, why } => {
                value["type"] = json!("lost");
                (value["stage"], value["action"]) = (json!(stage), json!(action));
                value["target"] = json!(target.to_string());
                let (word, more) = match why {
                    LostBecause::Ambiguous(candidates) => ("ambiguous", Some(("candidates", list(candidates)))),
                    LostBecause::NotFollowed => ("not_followed", None),
                    LostBecause::NotReadable(unread) => ("not_readable", Some(("failure", failure(unread)))),
                    LostBecause::NotFound => ("not_found", None),
                };
                value["why"] = json!(word);
                if let Some((key, more)) = more {
                    value[key] = more;
                }
            }
            RunChange::Unreadable(unread) => {
                value["type"] = json!("unreadable");
                value["failure"] = failure(unread);
            }
        }
        value
    }
}

impl Cause {
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
