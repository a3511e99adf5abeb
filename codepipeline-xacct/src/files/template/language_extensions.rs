//! Functions of `AWS::LanguageExtensions`. Loops are in [`for_each`](super::for_each).
//!
//! Source: CloudFormation Template Reference, "AWS::LanguageExtensions transform".

use std::ops::Range;

use super::node::Node;
use super::resolve::{Resolver, is_function};
use super::value::{Resolved, ResolvedKind};
use crate::core::check::unknown::is_unknown;

/// Functions that give texts, or mostly do.
const TEXTS: [&str; 7] =
    ["Fn::Base64", "Fn::GetAtt", "Fn::ImportValue", "Fn::Join", "Fn::Select", "Fn::Sub", "Fn::ToJsonString"];

impl Resolver<'_> {
    /// The JSON of a value of which only texts are not known.
    pub(super) fn json_text(&self, argument: &Node) -> Option<String> {
        let value = self.value(argument);
        let is_known = !value.is_open() && !self.may_be_no_text(argument);
        is_known.then(|| value.json().to_string())
    }

    /// Whether something in a node is not known and may be a list or a map.
    fn may_be_no_text(&self, node: &Node) -> bool {
        if let [one] = node.entries()
            && is_function(&one.name)
        {
            let is_text = match one.name.as_str() {
                "Ref" => one.value.text().is_some_and(|name| !self.is_list(name)),
                name => TEXTS.contains(&name),
            };
            return !is_text && has_unknown(&self.value(node));
        }
        node.entries().iter().any(|entry| self.may_be_no_text(&entry.value))
            || node.elements().iter().any(|element| self.may_be_no_text(element))
    }

    pub(super) fn length(&self, argument: &Node, range: &Range<usize>) -> Option<Resolved> {
        let list = self.value(argument);
        let ResolvedKind::List(elements) = &list.kind else { return None };
        // A loop or a function may stand for several.
        let is_known = elements.iter().all(|element| !element.scalar().is_some_and(is_unknown));
        let kind = ResolvedKind::Number(elements.len().to_string());
        is_known.then(|| Resolved { range: range.clone(), kind })
    }
}

/// Whether something in a value is not known.
fn has_unknown(value: &Resolved) -> bool {
    match &value.kind {
        ResolvedKind::Map(members) => members.open || members.list.iter().any(|member| has_unknown(&member.value)),
        ResolvedKind::List(elements) => elements.iter().any(has_unknown),
        _ => value.scalar().is_some_and(is_unknown),
    }
}
