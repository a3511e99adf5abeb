//! Which of the files has the template of a nested stack.
//!
//! Source: CloudFormation Template Reference, `AWS::CloudFormation::Stack` and `AWS::Serverless::Application`.

use super::document::{APPLICATION, Resource, STACK, Template, default};
use super::node::Node;
use crate::files::check::Located;

/// What becomes of a template whose stack does not name its file.
const UNNAMED: &str =
    "is only read if its file is among these, and without what it is passed: the stack does not tell its name";

/// The file with the template of a nested stack.
pub(super) enum NestedFile<'t> {
    /// One of those that are given, by its position.
    Given(usize),
    /// More than one of them may be it.
    Several(Vec<usize>),
    /// The one that is called so lacks a parameter that the stack passes.
    Another(usize, &'t str),
    /// It is not given, and is called so.
    Missing(&'t str),
    /// The stack does not name it.
    Unnamed,
}

impl<'t> NestedFile<'t> {
    /// The file of a stack of a template. It is found by its name, and by its folders where several have that name.
    pub(super) fn of(stack: Resource<'t>, parent: &'t Template, templates: &[&Template]) -> Self {
        let Some(text) = written(stack, parent) else { return Self::Unnamed };
        let text = text.split('?').next().unwrap_or_default();
        let name = text.rsplit(['/', '}']).next().unwrap_or_default();
        if name.is_empty() {
            return Self::Unnamed;
        }
        let wanted = folders(parent.name(), text);
        let alike = |template: &Template| {
            let own = path(template.name());
            own.iter().rev().zip(wanted.iter().rev()).take_while(|(one, other)| one == other).count()
        };
        let is_so_called = |template: &Template| template.name().rsplit('/').next() == Some(name);
        let so_called = templates.iter().enumerate().filter(|(_, template)| is_so_called(template));
        // A stack can't be in itself.
        let others: Vec<(usize, usize)> = so_called
            .filter(|(_, template)| template.name() != parent.name())
            .map(|(index, template)| (index, alike(template)))
            .collect();
        let most = others.iter().map(|(_, alike)| *alike).max();
        let found: Vec<usize> = others.iter().filter(|(_, alike)| Some(*alike) == most).map(|(at, _)| *at).collect();
        match found.as_slice() {
            [] => Self::Missing(name),
            [one] => {
                let has = |name: &str| templates.get(*one).is_some_and(|template| template.parameter(name).is_some());
                match passed(stack).find(|name| !has(name)) {
                    Some(other) => Self::Another(*one, other),
                    None => Self::Given(*one),
                }
            }
            _ => Self::Several(found),
        }
    }
}

/// The names of the parameters that a stack passes, as far as they are written.
fn passed<'t>(stack: Resource<'t>) -> impl Iterator<Item = &'t str> {
    let names = stack.property("Parameters").into_iter().flat_map(Node::entries).map(|entry| entry.name.as_str());
    names.filter(|name| !name.starts_with("Fn::"))
}

impl Template {
    /// Its nested stacks.
    pub(super) fn nested_stacks(&self) -> impl Iterator<Item = Resource<'_>> {
        self.resources().filter(|resource| matches!(resource.kind(), Some(STACK | APPLICATION)))
    }

    /// The nested stacks of which none of the templates is known to be the template.
    pub(crate) fn unread_stacks(&self, templates: &[&Template]) -> impl Iterator<Item = Located<'_>> {
        let name = |index: &usize| format!("`{}`", templates.get(*index).map_or("", |template| template.name()));
        let unread = move |stack: Resource<'_>| match NestedFile::of(stack, self, templates) {
            NestedFile::Given(_) => None,
            NestedFile::Several(files) => {
                let files: Vec<String> = files.iter().map(name).collect();
                Some(format!("may be {}: give only one of them", files.join(" or ")))
            }
            NestedFile::Another(file, parameter) => {
                let file = name(&file);
                Some(format!("is not read: {file} has no parameter `{parameter}`, which the stack passes"))
            }
            NestedFile::Missing(file) => Some(format!("is not read: give its file `{file}` too")),
            NestedFile::Unnamed => Some(UNNAMED.to_owned()),
        };
        self.nested_stacks().filter_map(move |stack| {
            let message = format!("the template of nested stack `{}` {}", stack.id, unread(stack)?);
            Some(self.located(stack.key.clone(), message, None))
        })
    }
}

/// The URL or the path of the template of a stack, as far as its end is written out. Of an asset, CDK says it in the metadata.
fn written<'t>(stack: Resource<'t>, parent: &'t Template) -> Option<&'t str> {
    let asset = stack.node.get("Metadata").and_then(|metadata| metadata.get("aws:asset:path")?.text());
    let place = || stack.property("TemplateURL").or_else(|| stack.property("Location"));
    asset.or_else(|| end_of(place()?, parent))
}

/// The end of a text that functions put together, also of the default of a parameter.
fn end_of<'t>(node: &'t Node, parent: &'t Template) -> Option<&'t str> {
    if let Some(text) = node.text() {
        return Some(text);
    }
    if let Some(name) = node.get("Ref") {
        // The name of a file ends in what it is.
        return default(parent.parameter(name.text()?)?).filter(|text| text.contains('.'));
    }
    let argument = node.get("Fn::Sub").or_else(|| node.get("Fn::Join"))?;
    argument.text().or_else(|| match argument.elements() {
        [delimiter, parts] if node.get("Fn::Join").is_some() => {
            delimiter.text()?;
            end_of(parts.elements().last()?, parent)
        }
        [text, ..] => text.text(),
        [] => None,
    })
}

/// The parts of a path or a URL.
fn path(text: &str) -> Vec<&str> {
    let path = text.split_once("://").map_or(text, |(_, path)| path);
    path.split('/').filter(|part| !part.is_empty() && *part != ".").collect()
}

/// The parts of what a template has for the place of another one: a path starts in its own folder.
fn folders<'a>(template: &'a str, text: &'a str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    if !text.contains("://") && !text.starts_with('/') && !text.contains('}') {
        parts = path(template);
        parts.pop();
    }
    for part in path(text) {
        match part {
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    parts
}
