//! Changes since a contract was written, in words.

use std::collections::BTreeMap;
use std::fmt;

use super::value::{AccountSignature, PipelineSignature, RoleSignature, Signature};
use crate::policy::description::in_short;
use crate::policy::{Document, Effect};
use crate::topology::TargetVariable;

/// What is different from a contract.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// What changed. Changes of one term of a pipeline or a role follow each other.
    pub changed: Vec<Change>,
    /// What the contract says and isn't known now.
    pub unknown: Vec<String>,
}

/// A change since a contract was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What it is a change of.
    pub term: Term,
    /// The change in a line.
    pub line: String,
}

/// The terms of a pipeline or a role that a contract is about. Different calls change them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Term {
    /// That it exists under its ARN.
    Existence,
    /// The variables of a pipeline.
    Variables,
    /// The trust policy of a role.
    Trust,
    /// The policies of a role.
    Rights,
    /// The permissions boundary of a role.
    Boundary,
}

impl Term {
    /// Its name in output for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Term::Existence => "existence",
            Term::Variables => "variables",
            Term::Trust => "trust",
            Term::Rights => "rights",
            Term::Boundary => "boundary",
        }
    }
}

/// A call that changed a pipeline or a role, as its account recorded it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedChange {
    /// Who made the call: an ARN, or the host name of a service.
    pub principal: String,
    /// When, as RFC 3339 has it.
    pub time: String,
    /// The operation, for example `UpdateAssumeRolePolicy`.
    pub operation: String,
}

impl fmt::Display for RecordedChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {} ({})", self.principal, self.time, self.operation)
    }
}

impl Changes {
    /// True where all that the contract says is known to hold.
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.unknown.is_empty()
    }

    /// Adds what is different of a part of an account: `pipeline `Deploy``.
    pub fn add(&mut self, part: &str, of_part: Changes) {
        let lines = of_part.changed.into_iter();
        self.changed.extend(lines.map(|Change { term, line }| Change { term, line: format!("{part}: {line}") }));
        self.unknown.extend(of_part.unknown.into_iter().map(|what| format!("{part}: {what}")));
    }

    /// Adds a change.
    pub fn push(&mut self, term: Term, line: impl Into<String>) {
        self.changed.push(Change { term, line: line.into() });
    }

    /// Compares what a contract says, where it says anything, with what is there.
    fn known<'a, T>(
        &mut self,
        what: &'static str,
        before: &'a Option<T>,
        now: &'a Option<T>,
    ) -> Option<(&'a T, &'a T)> {
        match (before, now) {
            (Some(before), Some(now)) => Some((before, now)),
            (Some(_), None) => {
                self.unknown.push(what.to_owned());
                None
            }
            (None, _) => None,
        }
    }
}

/// What is different now from what a contract says. Order, names of policies and statements, and the form of documents don't count.
pub fn changes(contract: &Signature, now: &Signature) -> Changes {
    let mut changes = Changes::default();
    if contract.kind() == now.kind() && contract.to_string() != now.to_string() {
        changes.push(Term::Existence, format!("its ARN is {now} now"));
    }
    match (contract, now) {
        (Signature::Pipeline(before), Signature::Pipeline(now)) => pipeline(before, now, &mut changes),
        (Signature::Role(before), Signature::Role(now)) => role(before, now, &mut changes),
        (Signature::Account(before), Signature::Account(now)) => account(before, now, &mut changes),
        _ => {
            let line = format!("it was the contract of {contract}, and is that of {now} now");
            changes.push(Term::Existence, line);
        }
    }
    changes
}

fn account(before: &AccountSignature, now: &AccountSignature, differences: &mut Changes) {
    let now = now.parts();
    for (name, part) in before.parts() {
        let (kind, found) = (part.kind(), now.iter().find(|(other, of)| *other == name && of.kind() == part.kind()));
        match found {
            Some((_, found)) => differences.add(&format!("{kind} `{name}`"), changes(&part, found)),
            None => differences.push(Term::Existence, format!("{kind} `{name}` is gone")),
        }
    }
}

fn pipeline(before: &PipelineSignature, now: &PipelineSignature, changes: &mut Changes) {
    let mut changed = |line: String| changes.push(Term::Variables, line);
    let find = |list: &[TargetVariable], name: &str| list.iter().find(|v| v.name == name).map(|v| v.required);
    for TargetVariable { name, required } in &before.variables {
        match (*required, find(&now.variables, name)) {
            (_, None) => changed(format!("variable `{name}` is gone")),
            (false, Some(true)) => {
                changed(format!("variable `{name}` no longer has a default: every start has to pass it"));
            }
            (true, Some(false)) => changed(format!("variable `{name}` has a default now")),
            _ => {}
        }
    }
    for TargetVariable { name, required } in &now.variables {
        if find(&before.variables, name).is_none() {
            changed(match required {
                true => format!("variable `{name}` is new and has no default: every start has to pass it"),
                false => format!("variable `{name}` is new, with a default"),
            });
        }
    }
}

fn role(before: &RoleSignature, now: &RoleSignature, changes: &mut Changes) {
    if let Some((before, now)) = changes.known("the trust policy", &before.trust_policy, &now.trust_policy) {
        let difference = difference(std::slice::from_ref(before), std::slice::from_ref(now));
        difference.tell(Term::Trust, "it no longer trusts", "it trusts now", changes);
    }
    let Some((old, new)) = changes.known("the policies", &before.policies, &now.policies) else { return };
    let [(old, old_denied), (new, new_denied)] = [old, new].map(|documents| by_effect(documents));
    difference(&old, &new).tell(Term::Rights, "it may no longer", "it may now", changes);
    difference(&old_denied, &new_denied).tell(Term::Rights, "it no longer says", "it says now", changes);
    match (&before.permissions_boundary, &now.permissions_boundary) {
        (Some(_), None) => changes.push(Term::Boundary, "it no longer has a permissions boundary"),
        (None, Some(_)) => changes.push(Term::Boundary, "it has a permissions boundary now"),
        (Some(old), Some(new)) => {
            let difference = difference(std::slice::from_ref(old), std::slice::from_ref(new));
            let (gone, come) = ("its permissions boundary no longer says", "its permissions boundary says now");
            difference.tell(Term::Boundary, gone, come, changes);
        }
        (None, None) => {}
    }
}

/// The statements of documents that allow something, and those that deny it.
fn by_effect(documents: &[Document]) -> (Vec<Document>, Vec<Document>) {
    let of = |denies: bool| {
        let with = |document: &Document| {
            let statements = document.statements.iter().filter(|one| (one.effect == Effect::Deny) == denies);
            Document { statements: statements.cloned().collect::<Vec<_>>().into(), ..document.clone() }
        };
        documents.iter().map(with).collect()
    };
    (of(false), of(true))
}

/// Statements that are gone and that came, in short.
struct Difference {
    gone: Vec<String>,
    come: Vec<String>,
}

impl Difference {
    fn tell(self, term: Term, gone: &str, come: &str, changes: &mut Changes) {
        self.gone.iter().for_each(|statement| changes.push(term, format!("{gone}: {statement}")));
        self.come.iter().for_each(|statement| changes.push(term, format!("{come}: {statement}")));
    }
}

fn difference(before: &[Document], now: &[Document]) -> Difference {
    let (before, now) = (statements(before), statements(now));
    let without = |all: &BTreeMap<String, String>, other: &BTreeMap<String, String>| {
        all.iter().filter(|(meaning, _)| !other.contains_key(*meaning)).map(|(_, short)| short.clone()).collect()
    };
    Difference { gone: without(&before, &now), come: without(&now, &before) }
}

/// The statements of documents in short, by their meaning.
fn statements(documents: &[Document]) -> BTreeMap<String, String> {
    let statements = documents.iter().flat_map(|document| document.statements.iter().map(move |s| (document, s)));
    statements
        .map(|(document, statement)| {
            let alone = Document { statements: vec![statement.clone()].into(), ..document.clone() };
            (alone.meaning(), in_short(statement))
        })
        .collect()
}
