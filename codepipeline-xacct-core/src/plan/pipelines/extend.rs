//! An extended pipeline: what the account holds, with the keys that the program writes and the stages and actions that it adds.

use serde_json::{Map, Value};

use super::added_parts::AddedParts;
use super::additions::{Adding, take_out};
use super::desired::Desired;
use super::entries;
use super::missing_parts::{no_action, no_stage};
use super::passed_variables;
use super::unknown_members::{keep_unknown, member};
use crate::declaration::invoke::VARIABLES_KEY;
use crate::declaration::{ActionDeclaration, PipelineDeclaration, StageDeclaration};
use crate::finding::Finding;
use crate::json::member::Member;
use crate::json::shape::Shape;
use crate::rules;
use crate::topology::items::{Invoke, Pipeline};

/// The pipeline of an account, extended. `held` is what in it the topology added before.
pub(in crate::plan) fn extend(
    pipeline: &Pipeline,
    existing: &PipelineDeclaration,
    held: &AddedParts,
) -> Result<Desired, Vec<Finding>> {
    let mut declaration = existing.clone();
    let ours = entries::with_stores(&mut declaration, &pipeline.declaration, pipeline.arn.region());
    overwrite_in(&mut declaration, &ours, &[&["name", "stages"][..], &entries::LISTS].concat());
    let mut marks = AddedParts::default();
    entries::merge(&mut declaration, &ours, held, &mut marks);
    let mut stages = declaration.stages.take().unwrap_or_default();
    let warnings = take_out(&mut stages, held, pipeline, Some(&pipeline.declaration));
    // Of an action that the program still has, they are merged with what it passes.
    passed_variables::take_out(&mut stages, |stage, action, name| {
        !pipeline.has_invoke(stage, action) && held.has_variable(stage, action, name)
    });
    let mut adding = Adding { pipeline, held, marks, findings: Vec::new() };
    let named = pipeline.declaration.stages.iter().flatten();
    for stage in named.filter(|stage| !pipeline.additions.has_stage(&stage.name)) {
        match stages.iter_mut().position(|found| found.name == stage.name).and_then(|index| stages.get_mut(index)) {
            Some(found) => extend_stage(&mut adding, found, stage),
            None => adding.findings.push(no_stage(pipeline, &stage.name, &stages)),
        }
    }
    adding.stages(&mut stages);
    let Adding { marks, findings, .. } = adding;
    if !findings.is_empty() {
        return Err(findings);
    }
    declaration.stages = Some(stages).filter(|stages| !stages.is_empty() || existing.stages.is_some());
    Ok(Desired { declaration, marks, warnings })
}

fn extend_stage(adding: &mut Adding<'_>, found: &mut StageDeclaration, stage: &StageDeclaration) {
    let pipeline = adding.pipeline;
    overwrite_in(found, stage, &["name", "actions"]);
    let Some(named) = &stage.actions else { return };
    let mut actions = found.actions.take().unwrap_or_default();
    for action in named {
        if pipeline.additions.has_action(&stage.name, &action.name) {
            adding.action(&stage.name, &mut actions, action);
            continue;
        }
        let there = actions.iter().position(|found| found.name == action.name);
        match there.and_then(|index| actions.get_mut(index)) {
            None => adding.findings.push(no_action(pipeline, &stage.name, &action.name, &actions)),
            Some(old) if !old.action_type_id.is_same(&action.action_type_id) => {
                let message = format!(
                    "action `{}` of pipeline `{}` is {}, not {}",
                    action.name, pipeline.arn, old.action_type_id, action.action_type_id
                );
                let place = pipeline.action_place(&stage.name, &action.name);
                adding
                    .findings
                    .push(Finding::of(&rules::XA1004, place, message).help("declare the action as what it is"));
            }
            Some(old) => extend_action(adding, &stage.name, old, action),
        }
    }
    found.actions = Some(actions);
}

fn extend_action(adding: &mut Adding<'_>, stage: &str, old: &mut ActionDeclaration, action: &ActionDeclaration) {
    let invokes = &adding.pipeline.invokes;
    let invoke = invokes.iter().find(|invoke| invoke.stage == stage && invoke.action == action.name);
    let there = old.configuration.as_ref().and_then(|configuration| configuration.get(VARIABLES_KEY)).cloned();
    overwrite_in(old, action, &["name", "actionTypeId", "configuration"]);
    if let Some(configuration) = &action.configuration {
        let entries = configuration.iter().map(|(key, value)| (key.clone(), value.clone()));
        old.configuration.get_or_insert_default().extend(entries);
    }
    let Some(invoke) = invoke else { return };
    // The keys that are derived for an invoke are ours: what is no longer derived is removed.
    if action.role_arn.is_none() {
        old.role_arn = None;
    }
    let passed = variables(adding, stage, invoke, there.as_deref());
    match (passed, &mut old.configuration) {
        (Some(passed), configuration) => {
            configuration.get_or_insert_default().insert(VARIABLES_KEY.to_owned(), passed);
        }
        (None, Some(configuration)) => {
            configuration.shift_remove(VARIABLES_KEY);
        }
        (None, None) => {}
    }
}

/// The variables that an action passes: ours, and those of others.
fn variables(adding: &mut Adding<'_>, stage: &str, invoke: &Invoke, there: Option<&str>) -> Option<String> {
    let held = adding.held;
    let was_ours = |name: &str| held.has_variable(stage, &invoke.action, name);
    let known = there.map(passed_variables::passed_names).unwrap_or_default();
    // What was there before us is not ours, whatever value we give it.
    for name in invoke.variables.keys().filter(|name| was_ours(name) || !known.contains(name)) {
        adding.marks.add_variable(stage, &invoke.action, name);
    }
    passed_variables::merged(there, &invoke.variables, was_ours)
}

/// Overwrites each member that is declared, except some; what the shape doesn't know in it stays.
fn overwrite(merged: &mut Map<String, Value>, ours: &Map<String, Value>, shape: &Shape, but: &[&str]) {
    let Shape::Structure(_, members) = shape else { return };
    for (key, written) in ours.iter().filter(|(key, _)| !but.contains(&key.as_str())) {
        let mut written = written.clone();
        if let (Some(shape), Some(theirs)) = (member(members, key), merged.get(key)) {
            keep_unknown(&mut written, theirs, shape);
        }
        merged.insert(key.clone(), written);
    }
}

/// The same for a structure.
fn overwrite_in<T: Member + serde::Serialize + serde::de::DeserializeOwned>(into: &mut T, from: &T, but: &[&str]) {
    let (Ok(Value::Object(mut merged)), Ok(Value::Object(ours))) =
        (serde_json::to_value(&*into), serde_json::to_value(from))
    else {
        return;
    };
    overwrite(&mut merged, &ours, &T::SHAPE, but);
    if let Ok(whole) = serde_json::from_value(Value::Object(merged)) {
        *into = whole;
    }
}
