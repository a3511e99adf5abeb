//! Members of the declaration: where their values go, and those that several structures have.

use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_syntax::ast::ValueNode;
use codepipeline_xacct_syntax::errors::Errors;
use indexmap::IndexMap;
use proc_macro2::Span;

use super::values;
use crate::model::{LoweredPipeline, LoweredText};

/// Where something is in the declaration: its place, and its JSON pointer.
pub(super) struct Spot {
    pub(super) place: Place,
    pub(super) pointer: String,
}

impl Spot {
    /// A member of it.
    pub(super) fn key(&self, key: &str) -> Self {
        Self { place: self.place.key(key), pointer: format!("{}/{}", self.pointer, escape(key)) }
    }

    /// An entry of it.
    pub(super) fn index(&self, index: usize) -> Self {
        Self { place: self.place.index(index), pointer: format!("{}/{index}", self.pointer) }
    }

    /// The text of a value at this spot; a runtime value leaves an empty text, which is filled in when the program runs.
    pub(super) fn literal(&self, pipeline: &mut LoweredPipeline, text: LoweredText) -> String {
        literal(pipeline, self.place.value(), self.pointer.clone(), text)
    }
}

/// The text of a value; a runtime value leaves an empty text, which is filled in when the program runs.
pub(super) fn literal(pipeline: &mut LoweredPipeline, place: Place, pointer: String, text: LoweredText) -> String {
    match text {
        LoweredText::Literal(text) => text,
        LoweredText::Runtime(tokens) => {
            pipeline.open.insert(place);
            pipeline.runtime.push((pointer, tokens));
            String::new()
        }
    }
}

/// A key as a segment of a JSON pointer.
pub(super) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// A list of texts.
pub(super) fn texts(
    pipeline: &mut LoweredPipeline,
    list: &Spot,
    (key, span): (&str, Span),
    value: ValueNode,
    errors: &mut Errors,
) -> Vec<String> {
    pipeline.spans.insert(list.place.clone(), span);
    let mut texts = Vec::new();
    for value in values::list(value) {
        let Some((text, span)) = values::text(key, value, errors) else { continue };
        let spot = list.index(texts.len());
        pipeline.spans.insert(spot.place.value(), span);
        texts.push(spot.literal(pipeline, text));
    }
    texts
}

/// A list of names.
pub(super) fn names(
    pipeline: &mut LoweredPipeline,
    list: &Place,
    (key, span): (&str, Span),
    value: ValueNode,
    errors: &mut Errors,
) -> Vec<String> {
    pipeline.spans.insert(list.clone(), span);
    let names = values::names(key, value, errors);
    for (index, (_, span)) in names.iter().enumerate() {
        pipeline.spans.insert(list.index(index).value(), *span);
    }
    names.into_iter().map(|(name, _)| name).collect()
}

/// A key of the configuration of an action or a rule, by the name that AWS uses.
pub(super) fn configure(
    pipeline: &mut LoweredPipeline,
    of: &Spot,
    (name, span): (&str, Span),
    value: ValueNode,
    configuration: &mut Option<IndexMap<String, String>>,
    errors: &mut Errors,
) {
    let Some((text, value_span)) = values::text(name, value, errors) else { return };
    let spot = of.key("configuration").key(name);
    pipeline.spans.insert(spot.place.clone(), span);
    pipeline.spans.insert(spot.place.value(), value_span);
    let text = spot.literal(pipeline, text);
    configuration.get_or_insert_default().insert(name.to_owned(), text);
}

/// A configuration with names that AWS uses.
pub(super) fn free_configuration(
    pipeline: &mut LoweredPipeline,
    of: &Spot,
    value: ValueNode,
    configuration: &mut Option<IndexMap<String, String>>,
    errors: &mut Errors,
) {
    for entry in values::map("configuration", value, errors).unwrap_or_default() {
        let (name, span) = (entry.key.text(), entry.key.span());
        if let Some(value) = values::entry_value(entry, errors) {
            configure(pipeline, of, (&name, span), value, configuration, errors);
        }
    }
}
