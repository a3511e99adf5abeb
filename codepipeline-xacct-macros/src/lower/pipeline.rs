//! Pipeline items.

use codepipeline_xacct_core::check::tags;
use codepipeline_xacct_core::declaration::{ExecutionMode, PipelineDeclaration, PipelineType};
use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::ids::Region;
use codepipeline_xacct_core::topology::{Ownership, no_service_role};
use codepipeline_xacct_syntax::ast::{FieldNode, ParamNode, StageNode, ValueNode};
use codepipeline_xacct_syntax::errors::Errors;
use codepipeline_xacct_syntax::keys::{self, Construct};
use proc_macro2::Span;
use syn::{Ident, Path};

use super::fields::Fields;
use super::roles::role_use;
use super::{stage, stores, triggers, values, variables};
use crate::model::LoweredPipeline;

/// What comes before the body of a pipeline.
pub(super) struct PipelineHead {
    pub(super) ownership: Ownership,
    /// The word for the ownership.
    pub(super) word: Option<Span>,
    pub(super) params: Vec<ParamNode>,
    pub(super) account: Option<Path>,
    /// True where something in the body did not parse, so that nothing counts as missing.
    pub(super) damaged: bool,
}

pub(super) fn lower(
    item: &Ident,
    head: PipelineHead,
    mut fields: Vec<FieldNode>,
    mut stages: Vec<StageNode>,
    errors: &mut Errors,
) -> LoweredPipeline {
    let PipelineHead { ownership, word, params, account, damaged } = head;
    let ownership = match (ownership, word) {
        (Ownership::Extern, Some(word)) if is_written_out(&fields, &stages) => {
            errors.push_help(
                word,
                format!("an extern pipeline only has a name, a Region and variables, but `{item}` declares more"),
                "leave `extern` out to create it here, or write `extended` to keep some of its keys",
            );
            fields.retain(|field| keys::EXTERN_PIPELINE.key(&field.key.to_string()).is_some());
            stages.clear();
            ownership
        }
        (Ownership::Managed, _) if !damaged && is_only_named(&fields, &stages) => {
            errors.push_help(
                item.span(),
                format!("pipeline `{item}` has no stages, no service role and no artifact bucket"),
                format!(
                    "write `extern pipeline {item} …` for one that is declared elsewhere; one that is created here also needs `service_role: …`, `artifact_bucket: \"…\"` and 2 stages"
                ),
            );
            Ownership::Extern
        }
        _ => ownership,
    };
    let construct = match ownership {
        Ownership::Managed => &keys::PIPELINE,
        Ownership::Extended => &keys::EXTENDED_PIPELINE,
        Ownership::Extern => &keys::EXTERN_PIPELINE,
    };
    let before = errors.count();
    service_role_without_key(construct, &mut fields, errors);
    let mut fields = Fields::new(construct, fields, errors);
    let mut pipeline =
        LoweredPipeline { item: item.to_string(), ownership: Some(ownership), params, account, ..Default::default() };
    let place = Place::pipeline(&pipeline.item);
    pipeline.spans.insert(place.clone(), item.span());

    name_and_region(&mut pipeline, item, &mut fields, damaged, errors);
    let mut declaration = PipelineDeclaration { name: pipeline.name.clone(), ..Default::default() };
    mode_and_type(&mut pipeline, &mut declaration, &mut fields, errors);
    let service_role = fields.take("service_role");
    let has_service_role = service_role.is_some() || fields.is_meant("service_role") || damaged;
    if let Some((key, value)) = service_role {
        pipeline.spans.insert(place.key("roleArn"), key.span());
        pipeline.service_role = role_use("service_role", value, errors);
    }
    if let Some((key, value)) = fields.take("artifact_bucket") {
        pipeline.spans.insert(place.key("artifactStore"), key.span());
        let place = place.key("artifactStore");
        declaration.artifact_store = stores::store(&mut pipeline, &place, "artifact_bucket", value, errors);
    }
    if let Some((key, value)) = fields.take("artifact_buckets") {
        pipeline.spans.insert(place.key("artifactStores"), key.span());
        declaration.artifact_stores = stores::stores(&mut pipeline, &place.key("artifactStores"), value, errors);
    }
    let declared = fields.take("variables").and_then(|(key, value)| {
        pipeline.spans.insert(place.key("variables"), key.span());
        variables::lower(&mut pipeline, &place.key("variables"), value, errors)
    });
    pipeline.variables = match (&declared, ownership) {
        (Some(variables), _) => Some(variables.iter().map(|v| (v.name.clone(), v.default_value.is_none())).collect()),
        (None, Ownership::Extended) => None,
        (None, _) => Some(Vec::new()),
    };
    // An extern pipeline has only the variables that are declared.
    declaration.variables = match ownership {
        Ownership::Extern => Some(declared.unwrap_or_default()),
        Ownership::Managed | Ownership::Extended => declared,
    };
    if let Some((key, value)) = fields.take("triggers") {
        pipeline.spans.insert(place.key("triggers"), key.span());
        declaration.triggers = triggers::lower(&mut pipeline, &place.key("triggers"), value, errors);
    }
    if let Some((_, value)) = fields.take("tags") {
        pipeline.tags = values::tags(value, tags::tag, errors);
    }
    if errors.count() > before {
        pipeline.holes.insert(place.clone());
    }
    if ownership != Ownership::Extern {
        let lowered: Vec<_> = stages
            .into_iter()
            .enumerate()
            .map(|(index, stage)| stage::lower(&mut pipeline, &place, index, stage, errors))
            .collect();
        if ownership == Ownership::Managed || !lowered.is_empty() {
            declaration.stages = Some(lowered);
        }
    }
    pipeline.declaration = declaration;
    let has_roles = !pipeline.invokes.is_empty() || !pipeline.role_links.is_empty();
    let lacks_role = ownership == Ownership::Managed || ownership == Ownership::Extended && has_roles;
    if lacks_role && !has_service_role {
        errors.finding(item.span(), &no_service_role(&pipeline.item));
    }
    pipeline
}

/// The keys that every pipeline has.
fn name_and_region(
    pipeline: &mut LoweredPipeline,
    item: &Ident,
    fields: &mut Fields,
    damaged: bool,
    errors: &mut Errors,
) {
    let place = Place::pipeline(&pipeline.item);
    for key in ["name", "region"] {
        match fields.take(key) {
            Some((ident, value)) => {
                pipeline.spans.insert(place.key(key), ident.span());
                if let Some(text) = values::string(key, value, errors) {
                    pipeline.spans.insert(place.key(key).value(), text.span());
                    if key == "name" {
                        pipeline.name = text.value();
                    } else if let Err(error) = text.value().parse::<Region>() {
                        values::malformed(text.span(), &error, errors);
                    } else {
                        pipeline.region = text.value();
                    }
                }
            }
            None if fields.is_meant(key) || damaged => {}
            None => {
                let help = format!("add `{key}: \"…\"`");
                errors.push_help(item.span(), format!("pipeline `{item}` has no {key}"), help);
            }
        }
    }
}

fn mode_and_type(
    pipeline: &mut LoweredPipeline,
    declaration: &mut PipelineDeclaration,
    fields: &mut Fields,
    errors: &mut Errors,
) {
    let mut word = |key: &str, member: &str, words: &[&str]| {
        let (token, value) = fields.take(key)?;
        let place = Place::pipeline(&pipeline.item).key(member);
        pipeline.spans.insert(place.clone(), token.span());
        let (word, span) = values::word(key, value, words, errors)?;
        pipeline.spans.insert(place.value(), span);
        Some(word)
    };
    let mode = word("execution_mode", "executionMode", ExecutionMode::VALUES);
    declaration.execution_mode = mode.map(|mode| mode.as_str().into());
    let kind = word("pipeline_type", "pipelineType", PipelineType::VALUES);
    declaration.pipeline_type = kind.map(|kind| kind.as_str().into());
}

/// `ReleaseService` for `service_role: ReleaseService`: no other key of a pipeline takes an item.
fn service_role_without_key(construct: &Construct, fields: &mut [FieldNode], errors: &mut Errors) {
    const KEY: &str = "service_role";
    if construct.key(KEY).is_none() || fields.iter().any(|field| field.key == KEY) {
        return;
    }
    let is_item = |field: &&mut FieldNode| field.alone && field.key.to_string().starts_with(char::is_uppercase);
    let Some(field) = fields.iter_mut().find(is_item) else { return };
    let ValueNode::Hole(.., error) = &field.value else { return };
    let name = &field.key;
    errors.replace(*error, format!("`{name}` has no key before it"), format!("write `{KEY}: {name}`"));
    field.key = Ident::new(KEY, name.span());
}

/// True where a pipeline says only what an extern one does.
fn is_only_named(fields: &[FieldNode], stages: &[StageNode]) -> bool {
    let has = |key: &str| fields.iter().any(|field| field.key == key);
    let of_extern = |field: &FieldNode| keys::EXTERN_PIPELINE.key(&field.key.to_string()).is_some();
    stages.is_empty() && has("name") && has("region") && fields.iter().all(of_extern)
}

/// True where an extern pipeline has what only others have: stages, or several keys of them.
fn is_written_out(fields: &[FieldNode], stages: &[StageNode]) -> bool {
    let of_others = |field: &&FieldNode| {
        let key = field.key.to_string();
        keys::EXTERN_PIPELINE.key(&key).is_none() && keys::PIPELINE.key(&key).is_some()
    };
    !stages.is_empty() || fields.iter().filter(of_others).count() > 1
}
