//! The roles that templates make, with all of their documents.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;

use serde_json::Value;

use super::assignments::assignments;
use super::bounds::has_symbol;
use super::conditions::made;
use super::document::{MANAGED_POLICY, POLICY, ROLE, ROLE_POLICY, Resource};
use super::node::Node;
use super::resolve::{Assignment, conditions};
use super::set::TemplateSet;
use super::unseen::{Unseen, UnseenOf};
use super::value::{Resolved, ResolvedKind};
use crate::core::check::symbol::shown;
use crate::core::check::unknown::is_unknown;
use crate::core::ids::split_arn;

/// A role. Its ARN and its documents may have symbols.
#[derive(Debug, Clone, Default)]
pub(crate) struct TemplateRole {
    pub(crate) trust: Option<Value>,
    /// Names and documents.
    pub(crate) policies: Vec<(String, Value)>,
    pub(crate) boundary: Option<Value>,
    /// Whether it may have policies or a boundary whose text is not known.
    pub(crate) incomplete: bool,
    /// Whether one of those may take something away.
    pub(crate) may_deny: bool,
    /// Those of them that are named.
    pub(crate) not_read: BTreeSet<String>,
    /// What may give it more than is written.
    pub(crate) unseen: Option<Unseen>,
    /// The template, and where in it.
    pub(crate) at: Option<(usize, Range<usize>)>,
}

impl TemplateSet<'_> {
    /// A value as it is where conditions are left open, and as each way in which they may turn out makes it.
    fn values(&self, template: usize, decided: &Assignment, node: &Node) -> (Resolved, Vec<Resolved>) {
        let value = |assignment: &Assignment| self.resolver(template, assignment).value(node);
        (value(decided), assignments(node, decided).iter().map(value).collect())
    }

    /// `file:line:column` of a role.
    pub(crate) fn place_of(&self, role: &TemplateRole) -> String {
        let found = role.at.as_ref().and_then(|(index, range)| Some((self.templates.get(*index)?, range)));
        found.map_or_else(String::new, |(template, range)| template.source.at(range.start))
    }

    /// The roles by their ARNs. What conditions choose that are not decided is not known.
    pub(crate) fn roles(&self) -> BTreeMap<String, TemplateRole> {
        let assignments: Vec<Assignment> = (0..self.templates.len()).map(|template| self.decided(template)).collect();
        let mut roles: BTreeMap<String, TemplateRole> = BTreeMap::new();
        let mut names: BTreeMap<(usize, String), BTreeSet<String>> = BTreeMap::new();
        let unseen: Vec<UnseenOf<'_>> = self.templates.iter().map(UnseenOf::read).collect();
        for (index, ((template, assignment), unseen)) in
            self.templates.iter().zip(&assignments).zip(&unseen).enumerate()
        {
            let resolver = self.resolver(index, assignment);
            for resource in template.of_kind(ROLE).filter(|role| made(*role, assignment).is_ok()) {
                let property = |name: &str| resource.property(name).map(|node| resolver.value(node));
                let arn = resolver.role_arn(resource);
                let known = roles.contains_key(&arn);
                let role = roles.entry(arn.clone()).or_default();
                role.at.get_or_insert((index, resource.key.clone()));
                role.note_unseen(|| unseen.of_role(resource, &resolver));
                let trust = property("AssumeRolePolicyDocument")
                    .filter(|trust| !trust.is_open())
                    .map(|trust| document_of(&trust).unwrap_or_else(|| trust.json()));
                // Of two resources that make it, conditions choose one.
                let other = known && role.trust != trust;
                role.trust = trust.filter(|_| !other);
                let inline = property("Policies");
                role.leave_open(inline.as_ref().is_some_and(|list| list.is_open() || !is_list(list)));
                for policy in inline.iter().flat_map(|list| list.elements()) {
                    role.add(policy.get("PolicyName"), policy.get("PolicyDocument"), false);
                }
                let attached = property("ManagedPolicyArns");
                role.leave_open(attached.as_ref().is_some_and(|list| !is_list(list)));
                for arn in attached.iter().flat_map(|list| list.elements()) {
                    let own = template.of_kind(MANAGED_POLICY).find(|policy| {
                        arn.scalar().is_some_and(|arn| resolver.name_of(policy.id).as_deref() == Some(arn))
                    });
                    match own {
                        Some(policy) => role.attach(policy, assignment, |node| self.values(index, assignment, node)),
                        None => role.lacks_managed(arn.scalar()),
                    }
                }
                if let Some(boundary) = property("PermissionsBoundary") {
                    let own = template.of_kind(MANAGED_POLICY).find(|policy| {
                        boundary.scalar().is_some_and(|arn| resolver.name_of(policy.id).as_deref() == Some(arn))
                    });
                    let document = own.and_then(|policy| policy.property("PolicyDocument"));
                    let document = document.map(|document| resolver.value(document));
                    role.boundary = document.filter(|document| !document.is_open()).and_then(|d| document_of(&d));
                    if role.boundary.is_none() {
                        role.lacks("the permissions boundary".to_owned());
                    }
                }
                let name = resolver.name_of(resource.id).unwrap_or_default();
                names.entry((index, name)).or_default().insert(arn);
            }
        }
        for (index, ((template, assignment), unseen)) in
            self.templates.iter().zip(&assignments).zip(&unseen).enumerate()
        {
            let resolver = self.resolver(index, assignment);
            let account = resolver.account();
            for kind in [POLICY, MANAGED_POLICY, ROLE_POLICY] {
                for policy in template.of_kind(kind).filter(|policy| made(*policy, assignment).is_ok()) {
                    let member = if kind == ROLE_POLICY { "RoleName" } else { "Roles" };
                    let of = policy.property(member).map(|node| resolver.value(node));
                    let unseen = unseen.of_policy(policy);
                    let give = |role: &mut TemplateRole| {
                        role.note_unseen(|| unseen.clone());
                        role.attach(policy, assignment, |node| self.values(index, assignment, node));
                    };
                    if of.is_none() && unseen.is_some() {
                        let own =
                            roles.values_mut().filter(|role| role.at.as_ref().is_some_and(|(at, _)| *at == index));
                        own.for_each(|role| role.note_unseen(|| unseen.clone()));
                    }
                    let named: Vec<&Resolved> = match of.as_ref().map(|of| (of, &of.kind)) {
                        Some((_, ResolvedKind::List(elements))) => elements.iter().collect(),
                        one => one.map(|(of, _)| of).into_iter().collect(),
                    };
                    let is_own = |name: &&str| !is_unknown(name) || names.contains_key(&(index, (*name).to_owned()));
                    for name in named {
                        let Some(name) = name.scalar().filter(is_own) else {
                            // It may be for any role.
                            roles.values_mut().for_each(|role| role.leave_open(true));
                            continue;
                        };
                        for arn in named_so(&names, index, name) {
                            let Some(role) = roles.get_mut(arn) else { continue };
                            match split_arn(arn).map(|arn| arn.account) {
                                Some(of_role) if of_role == account => give(role),
                                // It may be that account.
                                of_role => {
                                    role.leave_open(is_unknown(&account) || of_role.is_some_and(is_unknown));
                                }
                            }
                        }
                    }
                }
            }
        }
        roles
    }
}

/// The ARNs of the roles that a template means by a name: its own, or else those of the other templates.
fn named_so<'n>(
    names: &'n BTreeMap<(usize, String), BTreeSet<String>>,
    template: usize,
    name: &str,
) -> Vec<&'n String> {
    if let Some(own) = names.get(&(template, name.to_owned())) {
        return own.iter().collect();
    }
    names.iter().filter(|((_, other), _)| other == name).flat_map(|(_, arns)| arns).collect()
}

impl TemplateRole {
    /// True where a document has a part that is not known.
    pub(super) fn has_symbol(&self) -> bool {
        let policies = self.policies.iter().map(|(_, document)| document);
        self.trust.iter().chain(&self.boundary).chain(policies).any(has_symbol)
    }

    /// Adds what another file says about it.
    pub(super) fn join(&mut self, other: Self) {
        self.trust = self.trust.take().or(other.trust);
        self.boundary = self.boundary.take().or(other.boundary);
        self.incomplete |= other.incomplete;
        self.may_deny |= other.may_deny;
        self.not_read.extend(other.not_read);
        self.note_unseen(|| other.unseen);
        let new = other.policies.into_iter().filter(|policy| !self.policies.contains(policy));
        let new: Vec<_> = new.collect();
        self.policies.extend(new);
    }

    /// Takes note of what may give it more than is written, unless something is known that may.
    fn note_unseen(&mut self, unseen: impl FnOnce() -> Option<Unseen>) {
        if self.unseen.is_none() {
            self.unseen = unseen();
        }
    }

    /// Takes note that not all is known.
    pub(super) fn leave_open(&mut self, is_open: bool) {
        self.incomplete |= is_open;
        self.may_deny |= is_open;
    }

    /// Takes note of something whose text is not known.
    pub(super) fn lacks(&mut self, what: String) {
        self.leave_open(true);
        self.not_read.insert(what);
    }

    /// Takes note of a managed policy whose text is not known. Those of AWS allow, but for a few that say in their names that they don't.
    /// Source: AWS Managed Policy Reference Guide.
    pub(super) fn lacks_managed(&mut self, arn: Option<&str>) {
        let of_aws = arn.and_then(split_arn).filter(|arn| arn.account == "aws");
        let denies = of_aws.is_none_or(|arn| ["Deny", "Quarantine"].iter().any(|word| arn.resource.contains(word)));
        self.incomplete = true;
        self.may_deny |= denies;
        self.not_read.insert(arn.map_or_else(|| "a managed policy".to_owned(), in_code));
    }

    fn attach(
        &mut self,
        policy: Resource<'_>,
        assignment: &Assignment,
        values: impl Fn(&Node) -> (Resolved, Vec<Resolved>),
    ) {
        let property = |name: &str| policy.property(name).map(|node| values(node).0);
        let name = property("PolicyName").or_else(|| property("ManagedPolicyName"));
        let condition = policy.node.get("Condition").and_then(Node::text);
        let undecided = condition.filter(|condition| assignment.get(*condition) != Some(&true));
        let (document, ways) = policy.property("PolicyDocument").map(&values).unzip();
        let certain = ways.as_deref().filter(|ways| ways.len() > 1).and_then(certain);
        match undecided {
            None if let Some(certain) = certain => {
                let node = policy.property("PolicyDocument");
                let mut named = HashSet::new();
                node.iter().for_each(|node| conditions(node, &mut named));
                let named: BTreeSet<&str> = named.into_iter().filter(|name| !assignment.contains_key(*name)).collect();
                let named: Vec<String> = named.into_iter().map(in_code).collect();
                let of = policy_name(name.as_ref());
                self.may_have(format!("what {of} has if condition {} holds", named.join(" or ")));
                self.policies.push((name.as_ref().and_then(Resolved::scalar).unwrap_or_default().to_owned(), certain));
            }
            Some(condition) if document.as_ref().is_some_and(only_allows) => {
                self.may_have(format!("{} if condition `{condition}` holds", policy_name(name.as_ref())));
            }
            _ => self.add(name.as_ref(), document.as_ref(), undecided.is_some()),
        }
    }

    fn add(&mut self, name: Option<&Resolved>, document: Option<&Resolved>, conditional: bool) {
        match document.filter(|document| !document.is_open()).and_then(document_of) {
            Some(document) if !conditional => {
                let name = name.and_then(Resolved::scalar).unwrap_or_default().to_owned();
                let policy = (name, document);
                if !self.policies.contains(&policy) {
                    self.policies.push(policy);
                }
            }
            _ => self.lacks(policy_name(name)),
        }
    }

    /// Takes note of something that it may have and that takes nothing away.
    fn may_have(&mut self, what: String) {
        self.incomplete = true;
        self.not_read.insert(what);
    }
}

/// Whether a document is known to deny nothing.
fn only_allows(document: &Resolved) -> bool {
    let allows = |statement: &Value| statement.get("Effect").is_some_and(|effect| effect == "Allow");
    let document = Some(document).filter(|document| !document.is_open()).and_then(document_of);
    document.is_some_and(|document| statements(&document).iter().all(allows))
}

/// What a document allows in each of its ways, where it denies nothing in any.
fn certain(ways: &[Resolved]) -> Option<Value> {
    let documents: Vec<Value> = ways.iter().filter(|way| only_allows(way)).filter_map(document_of).collect();
    let (first, others) = documents.split_first().filter(|_| documents.len() == ways.len())?;
    let is_in = |statement: &Value, document: &Value| statements(document).contains(statement);
    let version = |document: &Value| document.get("Version").cloned();
    let kept: Vec<Value> = statements(first)
        .iter()
        .filter(|statement| others.iter().all(|other| is_in(statement, other)))
        .cloned()
        .collect();
    let same = others.iter().all(|other| version(other) == version(first));
    (same && !kept.is_empty()).then(|| {
        let mut certain = first.clone();
        if let Some(members) = certain.as_object_mut() {
            members.insert("Statement".to_owned(), Value::Array(kept));
        }
        certain
    })
}

fn statements(document: &Value) -> &[Value] {
    match document.get("Statement") {
        Some(Value::Array(statements)) => statements,
        one => one.map_or(&[], std::slice::from_ref),
    }
}

/// What a policy is called.
fn policy_name(name: Option<&Resolved>) -> String {
    name.and_then(Resolved::scalar).map_or_else(|| "a policy".to_owned(), in_code)
}

/// A name, as texts have names.
pub(super) fn in_code(name: &str) -> String {
    format!("`{}`", shown(name))
}

fn is_list(value: &Resolved) -> bool {
    matches!(value.kind, ResolvedKind::List(_))
}

/// A policy document: an object, or the text of one.
fn document_of(value: &Resolved) -> Option<Value> {
    match value.scalar() {
        Some(text) => serde_json::from_str(text).ok().filter(Value::is_object),
        None => Some(value.json()),
    }
}
