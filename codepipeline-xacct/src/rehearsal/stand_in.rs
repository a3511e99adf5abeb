//! Stand-ins for existing pipelines that are only known by what a topology states about them.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::{IndexMap, IndexSet};

use crate::core::catalogue::{self, Required};
use crate::core::declaration::invoke::TARGET_KEY;
use crate::core::declaration::references::{VARIABLES, is_reserved, references};
use crate::core::declaration::{
    ActionDeclaration, ActionTypeId, ArtifactStore, InputArtifact, OutputArtifact, PipelineDeclaration,
    PipelineDocument, PipelineType, PipelineVariableDeclaration, StageDeclaration,
};
use crate::core::ids::{PipelineArn, RoleArn};
use crate::core::topology::Pipeline;

/// What is called so is made up here.
pub(super) const MADE_UP: &str = "codepipeline-xacct-rehearsal";

/// The value of a variable that is only known by name.
fn placeholder(name: &str) -> String {
    format!("local-{name}")
}

/// A pipeline that takes its variables and succeeds. Variables that are only known from those who pass them get a default.
pub(super) fn target(
    arn: &PipelineArn,
    service_role: &RoleArn,
    declared: &[PipelineVariableDeclaration],
    passed: &IndexSet<String>,
) -> PipelineDocument {
    let mut made = named(arn, service_role);
    made.artifact_store = Some(store(arn.region().as_str()));
    made.stages = Some(vec![stage("Source", vec![source("Source", "Source")]), stage("Run", vec![approval("Run")])]);
    made.variables = Some(variables(declared, passed));
    PipelineDocument { pipeline: made, ..PipelineDocument::default() }
}

/// A pipeline that has what the topology says about an extended one, and around it what that needs: a source, what is read of artifacts and
/// output variables, and the variables that are passed to it or named in it.
pub(super) fn extended(pipeline: &Pipeline, service_role: &RoleArn, passed: &IndexSet<String>) -> PipelineDocument {
    let stated = &pipeline.declaration;
    let mut made = stated.clone();
    made.role_arn = Some(service_role.to_string());
    made.pipeline_type.get_or_insert(PipelineType::V2);
    stores(&mut made, pipeline.arn.region().as_str());
    let named = named_in(stated);
    let wanted: IndexSet<String> =
        passed.iter().cloned().chain(named.get(VARIABLES).into_iter().flatten().cloned()).collect();
    made.variables = Some(variables(stated.variables.as_deref().unwrap_or_default(), &wanted));
    for action in made.actions_mut() {
        complete(action);
    }
    let mut stages = made.stages.take().unwrap_or_default();
    for stage in stages.iter_mut().filter(|stage| stage.actions.iter().flatten().next().is_none()) {
        stage.actions = Some(vec![approval("Approval")]);
    }
    let namespaces: IndexMap<String, BTreeSet<String>> = unmade(stated, named);
    put_around(&mut stages, &namespaces);
    made.stages = Some(stages);
    PipelineDocument { pipeline: made, ..PipelineDocument::default() }
}

/// Adds the sources, and what makes the output variables.
fn put_around(stages: &mut Vec<StageDeclaration>, namespaces: &IndexMap<String, BTreeSet<String>>) {
    let is_source = |action: &ActionDeclaration| action.action_type_id.category == "Source";
    let actions = || stages.iter().flat_map(|stage| stage.actions.iter().flatten());
    let written: BTreeSet<&str> =
        actions().flat_map(|action| action.output_artifacts.iter().flatten()).map(|a| a.name.as_str()).collect();
    let read = actions().flat_map(|action| action.input_artifacts.iter().flatten()).map(|a| a.name.as_str());
    let mut missing: IndexSet<String> = read.filter(|name| !written.contains(name)).map(str::to_owned).collect();
    let begins_with_source = stages.first().is_some_and(|stage| stage.actions.iter().flatten().any(is_source));
    if missing.is_empty() && (!begins_with_source || !namespaces.is_empty()) {
        missing.insert(MADE_UP.to_owned());
    }
    let artifact = missing.first().cloned().unwrap_or_default();
    let sources: Vec<ActionDeclaration> = missing.iter().map(|name| source(&free(stages, name), name)).collect();
    match stages.first_mut().filter(|_| begins_with_source) {
        Some(first) => first.actions.get_or_insert_default().extend(sources),
        None => stages.insert(0, stage(&free(stages, "Source"), sources)),
    }
    let makers: Vec<ActionDeclaration> = namespaces.keys().map(|name| build(name, &artifact)).collect();
    if !makers.is_empty() {
        stages.insert(1, stage(&free(stages, MADE_UP), makers));
    }
    if stages.len() < 2 {
        stages.push(stage(&free(stages, MADE_UP), vec![approval("Approval")]));
    }
}

/// The namespaces that are named and that no action has.
fn unmade(
    stated: &PipelineDeclaration,
    mut named: BTreeMap<String, BTreeSet<String>>,
) -> IndexMap<String, BTreeSet<String>> {
    named.retain(|namespace, _| !is_reserved(namespace));
    named.retain(|namespace, _| !stated.actions().any(|action| action.namespace.as_ref() == Some(namespace)));
    named.into_iter().collect()
}

/// The keys of all references, by namespace.
fn named_in(declaration: &PipelineDeclaration) -> BTreeMap<String, BTreeSet<String>> {
    let mut named: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let text = serde_json::to_string(declaration).unwrap_or_default();
    for (namespace, key) in references(&text).filter_map(|reference| reference.parts()) {
        named.entry(namespace.to_owned()).or_default().insert(key.to_owned());
    }
    named
}

/// Gives an action what CodePipeline requires of it, and takes away what is derived for an invoke, so that there is something to apply.
fn complete(action: &mut ActionDeclaration) {
    if action.action_type_id.is_pipeline_invoke() {
        (action.role_arn, action.region) = (None, None);
        if let Some(configuration) = &mut action.configuration {
            configuration.retain(|key, _| key == TARGET_KEY);
        }
        return;
    }
    let Some(known) = catalogue::find(&action.action_type_id) else { return };
    for key in known.known_keys().iter().filter(|key| key.required == Required::Always) {
        let configuration = action.configuration.get_or_insert_default();
        configuration.entry(key.name.to_owned()).or_insert_with(|| MADE_UP.to_owned());
    }
    if known.outputs.as_ref().is_some_and(|count| count.least > 0) && !action.writes_artifacts() {
        action.output_artifacts = Some(vec![OutputArtifact { name: action.name.clone(), ..Default::default() }]);
    }
    if known.inputs.as_ref().is_some_and(|count| count.least > 0) && !action.reads_artifacts() {
        action.input_artifacts = Some(vec![InputArtifact { name: MADE_UP.to_owned(), ..Default::default() }]);
    }
}

fn variables(declared: &[PipelineVariableDeclaration], wanted: &IndexSet<String>) -> Vec<PipelineVariableDeclaration> {
    let open = wanted.iter().filter(|name| !declared.iter().any(|variable| variable.name == **name));
    let open = open.map(|name| PipelineVariableDeclaration {
        name: name.clone(),
        default_value: Some(placeholder(name)),
        ..Default::default()
    });
    declared.iter().cloned().chain(open).collect()
}

fn named(arn: &PipelineArn, service_role: &RoleArn) -> PipelineDeclaration {
    PipelineDeclaration {
        name: arn.name().to_string(),
        role_arn: Some(service_role.to_string()),
        pipeline_type: Some(PipelineType::V2),
        ..Default::default()
    }
}

fn store(region: &str) -> ArtifactStore {
    ArtifactStore { r#type: "S3".to_owned(), location: format!("{MADE_UP}-{region}"), ..Default::default() }
}

/// Buckets for all Regions of a pipeline that names none.
fn stores(made: &mut PipelineDeclaration, home: &str) {
    if made.artifact_store.is_some() || made.artifact_stores.is_some() {
        return;
    }
    let regions = made.actions().filter_map(|action| action.region.clone());
    let regions: IndexSet<String> = std::iter::once(home.to_owned()).chain(regions).collect();
    if regions.len() == 1 {
        made.artifact_store = Some(store(home));
    } else {
        made.artifact_stores = Some(regions.into_iter().map(|region| (region.clone(), store(&region))).collect());
    }
}

/// A name that no stage or action has.
fn free(stages: &[StageDeclaration], name: &str) -> String {
    let taken = |name: &str| {
        let actions = stages.iter().flat_map(|stage| stage.actions.iter().flatten());
        stages.iter().any(|stage| stage.name == name) || actions.into_iter().any(|action| action.name == name)
    };
    let mut free = name.to_owned();
    while taken(&free) {
        free.push('_');
    }
    free
}

fn stage(name: &str, actions: Vec<ActionDeclaration>) -> StageDeclaration {
    StageDeclaration { name: name.to_owned(), actions: Some(actions), ..Default::default() }
}

fn action(name: &str, kind: ActionTypeId, configuration: &[(&str, &str)]) -> ActionDeclaration {
    let configuration = configuration.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    ActionDeclaration {
        name: name.to_owned(),
        action_type_id: kind,
        configuration: Some(configuration.collect()),
        ..Default::default()
    }
}

fn source(name: &str, artifact: &str) -> ActionDeclaration {
    let configuration = [("S3Bucket", MADE_UP), ("S3ObjectKey", MADE_UP), ("PollForSourceChanges", "false")];
    let mut source = action(name, ActionTypeId::new("Source", "AWS", "S3", "1"), &configuration);
    source.output_artifacts = Some(vec![OutputArtifact { name: artifact.to_owned(), ..Default::default() }]);
    source
}

/// A build that makes any output variable in its namespace.
fn build(namespace: &str, artifact: &str) -> ActionDeclaration {
    let mut build = action(namespace, ActionTypeId::new("Build", "AWS", "CodeBuild", "1"), &[("ProjectName", MADE_UP)]);
    build.namespace = Some(namespace.to_owned());
    build.input_artifacts = Some(vec![InputArtifact { name: artifact.to_owned(), ..Default::default() }]);
    build
}

fn approval(name: &str) -> ActionDeclaration {
    action(name, ActionTypeId::new("Approval", "AWS", "Manual", "1"), &[])
}
