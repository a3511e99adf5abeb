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

#[derive(Debug, Clone)]
pub(super) struct JsonMembers {
    pub(super) list: Vec<JsonMember>,
    /// The last member with each name, which is the one that counts.
    pub(super) by_name: HashMap<String, usize>,
}

#[derive(Debug, Clone)]
pub(super) struct JsonMember {
    pub(super) name: String,
    pub(super) key: Range<usize>,
    pub(super) value: JsonNode,
}

impl JsonNode {
    fn new(value: &ast::Value<'_>) -> Self {
        let kind = match value {
            ast::Value::Object(object) => {
                let list: Vec<JsonMember> = object.properties.iter().map(JsonMember::new).collect();
                let by_name = list.iter().enumerate().map(|(index, member)| (member.name.clone(), index)).collect();
                JsonKind::Object(JsonMembers { list, by_name })
            }
            ast::Value::Array(array) => JsonKind::Array(array.elements.iter().map(JsonNode::new).collect()),
            _ => JsonKind::Leaf,
        };
        Self { range: range(value), kind }
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
            key: range(&property.name),
            value: JsonNode::new(&property.value),
        }
    }
}

fn range(ranged: &impl Ranged) -> Range<usize> {
    ranged.start()..ranged.end()
}

pub(super) fn positions(text: &str) -> Option<JsonNode> {
    let strict = ParseOptions {
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
    };
    let parsed = parse_to_ast(text, &CollectOptions::default(), &strict).ok()?;
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
