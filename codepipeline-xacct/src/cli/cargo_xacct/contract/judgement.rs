//! Whether a contract holds, as text and as JSON.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::now::Now;
use crate::cli::diagnosis_output::{HEALTHY, ILL, UNREAD};
use crate::core::contract::{Changes, Contract, Origin, changes};
use crate::core::topology::Subject;

/// A contract beside what there is now.
pub(super) struct Judgement {
    path: PathBuf,
    subject: Subject,
    contract: Origin,
    state: State,
}

enum State {
    Says(Changes, Origin),
    Gone,
    Unread(String),
}

/// The verdict on a contract, in a word.
#[derive(Clone, Copy)]
enum Status {
    Same,
    Changed,
    Unread,
    Gone,
}

impl Judgement {
    pub(super) fn new(path: PathBuf, contract: Contract, subject: Subject, now: Now) -> Self {
        let state = match now {
            Now::Says(now) => State::Says(changes(&contract.signature, &now.signature), now.origin),
            Now::Gone => State::Gone,
            Now::Unread(why) => State::Unread(why),
        };
        Self { path, subject, contract: contract.origin, state }
    }

    fn status(&self) -> Status {
        match &self.state {
            State::Gone => Status::Gone,
            State::Unread(_) => Status::Unread,
            // What is known to have changed counts for more than what isn't known.
            State::Says(changes, _) if !changes.changed.is_empty() => Status::Changed,
            State::Says(changes, _) if !changes.unknown.is_empty() => Status::Unread,
            State::Says(..) => Status::Same,
        }
    }

    /// The exit code.
    pub(super) fn code(&self) -> u8 {
        match self.status() {
            Status::Same => HEALTHY,
            Status::Unread => UNREAD,
            Status::Changed | Status::Gone => ILL,
        }
    }

    pub(super) fn text(&self) -> String {
        let Self { path, subject, contract, state } = self;
        let path = path.display();
        let head = format!("{path}: {} {subject}", subject.kind());
        let (changes, now) = match state {
            State::Says(changes, now) => (changes, now),
            State::Gone => return format!("{head} is gone{}\n", by(contract)),
            State::Unread(why) => return format!("{head} could not be read: {why}\n"),
        };
        let mut text = match self.status() {
            Status::Same => return format!("{head} is unchanged\n"),
            Status::Changed => format!("{head} changed\n"),
            Status::Unread | Status::Gone => format!("{head} could not be read as a whole\n"),
        };
        changes.changed.iter().for_each(|line| text.push_str(&format!("  {line}\n")));
        changes.unknown.iter().for_each(|what| text.push_str(&format!("  {what} may not be read\n")));
        if changes.changed.is_empty() {
            return text;
        }
        if let Some(note) = origin(contract, now) {
            text.push_str(&format!("  note: {note}\n"));
        }
        text.push_str(&format!("  help: `cargo xacct contract pull {subject} -o {path}` records it\n"));
        text
    }

    pub(super) fn json(&self) -> Value {
        let of_origin = |Origin { topology, version, updated }: &Origin| json!({ "topology": topology, "version": version, "updated": updated });
        let status = match self.status() {
            Status::Same => "same",
            Status::Changed => "changed",
            Status::Unread => "unread",
            Status::Gone => "gone",
        };
        let (changes, now, message) = match &self.state {
            State::Gone => (None, None, None),
            State::Unread(why) => (None, None, Some(why)),
            State::Says(changes, now) => (Some(changes), Some(now), None),
        };
        json!({
            "file": self.path.display().to_string(),
            "kind": self.subject.kind(),
            "arn": self.subject.to_string(),
            "status": status,
            "changed": changes.map_or(&[][..], |changes| &changes.changed),
            "unread": changes.map_or(&[][..], |changes| &changes.unknown),
            "message": message,
            "contract": of_origin(&self.contract),
            "now": now.map(of_origin),
        })
    }
}

/// Who changed it, and since when, if that is known.
fn origin(contract: &Origin, now: &Origin) -> Option<String> {
    let mut parts = Vec::new();
    if let Some(topology) = &now.topology {
        parts.push(format!("it is managed by topology `{topology}`"));
    }
    if let Some(version) = now.version {
        let updated = now.updated.as_ref().map(|updated| format!(", written {updated}")).unwrap_or_default();
        let before = contract.version.map(|version| format!("; the contract is of version {version}"));
        parts.push(format!("it has version {version}{updated}{}", before.unwrap_or_default()));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The topology that managed it.
fn by(origin: &Origin) -> String {
    origin.topology.as_ref().map(|topology| format!("; it was managed by topology `{topology}`")).unwrap_or_default()
}
