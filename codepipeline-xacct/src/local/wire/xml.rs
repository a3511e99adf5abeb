//! XML of awsQuery responses.

use crate::core::xml::entity;

/// An XML element with text.
pub(crate) fn element(name: &str, text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match entity(c) {
            Some(entity) => escaped.push_str(entity),
            None => escaped.push(c),
        }
    }
    format!("<{name}>{escaped}</{name}>")
}
