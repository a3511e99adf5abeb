//! Loops whose collections are written out, as what they make.
//!
//! Source: CloudFormation Template Reference, `Fn::ForEach`: the identifier is replaced in keys and values, as `${Identifier}`, as `&{Identifier}` with
//! letters and digits only, and as `Ref`.

use super::node::{Entry, Node, NodeKind};
use super::yaml::MOST;

/// The tree with what its loops make. One whose collection is not written out stays.
pub(super) fn expanded(root: Node) -> Node {
    let mut left = MOST;
    of_node(root, &mut left)
}

/// `left` is how many values may still be made.
fn of_node(node: Node, left: &mut usize) -> Node {
    let Node { range, kind } = node;
    let kind = match kind {
        NodeKind::List(elements) => {
            NodeKind::List(elements.into_iter().map(|element| of_node(element, left)).collect())
        }
        NodeKind::Map(entries) => NodeKind::Map(of_entries(entries, left)),
        other => other,
    };
    Node { range, kind }
}

fn of_entries(entries: Vec<Entry>, left: &mut usize) -> Vec<Entry> {
    let mut found = Vec::new();
    for entry in entries {
        match made(&entry, left) {
            Some(made) => found.extend(of_entries(made, left)),
            None => found.push(Entry { value: of_node(entry.value, left), ..entry }),
        }
    }
    found
}

/// What a loop makes: its map for each text of its collection.
fn made(entry: &Entry, left: &mut usize) -> Option<Vec<Entry>> {
    if !entry.name.starts_with("Fn::ForEach::") {
        return None;
    }
    let [identifier, collection, output] = entry.value.elements() else { return None };
    let (identifier, NodeKind::List(values), NodeKind::Map(entries)) =
        (identifier.text()?, &collection.kind, &output.kind)
    else {
        return None;
    };
    let values: Vec<&str> = values.iter().map(Node::scalar).collect::<Option<_>>()?;
    *left = left.checked_sub(output.extent().0.saturating_mul(values.len()))?;
    let items = values.into_iter().map(|value| Item { identifier, value });
    Some(items.flat_map(|item| entries.iter().map(move |entry| item.of_entry(entry))).collect())
}

/// What an identifier stands for.
#[derive(Clone, Copy)]
struct Item<'a> {
    identifier: &'a str,
    value: &'a str,
}

impl Item<'_> {
    fn of_node(&self, node: &Node) -> Node {
        let kind = match &node.kind {
            NodeKind::Text(text) => NodeKind::Text(self.of_text(text)),
            NodeKind::List(elements) => NodeKind::List(elements.iter().map(|element| self.of_node(element)).collect()),
            NodeKind::Map(entries) => match entries.as_slice() {
                [one] if one.name == "Ref" && one.value.text() == Some(self.identifier) => {
                    NodeKind::Text(self.value.to_owned())
                }
                _ => NodeKind::Map(entries.iter().map(|entry| self.of_entry(entry)).collect()),
            },
            other => other.clone(),
        };
        Node { range: node.range.clone(), kind }
    }

    fn of_entry(&self, Entry { name, key, value }: &Entry) -> Entry {
        Entry { name: self.of_text(name), key: key.clone(), value: self.of_node(value) }
    }

    fn of_text(&self, text: &str) -> String {
        let plain: String = self.value.chars().filter(char::is_ascii_alphanumeric).collect();
        text.replace(&format!("${{{}}}", self.identifier), self.value)
            .replace(&format!("&{{{}}}", self.identifier), &plain)
    }
}
