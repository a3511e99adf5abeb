//! Pipelines of a template that have the same name.

use super::document::{PIPELINE, Resource};
use super::node::Node;
use super::resolve::World;
use super::set::TemplateSet;
use crate::core::rules;
use crate::files::check::Located;

impl<'t> TemplateSet<'t> {
    /// The pipelines of a template that are created where another one of the same name exists.
    pub(crate) fn duplicate_pipelines(&self, template: usize) -> Vec<Located<'t>> {
        let Some(document) = self.templates.get(template) else { return Vec::new() };
        let none = World::new();
        let resolver = self.resolver(template, &none);
        let condition = |pipeline: &Resource<'t>| pipeline.node.get("Condition").and_then(Node::text);
        let mut found = Vec::new();
        let mut known: Vec<(String, Resource<'t>)> = Vec::new();
        for pipeline in document.of_kind(PIPELINE) {
            let Some(node) = pipeline.property("Name") else { continue };
            let Some(name) = resolver.value(node).scalar().map(str::to_owned) else { continue };
            let other = known.iter().find(|(of, other)| *of == name && condition(other) == condition(&pipeline));
            if let Some((_, other)) = other {
                let path = format!("Resources.{}.Properties.Name", pipeline.id);
                found.push(Located {
                    source: &document.source,
                    location: document.source.location(node.range.clone(), path),
                    code: rules::XA0914.code,
                    severity: rules::XA0914.effect.severity(),
                    message: format!("pipeline `{}` has this name too", other.id),
                    help: Some("an account has one pipeline of a name in a Region: give this one another".to_owned()),
                });
            }
            known.push((name, pipeline));
        }
        found
    }
}
