//! A JSON or YAML text as a tree of values with their bytes.

use std::ops::Range;

/// How deep values may be nested, as in the JSON of declarations.
pub(super) const DEPTH: usize = 128;

/// A value and its bytes.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) range: Range<usize>,
    pub(super) kind: NodeKind,
}

/// A value. A number is kept as it is written, since most properties are texts.
#[derive(Debug, Clone)]
pub(super) enum NodeKind {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A member of a map.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) key: Range<usize>,
    pub(super) value: Node,
}

impl Node {
    /// The members of a map.
    pub(super) fn entries(&self) -> &[Entry] {
        match &self.kind {
            NodeKind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The elements of a list.
    pub(super) fn elements(&self) -> &[Node] {
        match &self.kind {
            NodeKind::List(elements) => elements,
            _ => &[],
        }
    }

    /// A member; of several with one name, the last counts.
    pub(super) fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries().iter().rev().find(|entry| entry.name == name)
    }

    /// The value of a member.
    pub(super) fn get(&self, name: &str) -> Option<&Node> {
        self.entry(name).map(|entry| &entry.value)
    }

    /// A text.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A text, a number or a boolean, as a text.
    pub(super) fn scalar(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Text(text) | NodeKind::Number(text) => Some(text),
            NodeKind::Bool(true) => Some("true"),
            NodeKind::Bool(false) => Some("false"),
            NodeKind::Null | NodeKind::List(_) | NodeKind::Map(_) => None,
        }
    }

    /// How many values this is, with all in it, and how deep they are nested.
    pub(super) fn extent(&self) -> (usize, usize) {
        let inner = |extents: &mut dyn Iterator<Item = (usize, usize)>| {
            extents.fold((1, 1), |(size, depth), (more, deep)| (size + more, depth.max(deep + 1)))
        };
        match &self.kind {
            NodeKind::List(elements) => inner(&mut elements.iter().map(Node::extent)),
            NodeKind::Map(entries) => inner(&mut entries.iter().map(|entry| entry.value.extent())),
            _ => (1, 1),
        }
    }
}
