//! Notes about parts of a template that are not read, since only CloudFormation makes them.

use std::ops::Range;

use super::document::{PIPELINE, Template};
use super::node::{Entry, Node, NodeKind};
use crate::core::rules;
use crate::files::check::Located;

/// Transforms that leave pipelines and roles as they are, or whose functions are found where they are used.
const HARMLESS: [&str; 6] = [
    "AWS::Serverless-2016-10-31",
    "AWS::LanguageExtensions",
    "AWS::CodeDeployBlueGreen",
    "AWS::SecretsManager-2020-07-23",
    "AWS::SecretsManager-2024-09-16",
    "AWS::ServiceCatalog",
];

/// What is not read.
struct Unread {
    range: Range<usize>,
    message: String,
}

impl Template {
    /// What is not read of it, beside the other templates.
    pub(crate) fn unread(&self, templates: &[&Template]) -> Vec<Located<'_>> {
        self.unread_parts().chain(self.unread_stacks(templates)).collect()
    }

    /// The parts of it that are not read.
    pub(crate) fn unread_parts(&self) -> impl Iterator<Item = Located<'_>> {
        let help = "check what the stack has once it is made: `aws codepipeline get-pipeline`";
        unread(self).into_iter().map(|unread| self.located(unread.range, unread.message, Some(help.to_owned())))
    }

    pub(super) fn located(&self, range: Range<usize>, message: String, help: Option<String>) -> Located<'_> {
        Located {
            source: &self.source,
            location: self.source.location(range, String::new()),
            code: rules::XA0006.code,
            severity: rules::XA0006.effect.severity(),
            message,
            help,
        }
    }
}

/// The function that runs a transform where it is.
pub(super) const TRANSFORM: &str = "Fn::Transform";

/// The transform that adds a file to where it is, and changes nothing.
const INCLUDE: &str = "AWS::Include";

/// The transforms that are run on all of a template and may make pipelines or roles, each with its name, and whether it is a macro, which may
/// change what is there.
pub(super) fn transforms(template: &Template) -> impl Iterator<Item = (&Node, &str, bool)> {
    let written = ["Transform", TRANSFORM].into_iter().filter_map(|key| template.root.get(key));
    written.flat_map(listed).filter_map(|transform| {
        let name = transform.text().or_else(|| transform.get("Name")?.text())?;
        (!HARMLESS.contains(&name)).then_some((transform, name, name != INCLUDE))
    })
}

/// Whether a macro is run on all of a template, so that it may add what is missing.
pub(super) fn has_macro(template: &Template) -> bool {
    transforms(template).any(|(.., is_macro)| is_macro)
}

/// What is not read of a template, in its order.
fn unread(template: &Template) -> Vec<Unread> {
    let mut found = Vec::new();
    for (transform, name, is_macro) in transforms(template) {
        let message = match is_macro {
            true => format!("macro `{name}` may change what is here, and is not run"),
            false => format!("what transform `{name}` adds is not read"),
        };
        found.push(Unread { range: transform.range.clone(), message });
    }
    for entry in template.root.get("Resources").into_iter().flat_map(Node::entries) {
        match entry.value.get("Type").and_then(Node::text) {
            _ if entry.name.starts_with("Fn::") => made_here(entry, &mut found),
            Some(kind) if is_module(kind) => {
                let message = format!("what is in module `{kind}` is not read");
                found.push(Unread { range: entry.key.clone(), message });
            }
            Some(kind) if kind == PIPELINE || kind.starts_with("AWS::IAM::") => {
                made(&entry.value, &mut found);
            }
            // A transform makes all of it.
            None => made(&entry.value, &mut found),
            _ => {}
        }
    }
    found.sort_by_key(|unread| unread.range.start);
    // An alias of YAML repeats what has one place.
    found.dedup_by(|one, other| one.range == other.range && one.message == other.message);
    found
}

/// One, or the elements of a list.
pub(super) fn listed(node: &Node) -> Vec<&Node> {
    match &node.kind {
        NodeKind::List(elements) => elements.iter().collect(),
        _ => vec![node],
    }
}

/// Whether a transform or a loop makes what is in the place of an entry.
pub(super) fn is_made(entry: &Entry) -> bool {
    entry.name == TRANSFORM || entry.name.starts_with("Fn::ForEach")
}

/// What a transform or a loop is called.
pub(super) fn name_of(entry: &Entry) -> String {
    match entry.value.get("Name").and_then(Node::text) {
        Some(name) if entry.name == TRANSFORM => format!("transform `{name}`"),
        _ => format!("`{}`", entry.name),
    }
}

/// Whether a type is that of a module.
pub(super) fn is_module(kind: &str) -> bool {
    kind.ends_with("::MODULE")
}

fn made(node: &Node, found: &mut Vec<Unread>) {
    for entry in node.entries() {
        if is_made(entry) {
            made_here(entry, found);
        } else {
            made(&entry.value, found);
        }
    }
    node.elements().iter().for_each(|element| made(element, found));
}

fn made_here(entry: &Entry, found: &mut Vec<Unread>) {
    let message = format!("what {} makes is not read", name_of(entry));
    found.push(Unread { range: entry.key.clone(), message });
}
