//! Whether a contract holds, as text and as JSON.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::now::Now;
use super::who::Who;
use crate::cli::diagnosis_output::{HEALTHY, ILL, UNREAD};
use crate::core::contract::{
    AccountSignature, Change, Changes, Contract, ContractOrigin, RecordedChange, Signature, Term, changes,
};

/// A contract beside what there is now.
pub(super) struct Judgement {
    path: PathBuf,
    signature: Signature,
    contract: ContractOrigin,
    state: State,
}

enum State {
    Says(Differences, ContractOrigin),
    Gone(Difference),
    Unread(String),
}

#[derive(Default)]
struct Differences {
    known: Vec<Difference>,
    /// What the contract says and isn't known now.
    unknown: Vec<String>,
}

/// What is different in a term of a pipeline or a role.
struct Difference {
    /// The ARN.
    of: String,
    term: Term,
    lines: Vec<String>,
    who: Option<Result<Vec<RecordedChange>, String>>,
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
    pub(super) fn new(path: PathBuf, contract: Contract, now: Vec<(Now, Who)>) -> Self {
        let Contract { signature, origin } = contract;
        let state = match &signature {
            Signature::Account(account) => of_account(account, now),
            one => match now.into_iter().next() {
                Some((Now::Says(now), mut who)) => {
                    let changes = changes(one, &now.signature);
                    let known = Difference::all(&one.to_string(), changes.changed, &mut who);
                    State::Says(Differences { known, unknown: changes.unknown }, now.origin)
                }
                Some((Now::Gone, mut who)) => State::Gone(Difference {
                    of: one.to_string(),
                    term: Term::Existence,
                    lines: Vec::new(),
                    who: who.remove(&Term::Existence),
                }),
                Some((Now::Unread(why), _)) => State::Unread(why),
                None => State::Unread("it was not asked".to_owned()),
            },
        };
        Self { path, signature, contract: origin, state }
    }

    fn status(&self) -> Status {
        match &self.state {
            State::Gone(_) => Status::Gone,
            State::Unread(_) => Status::Unread,
            // What is known to have changed counts for more than what isn't known.
            State::Says(differences, _) if !differences.known.is_empty() => Status::Changed,
            State::Says(differences, _) if !differences.unknown.is_empty() => Status::Unread,
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
        let (Differences { known, unknown }, now) = match state {
            State::Says(differences, now) => (differences, now),
            State::Gone(difference) => {
                let help = format!("  help: ask who owns it; once your program doesn't need it, delete {path}\n");
                return format!("{head} is gone{}\n{}{help}", by(contract), difference.who_text("  "));
            }
            State::Unread(why) => return format!("{head} could not be read: {why}\n"),
        };
        let mut text = match self.status() {
            Status::Same => return format!("{head} is unchanged\n"),
            Status::Changed => format!("{head} changed\n"),
            Status::Unread | Status::Gone => format!("{head} could not be read as a whole\n"),
        };
        for difference in known {
            difference.lines.iter().for_each(|line| text.push_str(&format!("  {line}\n")));
            text.push_str(&difference.who_text("    "));
        }
        unknown.iter().for_each(|what| text.push_str(&format!("  {what} may not be read\n")));
        if known.is_empty() {
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
        let (known, unread, now, message) = match &self.state {
            State::Gone(difference) => (std::slice::from_ref(difference), &[][..], None, None),
            State::Unread(why) => (&[][..], &[][..], None, Some(why)),
            State::Says(Differences { known, unknown }, now) => (&known[..], &unknown[..], Some(now), None),
        };
        let changed: Vec<&String> = known.iter().flat_map(|difference| &difference.lines).collect();
        let changed_by: Vec<Value> = known.iter().filter_map(Difference::who_json).collect();
        json!({
            "file": self.path.display().to_string(),
            "kind": self.signature.kind(),
            "arn": self.signature.to_string(),
            "status": status,
            "changed": changed,
            "changed_by": changed_by,
            "unread": unread,
            "message": message,
            "contract": of_origin(&self.contract),
            "now": now.map(of_origin),
        })
    }
}

impl Difference {
    /// One for each term that changed.
    fn all(of: &str, changed: Vec<Change>, who: &mut Who) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for Change { term, line } in changed {
            match all.last_mut().filter(|last| last.term == term) {
                Some(last) => last.lines.push(line),
                None => all.push(Self { of: of.to_owned(), term, lines: vec![line], who: who.remove(&term) }),
            }
        }
        all
    }

    /// Who made it, as lines.
    fn who_text(&self, indent: &str) -> String {
        match &self.who {
            None => String::new(),
            Some(Ok(calls)) => calls.iter().map(|call| format!("{indent}changed by {call}\n")).collect(),
            Some(Err(why)) => format!("{indent}who changed it is not known: {why}\n"),
        }
    }

    fn who_json(&self) -> Option<Value> {
        let (calls, message) = match self.who.as_ref()? {
            Ok(calls) => (calls.as_slice(), None),
            Err(why) => (&[][..], Some(why)),
        };
        let call = |RecordedChange { principal, time, operation }: &RecordedChange| json!({ "principal": principal, "time": time, "operation": operation });
        Some(json!({
            "arn": self.of,
            "term": self.term.as_str(),
            "changed": self.lines,
            "calls": calls.iter().map(call).collect::<Vec<_>>(),
            "message": message,
        }))
    }
}

/// An account holds as far as its pipelines and roles do.
fn of_account(account: &AccountSignature, now: Vec<(Now, Who)>) -> State {
    let (mut differences, mut origin) = (Differences::default(), ContractOrigin::default());
    for ((name, part), (now, mut who)) in account.parts().into_iter().zip(now) {
        let part_name = format!("{} `{name}`", part.kind());
        let mut of_part = Changes::default();
        match now {
            Now::Says(now) => {
                of_part.add(&part_name, changes(&part, &now.signature));
                origin.topology = origin.topology.or(now.origin.topology);
            }
            Now::Gone => of_part.push(Term::Existence, format!("{part_name} is gone")),
            Now::Unread(why) => of_part.unknown.push(format!("{part_name}: {why}")),
        }
        differences.known.extend(Difference::all(&part.to_string(), of_part.changed, &mut who));
        differences.unknown.extend(of_part.unknown);
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
