//! For every provider some typical configurations, each in a pipeline whose action or rule has a role of its own.
//!
//! Another crate may include this file: `model` is the name that it gives to `codepipeline-xacct-core`.

use serde_json::{Value, json};

use super::model::declaration::{PipelineDeclaration, read};
use super::model::ids::{Partition, RoleArn};
use super::model::topology::{Account, Gate, Ownership, Pipeline, Role, RoleLink, RoleUser, Topology};

pub const ACCOUNT: &str = "111111111111";

pub fn arn(name: &str) -> RoleArn {
    format!("arn:aws:iam::{ACCOUNT}:role/{name}").parse().unwrap()
}

pub fn configurations() -> Vec<Value> {
    serde_json::from_str(include_str!("configurations.json")).unwrap()
}

/// The name of the provider in the declaration of its type.
fn type_id(text: &str) -> Value {
    let parts: Vec<&str> = text.split('/').collect();
    json!({ "category": parts[0], "owner": parts[1], "provider": parts[2], "version": parts[3] })
}

fn artifacts(count: &Value, prefix: &str) -> Vec<Value> {
    (0..count.as_u64().unwrap()).map(|index| json!({ "name": format!("{prefix}{index}") })).collect()
}

/// A pipeline whose action (or rule) `it` is an entry of `configurations.json`, with a role of its own.
pub fn declaration(entry: &Value) -> Value {
    let r#type = entry["type"].as_str().unwrap();
    let mut it = json!({ "name": "it", "configuration": entry["configuration"] });
    for member in ["commands", "environmentVariables"] {
        if let Some(value) = entry.get(member) {
            it[member] = value.clone();
        }
    }
    let source = json!({
        "name": "source",
        "actionTypeId": type_id("Source/AWS/S3/1"),
        "configuration": { "S3Bucket": "source", "S3ObjectKey": "source.zip", "PollForSourceChanges": "false" },
        "outputArtifacts": [{ "name": "In0" }],
    });
    let approval = json!({ "name": "approval", "actionTypeId": type_id("Approval/AWS/Manual/1"), "runOrder": 2 });
    let mut work = json!({ "name": "Work", "actions": [approval.clone()] });
    let mut sources = vec![source];
    if r#type.starts_with("Rule/") {
        it["ruleTypeId"] = type_id(r#type);
        work["beforeEntry"] = json!({ "conditions": [{ "result": "FAIL", "rules": [it] }] });
    } else {
        it["actionTypeId"] = type_id(r#type);
        it["inputArtifacts"] = artifacts(&entry["inputs"], "In").into();
        it["outputArtifacts"] = artifacts(&entry["outputs"], "Out").into();
        match r#type.starts_with("Source/") {
            true => sources.push(it),
            false => work["actions"] = json!([it, approval]),
        }
    }
    let mut store = json!({ "type": "S3", "location": "artifacts" });
    if let Some(id) = entry.get("encryptionKey") {
        store["encryptionKey"] = json!({ "id": id, "type": "KMS" });
    }
    json!({
        "name": "shop",
        "pipelineType": "V2",
        "artifactStore": store,
        "variables": [{ "name": "x", "defaultValue": "1" }],
        "stages": [{ "name": "Source", "actions": sources }, work],
    })
}

/// The link of `it` with its role.
fn link(entry: &Value) -> RoleLink {
    let r#type = entry["type"].as_str().unwrap();
    let stage = if r#type.starts_with("Source/") { "Source" } else { "Work" };
    let user = match r#type.starts_with("Rule/") {
        true => RoleUser::Rule { gate: Gate::BeforeEntry, rule: "it".to_owned() },
        false => RoleUser::Action("it".to_owned()),
    };
    RoleLink { stage: stage.to_owned(), user, role: arn("it") }
}

pub fn pipeline(declaration: &Value, ownership: Ownership) -> Pipeline {
    let arn = format!("arn:aws:codepipeline:eu-west-1:{ACCOUNT}:shop").parse().unwrap();
    let mut pipeline = Pipeline::new("Shop", ownership, arn);
    pipeline.declaration = read::<PipelineDeclaration>(&declaration.to_string()).unwrap();
    pipeline.service_role = Some(self::arn("service"));
    pipeline
}

pub fn built(pipeline: Pipeline, roles: Vec<Role>) -> Topology {
    let account = Account { item: "Tooling".to_owned(), id: ACCOUNT.parse().unwrap(), partition: Partition::aws() };
    let mut builder = Topology::builder("t").add(account);
    for role in roles {
        builder = builder.add(role);
    }
    builder.add(pipeline).build().unwrap_or_else(|findings| panic!("{findings}"))
}

/// The pipeline of an entry, with a service role and the role `it`.
pub fn topology(entry: &Value) -> Topology {
    let mut pipeline = pipeline(&declaration(entry), Ownership::Managed);
    pipeline.role_links.push(link(entry));
    let roles = ["service", "it"].map(|name| Role::inline(Ownership::Managed, arn(name)));
    built(pipeline, roles.into())
}
