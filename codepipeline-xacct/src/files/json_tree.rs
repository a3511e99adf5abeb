//! A JSON text as a tree of values with their bytes.

use std::collections::HashMap;
use std::ops::Range;

use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, ast, parse_to_ast};

use crate::core::finding::Place;

/// A value and its bytes.
#[derive(Debug, Clone)]
pub(super) struct JsonNode {
    pub(super) range: Range<usize>,
    pub(super) kind: JsonKind,
}

#[derive(Debug, Clone)]
pub(super) enum JsonKind {
    Object(JsonMembers),
    Array(Vec<JsonNode>),
    Leaf,
}

#[derive(Debug, Clone, Default)]
pub(super) struct JsonMembers {
    pub(super) list: Vec<JsonMember>,
    /// The last member with each name, which is the one that counts.
    pub(super) by_name: HashMap<String, usize>,
}

impl JsonMembers {
    pub(super) fn push(&mut self, member: JsonMember) {
        self.by_name.insert(member.name.clone(), self.list.len());
        self.list.push(member);
    }
}

#[derive(Debug, Clone)]
pub(super) struct JsonMember {
    pub(super) name: String,
    /// How the file calls it, where that is another name.
    pub(super) written: Option<String>,
    pub(super) key: Range<usize>,
    pub(super) value: JsonNode,
}

impl JsonNode {
    fn new(value: &ast::Value<'_>) -> Self {
        let kind = match value {
            ast::Value::Object(object) => {
                let mut members = JsonMembers::default();
                object.properties.iter().map(JsonMember::new).for_each(|member| members.push(member));
                JsonKind::Object(members)
            }
            ast::Value::Array(array) => JsonKind::Array(array.elements.iter().map(JsonNode::new).collect()),
            _ => JsonKind::Leaf,
        };
        Self { range: range(value), kind }
    }

    /// Whether this, or something in it, begins at a byte.
    #[cfg(feature = "cli")]
    pub(super) fn begins_at(&self, offset: usize) -> bool {
        self.range.start == offset
            || match &self.kind {
                JsonKind::Object(members) => {
                    members.list.iter().any(|member| member.key.start == offset || member.value.begins_at(offset))
                }
                JsonKind::Array(elements) => elements.iter().any(|element| element.begins_at(offset)),
                JsonKind::Leaf => false,
            }
    }

    /// A member; of several with one name, the last counts.
    pub(super) fn member(&self, name: &str) -> Option<&JsonMember> {
        match &self.kind {
            JsonKind::Object(members) => members.list.get(*members.by_name.get(name)?),
            JsonKind::Array(_) | JsonKind::Leaf => None,
        }
    }

    pub(super) fn element(&self, index: usize) -> Option<&JsonNode> {
        match &self.kind {
            JsonKind::Array(elements) => elements.get(index),
            JsonKind::Object(_) | JsonKind::Leaf => None,
        }
    }
}

impl JsonMember {
    fn new(property: &ast::ObjectProp<'_>) -> Self {
        Self {
            name: property.name.as_str().to_owned(),
            written: None,
            key: range(&property.name),
            value: JsonNode::new(&property.value),
        }
    }
}

fn range(ranged: &impl Ranged) -> Range<usize> {
    ranged.start()..ranged.end()
}

/// What JSON is without extensions.
pub(super) fn strict() -> ParseOptions {
    ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

pub(super) fn positions(text: &str) -> Option<JsonNode> {
    let parsed = parse_to_ast(text, &CollectOptions::default(), &strict()).ok()?;
    parsed.value.as_ref().map(JsonNode::new)
}

/// Members of any JSON text whose object has a member of the same name before them.
pub(crate) fn duplicates(text: &str) -> Vec<Place> {
    let mut found = Vec::new();
    if let Some(root) = positions(text) {
        duplicates_in(&root, &Place::default(), &mut found);
    }
    found
}

fn duplicates_in(node: &JsonNode, place: &Place, found: &mut Vec<Place>) {
    match &node.kind {
        JsonKind::Leaf => {}
        JsonKind::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                duplicates_in(element, &place.index(index), found);
            }
        }
        JsonKind::Object(members) => {
            for (index, member) in members.list.iter().enumerate() {
                let place = place.key(&member.name);
                if members.by_name.get(&member.name) != Some(&index) {
                    found.push(place.clone());
                }
                duplicates_in(&member.value, &place, found);
            }
        }
    }
}
