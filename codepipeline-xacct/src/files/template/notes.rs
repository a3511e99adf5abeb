//! Notes about parts of a template that are not read, since only CloudFormation makes them.

use std::ops::Range;

use super::document::Template;
use super::node::{Entry, Node, NodeKind};

/// Transforms that leave pipelines and roles as they are, or whose functions are found where they are used.
const HARMLESS: [&str; 6] = [
    "AWS::Serverless-2016-10-31",
    "AWS::LanguageExtensions",
    "AWS::CodeDeployBlueGreen",
    "AWS::SecretsManager-2020-07-23",
    "AWS::SecretsManager-2024-09-16",
    "AWS::ServiceCatalog",
];

/// What is not read.
pub(super) struct Unread {
    pub(super) range: Range<usize>,
    pub(super) message: String,
}

/// The name of a macro that is run on all of a template, where it may change what is there.
fn macro_name(transform: &Node) -> Option<&str> {
    transform.text().filter(|name| !HARMLESS.contains(name))
}

/// Whether a macro is run on all of a template, so that it may add what is missing.
pub(super) fn has_macro(template: &Template) -> bool {
    template.root.get("Transform").into_iter().flat_map(listed).any(|transform| macro_name(transform).is_some())
}

/// What is not read of a template, in its order.
pub(super) fn unread(template: &Template) -> Vec<Unread> {
    let mut found = Vec::new();
    for transform in template.root.get("Transform").into_iter().flat_map(listed) {
        if let Some(name) = macro_name(transform) {
            let message = format!("macro `{name}` may change what is here, and is not run");
            found.push(Unread { range: transform.range.clone(), message });
        } else if let Some(name) = transform.get("Name").and_then(Node::text) {
            let message = format!("what transform `{name}` adds is not read");
            found.push(Unread { range: transform.range.clone(), message });
        }
    }
    for entry in template.root.get("Resources").into_iter().flat_map(Node::entries) {
        match entry.value.get("Type").and_then(Node::text) {
            _ if entry.name.starts_with("Fn::") => made_here(entry, &mut found),
            Some(kind) if kind.ends_with("::MODULE") => {
                let message = format!("what is in module `{kind}` is not read");
                found.push(Unread { range: entry.key.clone(), message });
            }
            Some(kind) if kind == super::document::PIPELINE || kind.starts_with("AWS::IAM::") => {
                made(&entry.value, &mut found);
            }
            // A transform makes all of it.
            None => made(&entry.value, &mut found),
            _ => {}
        }
    }
    found.sort_by_key(|unread| unread.range.start);
    found
}

/// One, or the elements of a list.
fn listed(node: &Node) -> Vec<&Node> {
    match &node.kind {
        NodeKind::List(elements) => elements.iter().collect(),
        _ => vec![node],
    }
}

fn made(node: &Node, found: &mut Vec<Unread>) {
    for entry in node.entries() {
        if entry.name == "Fn::Transform" || entry.name.starts_with("Fn::ForEach") {
            made_here(entry, found);
        } else {
            made(&entry.value, found);
        }
    }
    node.elements().iter().for_each(|element| made(element, found));
}

fn made_here(entry: &Entry, found: &mut Vec<Unread>) {
    let message = match entry.value.get("Name").and_then(Node::text) {
        Some(name) if entry.name == "Fn::Transform" => format!("what transform `{name}` makes is not read"),
        _ => format!("what `{}` makes is not read", entry.name),
    };
    found.push(Unread { range: entry.key.clone(), message });
}
