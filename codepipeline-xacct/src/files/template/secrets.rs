//! Secrets in a text that is shown around findings.

use std::ops::Range;

use super::node::{Node, NodeKind};
use crate::core::declaration::secrets::{has_secret_form, is_secret};

/// A text with its secrets covered, byte for byte: values of keys that are known to be secret, what is one by its form, defaults of
/// parameters that are not echoed, and what is marked as sensitive.
pub(super) fn covered(text: &str, root: &Node, sensitive: &[Range<usize>]) -> String {
    let mut ranges = sensitive.to_vec();
    find(root, false, &mut ranges);
    let mut bytes = text.as_bytes().to_vec();
    for range in ranges {
        let inside = bytes.get_mut(range).unwrap_or_default();
        inside.iter_mut().filter(|byte| !byte.is_ascii_whitespace()).for_each(|byte| *byte = b'*');
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// True for a parameter that is not echoed.
pub(super) fn is_hidden(parameter: &Node) -> bool {
    parameter.get("NoEcho").and_then(Node::scalar).is_some_and(|hidden| hidden.eq_ignore_ascii_case("true"))
}

/// `configures` says whether the entries of the node are configuration keys. Elsewhere a name like that of a secret may be that of a resource.
fn find(node: &Node, configures: bool, found: &mut Vec<Range<usize>>) {
    if node.text().is_some_and(has_secret_form) {
        found.push(node.range.clone());
    }
    let hidden = is_hidden(node);
    for entry in node.entries() {
        let is_text = || matches!(entry.value.kind, NodeKind::Text(_) | NodeKind::Number(_));
        let secret = is_secret(&entry.name) && (configures || is_text());
        if secret || hidden && entry.name == "Default" {
            texts(&entry.value, found);
        }
        find(&entry.value, entry.name.to_ascii_lowercase().ends_with("configuration"), found);
    }
    node.elements().iter().for_each(|element| find(element, configures, found));
}

/// The texts and numbers in a value. Names of parameters are not secrets, but it does no harm.
pub(super) fn texts(node: &Node, found: &mut Vec<Range<usize>>) {
    if matches!(node.kind, NodeKind::Text(_) | NodeKind::Number(_)) {
        found.push(node.range.clone());
    }
    node.entries().iter().for_each(|entry| texts(&entry.value, found));
    node.elements().iter().for_each(|element| texts(element, found));
}
