//! The rules of CodePipeline for each pipeline item: run by the core, reported at the user's tokens.

use codepipeline_xacct_core::check::{self, Context};
use codepipeline_xacct_core::finding::{Finding, Place, Severity};
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
        Some(Ownership::Extended) => check::extension(&declaration, &context),
        _ => return,
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
    if pipeline.holes.is_empty() {
        return false;
    }
    let whole = Place::pipeline(&pipeline.item);
    let in_hole = std::iter::successors(Some(finding.place.clone()), Place::parent)
        .any(|place| place != whole && pipeline.holes.contains(&place));
    // An action that can't be read may be the one that makes the artifact or has the namespace.
    let missed_in_hole =
        matches!(finding.code, "XA0302" | "XA0505") && pipeline.holes.iter().any(|hole| *hole != whole);
    // A key of the pipeline that can't be read may be the one that is missed.
    let missed_in_keys = pipeline.holes.contains(&whole)
        && (finding.place == whole
            || matches!(finding.code, "XA0402" | "XA0404" | "XA0405" | "XA0504" | "XA0801" | "XA0201"));
    in_hole || missed_in_hole || missed_in_keys
}
