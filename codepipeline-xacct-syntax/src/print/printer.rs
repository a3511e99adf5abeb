//! What all parts of a pipeline are printed with: its links and its defaults, and what is found on the way.

use codepipeline_xacct_core::declaration::PipelineType;
use codepipeline_xacct_core::declaration::secrets::{MASK, is_secret};
use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::ids::PipelineArn;

use super::links::Links;
use super::literal;
use super::names::snake;

/// Something that `pipeline!` has no form for, and that is therefore not in the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsaid {
    /// Where it is in the declaration.
    pub place: Place,
    /// What it is.
    pub message: String,
}

/// A parameter of a pipeline, which takes the place of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// The value that it takes the place of.
    pub place: Place,
}

pub(super) struct Printer<'a> {
    pub(super) links: &'a Links,
    pub(super) home: &'a PipelineArn,
    /// The type that the pipeline has if none is written.
    pub(super) pipeline_type: PipelineType,
    pub(super) unsaid: Vec<Unsaid>,
    pub(super) parameters: Vec<Parameter>,
}

impl Printer<'_> {
    pub(super) fn unsaid(&mut self, place: Place, message: impl Into<String>) {
        self.unsaid.push(Unsaid { place, message: message.into() });
    }

    /// A text, or the parameter that takes the place of a secret. `name` is how AWS calls the value, `key` how the parameter is called.
    pub(super) fn text(&mut self, name: &str, key: &str, value: &str, place: &Place) -> String {
        if value != MASK && !is_secret(name) {
            return literal::text(value);
        }
        let plain = snake(key);
        let taken = |name: &String| self.parameters.iter().any(|parameter| parameter.name == *name);
        let mut numbered = (2u32..).map(|number| format!("{plain}_{number}"));
        let name = if taken(&plain) { numbered.find(|name| !taken(name)).unwrap_or_default() } else { plain };
        self.parameters.push(Parameter { name: name.clone(), place: place.clone() });
        format!("({name})")
    }
}
