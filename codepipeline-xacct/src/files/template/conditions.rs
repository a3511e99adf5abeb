//! Whether the conditions of a template hold, if that is known.

use std::collections::BTreeSet;

use super::document::Resource;
use super::node::Node;
use super::resolve::{Assignment, FOLLOWED, Resolver};
use crate::core::check::symbol::symbols;
use crate::core::check::unknown::is_unknown;

impl Resolver<'_> {
    /// The conditions of the template that are decided.
    pub(super) fn decided(&self) -> Assignment {
        let certain = self.without_stand_ins();
        let conditions = self.conditions().into_iter().flat_map(Node::entries);
        conditions.filter_map(|entry| Some((entry.name.clone(), certain.holds(&entry.name)?))).collect()
    }

    /// Whether a condition holds; `None` where only a deployment tells.
    fn holds(&self, name: &str) -> Option<bool> {
        self.test(self.conditions()?.get(name)?, FOLLOWED)
    }

    fn test(&self, node: &Node, further: usize) -> Option<bool> {
        let further = further.checked_sub(1)?;
        let [function] = node.entries() else { return None };
        let arguments = function.value.elements();
        let each = || arguments.iter().map(|argument| self.test(argument, further));
        match function.name.as_str() {
            "Condition" => self.test(self.conditions()?.get(function.value.text()?)?, further),
            "Fn::Equals" => {
                let [one, other] = arguments else { return None };
                let (one, other) = (self.value(one), self.value(other));
                let (one, other) = (one.scalar()?, other.scalar()?);
                // Two texts with symbols may be equal, whatever they look like.
                if one == other { Some(true) } else { (!is_unknown(one) && !is_unknown(other)).then_some(false) }
            }
            "Fn::Not" => Some(!each().next()??),
            "Fn::And" if each().any(|holds| holds == Some(false)) => Some(false),
            "Fn::And" => each().all(|holds| holds == Some(true)).then_some(true),
            "Fn::Or" if each().any(|holds| holds == Some(true)) => Some(true),
            "Fn::Or" => each().all(|holds| holds == Some(false)).then_some(false),
            _ => None,
        }
    }

    /// The symbols that a condition depends on.
    pub(super) fn symbols_of_condition(&self, name: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        if let Some(node) = self.conditions().and_then(|conditions| conditions.get(name)) {
            self.without_stand_ins().collect(node, FOLLOWED, &mut found);
        }
        found
    }

    fn collect(&self, node: &Node, further: usize, found: &mut BTreeSet<String>) {
        let Some(further) = further.checked_sub(1) else { return };
        for entry in node.entries() {
            match (entry.name.as_str(), entry.value.text()) {
                ("Condition", Some(name)) => {
                    if let Some(node) = self.conditions().and_then(|conditions| conditions.get(name)) {
                        self.collect(node, further, found);
                    }
                }
                ("Fn::Equals", _) => {
                    for argument in entry.value.elements() {
                        let value = self.value(argument);
                        found.extend(value.scalar().into_iter().flat_map(symbols).map(str::to_owned));
                    }
                }
                _ => self.collect(&entry.value, further, found),
            }
        }
        node.elements().iter().for_each(|element| self.collect(element, further, found));
    }
}

/// The condition of a resource that does not hold.
pub(super) fn made<'t>(resource: Resource<'t>, decided: &Assignment) -> Result<(), &'t str> {
    match resource.node.get("Condition").and_then(Node::text) {
        Some(condition) if decided.get(condition) == Some(&false) => Err(condition),
        _ => Ok(()),
    }
}
