//! A declaration as the arguments of `aws_codepipeline`.

use serde_json::{Map, Value, json};

/// A text that Terraform takes as it is: without templates in it.
pub(super) fn text(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

/// The arguments of a pipeline; else what there is no argument for. In place of a secret is `{"var": "…"}`.
pub(super) fn pipeline(declaration: &Value) -> Result<Value, String> {
    let mut arguments = Map::new();
    for (key, value) in members(declaration) {
        let (name, value) = match key.as_str() {
            // Counted by AWS.
            "version" => continue,
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
            other => return Err(format!("`{other}`")),
        };
        arguments.insert(name, value);
    }
    Ok(Value::Object(arguments))
}

fn store(store: &Value, region: Option<&String>) -> Result<Value, String> {
    let mut arguments = Map::new();
    for (key, value) in members(store) {
        let (name, value) = match key.as_str() {
            "type" | "location" => (key.clone(), scalar(value)),
            "encryptionKey" => ("encryption_key".to_owned(), json!([plain(value, &["id", "type"])?])),
            other => return Err(format!("`{other}` of an artifact store")),
        };
        arguments.insert(name, value);
    }
    if let Some(region) = region {
        arguments.insert("region".to_owned(), json!(region));
    }
    Ok(Value::Object(arguments))
}

fn stage(stage: &Value) -> Result<Value, String> {
    let mut arguments = Map::new();
    for (key, value) in members(stage) {
        let (name, value) = match key.as_str() {
            "name" => (key.clone(), scalar(value)),
            "actions" => ("action".to_owned(), list(value, action)?),
            "beforeEntry" | "onSuccess" | "onFailure" => (snake(key), json!([conditions(value)?])),
            other => return Err(format!("`{other}` of a stage")),
        };
        arguments.insert(name, value);
    }
    Ok(Value::Object(arguments))
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
            "inputArtifacts" | "outputArtifacts" => (snake(key), artifacts(value)?),
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

fn artifacts(artifacts: &Value) -> Result<Value, String> {
    let name = |artifact: &Value| match members(artifact).find(|(key, _)| *key != "name") {
        Some((other, _)) => Err(format!("`{other}` of an artifact")),
        None => Ok(artifact.get("name").map_or(Value::Null, scalar)),
    };
    list(artifacts, name)
}

fn configuration(configuration: &Value) -> Value {
    let value = |value: &Value| match value.get("var").and_then(Value::as_str) {
        Some(variable) => json!(format!("${{var.{variable}}}")),
        None => scalar(value),
    };
    Value::Object(members(configuration).map(|(key, of_key)| (key.clone(), value(of_key))).collect())
}

fn conditions(conditions: &Value) -> Result<Value, String> {
    let mut arguments = Map::new();
    for (key, value) in members(conditions) {
        let (name, value) = match key.as_str() {
            "result" => (key.clone(), scalar(value)),
            "retryConfiguration" => ("retry_configuration".to_owned(), json!([plain(value, &["retryMode"])?])),
            "conditions" => ("condition".to_owned(), list(value, condition)?),
            other => return Err(format!("`{other}` of conditions")),
        };
        arguments.insert(name, value);
    }
    Ok(Value::Object(arguments))
}

fn condition(condition: &Value) -> Result<Value, String> {
    let mut arguments = Map::new();
    for (key, value) in members(condition) {
        let (name, value) = match key.as_str() {
            "result" => (key.clone(), scalar(value)),
            "rules" => ("rule".to_owned(), list(value, rule)?),
            other => return Err(format!("`{other}` of a condition")),
        };
        arguments.insert(name, value);
    }
    Ok(Value::Object(arguments))
}

fn rule(rule: &Value) -> Result<Value, String> {
    let mut arguments = Map::new();
    for (key, value) in members(rule) {
        let (name, value) = match key.as_str() {
            "ruleTypeId" => (snake(key), json!([plain(value, &["category", "owner", "provider", "version"])?])),
            "inputArtifacts" => (snake(key), artifacts(value)?),
            "configuration" => (key.clone(), configuration(value)),
            "commands" => (key.clone(), list(value, |text| Ok(scalar(text)))?),
            "name" | "region" | "roleArn" | "timeoutInMinutes" => (snake(key), scalar(value)),
            other => return Err(format!("`{other}` of a rule")),
        };
        arguments.insert(name, value);
    }
    Ok(Value::Object(arguments))
}

fn trigger(trigger: &Value) -> Result<Value, String> {
    let mut arguments = Map::new();
    for (key, value) in members(trigger) {
        let (name, value) = match key.as_str() {
            "providerType" => (snake(key), scalar(value)),
            "gitConfiguration" => (snake(key), json!([git(value)?])),
            other => return Err(format!("`{other}` of a trigger")),
        };
        arguments.insert(name, value);
    }
    Ok(Value::Object(arguments))
}

fn git(git: &Value) -> Result<Value, String> {
    let mut arguments = Map::new();
    for (key, value) in members(git) {
        let value = match key.as_str() {
            "sourceActionName" => scalar(value),
            "push" | "pullRequest" => list(value, filter)?,
            other => return Err(format!("`{other}` of a trigger")),
        };
        arguments.insert(snake(key), value);
    }
    Ok(Value::Object(arguments))
}

fn filter(filter: &Value) -> Result<Value, String> {
    let mut arguments = Map::new();
    for (key, value) in members(filter) {
        let value = match key.as_str() {
            "events" => list(value, |event| Ok(scalar(event)))?,
            "tags" | "branches" | "filePaths" => {
                let mut criteria = Map::new();
                for (key, patterns) in members(value) {
                    criteria.insert(key.clone(), list(patterns, |pattern| Ok(scalar(pattern)))?);
                }
                json!([criteria])
            }
            other => return Err(format!("`{other}` of a filter")),
        };
        arguments.insert(snake(key), value);
    }
    Ok(Value::Object(arguments))
}

/// An object of which only these members have an argument.
fn plain(object: &Value, known: &[&str]) -> Result<Value, String> {
    let mut arguments = Map::new();
    for (key, value) in members(object) {
        if !known.contains(&key.as_str()) {
            return Err(format!("`{key}`"));
        }
        arguments.insert(snake(key), scalar(value));
    }
    Ok(Value::Object(arguments))
}

fn members(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flatten()
}

fn list(list: &Value, one: impl Fn(&Value) -> Result<Value, String>) -> Result<Value, String> {
    list.as_array().into_iter().flatten().map(one).collect::<Result<Vec<Value>, String>>().map(Value::Array)
}

fn scalar(value: &Value) -> Value {
    match value {
        Value::String(of) => json!(text(of)),
        other => other.clone(),
    }
}

/// `roleArn` as `role_arn`.
fn snake(camel: &str) -> String {
    let mut snake = String::new();
    for c in camel.chars() {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}
