//! The policies of a role that conditions choose: what it has in any case, and what only if they turn out so.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::resolve::Assignment;
use super::role::{TemplateRole, in_code};
use super::value::{Resolved, ResolvedKind};

/// A policy.
pub(super) struct Policy {
    name: Option<String>,
    /// `None` where its text is not known.
    document: Option<Value>,
}

impl Policy {
    /// A policy with its name and its document.
    pub(super) fn read(policy: &Resolved) -> Self {
        let name = ["PolicyName", "ManagedPolicyName"].into_iter().find_map(|name| policy.get(name)?.scalar());
        let document = policy.get("PolicyDocument").filter(|_| !policy.is_open()).and_then(document_of);
        Self { name: name.map(str::to_owned), document }
    }

    /// With what its resource is called, where CloudFormation makes its name.
    pub(super) fn of_resource(self, id: &str) -> Self {
        Self { name: self.name.or_else(|| Some(id.to_owned())), ..self }
    }

    /// The policies of a list, or one.
    pub(super) fn all(value: &Resolved) -> Vec<Self> {
        match &value.kind {
            ResolvedKind::List(elements) => elements.iter().map(Self::read).collect(),
            ResolvedKind::Absent => Vec::new(),
            _ => vec![Self::read(value)],
        }
    }

    fn statements(&self) -> impl Iterator<Item = Statement<'_>> {
        let of =
            move |document| statements(document).iter().map(move |value| Statement { policy: self, document, value });
        self.document.iter().flat_map(of)
    }
}

/// One of the ways in which conditions may turn out, and the policies that there are then.
pub(super) struct Way {
    pub(super) holds: Assignment,
    pub(super) policies: Vec<Policy>,
}

impl Way {
    fn statements(&self) -> (&Assignment, Vec<Statement<'_>>) {
        (&self.holds, self.policies.iter().flat_map(Policy::statements).collect())
    }
}

/// A statement of a policy.
#[derive(Clone, Copy)]
struct Statement<'p> {
    policy: &'p Policy,
    document: &'p Value,
    value: &'p Value,
}

impl Statement<'_> {
    fn is_of(&self, other: &Statement<'_>) -> bool {
        self.policy.name == other.policy.name && self.document.get("Version") == other.document.get("Version")
    }

    fn only_allows(&self) -> bool {
        self.value.get("Effect").is_some_and(|effect| effect == "Allow")
    }
}

impl PartialEq for Statement<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.is_of(other) && self.value == other.value
    }
}

impl TemplateRole {
    /// Gives it what there is in all ways, and takes note of what there is in some.
    pub(super) fn give(&mut self, ways: &[Way], undecided: &BTreeSet<&str>) {
        for policy in ways.iter().flat_map(|way| &way.policies).filter(|policy| policy.document.is_none()) {
            self.lacks(policy_name(policy.name.as_deref()));
        }
        if let [only] = ways {
            let policies =
                only.policies.iter().filter_map(|policy| Some((policy.name.clone(), policy.document.clone()?)));
            return policies.for_each(|(name, document)| self.add(name, document));
        }
        let ways: Vec<(&Assignment, Vec<Statement<'_>>)> = ways.iter().map(Way::statements).collect();
        let Some((first, others)) = ways.split_first() else { return };
        let is_certain = |statement: &Statement<'_>| ways.iter().all(|(_, way)| way.contains(statement));
        let (certain, mut chosen): (Vec<_>, Vec<_>) = first.1.iter().copied().partition(is_certain);
        chosen.extend(others.iter().flat_map(|(_, way)| way).filter(|statement| !is_certain(statement)));
        for statements in certain.chunk_by(Statement::is_of) {
            let Some(Statement { policy, document, .. }) = statements.first() else { continue };
            let mut document = (*document).clone();
            let statements = statements.iter().map(|statement| statement.value.clone()).collect();
            document.as_object_mut().map(|members| members.insert("Statement".to_owned(), Value::Array(statements)));
            self.add(policy.name.clone(), document);
        }
        let mut when: BTreeMap<Option<&str>, Vec<Statement<'_>>> = BTreeMap::new();
        for statement in chosen {
            when.entry(statement.policy.name.as_deref()).or_default().push(statement);
        }
        for (name, statements) in when {
            let conditions: BTreeSet<(&str, bool)> =
                statements.iter().flat_map(|statement| conditions_of(statement, &ways, undecided)).collect();
            let is_part = certain.iter().any(|statement| statement.policy.name.as_deref() == name);
            let part = if is_part { "what " } else { "" };
            let has = if is_part { " has" } else { "" };
            let what = format!("{part}{}{has} {}", policy_name(name), told(&conditions));
            match statements.iter().all(Statement::only_allows) {
                true => self.may_have(what),
                false => self.lacks(what),
            }
        }
    }

    fn add(&mut self, name: Option<String>, document: Value) {
        let policy = (name.unwrap_or_default(), document);
        if !self.policies.contains(&policy) {
            self.policies.push(policy);
        }
    }
}

/// How the conditions turn out on which a statement depends: those that it needs, or all where it needs none in particular.
fn conditions_of<'c>(
    statement: &Statement<'_>,
    ways: &[(&Assignment, Vec<Statement<'_>>)],
    undecided: &BTreeSet<&'c str>,
) -> Vec<(&'c str, bool)> {
    let with = || ways.iter().filter(|(_, way)| way.contains(statement));
    let both = || undecided.iter().flat_map(|name| [(*name, true), (*name, false)]);
    let is_needed = |(name, holds): &(&str, bool)| with().all(|(way, _)| way.get(*name) == Some(holds));
    let needed: Vec<_> = both().filter(is_needed).collect();
    if needed.is_empty() { both().collect() } else { needed }
}

fn told(conditions: &BTreeSet<(&str, bool)>) -> String {
    if let [(name, holds)] = conditions.iter().collect::<Vec<_>>().as_slice() {
        return format!("if condition `{name}` {}", if *holds { "holds" } else { "does not hold" });
    }
    let names: BTreeSet<String> = conditions.iter().map(|(name, _)| in_code(name)).collect();
    let names: Vec<String> = names.into_iter().collect();
    let plural = if names.len() == 1 { "" } else { "s" };
    format!("depending on condition{plural} {}", names.join(" and "))
}

fn statements(document: &Value) -> &[Value] {
    match document.get("Statement") {
        Some(Value::Array(statements)) => statements,
        one => one.map_or(&[], std::slice::from_ref),
    }
}

/// What a policy is called.
fn policy_name(name: Option<&str>) -> String {
    name.map_or_else(|| "a policy".to_owned(), in_code)
}

/// A policy document: an object, or the text of one.
pub(super) fn document_of(value: &Resolved) -> Option<Value> {
    match value.scalar() {
        Some(text) => serde_json::from_str(text).ok().filter(Value::is_object),
        None => Some(value.json()),
    }
}
