//! Members that a template has twice.

use std::collections::HashSet;

use super::document::{PIPELINE, Template};
use super::node::{Entry, Node};
use crate::files::check::Located;

impl Template {
    /// The resources that are there twice, and the members that pipelines and what is of IAM have twice.
    pub(crate) fn repeated(&self) -> Vec<Located<'_>> {
        let mut found = Vec::new();
        let resources = self.root.get("Resources").map_or(&[][..], Node::entries);
        twice(resources, &mut found);
        for resource in resources {
            let kind = resource.value.get("Type").and_then(Node::text).unwrap_or_default();
            if kind == PIPELINE || kind.starts_with("AWS::IAM::") {
                inside(&resource.value, &mut found);
            }
        }
        let source = &self.source;
        found
            .iter()
            .map(|entry| Located::twice(source, source.location(entry.key.clone(), String::new()), &entry.name))
            .collect()
    }
}

fn inside<'n>(node: &'n Node, found: &mut Vec<&'n Entry>) {
    twice(node.entries(), found);
    node.entries().iter().for_each(|entry| inside(&entry.value, found));
    node.elements().iter().for_each(|element| inside(element, found));
}

/// Each entry whose name an entry before it has.
fn twice<'n>(entries: &'n [Entry], found: &mut Vec<&'n Entry>) {
    let mut before = HashSet::new();
    found.extend(entries.iter().filter(|entry| !before.insert(&entry.name)));
}
