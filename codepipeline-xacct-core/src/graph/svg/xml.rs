//! Text in XML.

use crate::xml::entity;

/// A text between tags or in an attribute. What XML doesn't allow becomes a space.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            c if let Some(entity) = entity(c) => escaped.push_str(entity),
            '\n' => escaped.push('\n'),
            '\u{fffe}' | '\u{ffff}' => escaped.push(' '),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}
