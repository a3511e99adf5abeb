//! The rules of CodePipeline for each pipeline item: run by the core, reported at the user's tokens.

use codepipeline_xacct_core::check::{self, Context};
use codepipeline_xacct_core::declaration::ActionDeclaration;
use codepipeline_xacct_core::finding::{Finding, Place, Severity, Step};
use proc_macro2::Span;
use serde_json::json;

use crate::ast::Ownership;
use crate::errors::Errors;
use crate::model::{Invoke, ItemKind, Model, Pipeline, Text};

/// Checks every item; what is found makes the item unsound.
pub(crate) fn check(model: &mut Model, errors: &mut Errors) {
    for item in &mut model.items {
        if let ItemKind::Pipeline(pipeline) = &item.kind {
            let before = errors.count();
            check_pipeline(pipeline, errors);
            item.head.sound &= errors.count() == before;
        }
    }
}

fn check_pipeline(pipeline: &Pipeline, errors: &mut Errors) {
    let mut context =
        Context { item: pipeline.item.clone(), home: pipeline.region.parse().ok(), open: pipeline.open.clone() };
    let declaration = with_variables(pipeline, &mut context);
    let findings = match pipeline.ownership {
        Some(Ownership::Managed) => check::pipeline(&declaration, &context),
        _ => check::extension(&declaration, &context),
    };
    for finding in findings.iter().filter(|f| f.severity == Severity::Error && !follows_from_hole(f, pipeline)) {
        let span = pipeline.spans.find(&finding.place).unwrap_or_else(Span::call_site);
        match &finding.help {
            Some(help) => errors.push_help(span, &finding.message, help),
            None => errors.push(span, &finding.message),
        }
    }
}

/// The declaration with the variables of its invokes, as they will be when the links are filled in.
fn with_variables(
    pipeline: &Pipeline,
    context: &mut Context,
) -> codepipeline_xacct_core::declaration::PipelineDeclaration {
    let mut declaration = pipeline.declaration.clone();
    let place = Place::pipeline(&pipeline.item);
    for (index, stage) in declaration.stages.iter_mut().flatten().enumerate() {
        let stage_place = place.stage(index, &stage.name);
        for (position, action) in stage.actions.iter_mut().flatten().enumerate() {
            let matches = |i: &&Invoke| i.stage == stage.name && i.action == action.name && !i.variables.is_empty();
            let Some(invoke) = pipeline.invokes.iter().find(matches) else { continue };
            let place = stage_place.action(position, &action.name).key("configuration").key("Variables");
            let entries = invoke.variables.iter().map(|variable| match &variable.value {
                Text::Literal(text) => json!({ "name": variable.name, "value": text }),
                Text::Runtime(_) => {
                    context.open.insert(place.key(&variable.name).value());
                    json!({ "name": variable.name, "value": "" })
                }
            });
            let text = serde_json::Value::Array(entries.collect()).to_string();
            action.configuration.get_or_insert_default().insert("Variables".to_owned(), text);
        }
    }
    declaration
}

/// True where a finding may be no more than the shadow of a mistake that was reported already.
fn follows_from_hole(finding: &Finding, pipeline: &Pipeline) -> bool {
    let holes = &pipeline.holes;
    if holes.is_empty() {
        return false;
    }
    let is_action = |place: &Place| matches!(place.steps().last(), Some(Step::Action(..)));
    let around = std::iter::successors(Some(finding.place.clone()), Place::parent);
    // Of an action that could not be read nothing is said; of a stage or the pipeline, nothing about what it lacks.
    let in_hole = holes.contains(&finding.place) || around.into_iter().any(|p| is_action(&p) && holes.contains(&p));
    // What could not be read may be what is missed: an action its artifact or its namespace, a stage its actions, the
    // pipeline its keys.
    let whole = Place::pipeline(&pipeline.item);
    let missed = match finding.code {
        "XA0302" => unread(pipeline, |action| action.output_artifacts.is_none()),
        "XA0505" => unread(pipeline, |action| action.namespace.is_none()),
        "XA0402" | "XA0404" | "XA0405" | "XA0504" | "XA0801" => holes.contains(&whole),
        "XA0201" => finding.place == whole.key("name").value() && holes.contains(&whole),
        _ => false,
    };
    in_hole || missed
}

/// True where a stage, or the list of them, could not be read whole, or an action of which something is not known.
fn unread(pipeline: &Pipeline, lacks: fn(&ActionDeclaration) -> bool) -> bool {
    let place = Place::pipeline(&pipeline.item);
    let mut stages = pipeline.declaration.stages.iter().flatten().enumerate();
    let in_actions = stages.any(|(index, stage)| {
        let stage_place = place.stage(index, &stage.name);
        let mut actions = stage.actions.iter().flatten().enumerate();
        pipeline.holes.contains(&stage_place)
            || actions.any(|(position, action)| {
                pipeline.holes.contains(&stage_place.action(position, &action.name)) && lacks(action)
            })
    });
    in_actions || pipeline.holes.contains(&place.key("stages"))
}
