//! Pipeline items and their stages.

use codepipeline_xacct_core::declaration::{
    ArtifactStore, BlockerDeclaration, EncryptionKey, ExecutionMode, PipelineDeclaration, PipelineType,
    PipelineVariableDeclaration, StageDeclaration,
};
use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::ids::Region;
use indexmap::IndexMap;
use syn::{Ident, Path};

use super::action;
use super::conditions::StageGates;
use super::triggers;
use super::values::{self, Fields, escape, literal};
use crate::model::{Gate, LoweredPipeline};
use codepipeline_xacct_core::topology::{Ownership, no_service_role};
use codepipeline_xacct_syntax::ast::{EntryNode, FieldNode, ParamNode, StageNode, ValueNode};
use codepipeline_xacct_syntax::errors::Errors;

pub(super) const KEYS: &[&str] = &[
    "name",
    "region",
    "execution_mode",
    "pipeline_type",
    "service_role",
    "artifact_bucket",
    "artifact_buckets",
    "variables",
    "triggers",
    "tags",
];
/// Members of the API, and ours.
const RENAMED: &[(&str, &str)] = &[
    ("role_arn", "service_role"),
    ("roleArn", "service_role"),
    ("artifact_store", "artifact_bucket"),
    ("artifactStore", "artifact_bucket"),
    ("artifact_stores", "artifact_buckets"),
    ("artifactStores", "artifact_buckets"),
];
pub(super) const STAGE_KEYS: &[&str] = &["blockers", "before_entry", "on_success", "on_failure"];
pub(super) const BUCKET_KEYS: &[&str] = &["location", "encryption_key"];
pub(super) const VARIABLE_KEYS: &[&str] = &["default_value", "description"];
pub(super) const EXTERN_KEYS: &[&str] = &["name", "region", "variables"];

pub(super) fn lower(
    item: &Ident,
    ownership: Ownership,
    params: Vec<ParamNode>,
    account: Option<Path>,
    fields: Vec<FieldNode>,
    stages: Vec<StageNode>,
    errors: &mut Errors,
) -> LoweredPipeline {
    let (what, known) = match ownership {
        Ownership::Managed => ("a pipeline", KEYS),
        Ownership::Extended => ("an extended pipeline", KEYS),
        Ownership::Extern => ("an extern pipeline", EXTERN_KEYS),
    };
    let before = errors.count();
    let mut fields = Fields::new(what, known, RENAMED, fields, errors);
    let mut pipeline =
        LoweredPipeline { item: item.to_string(), ownership: Some(ownership), params, account, ..Default::default() };
    let place = Place::pipeline(&pipeline.item);
    pipeline.spans.insert(place.clone(), item.span());

    for key in ["name", "region"] {
        match fields.take(key) {
            Some((ident, value)) => {
                pipeline.spans.insert(place.key(key), ident.span());
                if let Some(text) = values::string(key, value, errors) {
                    pipeline.spans.insert(place.key(key).value(), text.span());
                    if key == "name" {
                        pipeline.name = text.value();
                    } else if let Err(error) = text.value().parse::<Region>() {
                        errors.push(text.span(), error.to_string());
                    } else {
                        pipeline.region = text.value();
                    }
                }
            }
            None if fields.is_meant(key) => {}
            None => {
                let help = format!("add `{key}: \"…\"`");
                errors.push_help(item.span(), format!("pipeline `{item}` has no {key}"), help);
            }
        }
    }
    let mut declaration = PipelineDeclaration { name: pipeline.name.clone(), ..Default::default() };
    if let Some((key, value)) = fields.take("execution_mode") {
        pipeline.spans.insert(place.key("executionMode"), key.span());
        if let Some((word, span)) = values::word("execution_mode", value, ExecutionMode::VALUES, errors) {
            pipeline.spans.insert(place.key("executionMode").value(), span);
            declaration.execution_mode = Some(word.as_str().into());
        }
    }
    if let Some((key, value)) = fields.take("pipeline_type") {
        pipeline.spans.insert(place.key("pipelineType"), key.span());
        if let Some((word, span)) = values::word("pipeline_type", value, PipelineType::VALUES, errors) {
            pipeline.spans.insert(place.key("pipelineType").value(), span);
            declaration.pipeline_type = Some(word.as_str().into());
        }
    }
    let service_role = fields.take("service_role");
    let has_service_role = service_role.is_some() || fields.is_meant("service_role");
    if let Some((key, value)) = service_role {
        pipeline.spans.insert(place.key("roleArn"), key.span());
        pipeline.service_role = values::role_use("service_role", value, errors);
    }
    if let Some((key, value)) = fields.take("artifact_bucket") {
        pipeline.spans.insert(place.key("artifactStore"), key.span());
        declaration.artifact_store =
            store(&mut pipeline, &place.key("artifactStore"), "/artifactStore", "artifact_bucket", value, errors);
    }
    if let Some((key, value)) = fields.take("artifact_buckets") {
        pipeline.spans.insert(place.key("artifactStores"), key.span());
        declaration.artifact_stores = stores(&mut pipeline, &place.key("artifactStores"), value, errors);
    }
    let declared = fields.take("variables").and_then(|(key, value)| {
        pipeline.spans.insert(place.key("variables"), key.span());
        variables(&mut pipeline, &place.key("variables"), value, errors)
    });
    pipeline.variables = match (&declared, ownership) {
        (Some(variables), _) => Some(variables.iter().map(|v| (v.name.clone(), v.default_value.is_none())).collect()),
        (None, Ownership::Extended) => None,
        (None, _) => Some(Vec::new()),
    };
    // Of an extern pipeline, what is not said is not so.
    declaration.variables = match ownership {
        Ownership::Extern => Some(declared.unwrap_or_default()),
        Ownership::Managed | Ownership::Extended => declared,
    };
    if let Some((key, value)) = fields.take("triggers") {
        pipeline.spans.insert(place.key("triggers"), key.span());
        declaration.triggers = triggers::lower(&mut pipeline, &place.key("triggers"), value, errors);
    }
    if let Some((_, value)) = fields.take("tags") {
        pipeline.tags = values::tags(value, errors);
    }
    if errors.count() > before {
        pipeline.holes.insert(place.clone());
    }
    if ownership == Ownership::Extern {
        for stage in &stages {
            errors.push_help(
                stage.name.span(),
                "an extern pipeline has no stages: only what a caller has to know is said of it",
                "leave the stage out, or write `extended pipeline` to keep keys of its actions",
            );
        }
    } else {
        let lowered: Vec<_> = stages
            .into_iter()
            .enumerate()
            .map(|(index, stage)| lower_stage(&mut pipeline, &place, index, stage, errors))
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

fn store(
    pipeline: &mut LoweredPipeline,
    place: &Place,
    pointer: &str,
    key: &str,
    value: ValueNode,
    errors: &mut Errors,
) -> Option<ArtifactStore> {
    let mut encryption_key = None;
    let location = match value {
        ValueNode::Map(entries, span) => {
            let mut location = None;
            let before = errors.count();
            let value = ValueNode::Map(entries, span);
            for (name, _, value) in values::known_entries("an artifact bucket", BUCKET_KEYS, value, errors)? {
                if name == "location" {
                    location = Some(value);
                } else if let Some((text, span)) = values::text("encryption_key", value, errors) {
                    pipeline.spans.insert(place.key("encryptionKey").key("id").value(), span);
                    let at = place.key("encryptionKey").key("id");
                    let id = literal(pipeline, at, format!("{pointer}/encryptionKey/id"), text);
                    encryption_key = Some(EncryptionKey { id, r#type: "KMS".to_owned(), ..Default::default() });
                }
            }
            // What was said of the map may have been its name.
            if location.is_none() && errors.count() > before {
                return None;
            }
            if location.is_none() {
                errors.push_help(span, "the artifact bucket has no name", "add `location: \"…\"`");
            }
            location?
        }
        other => other,
    };
    let (text, span) = values::text(key, location, errors)?;
    pipeline.spans.insert(place.key("location").value(), span);
    let location = literal(pipeline, place.key("location").value(), format!("{pointer}/location"), text);
    Some(ArtifactStore { r#type: "S3".to_owned(), location, encryption_key, ..Default::default() })
}

fn stores(
    pipeline: &mut LoweredPipeline,
    place: &Place,
    value: ValueNode,
    errors: &mut Errors,
) -> Option<IndexMap<String, ArtifactStore>> {
    let mut stores = IndexMap::new();
    for entry in values::map("artifact_buckets", value, errors)? {
        let region = entry.key.text();
        pipeline.spans.insert(place.key(&region), entry.key.span());
        if let Some(value) = values::entry_value(entry, errors) {
            let pointer = format!("/artifactStores/{}", escape(&region));
            if let Some(store) = store(pipeline, &place.key(&region), &pointer, "artifact_buckets", value, errors) {
                stores.insert(region, store);
            }
        }
    }
    Some(stores)
}

fn variables(
    pipeline: &mut LoweredPipeline,
    place: &Place,
    value: ValueNode,
    errors: &mut Errors,
) -> Option<Vec<PipelineVariableDeclaration>> {
    let entries = values::map("variables", value, errors)?;
    Some(
        entries.into_iter().enumerate().map(|(index, entry)| variable(pipeline, place, index, entry, errors)).collect(),
    )
}

/// `name`, `name: default` or `name: { default_value: …, description: … }`
fn variable(
    pipeline: &mut LoweredPipeline,
    place: &Place,
    index: usize,
    entry: EntryNode,
    errors: &mut Errors,
) -> PipelineVariableDeclaration {
    let name = entry.key.text();
    let place = place.index(index);
    pipeline.spans.insert(place.clone(), entry.key.span());
    let mut variable = PipelineVariableDeclaration { name: name.clone(), ..Default::default() };
    let default = match entry.value {
        Some(value @ ValueNode::Map(..)) => {
            let mut default = None;
            let entries = values::known_entries("a variable", VARIABLE_KEYS, value, errors).unwrap_or_default();
            for (key, _, value) in entries {
                if key == "default_value" {
                    default = Some(value);
                } else if let Some(text) = values::string("description", value, errors) {
                    pipeline.spans.insert(place.key("description").value(), text.span());
                    variable.description = Some(text.value());
                }
            }
            default
        }
        other => other,
    };
    if let Some(value) = default
        && let Some((text, span)) = values::text(&name, value, errors)
    {
        pipeline.spans.insert(place.key("defaultValue").value(), span);
        variable.default_value = Some(literal(
            pipeline,
            place.key("defaultValue").value(),
            format!("/variables/{index}/defaultValue"),
            text,
        ));
    }
    variable
}

fn lower_stage(
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
    let mut fields = Fields::new("a stage", STAGE_KEYS, &[], stage.fields, errors);
    let mut declaration = StageDeclaration { name: name.clone(), ..Default::default() };
    if let Some((key, value)) = fields.take("blockers") {
        let list = place.key("blockers");
        pipeline.spans.insert(list.clone(), key.span());
        let mut blockers = Vec::new();
        for value in values::list(value) {
            let Some(text) = values::string("blockers", value, errors) else { continue };
            pipeline.spans.insert(list.index(blockers.len()), text.span());
            let r#type = "Schedule".to_owned();
            blockers.push(BlockerDeclaration { name: text.value(), r#type, ..Default::default() });
        }
        declaration.blockers = Some(blockers);
    }
    let mut gates = StageGates { pipeline, stage: &name, place: place.clone(), pointer: format!("/stages/{index}") };
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
        .map(|(position, node)| action::lower(pipeline, &name, &place, (index, position), node, errors))
        .collect();
    declaration.actions = Some(actions);
    declaration
}
