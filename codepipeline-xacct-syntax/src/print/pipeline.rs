//! Pipelines.

use std::collections::HashMap;

use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::ids::PipelineArn;
use serde_json::{Map, Value};

use super::invoke::started;
use super::item_names::ItemNames;
use super::printer::{Exposed, Parameter, Printer, Unsaid};
use super::{literal, pipeline_type, stage, values, waits};
use crate::keys::{EXTENDED_PIPELINE, PIPELINE};

/// How much of a pipeline is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of it, as a pipeline that is created and kept.
    Whole,
    /// The actions that start pipelines, as an extended pipeline.
    Invokes,
}

/// The source of a pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedPipeline {
    /// The item.
    pub source: String,
    /// The parameters, which replace secrets and unknown values.
    pub parameters: Vec<Parameter>,
    /// What is not in the source.
    pub unsaid: Vec<Unsaid>,
    /// What is in it, and looks like a secret.
    pub exposed: Vec<Exposed>,
}

/// Prints a pipeline. The declaration is JSON, so that what is wrong with it can be reported and the rest be printed; `tags` are
/// the list that `create-pipeline` takes.
pub fn pipeline(
    item: &str,
    account: &str,
    arn: &PipelineArn,
    declaration: &Value,
    tags: Option<&Value>,
    links: &ItemNames,
    extent: Extent,
) -> PrintedPipeline {
    let place = Place::pipeline(arn.name().as_str());
    // Of an extended pipeline, the actions that are there already belong to others.
    let without = (extent == Extent::Whole).then(|| waits::take(declaration, arn, &place)).flatten();
    let (declaration, waits) = without.unwrap_or_else(|| (declaration.clone(), HashMap::new()));
    let declaration = &declaration;
    let mut printer = Printer::new(links, arn, pipeline_type::pipeline_type(declaration), waits);
    let mut members: Map<String, Value> = declaration.as_object().cloned().unwrap_or_default();
    let region = ("region".to_owned(), literal::text(arn.region().as_str()));
    let stages = values::elements(&mut printer, declaration.get("stages"), &place.key("stages")).iter().enumerate();
    let stage_name = |stage: &Value| stage.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let stages = stages.map(|(at, of)| (of, place.stage(at, &stage_name(of))));
    let (word, fields, clauses): (_, _, Vec<String>) = match extent {
        Extent::Whole => {
            let mut fields = values::fields(&mut printer, &[&PIPELINE], "PipelineDeclaration", &members, &place);
            if let Some(tags) = tags {
                let document = Map::from_iter([("tags".to_owned(), tags.clone())]);
                fields.extend(values::fields(&mut printer, &[&PIPELINE], "PipelineDocument", &document, &place));
            }
            ("", fields, stages.filter_map(|(of, place)| stage::stage(&mut printer, of, &place)).collect())
        }
        Extent::Invokes => {
            members.retain(|name, _| name == "name" || name == "roleArn");
            let fields = values::fields(&mut printer, &[&EXTENDED_PIPELINE], "PipelineDeclaration", &members, &place);
            let starts =
                |action: &Value| started(action, arn).is_some_and(|target| links.pipelines.contains_key(&target));
            (
                "extended ",
                fields,
                stages.filter_map(|(of, place)| stage::part(&mut printer, of, &place, &starts)).collect(),
            )
        }
    };
    let mut all: Vec<values::Field> = fields;
    // After the name, as in every example.
    all.insert(usize::from(all.first().is_some_and(|(key, _)| key == "name")), region);
    let parameters: Vec<String> =
        printer.parameters.iter().map(|parameter| format!("{}: &str", parameter.name)).collect();
    let parameters = if parameters.is_empty() { String::new() } else { format!("({})", parameters.join(", ")) };
    let head = format!("pub {word}pipeline {item}{parameters} in {account}");
    let source = literal::block(&head, &all, &clauses);
    let Printer { parameters, unsaid, exposed, .. } = printer;
    PrintedPipeline { source, parameters, unsaid, exposed }
}
