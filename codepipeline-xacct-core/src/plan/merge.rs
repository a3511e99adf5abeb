//! What has to be written, given what an account holds: merge what we keep into what is there, and tell differences
//! from what only looks different.

use crate::rules;
use indexmap::IndexMap;
use serde_json::Value;

use crate::check;
use crate::declaration::{ActionDeclaration, PipelineDeclaration, defaults};
use crate::finding::{Finding, Place};
use crate::ids::Region;
use crate::suggest::nearest;
use crate::topology::items::{Ownership, Pipeline};
use crate::wiring::action_place;

/// Configuration keys whose values AWS masks. Source: the action pages of GitHub (OAuth) and Alexa Skills Kit.
const SECRETS: &[&str] = &["OAuthToken", "ClientSecret", "RefreshToken"];

/// True where the last segment of a path is a key whose value is a secret.
pub fn is_secret(path: &str) -> bool {
    SECRETS.iter().any(|key| path.strip_suffix(key).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

/// What AWS returns in place of a secret. Source: CodePipeline User Guide, "GitHub (via OAuth app) source action".
pub const MASK: &str = "****";

/// The declaration to write for a pipeline of a topology. `existing` is what the account holds.
///
/// Of a managed pipeline the declaration is ours, but members that we don't know stay; of an extended one only the keys
/// that are written are ours. Stages and actions that an extended pipeline names and the account doesn't have are findings.
pub fn desired(
    pipeline: &Pipeline,
    existing: Option<&PipelineDeclaration>,
) -> Result<PipelineDeclaration, Vec<Finding>> {
    let place = Place::pipeline(&pipeline.item);
    match (pipeline.ownership, existing) {
        (Ownership::Managed, None) => Ok(pipeline.declaration.clone()),
        (Ownership::Managed, Some(existing)) => Ok(keep_unknown(&pipeline.declaration, existing)),
        (_, None) => Err(vec![
            Finding::of(
                &rules::XA1001,
                place,
                format!("pipeline `{}` does not exist: there is no `{}`", pipeline.item, pipeline.arn),
            )
            .help("check name, Region and account, or declare it without `extended` to have it created"),
        ]),
        (_, Some(existing)) => extend(pipeline, existing),
    }
}

/// Our declaration, with the members that we don't know where they were, at whatever depth.
fn keep_unknown(ours: &PipelineDeclaration, existing: &PipelineDeclaration) -> PipelineDeclaration {
    let (Ok(mut merged), Ok(existing)) = (serde_json::to_value(ours), serde_json::to_value(existing)) else {
        return ours.clone();
    };
    add_unknown(&mut merged, &existing);
    serde_json::from_value(merged).unwrap_or_else(|_| ours.clone())
}

fn add_unknown(ours: &mut Value, theirs: &Value) {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            for (key, theirs) in theirs {
                // The keys of a configuration and the Regions of stores are the user's, not members of a structure.
                let members = !matches!(key.as_str(), "configuration" | "artifactStores");
                match ours.get_mut(key) {
                    Some(ours) if members => add_unknown(ours, theirs),
                    Some(_) => {}
                    None if MEMBERS.contains(&key.as_str()) => {}
                    None => {
                        ours.insert(key.clone(), theirs.clone());
                    }
                }
            }
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            for ours in ours {
                let name = ours.get("name").cloned();
                let same = theirs.iter().find(|t| name.is_some() && t.get("name") == name.as_ref());
                if let Some(theirs) = same {
                    add_unknown(ours, theirs);
                }
            }
        }
        _ => {}
    }
}

/// The members of the structures that are modelled: what has one of these names and isn't declared is not kept.
const MEMBERS: &[&str] = &[
    "actionTypeId",
    "actions",
    "artifactStore",
    "artifactStores",
    "beforeEntry",
    "blockers",
    "branches",
    "category",
    "commands",
    "conditions",
    "configuration",
    "defaultValue",
    "description",
    "encryptionKey",
    "environmentVariables",
    "events",
    "excludes",
    "executionMode",
    "filePaths",
    "files",
    "gitConfiguration",
    "id",
    "includes",
    "inputArtifacts",
    "location",
    "name",
    "namespace",
    "onFailure",
    "onSuccess",
    "outputArtifacts",
    "outputVariables",
    "owner",
    "pipelineType",
    "provider",
    "providerType",
    "pullRequest",
    "push",
    "region",
    "result",
    "retryConfiguration",
    "retryMode",
    "roleArn",
    "ruleTypeId",
    "rules",
    "runOrder",
    "sourceActionName",
    "stages",
    "tags",
    "timeoutInMinutes",
    "triggers",
    "type",
    "value",
    "variables",
    "version",
];

/// Overwrites each member that is written.
macro_rules! overwrite {
    ($into:expr, $from:expr, $($member:ident),*) => {
        $(if $from.$member.is_some() { $into.$member.clone_from(&$from.$member); })*
    };
}

fn extend(pipeline: &Pipeline, existing: &PipelineDeclaration) -> Result<PipelineDeclaration, Vec<Finding>> {
    let ours = &pipeline.declaration;
    let mut merged = existing.clone();
    let mut findings = Vec::new();
    overwrite!(
        merged,
        ours,
        role_arn,
        artifact_store,
        artifact_stores,
        execution_mode,
        pipeline_type,
        variables,
        triggers
    );
    // There is one kind of store or the other.
    if ours.artifact_stores.is_some() {
        merged.artifact_store = None;
    } else if ours.artifact_store.is_some() {
        merged.artifact_stores = None;
    }
    for (index, stage) in ours.stages.iter().flatten().enumerate() {
        let names: Vec<String> = merged.stages.iter().flatten().map(|s| s.name.clone()).collect();
        let Some(old) = merged.stages.iter_mut().flatten().find(|s| s.name == stage.name) else {
            let message = format!("pipeline `{}` has no stage `{}`", pipeline.arn, stage.name);
            let place = Place::pipeline(&pipeline.item).stage(index, &stage.name);
            findings.push(missing(&rules::XA1002, place, message, &stage.name, &names));
            continue;
        };
        overwrite!(old, stage, on_failure, on_success, before_entry, blockers);
        for action in stage.actions.iter().flatten() {
            let names: Vec<String> = old.actions.iter().flatten().map(|a| a.name.clone()).collect();
            let place = action_place(pipeline, &stage.name, &action.name);
            match old.actions.iter_mut().flatten().find(|a| a.name == action.name) {
                None => {
                    let message = format!(
                        "stage `{}` of pipeline `{}` has no action `{}`",
                        stage.name, pipeline.arn, action.name
                    );
                    findings.push(missing(&rules::XA1003, place, message, &action.name, &names));
                }
                Some(old) if old.action_type_id != action.action_type_id => {
                    let message = format!(
                        "action `{}` of pipeline `{}` is {}, not {}",
                        action.name, pipeline.arn, old.action_type_id, action.action_type_id
                    );
                    findings.push(Finding::of(&rules::XA1004, place, message).help("declare the action as what it is"));
                }
                Some(old) => {
                    extend_action(old, action);
                    if pipeline.invokes.iter().any(|i| i.stage == stage.name && i.action == action.name) {
                        drop_derived(old, action);
                    }
                }
            }
        }
    }
    if findings.is_empty() { Ok(merged) } else { Err(findings) }
}

fn missing(rule: &'static rules::Rule, place: Place, message: String, name: &str, names: &[String]) -> Finding {
    Finding::of(rule, place, message).help(match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("nothing is created in an extended pipeline; there are `{}`", names.join("`, `")),
    })
}

fn extend_action(old: &mut ActionDeclaration, ours: &ActionDeclaration) {
    overwrite!(
        old,
        ours,
        run_order,
        commands,
        output_artifacts,
        input_artifacts,
        output_variables,
        role_arn,
        region,
        namespace,
        timeout_in_minutes,
        environment_variables
    );
    if let Some(configuration) = &ours.configuration {
        let merged: &mut IndexMap<String, String> = old.configuration.get_or_insert_default();
        merged.extend(configuration.iter().map(|(key, value)| (key.clone(), value.clone())));
    }
}

/// The keys that are derived for an invoke are ours: what is no longer derived goes.
fn drop_derived(old: &mut ActionDeclaration, ours: &ActionDeclaration) {
    if ours.role_arn.is_none() {
        old.role_arn = None;
    }
    let passes = ours.configuration.as_ref().is_some_and(|c| c.contains_key("Variables"));
    if !passes && let Some(configuration) = &mut old.configuration {
        configuration.shift_remove("Variables");
    }
}

/// The rules for a whole declaration, run on what an extended pipeline will be. What they say of the pipeline as it is
/// is not reported: the account has accepted it, and it is not ours to fix.
pub fn check_merged(pipeline: &Pipeline, existing: &PipelineDeclaration, merged: &PipelineDeclaration) -> Vec<Finding> {
    let context = check::CheckContext {
        item: pipeline.item.clone(),
        home: Some(pipeline.arn.region().clone()),
        account: Some(pipeline.arn.account().clone()),
        // Masked secrets are those of the account, which takes them back.
        origin: check::Origin::Get,
        ..Default::default()
    };
    let before = check::pipeline(existing, &context);
    check::pipeline(merged, &context).into_iter().filter(|f| !before.contains(f)).collect()
}

/// One difference between two declarations.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Where, in words of the JSON: `stages[Build].actions[ccc].roleArn`.
    pub path: String,
    /// What is there; `None` where there is nothing.
    pub before: Option<Value>,
    /// What will be there; `None` where there will be nothing.
    pub after: Option<Value>,
}

/// The differences in meaning: what the service adds by itself, its version and masked secrets are none.
pub fn changes(before: &PipelineDeclaration, after: &PipelineDeclaration, home: &Region) -> Vec<Change> {
    let mut changes = Vec::new();
    compare("", &normalized(before, home), &normalized(after, home), &mut changes);
    changes
}

/// The declaration with the defaults that the service adds, without empty lists and without its version.
fn normalized(declaration: &PipelineDeclaration, home: &Region) -> Value {
    let mut declaration = declaration.clone();
    declaration.version = None;
    defaults::fill_in(&mut declaration, home);
    for action in declaration.stages.iter_mut().flatten().flat_map(|s| s.actions.iter_mut().flatten()) {
        for variable in action.environment_variables.iter_mut().flatten() {
            variable.r#type.get_or_insert_with(|| defaults::ENVIRONMENT_VARIABLE_TYPE.to_owned());
        }
        // The order of keys has no meaning.
        if let Some(configuration) = &mut action.configuration {
            configuration.sort_keys();
        }
    }
    let mut value = serde_json::to_value(&declaration).unwrap_or_default();
    drop_empty(&mut value);
    value
}

/// An empty list or map means the same as none.
fn drop_empty(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.values_mut().for_each(drop_empty);
            map.retain(|_, v| {
                !matches!(v, Value::Array(a) if a.is_empty()) && !matches!(v, Value::Object(o) if o.is_empty())
            });
        }
        Value::Array(list) => list.iter_mut().for_each(drop_empty),
        _ => {}
    }
}

fn compare(path: &str, before: &Value, after: &Value, changes: &mut Vec<Change>) {
    match (before, after) {
        _ if before == after => {}
        (Value::String(mask), Value::String(_)) if mask == MASK && is_secret(path) => {}
        (Value::Object(old), Value::Object(new)) => {
            let keys = old.keys().chain(new.keys().filter(|key| !old.contains_key(*key)));
            for key in keys {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                match (old.get(key), new.get(key)) {
                    (Some(old), Some(new)) => compare(&path, old, new, changes),
                    (old, new) => changes.push(Change { path, before: old.cloned(), after: new.cloned() }),
                }
            }
        }
        (Value::Array(old), Value::Array(new)) if named_alike(old, new) => {
            for (old, new) in old.iter().zip(new) {
                let name = new.get("name").and_then(Value::as_str).unwrap_or_default();
                compare(&format!("{path}[{name}]"), old, new, changes);
            }
        }
        _ => changes.push(Change { path: path.to_owned(), before: Some(before.clone()), after: Some(after.clone()) }),
    }
}

/// Lists of named things in one order: their members are compared, not the lists.
fn named_alike(old: &[Value], new: &[Value]) -> bool {
    let name = |v: &Value| v.get("name").and_then(Value::as_str).map(str::to_owned);
    old.len() == new.len() && old.iter().zip(new).all(|(a, b)| name(a).is_some() && name(a) == name(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declaration::read;

    fn declaration(text: &str) -> PipelineDeclaration {
        read(text).unwrap()
    }

    fn home() -> Region {
        "eu-west-1".parse().unwrap()
    }

    #[test]
    fn what_the_service_adds_is_no_change() {
        let ours = declaration(
            r#"{"name":"p","stages":[{"name":"S","actions":[{"name":"a","actionTypeId":{"category":"Build","owner":"AWS","provider":"X","version":"1"},"configuration":{"b":"1","a":"2"}}]}]}"#,
        );
        let theirs = declaration(
            r#"{"name":"p","version":7,"pipelineType":"V1","executionMode":"SUPERSEDED","triggers":[],"stages":[{"name":"S","actions":[{"name":"a","actionTypeId":{"category":"Build","owner":"AWS","provider":"X","version":"1"},"runOrder":1,"region":"eu-west-1","configuration":{"a":"2","b":"1"},"inputArtifacts":[],"outputArtifacts":[]}]}]}"#,
        );
        assert!(changes(&theirs, &ours, &home()).is_empty());
    }

    #[test]
    fn changes_name_stage_and_action() {
        let text = |role: &str| {
            declaration(&format!(
                r#"{{"name":"p","stages":[{{"name":"S","actions":[{{"name":"a","actionTypeId":{{"category":"Build","owner":"AWS","provider":"X","version":"1"}}{role}}}]}}]}}"#
            ))
        };
        let found = changes(&text(""), &text(r#","roleArn":"arn""#), &home());
        assert_eq!(
            found,
            [Change { path: "stages[S].actions[a].roleArn".into(), before: None, after: Some("arn".into()) }]
        );
    }

    #[test]
    fn a_masked_secret_is_no_change() {
        let text = |secret: &str| {
            declaration(&format!(
                r#"{{"name":"p","stages":[{{"name":"S","actions":[{{"name":"a","actionTypeId":{{"category":"Source","owner":"ThirdParty","provider":"GitHub","version":"1"}},"configuration":{{"OAuthToken":"{secret}"}}}}]}}]}}"#
            ))
        };
        assert!(changes(&text("****"), &text("secret"), &home()).is_empty());
    }

    #[test]
    fn a_managed_pipeline_keeps_members_that_are_not_modelled() {
        let arn = "arn:aws:codepipeline:eu-west-1:111111111111:p".parse().unwrap();
        let mut pipeline = Pipeline::new("P", Ownership::Managed, arn);
        pipeline.declaration = declaration(r#"{"name":"p","stages":[{"name":"S","actions":[]}]}"#);
        let theirs = declaration(r#"{"name":"p","tomorrow":1,"stages":[{"name":"S","new":{"x":2},"actions":[]}]}"#);
        let merged = desired(&pipeline, Some(&theirs)).unwrap();
        assert!(changes(&theirs, &merged, &home()).is_empty());
        assert_eq!(merged.other["tomorrow"], 1);
    }
}
