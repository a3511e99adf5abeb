//! Whether a contract holds, as text and as JSON.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::now::Now;
use crate::cli::diagnosis_output::{HEALTHY, ILL, UNREAD};
use crate::core::contract::{AccountSignature, Changes, Contract, ContractOrigin, Signature, changes};

/// A contract beside what there is now.
pub(super) struct Judgement {
    path: PathBuf,
    signature: Signature,
    contract: ContractOrigin,
    state: State,
}

enum State {
    Says(Changes, ContractOrigin),
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
    /// `now` is what each says of which the contract says something.
    pub(super) fn new(path: PathBuf, contract: Contract, now: Vec<Now>) -> Self {
        let Contract { signature, origin } = contract;
        let state = match &signature {
            Signature::Account(account) => of_account(account, now),
            one => match now.into_iter().next() {
                Some(Now::Says(now)) => State::Says(changes(one, &now.signature), now.origin),
                Some(Now::Gone) => State::Gone,
                Some(Now::Unread(why)) => State::Unread(why),
                None => State::Unread("it was not asked".to_owned()),
            },
        };
        Self { path, signature, contract: origin, state }
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
        let Self { path, signature, contract, state } = self;
        let path = path.display();
        let head = format!("{path}: {} {signature}", signature.kind());
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
        let which = if matches!(signature, Signature::Account(_)) { String::new() } else { format!(" {signature}") };
        text.push_str(&format!("  help: `cargo xacct contract pull{which} -o {path}` records it\n"));
        text
    }

    pub(super) fn json(&self) -> Value {
        let of_origin = |ContractOrigin { topology, version, updated }: &ContractOrigin| json!({ "topology": topology, "version": version, "updated": updated });
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
            "kind": self.signature.kind(),
            "arn": self.signature.to_string(),
            "status": status,
            "changed": changes.map_or(&[][..], |changes| &changes.changed),
            "unread": changes.map_or(&[][..], |changes| &changes.unknown),
            "message": message,
            "contract": of_origin(&self.contract),
            "now": now.map(of_origin),
        })
    }
}

/// An account holds as far as its pipelines and roles do.
fn of_account(account: &AccountSignature, now: Vec<Now>) -> State {
    let (mut differences, mut origin) = (Changes::default(), ContractOrigin::default());
    for ((name, part), now) in account.parts().into_iter().zip(now) {
        let part_name = format!("{} `{name}`", part.kind());
        match now {
            Now::Says(now) => {
                differences.add(&part_name, changes(&part, &now.signature));
                origin.topology = origin.topology.or(now.origin.topology);
            }
            Now::Gone => differences.changed.push(format!("{part_name} is gone")),
            Now::Unread(why) => differences.unknown.push(format!("{part_name}: {why}")),
        }
    }
    State::Says(differences, origin)
}

/// Who changed it, and since when, as far as it is known.
fn origin(contract: &ContractOrigin, now: &ContractOrigin) -> Option<String> {
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
fn by(origin: &ContractOrigin) -> String {
    origin.topology.as_ref().map(|topology| format!("; it was managed by topology `{topology}`")).unwrap_or_default()
}
