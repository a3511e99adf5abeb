//! The way down a tree to a place.

use std::ops::Range;

use super::json_tree::{JsonKind, JsonNode};
use crate::core::member_path::member_path;

/// The way down to a place.
pub(super) struct Walk<'a> {
    /// The value at this place; `None` once the place goes further than the file.
    node: Option<&'a JsonNode>,
    pub(super) mark: Range<usize>,
    pub(super) path: String,
}

impl<'a> Walk<'a> {
    /// Begins at a value, with its path in the file.
    pub(super) fn new(root: Option<&'a JsonNode>, path: &str) -> Self {
        let mut walk = Self { node: root, mark: 0..0, path: path.to_owned() };
        walk.title();
        walk
    }

    /// To a member, with its key as the mark.
    pub(super) fn member(&mut self, name: &str) {
        let member = self.node.and_then(|node| node.member(name));
        let written = member.and_then(|member| member.written.as_deref()).unwrap_or(name);
        self.path = member_path(&self.path, written);
        let next = member.map(|member| (member.key.clone(), &member.value));
        self.go(next);
    }

    /// To an element, with the whole of it as the mark.
    pub(super) fn element(&mut self, index: usize) {
        self.path = element_path(&self.path, index);
        let next = self.node.and_then(|node| node.element(index)).map(|element| (element.range.clone(), element));
        self.go(next);
    }

    /// Marks the name of the value, or else where the value begins.
    pub(super) fn title(&mut self) {
        let Some(node) = self.node else { return };
        let begin = node.range.start..node.range.start + 1;
        self.mark = match &node.kind {
            JsonKind::Object(_) => node.member("name").map_or(begin, |name| name.value.range.clone()),
            JsonKind::Array(_) => begin,
            JsonKind::Leaf => node.range.clone(),
        };
    }

    /// Marks the whole value.
    pub(super) fn whole(&mut self) {
        if let Some(node) = self.node {
            self.mark = node.range.clone();
        }
    }

    fn go(&mut self, next: Option<(Range<usize>, &'a JsonNode)>) {
        match (self.node, next) {
            (_, Some((mark, node))) => {
                self.mark = mark;
                self.node = Some(node);
            }
            (Some(node), None) => {
                // A place inside a string is located at the string, not at its key.
                if matches!(node.kind, JsonKind::Leaf) {
                    self.mark = node.range.clone();
                }
                self.node = None;
            }
            (None, None) => {}
        }
    }
}

pub(super) fn element_path(path: &str, index: usize) -> String {
    format!("{path}[{index}]")
}
