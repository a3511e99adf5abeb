//! JSON as a tree.

use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ast, parse_to_ast};
use serde_json::Value;

use super::node::{Entry, Node, NodeKind};
use crate::files::json_tree::strict;
use crate::files::unreadable::{Unreadable, no_json};

/// Reads strict JSON.
pub(super) fn read(name: &str, text: &str) -> Result<Node, Unreadable> {
    // First, since this parser limits the depth.
    if let Err(error) = serde_json::from_str::<Value>(text) {
        return Err(no_json(name.to_owned(), text, &error));
    }
    let parsed = parse_to_ast(text, &CollectOptions::default(), &strict()).ok().and_then(|parsed| parsed.value);
    let unreadable = || Unreadable {
        file: name.to_owned(),
        line: 1,
        column: 1,
        message: "this JSON is read differently by two parsers".to_owned(),
    };
    parsed.as_ref().map(node).ok_or_else(unreadable)
}

fn node(value: &ast::Value<'_>) -> Node {
    let kind = match value {
        ast::Value::StringLit(text) => NodeKind::Text(text.value.to_string()),
        ast::Value::NumberLit(number) => NodeKind::Number(number.value.to_owned()),
        ast::Value::BooleanLit(boolean) => NodeKind::Bool(boolean.value),
        ast::Value::NullKeyword(_) => NodeKind::Null,
        ast::Value::Array(array) => NodeKind::List(array.elements.iter().map(node).collect()),
        ast::Value::Object(object) => {
            let entries = object.properties.iter().map(|property| Entry {
                name: property.name.as_str().to_owned(),
                key: property.name.start()..property.name.end(),
                value: node(&property.value),
            });
            NodeKind::Map(entries.collect())
        }
    };
    Node { range: value.start()..value.end(), kind }
}
