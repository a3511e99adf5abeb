//! Members of the declaration: where their values go, and those that several structures have.

use codepipeline_xacct_core::catalogue::Format;
use codepipeline_xacct_core::finding::{Place, Segment};
use codepipeline_xacct_syntax::ast::ValueNode;
use codepipeline_xacct_syntax::errors::Errors;
use indexmap::IndexMap;
use proc_macro2::Span;

use super::values;
use crate::model::{LoweredPipeline, LoweredText};

/// The text of a value; a runtime value leaves an empty text, which is filled in when the program runs.
pub(super) fn literal(pipeline: &mut LoweredPipeline, place: &Place, text: LoweredText) -> String {
    match text {
        LoweredText::Literal(text) => text,
        LoweredText::Runtime(value) => {
            pipeline.open.insert(place.clone());
            pipeline.runtime.push((pointer(place), value));
            String::new()
        }
    }
}

/// The JSON pointer of a place in the declaration.
pub(super) fn pointer(place: &Place) -> String {
    let mut pointer = String::new();
    for step in place.steps() {
        match step {
            Segment::Stage(index, _) => pointer += &format!("/stages/{index}"),
            Segment::Action(index, _) => pointer += &format!("/actions/{index}"),
            Segment::Index(index) => pointer += &format!("/{index}"),
            Segment::Key(key) => pointer += &format!("/{}", escape(key)),
            Segment::Topology(_) | Segment::Account(_) | Segment::Role(_) | Segment::Pipeline(_) | Segment::Value => {}
        }
    }
    pointer
}

/// A key as a segment of a JSON pointer.
pub(super) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// A list of texts.
pub(super) fn texts(
    pipeline: &mut LoweredPipeline,
    list: &Place,
    (key, span): (&str, Span),
    value: ValueNode,
    errors: &mut Errors,
) -> Vec<String> {
    pipeline.spans.insert(list.clone(), span);
    let mut texts = Vec::new();
    for value in values::list(key, value, errors) {
        let Some((text, span)) = values::text(&pipeline.params, key, value, errors) else {
            // There may be more than what is known.
            pipeline.open.insert(list.clone());
            continue;
        };
        let place = list.index(texts.len());
        pipeline.spans.insert(place.value(), span);
        texts.push(literal(pipeline, &place.value(), text));
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

/// A key of the configuration of an action or a rule.
pub(super) struct ConfiguredKey<'a> {
    /// As it is written.
    pub(super) written: &'a str,
    /// The name that AWS uses.
    pub(super) name: &'a str,
    pub(super) format: &'a Format,
    pub(super) span: Span,
}

pub(super) fn configure(
    pipeline: &mut LoweredPipeline,
    of: &Place,
    key: &ConfiguredKey<'_>,
    value: ValueNode,
    configuration: &mut Option<IndexMap<String, String>>,
    errors: &mut Errors,
) {
    let ConfiguredKey { written, name, format, span } = *key;
    let Some((text, value_span)) = values::configured(&pipeline.params, written, format, value, errors) else { return };
    let place = of.key("configuration").key(name);
    pipeline.spans.insert(place.clone(), span);
    pipeline.spans.insert(place.value(), value_span);
    let text = literal(pipeline, &place.value(), text);
    configuration.get_or_insert_default().insert(name.to_owned(), text);
}

/// A configuration with names that AWS uses.
pub(super) fn free_configuration(
    pipeline: &mut LoweredPipeline,
    of: &Place,
    value: ValueNode,
    configuration: &mut Option<IndexMap<String, String>>,
    errors: &mut Errors,
) {
    for entry in values::map("configuration", value, errors).unwrap_or_default() {
        let (name, span) = (entry.key.text(), entry.key.span());
        if let Some(value) = values::entry_value(entry, errors) {
            let key = ConfiguredKey { written: &name, name: &name, format: &Format::Text, span };
            configure(pipeline, of, &key, value, configuration, errors);
        }
    }
}
