//! A declaration as the arguments of `aws_codepipeline`.

use serde_json::{Map, Value, json};

use crate::case::snake;

/// A text that Terraform takes as it is: without templates in it.
pub(super) fn text(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

/// The arguments of a pipeline; else what there is no argument for. A text with secrets is `{"template": "…"}`.
pub(super) fn pipeline(declaration: &Value) -> Result<Value, String> {
    // The version is counted by AWS.
    let written = members(declaration).filter(|(key, _)| *key != "version");
    arguments(written, "", |key, value| {
        Ok(Some(match key {
            "name" | "roleArn" | "executionMode" | "pipelineType" => (snake(key), scalar(value)),
            "artifactStore" => ("artifact_store".to_owned(), json!([store(value, None)?])),
            "artifactStores" => {
                let stores: Result<Vec<Value>, String> =
                    members(value).map(|(region, of_region)| store(of_region, Some(region))).collect();
                ("artifact_store".to_owned(), json!(stores?))
            }
            "stages" => ("stage".to_owned(), list(value, stage)?),
            "variables" => {
                ("variable".to_owned(), list(value, |one| plain(one, &["name", "defaultValue", "description"]))?)
            }
            "triggers" => ("trigger".to_owned(), list(value, trigger)?),
            _ => return Ok(None),
        }))
    })
}

fn store(store: &Value, region: Option<&String>) -> Result<Value, String> {
    let mut arguments = arguments(members(store), " of an artifact store", |key, value| {
        Ok(Some(match key {
            "type" | "location" => (snake(key), scalar(value)),
            "encryptionKey" => (snake(key), json!([plain(value, &["id", "type"])?])),
            _ => return Ok(None),
        }))
    })?;
    if let (Some(region), Some(arguments)) = (region, arguments.as_object_mut()) {
        arguments.insert("region".to_owned(), json!(region));
    }
    Ok(arguments)
}

fn stage(stage: &Value) -> Result<Value, String> {
    arguments(members(stage), " of a stage", |key, value| {
        Ok(Some(match key {
            "name" => (snake(key), scalar(value)),
            "actions" => ("action".to_owned(), list(value, action)?),
            "beforeEntry" | "onSuccess" | "onFailure" => (snake(key), json!([conditions(value)?])),
            _ => return Ok(None),
        }))
    })
}

fn action(action: &Value) -> Result<Value, String> {
    let mut arguments = Map::new();
    for (key, value) in members(action) {
        let (name, value) = match key.as_str() {
            "actionTypeId" => {
                for (part, value) in members(value) {
                    arguments.insert(part.clone(), scalar(value));
                }
                continue;
            }
            "outputArtifacts" if is_compute(action.pointer("/actionTypeId/category")) => {
                ("output_artifacts_for_compute_action".to_owned(), list(value, artifact_with_files)?)
            }
            "inputArtifacts" | "outputArtifacts" => (snake(key), artifacts(value)?),
            "commands" | "outputVariables" => (snake(key), texts(value)?),
            "configuration" => (key.clone(), configuration(value)),
            "name" | "namespace" | "region" | "roleArn" | "runOrder" | "timeoutInMinutes" => {
                (snake(key), scalar(value))
            }
            other => return Err(format!("`{other}` of an action")),
        };
        arguments.insert(name, value);
    }
    Ok(Value::Object(arguments))
}

/// Whether the arguments of a pipeline have an action of category Compute, which the provider knows only in later versions.
pub(super) fn computes(pipeline: &Value) -> bool {
    let mut actions = blocks(pipeline, "stage").flat_map(|stage| blocks(stage, "action"));
    actions.any(|action| is_compute(action.get("category")))
}

fn blocks<'a>(of: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    of.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn is_compute(category: Option<&Value>) -> bool {
    category.and_then(Value::as_str) == Some("Compute")
}

fn artifact_with_files(artifact: &Value) -> Result<Value, String> {
    arguments(members(artifact), " of an artifact", |key, value| {
        Ok(Some(match key {
            "name" => (snake(key), scalar(value)),
            "files" => (snake(key), texts(value)?),
            _ => return Ok(None),
        }))
    })
}

fn artifacts(artifacts: &Value) -> Result<Value, String> {
    let name = |artifact: &Value| match members(artifact).find(|(key, _)| *key != "name") {
        Some((other, _)) => Err(format!("`{other}` of an artifact")),
        None => Ok(artifact.get("name").map_or(Value::Null, scalar)),
    };
    list(artifacts, name)
}

fn configuration(configuration: &Value) -> Value {
    let value = |value: &Value| match value.get("template") {
        Some(template) => template.clone(),
        None => scalar(value),
    };
    Value::Object(members(configuration).map(|(key, of_key)| (key.clone(), value(of_key))).collect())
}

fn conditions(conditions: &Value) -> Result<Value, String> {
    arguments(members(conditions), " of conditions", |key, value| {
        Ok(Some(match key {
            "result" => (snake(key), scalar(value)),
            "retryConfiguration" => ("retry_configuration".to_owned(), json!([plain(value, &["retryMode"])?])),
            "conditions" => ("condition".to_owned(), list(value, condition)?),
            _ => return Ok(None),
        }))
    })
}

fn condition(condition: &Value) -> Result<Value, String> {
    arguments(members(condition), " of a condition", |key, value| {
        Ok(Some(match key {
            "result" => (snake(key), scalar(value)),
            "rules" => ("rule".to_owned(), list(value, rule)?),
            _ => return Ok(None),
        }))
    })
}

fn rule(rule: &Value) -> Result<Value, String> {
    arguments(members(rule), " of a rule", |key, value| {
        Ok(Some(match key {
            "ruleTypeId" => (snake(key), json!([plain(value, &["category", "owner", "provider", "version"])?])),
            "inputArtifacts" => (snake(key), artifacts(value)?),
            "configuration" => (snake(key), configuration(value)),
            "commands" => (snake(key), texts(value)?),
            "name" | "region" | "roleArn" | "timeoutInMinutes" => (snake(key), scalar(value)),
            _ => return Ok(None),
        }))
    })
}

fn trigger(trigger: &Value) -> Result<Value, String> {
    arguments(members(trigger), " of a trigger", |key, value| {
        Ok(Some(match key {
            "providerType" => (snake(key), scalar(value)),
            "gitConfiguration" => (snake(key), json!([git(value)?])),
            _ => return Ok(None),
        }))
    })
}

fn git(git: &Value) -> Result<Value, String> {
    arguments(members(git), " of a trigger", |key, value| {
        let value = match key {
            "sourceActionName" => scalar(value),
            "push" | "pullRequest" => list(value, filter)?,
            _ => return Ok(None),
        };
        Ok(Some((snake(key), value)))
    })
}

fn filter(filter: &Value) -> Result<Value, String> {
    arguments(members(filter), " of a filter", |key, value| {
        let value = match key {
            "events" => texts(value)?,
            "tags" | "branches" | "filePaths" => {
                let mut criteria = Map::new();
                for (key, patterns) in members(value) {
                    criteria.insert(snake(key), texts(patterns)?);
                }
                json!([criteria])
            }
            _ => return Ok(None),
        };
        Ok(Some((snake(key), value)))
    })
}

/// The arguments that members have; one that has none is an error.
fn arguments<'a>(
    members: impl Iterator<Item = (&'a String, &'a Value)>,
    of: &str,
    argument: impl Fn(&str, &Value) -> Result<Option<(String, Value)>, String>,
) -> Result<Value, String> {
    let named = members.map(|(key, value)| argument(key, value)?.ok_or_else(|| format!("`{key}`{of}")));
    named.collect::<Result<Map<String, Value>, String>>().map(Value::Object)
}

/// An object; only these of its members have an argument.
fn plain(object: &Value, known: &[&str]) -> Result<Value, String> {
    arguments(members(object), "", |key, value| Ok(known.contains(&key).then(|| (snake(key), scalar(value)))))
}

fn members(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flatten()
}

fn list(list: &Value, one: impl Fn(&Value) -> Result<Value, String>) -> Result<Value, String> {
    list.as_array().into_iter().flatten().map(one).collect::<Result<Vec<Value>, String>>().map(Value::Array)
}

fn texts(texts: &Value) -> Result<Value, String> {
    list(texts, |text| Ok(scalar(text)))
}

fn scalar(value: &Value) -> Value {
    match value {
        Value::String(of) => json!(text(of)),
        other => other.clone(),
    }
}
