//! Blocks that a plan of Terraform does not show: those of a `dynamic` block whose `for_each` is not known.
//!
//! Such a block looks as if it was not written: Terraform leaves `dynamic` blocks out of the configuration, and what is computed is not known
//! either way. But what `for_each` depends on is among the attributes that the plan lists as relevant, or among the arguments of the module,
//! and mostly no argument that the plan shows uses it.
//!
//! Source: Terraform, "JSON Output Format": `relevant_attributes`, and expressions representation.

use std::collections::HashMap;

use super::node::Node;
use super::terraform_address::{fits, local, path};
use super::terraform_links::Links;
use super::terraform_resources::{Planned, is_marked, is_of_mode};

/// Looks for what such blocks depend on.
pub(super) struct HiddenBlocks<'a> {
    pub(super) root: &'a Node,
    pub(super) links: Links<'a>,
    pub(super) resources: &'a [Planned<'a>],
    /// What is found of each module.
    pub(super) modules: HashMap<Vec<String>, bool>,
}

impl<'a> HiddenBlocks<'a> {
    /// Whether a resource may have one: something that is not known is used in its module, or where that is called, by nothing that the plan shows.
    pub(super) fn may_be_in(&mut self, planned: &Planned<'_>) -> bool {
        let module = path(planned.module);
        (0..=module.len()).any(|depth| module.get(..depth).is_some_and(|module| self.uses_more(module)))
    }

    fn uses_more(&mut self, module: &[String]) -> bool {
        if let Some(known) = self.modules.get(module) {
            return *known;
        }
        let found = self.is_used_out_of_sight(module);
        self.modules.insert(module.to_vec(), found);
        found
    }

    /// Whether a module uses something that is not known where the plan doesn't show it.
    fn is_used_out_of_sight(&self, module: &[String]) -> bool {
        let Some(written) = self.links.module(module) else { return false };
        let mut used = Vec::new();
        references(written, &mut used);
        let is_used = |name: &str| {
            used.iter()
                .any(|used| used.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '['])))
        };
        self.relevant(module).chain(self.arguments(module)).any(|name| !is_used(&name))
    }

    /// The attributes of the module's resources that something depends on and that are not known.
    fn relevant(&self, module: &[String]) -> impl Iterator<Item = String> {
        let listed = self.root.get("relevant_attributes").into_iter().flat_map(Node::elements);
        listed.filter_map(move |relevant| {
            let address = relevant.get("resource")?.text()?;
            let name = relevant.get("attribute")?.elements().first().and_then(Node::text);
            let local = local(address);
            address.strip_suffix(local.as_str()).filter(|of| path(of) == module)?;
            let whole = name.map_or_else(|| local.clone(), |name| format!("{local}.{name}"));
            self.is_open(address, name).then_some(whole)
        })
    }

    /// Whether an attribute of a resource, or any of them, is not known.
    fn is_open(&self, address: &str, name: Option<&str>) -> bool {
        let mut own = self.resources.iter().filter(|resource| fits(address, resource.address)).peekable();
        if own.peek().is_none() {
            // A data source that is only read when the plan is applied.
            let changes = self.root.get("resource_changes").into_iter().flat_map(Node::elements);
            let is_it =
                |change: &&Node| change.get("address").and_then(Node::text).is_some_and(|other| fits(address, other));
            return changes.filter(|change| is_of_mode(change, "data")).any(|change| is_it(&change));
        }
        own.any(|resource| {
            name.is_none_or(|name| resource.unknown.is_some_and(|unknown| unknown.get(name).is_some_and(has_mark)))
        })
    }

    /// The variables of a module whose values come from resources.
    fn arguments(&self, module: &[String]) -> impl Iterator<Item = String> {
        let call =
            module.split_last().and_then(|(own, parents)| self.links.module(parents)?.get("module_calls")?.get(own));
        let arguments = call.and_then(|call| call.get("expressions")).into_iter().flat_map(Node::entries);
        let is_plain = |reference: &&str| {
            ["var.", "local.", "each.", "count.", "path.", "terraform."].iter().any(|p| reference.starts_with(p))
        };
        arguments.filter_map(move |argument| {
            let mut found = Vec::new();
            references(&argument.value, &mut found);
            (!found.iter().all(is_plain)).then(|| format!("var.{}", argument.name))
        })
    }
}

/// Whether something in a mark says that it is not known.
fn has_mark(mark: &Node) -> bool {
    is_marked(mark) || mark.entries().iter().any(|entry| has_mark(&entry.value)) || mark.elements().iter().any(has_mark)
}

/// What the expressions of a module refer to, without those of the modules that it calls.
fn references<'n>(node: &'n Node, found: &mut Vec<&'n str>) {
    for entry in node.entries() {
        match entry.name.as_str() {
            "references" => found.extend(entry.value.elements().iter().filter_map(Node::text)),
            "module" => {}
            _ => references(&entry.value, found),
        }
    }
    node.elements().iter().for_each(|element| references(element, found));
}
