//! Exports between the templates of a set.

use std::collections::HashMap;

use super::document::Template;
use super::node::Node;
use super::resolve::{Assignment, Facts, GivenValues, Resolver};
use crate::core::check::files::Home;
use crate::core::check::unknown::is_unknown;

/// What is exported, by name: the template, and the value.
pub(super) type Exports<'t> = HashMap<String, (usize, &'t Node)>;

/// The exports whose names are known, and which only one template has.
pub(super) fn exports<'t>(templates: &'t [Template], homes: &[Home], said: &GivenValues) -> Exports<'t> {
    let (none, nothing, alike, groups) = (Assignment::new(), Exports::new(), HashMap::new(), groups(templates.len()));
    let facts = Facts { templates, groups: &groups, exports: &nothing, homes, alike: &alike, said, certain: None };
    let mut found: HashMap<String, Vec<(usize, &Node)>> = HashMap::new();
    for (index, template) in templates.iter().enumerate() {
        let resolver = Resolver::new(facts, index, &none);
        for output in template.root.get("Outputs").into_iter().flat_map(Node::entries) {
            let name = output.value.get("Export").and_then(|export| export.get("Name"));
            if let (Some(name), Some(value)) = (name.map(|name| resolver.value(name)), output.value.get("Value"))
                && let Some(name) = name.scalar().filter(|name| !is_unknown(name))
            {
                found.entry(name.to_owned()).or_default().push((index, value));
            }
        }
    }
    let only = |(name, values): (String, Vec<(usize, &'t Node)>)| match values.as_slice() {
        [one] => Some((name, *one)),
        _ => None,
    };
    found.into_iter().filter_map(only).collect()
}

fn groups(count: usize) -> Vec<usize> {
    (0..count).collect()
}

/// The templates by account and Region: one that imports from another is in the same ones. `groups`: as far as it is known.
pub(super) fn joined(mut groups: Vec<usize>, facts: Facts<'_>) -> Vec<usize> {
    let (none, nothing, exports) = (Assignment::new(), Exports::new(), facts.exports);
    let facts = Facts { exports: &nothing, ..facts };
    for (index, template) in facts.templates.iter().enumerate() {
        let resolver = Resolver::new(facts, index, &none);
        let mut names = Vec::new();
        imported(&template.root, &mut names);
        for name in names {
            let name = resolver.value(name);
            let Some((exporter, _)) = name.scalar().and_then(|name| exports.get(name)) else { continue };
            let of = |template: usize| groups.get(template).copied().unwrap_or(template);
            let (from, to) = (of(index), of(*exporter));
            groups.iter_mut().filter(|group| **group == from).for_each(|group| *group = to);
        }
    }
    groups
}

/// The names that a template imports.
fn imported<'n>(node: &'n Node, found: &mut Vec<&'n Node>) {
    for entry in node.entries() {
        if entry.name == "Fn::ImportValue" {
            found.push(&entry.value);
        }
        imported(&entry.value, found);
    }
    node.elements().iter().for_each(|element| imported(element, found));
}
