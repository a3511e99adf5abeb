//! The resources of a plan or a state of Terraform.

use std::ops::Range;

use super::node::{Node, NodeKind};
use super::secrets;

/// The type of a pipeline.
pub(super) const PIPELINE: &str = "aws_codepipeline";

/// The mode of what Terraform makes.
const MANAGED: &str = "managed";

/// A resource: its address, its values, and which of them are not known.
#[derive(Clone, Copy)]
pub(super) struct Planned<'n> {
    pub(super) address: &'n str,
    /// The address of its module; empty for the root.
    pub(super) module: &'n str,
    pub(super) kind: &'n str,
    pub(super) key: &'n Range<usize>,
    pub(super) values: &'n Node,
    pub(super) unknown: Option<&'n Node>,
    pub(super) sensitive: Option<&'n Node>,
}

impl<'n> Planned<'n> {
    /// A value that is known, is a text, and says something.
    pub(super) fn text(&self, name: &str) -> Option<&'n str> {
        self.values.get(name).and_then(Node::text).filter(|text| !text.is_empty())
    }

    /// Whether a value is only known once it is made.
    pub(super) fn is_open(&self, name: &str) -> bool {
        let open = self.unknown.and_then(|unknown| unknown.get(name));
        open.is_some_and(is_marked)
    }

    /// The bytes of what is marked as sensitive.
    pub(super) fn secrets(&self) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        hidden(self.values, self.sensitive, &mut found);
        found
    }
}

/// The data sources that were read.
pub(super) fn read(root: &Node) -> Vec<Planned<'_>> {
    let mut found = Vec::new();
    let values = root.get("prior_state").unwrap_or(root).get("values");
    values.and_then(|values| values.get("root_module")).iter().for_each(|module| in_module(module, "data", &mut found));
    found
}

/// The managed resources: of a plan as they will be, of a state as they are.
pub(super) fn planned(root: &Node) -> Vec<Planned<'_>> {
    let mut found = Vec::new();
    let changes = root.get("resource_changes").into_iter().flat_map(Node::elements);
    for resource in changes.filter(|resource| is_of_mode(resource, MANAGED)) {
        let (Some(change), Some(address)) = (resource.get("change"), resource.get("address")) else { continue };
        // Of what is removed it is null; of what is not known until it is made, an empty object.
        let after = change.get("after").filter(|after| matches!(after.kind, NodeKind::Map(_)));
        let Some(values) = after else { continue };
        let text = |name: &str| resource.get(name).and_then(Node::text).unwrap_or_default();
        found.push(Planned {
            address: address.text().unwrap_or_default(),
            module: text("module_address"),
            kind: text("type"),
            key: &address.range,
            values,
            unknown: change.get("after_unknown"),
            sensitive: change.get("after_sensitive"),
        });
    }
    if found.is_empty() {
        let values = root.get("values").or_else(|| root.get("planned_values"));
        values
            .and_then(|values| values.get("root_module"))
            .iter()
            .for_each(|module| in_module(module, MANAGED, &mut found));
    }
    found
}

/// Whether what a mark is beside, with all in it, is not known, or sensitive.
pub(super) fn is_marked(mark: &Node) -> bool {
    matches!(mark.kind, NodeKind::Bool(true))
}

pub(super) fn is_of_mode(resource: &Node, mode: &str) -> bool {
    resource.get("mode").and_then(Node::text) == Some(mode)
}

fn in_module<'n>(module: &'n Node, mode: &str, found: &mut Vec<Planned<'n>>) {
    for resource in module.get("resources").into_iter().flat_map(Node::elements).filter(|r| is_of_mode(r, mode)) {
        if let (Some(address), Some(values)) = (resource.get("address"), resource.get("values")) {
            found.push(Planned {
                address: address.text().unwrap_or_default(),
                module: module.get("address").and_then(Node::text).unwrap_or_default(),
                kind: resource.get("type").and_then(Node::text).unwrap_or_default(),
                key: &address.range,
                values,
                unknown: None,
                sensitive: resource.get("sensitive_values"),
            });
        }
    }
    module.get("child_modules").into_iter().flat_map(Node::elements).for_each(|module| in_module(module, mode, found));
}

fn hidden(values: &Node, marks: Option<&Node>, found: &mut Vec<Range<usize>>) {
    let Some(marks) = marks else { return };
    if is_marked(marks) {
        return secrets::texts(values, found);
    }
    for entry in marks.entries() {
        values.get(&entry.name).iter().for_each(|value| hidden(value, Some(&entry.value), found));
    }
    for (value, mark) in values.elements().iter().zip(marks.elements()) {
        hidden(value, Some(mark), found);
    }
}
