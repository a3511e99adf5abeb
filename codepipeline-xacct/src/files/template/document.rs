//! A template as a tree, and what it declares by name.

use std::collections::HashMap;
use std::ops::Range;

use super::for_each::expanded;
use super::node::{Entry, Node};
use super::secrets::{covered, is_hidden};
use super::{json, yaml};
use crate::files::source_file::SourceFile;
use crate::files::unreadable::Unreadable;

/// The type of a pipeline.
pub(super) const PIPELINE: &str = "AWS::CodePipeline::Pipeline";
/// The type of a role.
pub(super) const ROLE: &str = "AWS::IAM::Role";
/// The type of inline policies of several roles.
pub(super) const POLICY: &str = "AWS::IAM::Policy";
/// The type of an inline policy of one role.
pub(super) const ROLE_POLICY: &str = "AWS::IAM::RolePolicy";
/// The type of a managed policy.
pub(super) const MANAGED_POLICY: &str = "AWS::IAM::ManagedPolicy";
pub(super) const STACK: &str = "AWS::CloudFormation::Stack";
/// An application of SAM, which is a nested stack too.
pub(super) const APPLICATION: &str = "AWS::Serverless::Application";

/// A template.
#[derive(Debug)]
pub(crate) struct Template {
    /// The text, and positions in it.
    pub(super) source: SourceFile,
    pub(super) root: Node,
    /// Where each resource is among the entries of `Resources`.
    resources: HashMap<String, usize>,
}

/// A resource.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resource<'t> {
    /// Its logical id.
    pub(super) id: &'t str,
    pub(super) key: &'t Range<usize>,
    pub(super) node: &'t Node,
}

impl<'t> Resource<'t> {
    fn of(entry: &'t Entry) -> Self {
        Self { id: &entry.name, key: &entry.key, node: &entry.value }
    }

    pub(super) fn kind(&self) -> Option<&'t str> {
        self.node.get("Type").and_then(Node::text)
    }

    pub(super) fn property(&self, name: &str) -> Option<&'t Node> {
        self.node.get("Properties")?.get(name)
    }
}

impl Template {
    /// Reads a template; `None` where a text is something else.
    pub(crate) fn read(name: &str, text: &str) -> Option<Result<Self, Unreadable>> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let root = if is_json(text) || text.trim_start().starts_with('{') && !is_yaml(name, text) {
            if !text.contains("\"Resources\"") || is_declaration(text) {
                return None;
            }
            json::read(name, text)
        } else if is_yaml(name, text) {
            yaml::read(name, text)
        } else {
            return None;
        };
        Some(root.and_then(|root| {
            let source = SourceFile::of_text(name, &covered(text, &root, &[]));
            let root = if text.contains("Fn::ForEach") { expanded(root) } else { root };
            if root.get("Resources").is_some() {
                let entries = root.get("Resources").map_or(&[][..], Node::entries).iter().enumerate();
                let resources = entries.map(|(index, entry)| (entry.name.clone(), index)).collect();
                return Ok(Self { source, root, resources });
            }
            let (line, column) = source.position(root.range.start);
            let message = "this is not a CloudFormation template: it has no `Resources`".to_owned();
            Err(Unreadable { file: name.to_owned(), line, column, message })
        }))
    }

    /// The name of its file.
    pub(crate) fn name(&self) -> &str {
        self.source.name()
    }

    /// Its text.
    pub(crate) fn text(&self) -> &str {
        self.source.text()
    }

    /// The resources, except those that a macro makes. Of two with one id, the last counts.
    pub(super) fn resources(&self) -> impl Iterator<Item = Resource<'_>> {
        let entries = self.root.get("Resources").map_or(&[][..], Node::entries).iter().enumerate();
        let counts = |(index, entry): &(usize, &Entry)| self.resources.get(&entry.name) == Some(index);
        entries.filter(counts).map(|(_, entry)| Resource::of(entry))
    }

    pub(super) fn of_kind(&self, kind: &str) -> impl Iterator<Item = Resource<'_>> {
        self.resources().filter(move |resource| resource.kind() == Some(kind))
    }

    pub(super) fn resource(&self, id: &str) -> Option<Resource<'_>> {
        let index = *self.resources.get(id)?;
        self.root.get("Resources")?.entries().get(index).map(Resource::of)
    }

    /// Whether it has a parameter or a resource of a name.
    pub(crate) fn declares(&self, name: &str) -> bool {
        self.parameter(name).is_some() || self.resource(name).is_some()
    }

    /// Whether a value in it refers to a name.
    pub(crate) fn refers_to(&self, name: &str) -> bool {
        refers_to(&self.root, name)
    }

    /// Whether it has a parameter of a name that is not echoed.
    pub(crate) fn hides(&self, name: &str) -> bool {
        self.parameter(name).is_some_and(is_hidden)
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&Node> {
        self.root.get("Parameters")?.get(name)
    }
}

/// Whether a value in a node refers to a name, or to an attribute of what has that name.
pub(super) fn refers_to(node: &Node, name: &str) -> bool {
    let in_text = |text: &str| text.contains(&format!("${{{name}}}")) || text.contains(&format!("${{{name}."));
    let attribute = |text: &str| text.split('.').next() == Some(name);
    let is = |entry: &Entry| match entry.name.as_str() {
        "Ref" => entry.value.text() == Some(name),
        "Fn::GetAtt" if entry.value.text().is_some_and(attribute) => true,
        "Fn::GetAtt" if entry.value.elements().first().and_then(Node::text) == Some(name) => true,
        "Fn::Sub" if entry.value.text().is_some_and(in_text) => true,
        "Fn::Sub" if entry.value.elements().first().and_then(Node::text).is_some_and(in_text) => true,
        _ => refers_to(&entry.value, name),
    };
    node.entries().iter().any(is) || node.elements().iter().any(|element| refers_to(element, name))
}

/// The default of a parameter, where that is its value and no secret.
pub(super) fn default(parameter: &Node) -> Option<&str> {
    let default = parameter.get("Default").and_then(Node::scalar);
    default.filter(|_| !is_looked_up(parameter) && !is_hidden(parameter))
}

/// Whether what a parameter is given is the name of another one, in the Systems Manager.
pub(super) fn is_looked_up(parameter: &Node) -> bool {
    parameter.get("Type").and_then(Node::scalar).is_some_and(|kind| kind.starts_with("AWS::SSM::"))
}

/// True for a JSON text that is a declaration, whatever else is in it.
fn is_declaration(text: &str) -> bool {
    let value: Option<serde_json::Value> = serde_json::from_str(text).ok();
    value.is_some_and(|value| {
        value.get("Resources").is_none() || value.get("pipeline").is_some() || value.get("stages").is_some()
    })
}

/// True for a text that begins as an object of JSON does.
fn is_json(text: &str) -> bool {
    let inner = text.trim_start().strip_prefix('{').map(str::trim_start);
    inner.is_some_and(|inner| inner.starts_with(['"', '}']))
}

/// True for a text that is meant to be YAML: by its name, or by a section that begins a line.
fn is_yaml(name: &str, text: &str) -> bool {
    let section = |line: &str| line.starts_with("Resources:") || line.starts_with("AWSTemplateFormatVersion:");
    name.ends_with(".yaml") || name.ends_with(".yml") || text.lines().any(section)
}
