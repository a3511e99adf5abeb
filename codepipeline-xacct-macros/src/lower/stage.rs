//! Stages: their conditions, their blockers, their actions.

use codepipeline_xacct_core::declaration::fixed_values::BLOCKER_TYPE;
use codepipeline_xacct_core::declaration::{BlockerDeclaration, RetryMode, StageDeclaration};
use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::topology::{Gate, Ownership, StagePlace, added_to_managed, empty_addition};
use codepipeline_xacct_syntax::ast::{AddedNode, FieldNode, PlaceNode, StageNode, ValueNode};
use codepipeline_xacct_syntax::errors::Errors;
use codepipeline_xacct_syntax::keys;

use proc_macro2::Span;

use super::conditions::StageGates;
use super::fields::Fields;
use super::{action, values};
use crate::model::LoweredPipeline;

pub(super) fn lower(
    pipeline: &mut LoweredPipeline,
    place: &Place,
    index: usize,
    stage: StageNode,
    errors: &mut Errors,
) -> StageDeclaration {
    let name = stage.name.value();
    let place = place.stage(index, &name);
    pipeline.spans.insert(place.clone(), stage.name.span());
    if stage.damaged {
        pipeline.holes.insert(place.clone());
    }
    if let Some(added) = stage.added {
        let empty = stage.actions.is_empty() && !stage.damaged;
        let span = stage.name.span();
        add(pipeline, &place, (&name, span), added, empty, errors);
    }
    let mut stage_fields = stage.fields;
    retry_mode_alone(&mut stage_fields, errors);
    let mut fields = Fields::new(&keys::STAGE, stage_fields, errors);
    let mut declaration = StageDeclaration { name: name.clone(), ..Default::default() };
    if let Some((key, value)) = fields.take("blockers") {
        let list = place.key("blockers");
        pipeline.spans.insert(list.clone(), key.span());
        let mut blockers = Vec::new();
        for value in values::list("blockers", value, errors) {
            let Some(text) = values::string("blockers", value, errors) else { continue };
            pipeline.spans.insert(list.index(blockers.len()), text.span());
            let r#type = BLOCKER_TYPE.to_owned();
            blockers.push(BlockerDeclaration { name: text.value(), r#type, ..Default::default() });
        }
        declaration.blockers = Some(blockers);
    }
    let mut gates = StageGates { pipeline, stage: &name, place: place.clone() };
    if let Some((key, value)) = fields.take("before_entry") {
        declaration.before_entry = gates.condition_set(Gate::BeforeEntry, &key, value, errors);
    }
    if let Some((key, value)) = fields.take("on_success") {
        declaration.on_success = gates.condition_set(Gate::OnSuccess, &key, value, errors);
    }
    if let Some((key, value)) = fields.take("on_failure") {
        gates.on_failure(&key, value, &mut declaration, errors);
    }
    let actions = stage
        .actions
        .into_iter()
        .enumerate()
        .map(|(position, node)| action::lower(pipeline, &name, &place, position, node, errors))
        .collect();
    declaration.actions = Some(actions);
    declaration
}

/// `on_failure: RETRY, FAILED_ACTIONS`: the mode is reported and left out.
fn retry_mode_alone(fields: &mut Vec<FieldNode>, errors: &mut Errors) {
    fields.retain(|field| {
        let mode = field.alone && RetryMode::VALUES.iter().any(|mode| field.key == mode);
        if let (true, ValueNode::Hole(.., error)) = (mode, &field.value) {
            let help = format!("write `on_failure: RETRY({})`", field.key);
            errors.replace(*error, format!("`{}` is the mode of a retry", field.key), help);
        }
        !mode
    });
}

/// Notes that a stage is added.
fn add(
    pipeline: &mut LoweredPipeline,
    place: &Place,
    (name, span): (&str, Span),
    added: AddedNode,
    empty: bool,
    errors: &mut Errors,
) {
    if pipeline.ownership != Some(Ownership::Extended) {
        let finding = added_to_managed(place.clone(), &pipeline.item, &format!("stage `{name}`"));
        errors.finding(added.span, &finding);
        return;
    }
    // What is not understood is reported already.
    let Some(PlaceNode { before, anchor }) = added.place else { return };
    let other = anchor.value();
    if empty {
        errors.finding(span, &empty_addition(place.clone(), name));
    }
    let at = if before { StagePlace::Before(other) } else { StagePlace::After(other) };
    pipeline.spans.insert(place.key(at.word()).value(), anchor.span());
    pipeline.additions.add_stage(name, at);
}
