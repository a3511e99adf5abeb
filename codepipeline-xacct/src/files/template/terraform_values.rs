//! What the values are called that a plan leaves open, so that a user can give them.

use std::collections::BTreeSet;

use super::node::{Node, NodeKind};
use super::terraform_address::{base, fits, joined, local, modules, names, prefix, steps};
use super::terraform_links::Links;
use super::terraform_resources::{PIPELINE, Planned, is_of_mode, planned, read};

/// The argument of an action, a rule or a pipeline for its role.
pub(super) const ROLE_ARN: &str = "role_arn";

/// What the role of an action, a rule or a pipeline is called, where no reference tells: its place. `at`: a byte in it.
pub(super) fn role_label(planned: &Planned<'_>, at: usize) -> String {
    let mut label = planned.address.to_owned();
    let mut block = planned.values;
    while let Some((kind, key, inner)) = block_at(block, at) {
        label.push_str(&format!(".{kind}[{key}]"));
        block = inner;
    }
    format!("{label}.{ROLE_ARN}")
}

/// The block at a byte, with the name of its list, and its own name or its position.
fn block_at(node: &Node, at: usize) -> Option<(&str, String, &Node)> {
    node.entries().iter().find_map(|entry| {
        let (index, block) = entry.value.elements().iter().enumerate().find(|(_, block)| is_at(block, at))?;
        let name = block.get("name").and_then(Node::text);
        Some((entry.name.as_str(), name.map_or_else(|| index.to_string(), |name| format!("{name:?}")), block))
    })
}

fn is_at(block: &Node, at: usize) -> bool {
    matches!(block.kind, NodeKind::Map(_)) && block.range.contains(&at)
}

/// Whether a value may be called that: an attribute of a resource, an argument of a pipeline, or something that the configuration refers to.
pub(super) fn has(root: &Node, name: &str) -> bool {
    let resources = planned(root);
    let mut pipelines = resources.iter().filter(|resource| resource.kind == PIPELINE);
    let local = local(name);
    let parts = steps(&local);
    if root.get("configuration").is_some_and(|all| refers(all, name)) {
        return true;
    }
    if steps(name).len() < 2 {
        let in_any = |node: Option<&Node>| node.is_some_and(|node| mentions(node, name));
        return pipelines.any(|pipeline| in_any(Some(pipeline.values)) || in_any(pipeline.unknown));
    }
    let length = if parts.first().is_some_and(|first| first.name == "data") { 3 } else { 2 };
    let own = joined(parts.get(..length).unwrap_or(&parts));
    let module = modules(name.strip_suffix(local.as_str()).unwrap_or_default());
    let address = format!("{}{}", prefix(&module), own);
    let is_of_pipeline = parts.first().is_some_and(|kind| kind.name == PIPELINE);
    if is_of_pipeline && parts.get(length).is_some_and(|step| step.key.is_some()) {
        let mut labels = BTreeSet::new();
        pipelines.for_each(|pipeline| labels_in(pipeline, pipeline.values, &mut labels));
        return labels.iter().any(|label| fits(name, label));
    }
    let changes = root.get("resource_changes").into_iter().flat_map(Node::elements);
    let open = changes.filter(|change| is_of_mode(change, "data")).filter_map(|change| change.get("address")?.text());
    let read = read(root);
    let all = resources.iter().chain(&read).map(|resource| resource.address).chain(open);
    let mut instances = all.filter(|other| base(other) == base(&address)).peekable();
    if instances.peek().is_some() {
        return instances.any(|other| fits(&address, other));
    }
    let links = Links::of(root);
    let declared = links.module(&names(&module)).and_then(|module| module.get("resources"));
    let mut declared = declared.into_iter().flat_map(Node::elements).filter_map(|one| one.get("address")?.text());
    declared.any(|other| other == base(&own))
}

fn labels_in(planned: &Planned<'_>, node: &Node, found: &mut BTreeSet<String>) {
    for block in node.entries().iter().flat_map(|entry| entry.value.elements()) {
        if matches!(block.kind, NodeKind::Map(_)) {
            found.insert(role_label(planned, block.range.start));
            labels_in(planned, block, found);
        }
    }
}

/// Whether something in a value has that name.
fn mentions(node: &Node, name: &str) -> bool {
    node.entries().iter().any(|entry| entry.name == name || mentions(&entry.value, name))
        || node.elements().iter().any(|element| mentions(element, name))
}

/// Whether an expression refers to something.
fn refers(node: &Node, name: &str) -> bool {
    let is_it = |reference: &Node| reference.text() == Some(name);
    node.entries().iter().any(|entry| match entry.name.as_str() {
        "references" => entry.value.elements().iter().any(is_it),
        _ => refers(&entry.value, name),
    }) || node.elements().iter().any(|element| refers(element, name))
}
