//! What happens while a plan is applied, and how it ended, as JSON.

use serde_json::{Value, json};

use super::event::Event;
use super::report::{ApplyError, LeftLease, Report, StepError, Undo};
use crate::core::finding::Finding;
use crate::core::plan::StepId;

impl Event {
    /// The event as JSON: its `type`, the step as a plan has it, and the step in words.
    pub fn to_json(&self) -> Value {
        let (kind, more) = match self {
            Event::Started(_) => ("started", json!({})),
            Event::Done(_) => ("done", json!({})),
            Event::Waiting { message, pause, .. } => {
                ("waiting", json!({ "message": message, "seconds": pause.as_secs_f64() }))
            }
            Event::WaitingForRuns { runs, pause, .. } => {
                ("waiting_for_runs", json!({ "runs": runs, "seconds": pause.as_secs_f64() }))
            }
            Event::Merging { version, .. } => ("merging", json!({ "version": version })),
            Event::Failed { message, .. } => ("failed", json!({ "message": message })),
            Event::PuttingBack { .. } => ("putting_back", json!({})),
        };
        let mut event = json!({ "type": kind, "step": self.step(), "text": self.step().to_string() });
        if let (Some(event), Value::Object(more)) = (event.as_object_mut(), more) {
            event.extend(more);
        }
        event
    }
}

impl Report {
    /// The report as JSON, with the members of that of an apply that failed.
    pub fn to_json(&self) -> Value {
        ended("done", &self.done, &[], &[], None, &self.leases_left)
    }
}

impl ApplyError {
    /// What was done and what failed, as JSON.
    pub fn to_json(&self) -> Value {
        ended("failed", &self.done, &self.failed, &self.not_tried, self.undo.as_ref(), &self.leases_left)
    }
}

fn ended(
    outcome: &str,
    done: &[StepId],
    failed: &[(StepId, StepError)],
    not_tried: &[StepId],
    undo: Option<&Undo>,
    leases_left: &[LeftLease],
) -> Value {
    let failure = |(step, error): &(StepId, StepError)| {
        let is_known = !matches!(error, StepError::Unknown { .. });
        let step = error.is_of_step().then_some(step);
        json!({ "step": step, "why": error.to_string(), "known": is_known, "written_in_part": error.has_written() })
    };
    let left =
        |left: &LeftLease| json!({ "subject": left.subject, "tag": left.tag, "why": left.why, "noted": left.is_noted });
    json!({
        "outcome": outcome,
        "done": done,
        "failed": failed.iter().map(failure).collect::<Vec<_>>(),
        "not_tried": not_tried,
        "undo": undo.map(undone),
        "leases_left": leases_left.iter().map(left).collect::<Vec<_>>(),
    })
}

fn undone(undo: &Undo) -> Value {
    let texts = |warnings: &[Finding]| warnings.iter().map(ToString::to_string).collect::<Vec<_>>();
    match undo {
        Undo::Done { steps, warnings } => json!({ "outcome": "done", "steps": steps, "warnings": texts(warnings) }),
        Undo::Failed { error, warnings } => {
            json!({ "outcome": "failed", "error": error.to_json(), "warnings": texts(warnings) })
        }
        Undo::NotPlanned(error) => json!({ "outcome": "not_planned", "why": error.to_string() }),
    }
}
