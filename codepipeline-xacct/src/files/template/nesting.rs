//! Nested stacks whose templates are in the set: what they are passed, and what they give back.
//!
//! Source: CloudFormation User Guide, "Nested stacks"; Template Reference, `AWS::CloudFormation::Stack`.

use std::collections::{BTreeMap, BTreeSet};

use super::conditions::made;
use super::document::{Resource, Template, default, is_looked_up};
use super::nested_file::NestedFile;
use super::node::Node;
use super::notes::has_macro;
use super::resolve::{Assignment, Facts, GivenValues, Resolver};
use super::secrets::is_hidden;
use super::value::{Members, ResolvedKind};
use crate::core::check::symbol::{scope_of, symbols};
use crate::core::check::unknown::is_unknown;

/// How many bytes the value of a parameter or of an output has at most.
///
/// Source: CloudFormation User Guide, "Understand CloudFormation quotas".
const LONGEST: usize = 4096;

/// A nested stack.
struct Use<'t> {
    parent: usize,
    stack: Resource<'t>,
    child: usize,
}

/// The nested stacks of a set whose templates are in it. No template is in itself.
pub(super) struct Nesting<'t> {
    uses: Vec<Use<'t>>,
}

impl<'t> Nesting<'t> {
    pub(super) fn of(templates: &'t [Template]) -> Self {
        let all: Vec<&Template> = templates.iter().collect();
        let mut uses = Vec::new();
        for (parent, template) in templates.iter().enumerate() {
            for stack in template.nested_stacks() {
                if let NestedFile::Given(child) = NestedFile::of(stack, template, &all) {
                    uses.push(Use { parent, stack, child });
                }
            }
        }
        let all = Self { uses };
        let is_whole = |index: usize| templates.get(index).is_some_and(|template| !has_macro(template));
        let stays = |one: &&Use<'_>| {
            let is_cycle = all.below(one.child).contains(&one.parent);
            !is_cycle && is_whole(one.parent) && is_whole(one.child)
        };
        let stay: Vec<bool> = all.uses.iter().map(|one| stays(&one)).collect();
        let uses = all.uses.into_iter().zip(stay).filter(|(_, stays)| *stays).map(|(one, _)| one).collect();
        Self { uses }
    }

    /// A template, and those of its nested stacks.
    pub(super) fn below(&self, template: usize) -> BTreeSet<usize> {
        let mut below = BTreeSet::from([template]);
        let mut next = vec![template];
        while let Some(of) = next.pop() {
            next.extend(
                self.uses.iter().filter(|one| one.parent == of).map(|one| one.child).filter(|at| below.insert(*at)),
            );
        }
        below
    }

    /// The template of a nested stack.
    pub(super) fn child(&self, parent: usize, id: &str) -> Option<usize> {
        self.uses.iter().find(|one| one.parent == parent && one.stack.id == id).map(|one| one.child)
    }

    /// The templates by account and Region, as far as nested stacks tell: a stack is where the only template is that has it.
    pub(super) fn groups(&self, count: usize) -> Vec<usize> {
        let mut groups: Vec<usize> = (0..count).collect();
        for child in 0..count {
            let parents: BTreeSet<usize> =
                self.uses.iter().filter(|one| one.child == child).map(|one| one.parent).collect();
            if let [parent] = parents.into_iter().collect::<Vec<_>>().as_slice() {
                let of = |template: usize| groups.get(template).copied().unwrap_or(template);
                let (from, to) = (of(child), of(*parent));
                groups.iter_mut().filter(|group| **group == from).for_each(|group| *group = to);
            }
        }
        groups
    }

    /// Whether a template may not be made, as the condition of its nested stack is not decided.
    pub(super) fn is_conditional(&self, template: usize, decided: &[Assignment]) -> bool {
        let mut checked = BTreeSet::from([template]);
        let mut next = vec![template];
        while let Some(of) = next.pop() {
            for one in self.uses.iter().filter(|one| one.child == of) {
                let holds = |name: &str| decided.get(one.parent).and_then(|decided| decided.get(name)) == Some(&true);
                if one.stack.node.get("Condition").and_then(Node::text).is_some_and(|name| !holds(name)) {
                    return true;
                }
                if checked.insert(one.parent) {
                    next.push(one.parent);
                }
            }
        }
        false
    }

    /// What the user says, with the values that stacks pass to those in them, and those that they give back. None of them where they depend
    /// on each other in a circle.
    pub(super) fn values(&self, facts: Facts<'_>) -> GivenValues {
        let mut values = facts.said.clone();
        // Each value depends on a stack that is decided before.
        for _ in 0..=2 * self.uses.len() {
            let next = self.next(facts, &values);
            if next == values {
                return values;
            }
            values = next;
        }
        facts.said.clone()
    }

    /// The values that follow from others.
    fn next(&self, facts: Facts<'_>, values: &GivenValues) -> GivenValues {
        let given = facts.said;
        let facts = Facts { said: values, ..facts };
        let none = Assignment::new();
        let decided: Vec<Assignment> =
            (0..facts.templates.len()).map(|template| Resolver::new(facts, template, &none).decided()).collect();
        let resolver = |template: usize| Some(Resolver::new(facts, template, decided.get(template)?));
        let is_made = |one: &&Use<'_>| decided.get(one.parent).is_some_and(|decided| made(one.stack, decided).is_ok());
        let uses: Vec<&Use<'_>> = self.uses.iter().filter(is_made).collect();
        let mut next = given.clone();
        let mut by_child: BTreeMap<usize, Vec<&Use<'_>>> = BTreeMap::new();
        uses.iter().for_each(|one| by_child.entry(one.child).or_default().push(one));
        for (child, uses) in by_child {
            let Some(template) = facts.templates.get(child) else { continue };
            let passed: Vec<Option<Members>> =
                uses.iter().map(|one| passed(one.stack, &resolver(one.parent)?)).collect();
            for entry in template.root.get("Parameters").into_iter().flat_map(Node::entries) {
                if is_hidden(&entry.value) || is_looked_up(&entry.value) {
                    continue;
                }
                let value = |members: &Option<Members>| match members.as_ref()?.get(&entry.name) {
                    Some(value) => value.scalar().map(str::to_owned),
                    None => default(&entry.value).map(str::to_owned),
                };
                let mut values = passed.iter().map(value);
                let first = values.next().flatten().filter(|first| values.all(|value| value.as_ref() == Some(first)));
                let Some(value) = first.filter(|value| value.len() <= LONGEST) else { continue };
                let key = (child, entry.name.clone());
                if !is_unknown(&value) {
                    next.insert(key, value);
                } else {
                    next.entry(key).or_insert(value);
                }
            }
        }
        let several = several(&uses, facts.templates.len());
        let is_one = |symbol: &str| {
            let scope = scope_of(symbol);
            let template = scope.split('@').next().and_then(|template| template.parse::<usize>().ok());
            template.is_none_or(|template| !several.contains(&template))
        };
        for one in uses {
            let (Some(template), Some(resolver)) = (facts.templates.get(one.child), resolver(one.child)) else {
                continue;
            };
            for entry in template.root.get("Outputs").into_iter().flat_map(Node::entries) {
                let condition = entry.value.get("Condition").and_then(Node::text);
                let holds = |name: &str| decided.get(one.child).and_then(|decided| decided.get(name)) != Some(&false);
                let value = entry.value.get("Value").filter(|_| condition.is_none_or(holds));
                let value = value.map(|value| resolver.value(value));
                let value = value.as_ref().and_then(|value| value.scalar()).filter(|value| value.len() <= LONGEST);
                if let Some(value) = value.filter(|value| symbols(value).all(is_one)) {
                    let name = format!("{}.Outputs.{}", one.stack.id, entry.name);
                    next.entry((one.parent, name)).or_insert_with(|| value.to_owned());
                }
            }
        }
        next
    }
}

/// What a stack passes; `None` where only CloudFormation knows.
fn passed(stack: Resource<'_>, parent: &Resolver<'_>) -> Option<Members> {
    let Some(node) = stack.property("Parameters") else {
        let is_open = stack.node.get("Properties").is_some_and(|properties| parent.value(properties).is_open());
        return (!is_open).then(Members::default);
    };
    match parent.value(node).kind {
        ResolvedKind::Map(members) if !members.open => Some(members),
        _ => None,
    }
}

/// The templates of which there are several stacks, so that what is made in them is not one thing.
fn several(uses: &[&Use<'_>], count: usize) -> BTreeSet<usize> {
    let mut several = BTreeSet::new();
    for _ in 0..count {
        let of = |child: usize| uses.iter().filter(move |one| one.child == child);
        let is_new = |child: &usize| {
            !several.contains(child) && (of(*child).count() > 1 || of(*child).any(|one| several.contains(&one.parent)))
        };
        let new: Vec<usize> = (0..count).filter(is_new).collect();
        if new.is_empty() {
            break;
        }
        several.extend(new);
    }
    several
}
