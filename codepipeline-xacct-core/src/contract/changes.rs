//! Changes since a contract was written, in words.

use std::collections::BTreeMap;

use super::value::{AccountSignature, PipelineSignature, RoleSignature, Signature};
use crate::policy::Document;
use crate::policy::description::in_short;
use crate::topology::TargetVariable;

/// What is different from a contract.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// What changed, a line for each change.
    pub changed: Vec<String>,
    /// What the contract says and isn't known now.
    pub unknown: Vec<String>,
}

impl Changes {
    /// True where all that the contract says is known to hold.
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.unknown.is_empty()
    }

    /// Adds what is different of a part of an account: `pipeline `Deploy``.
    pub fn add(&mut self, part: &str, of_part: Changes) {
        self.changed.extend(of_part.changed.into_iter().map(|line| format!("{part}: {line}")));
        self.unknown.extend(of_part.unknown.into_iter().map(|what| format!("{part}: {what}")));
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
        changes.changed.push(format!("its ARN is {now} now"));
    }
    match (contract, now) {
        (Signature::Pipeline(before), Signature::Pipeline(now)) => pipeline(before, now, &mut changes),
        (Signature::Role(before), Signature::Role(now)) => role(before, now, &mut changes),
        (Signature::Account(before), Signature::Account(now)) => account(before, now, &mut changes),
        _ => changes.changed.push(format!("it was the contract of {contract}, and is that of {now} now")),
    }
    changes
}

fn account(before: &AccountSignature, now: &AccountSignature, differences: &mut Changes) {
    let now = now.parts();
    for (name, part) in before.parts() {
        let (kind, found) = (part.kind(), now.iter().find(|(other, of)| *other == name && of.kind() == part.kind()));
        match found {
            Some((_, found)) => differences.add(&format!("{kind} `{name}`"), changes(&part, found)),
            None => differences.changed.push(format!("{kind} `{name}` is gone")),
        }
    }
}

fn pipeline(before: &PipelineSignature, now: &PipelineSignature, changes: &mut Changes) {
    let changed = &mut changes.changed;
    let find = |list: &[TargetVariable], name: &str| list.iter().find(|v| v.name == name).map(|v| v.required);
    for TargetVariable { name, required } in &before.variables {
        match (*required, find(&now.variables, name)) {
            (_, None) => changed.push(format!("variable `{name}` is gone")),
            (false, Some(true)) => {
                changed.push(format!("variable `{name}` no longer has a default: every start has to pass it"));
            }
            (true, Some(false)) => changed.push(format!("variable `{name}` has a default now")),
            _ => {}
        }
    }
    for TargetVariable { name, required } in &now.variables {
        if find(&before.variables, name).is_none() {
            changed.push(match required {
                true => format!("variable `{name}` is new and has no default: every start has to pass it"),
                false => format!("variable `{name}` is new, with a default"),
            });
        }
    }
}

fn role(before: &RoleSignature, now: &RoleSignature, changes: &mut Changes) {
    if let Some((before, now)) = changes.known("the trust policy", &before.trust_policy, &now.trust_policy) {
        let difference = difference(std::slice::from_ref(before), std::slice::from_ref(now));
        difference.tell("it no longer trusts", "it trusts now", &mut changes.changed);
    }
    let Some((old, new)) = changes.known("the policies", &before.policies, &now.policies) else { return };
    difference(old, new).tell("it may no longer", "it may now", &mut changes.changed);
    match (&before.permissions_boundary, &now.permissions_boundary) {
        (Some(_), None) => changes.changed.push("it no longer has a permissions boundary".to_owned()),
        (None, Some(_)) => changes.changed.push("it has a permissions boundary now".to_owned()),
        (Some(old), Some(new)) => {
            let difference = difference(std::slice::from_ref(old), std::slice::from_ref(new));
            let (gone, come) = ("its permissions boundary no longer says", "its permissions boundary says now");
            difference.tell(gone, come, &mut changes.changed);
        }
        (None, None) => {}
    }
}

/// Statements that are gone and that came, in short.
struct Difference {
    gone: Vec<String>,
    come: Vec<String>,
}

impl Difference {
    fn tell(self, gone: &str, come: &str, lines: &mut Vec<String>) {
        lines.extend(self.gone.iter().map(|statement| format!("{gone}: {statement}")));
        lines.extend(self.come.iter().map(|statement| format!("{come}: {statement}")));
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
