//! The roles that templates make, with all of their documents.

use std::collections::{BTreeMap, BTreeSet};

use super::assignments::{assignments, undecided};
use super::conditional::{Policy, Way, document_of};
use super::conditions::made;
use super::document::{MANAGED_POLICY, POLICY, ROLE, ROLE_POLICY, Resource};
use super::node::{Node, NodeKind};
use super::resolve::{Assignment, Resolver};
use super::role::TemplateRole;
use super::set::TemplateSet;
use super::unseen::UnseenOf;
use super::value::{Resolved, ResolvedKind};
use crate::core::check::unknown::is_unknown;
use crate::core::ids::split_arn;

impl TemplateSet<'_> {
    /// Gives a role the policies of a place in a template, in each way in which the conditions that are left open may turn out.
    fn give(
        &self,
        role: &mut TemplateRole,
        template: usize,
        (decided, open): (&Assignment, &BTreeSet<&str>),
        policies: impl Fn(&Resolver<'_>, &Assignment) -> Vec<Policy>,
    ) {
        let way = |holds: Assignment| {
            let policies = policies(&self.resolver(template, &holds), &holds);
            Way { holds, policies }
        };
        let ways: Vec<Way> = assignments(open, decided).into_iter().map(way).collect();
        role.give(&ways, open);
    }

    /// Gives a role a policy that is a resource.
    fn attach(&self, role: &mut TemplateRole, template: usize, policy: Resource<'_>, decided: &Assignment) {
        let open = conditions_of(policy, decided);
        self.give(role, template, (decided, &open), |resolver, holds| {
            read(policy, resolver, holds).into_iter().collect()
        });
    }

    /// Gives a role the managed policies whose ARNs a node has.
    fn attach_managed(&self, role: &mut TemplateRole, template: usize, arns: &Node, decided: &Assignment) {
        let listed = |resolver: &Resolver<'_>| match resolver.value(arns).kind {
            ResolvedKind::Absent => Vec::new(),
            ResolvedKind::List(arns) => arns.iter().map(|arn| arn.scalar().map(str::to_owned)).collect(),
            kind => vec![Resolved { range: arns.range.clone(), kind }.scalar().map(str::to_owned)],
        };
        let own = |resolver: &Resolver<'_>, arn: &Option<String>| {
            let mut policies = self.templates.get(template)?.of_kind(MANAGED_POLICY);
            policies.find(|policy| arn.is_some() && resolver.name_of(policy.id) == *arn)
        };
        let mut open = undecided(arns, decided);
        let mut others = BTreeSet::new();
        for holds in assignments(&open, decided) {
            let resolver = self.resolver(template, &holds);
            for arn in listed(&resolver) {
                match own(&resolver, &arn) {
                    Some(policy) => open.append(&mut conditions_of(policy, decided)),
                    None => _ = others.insert(arn),
                }
            }
        }
        others.iter().for_each(|arn| role.lacks_managed(arn.as_deref()));
        self.give(role, template, (decided, &open), |resolver, holds| {
            let own = listed(resolver).into_iter().filter_map(|arn| own(resolver, &arn));
            own.filter_map(|policy| read(policy, resolver, holds)).collect()
        });
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
        let unseen: Vec<UnseenOf<'_>> =
            (0..self.templates.len()).filter_map(|template| UnseenOf::read(self, template)).collect();
        for (index, ((template, assignment), unseen)) in
            self.templates.iter().zip(&assignments).zip(&unseen).enumerate()
        {
            let resolver = self.resolver(index, assignment);
            for resource in template.of_kind(ROLE).filter(|role| made(*role, assignment).is_ok()) {
                let property = |name: &str| {
                    let value = resource.property(name).map(|node| resolver.value(node));
                    value.filter(|value| !matches!(value.kind, ResolvedKind::Absent))
                };
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
                for policies in resource.property("Policies").into_iter().flat_map(each) {
                    let open = undecided(policies, assignment);
                    self.give(role, index, (assignment, &open), |resolver, _| Policy::all(&resolver.value(policies)));
                }
                for arns in resource.property("ManagedPolicyArns").into_iter().flat_map(each) {
                    self.attach_managed(role, index, arns, assignment);
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
            let is_conditional = self.nesting.is_conditional(index, &assignments);
            for kind in [POLICY, MANAGED_POLICY, ROLE_POLICY] {
                for policy in template.of_kind(kind).filter(|policy| made(*policy, assignment).is_ok()) {
                    let member = if kind == ROLE_POLICY { "RoleName" } else { "Roles" };
                    let of = policy.property(member).map(|node| resolver.value(node));
                    let unseen = unseen.of_policy(policy);
                    let give = |role: &mut TemplateRole| {
                        role.note_unseen(|| unseen.clone());
                        self.attach(role, index, policy, assignment);
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
                    // The name of a role that is not known is that of no other.
                    let is_named = |name: &&str| !is_unknown(name) || names.keys().any(|(_, other)| other == name);
                    for name in named {
                        let Some(name) = name.scalar().filter(is_named) else {
                            // It may be for any role.
                            roles.values_mut().for_each(|role| role.leave_open(true));
                            continue;
                        };
                        for arn in named_so(&names, index, name) {
                            let Some(role) = roles.get_mut(arn) else { continue };
                            match split_arn(arn).map(|arn| arn.account) {
                                Some(of_role) if of_role == account => {
                                    if is_conditional && role.at.as_ref().is_none_or(|(at, _)| *at != index) {
                                        role.leave_open(true);
                                        continue;
                                    }
                                    give(role);
                                }
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

/// The elements of a list, or what makes one.
fn each(node: &Node) -> &[Node] {
    match &node.kind {
        NodeKind::List(elements) => elements,
        _ => std::slice::from_ref(node),
    }
}

/// The conditions of a policy that are not decided.
fn conditions_of<'t>(policy: Resource<'t>, decided: &Assignment) -> BTreeSet<&'t str> {
    let mut open = policy.node.get("Properties").map(|properties| undecided(properties, decided)).unwrap_or_default();
    let condition = policy.node.get("Condition").and_then(Node::text);
    open.extend(condition.filter(|condition| !decided.contains_key(*condition)));
    open
}

/// A policy that is a resource, where it is made.
fn read(policy: Resource<'_>, resolver: &Resolver<'_>, holds: &Assignment) -> Option<Policy> {
    made(policy, holds).ok()?;
    let properties = resolver.value(policy.node.get("Properties").unwrap_or(policy.node));
    Some(Policy::read(&properties).of_resource(policy.id))
}
