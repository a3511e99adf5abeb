//! The output shapes and the errors of CodePipeline, from botocore's `codepipeline/2015-07-09/service-2.json` (1.43), without its texts.

use std::sync::OnceLock;

use serde_json::Value;

fn model() -> &'static Value {
    static MODEL: OnceLock<Value> = OnceLock::new();
    MODEL.get_or_init(|| serde_json::from_str(include_str!("../fixtures/codepipeline-model.json")).unwrap())
}

/// What in an answer is not as the model has it.
pub fn compare(operation: &str, status: u16, body: &Value) -> Vec<String> {
    let known = &model()["operations"][operation];
    if known.is_null() {
        return vec![format!("the model has no operation {operation}")];
    }
    let mut wrong = Vec::new();
    if status == 200 {
        match known["output"].as_str() {
            Some(shape) => value(shape, body, "", &mut wrong),
            None if body.as_object().is_some_and(serde_json::Map::is_empty) => {}
            None => wrong.push("an answer where the model has none".to_owned()),
        }
        return wrong;
    }
    let code = body["__type"].as_str().unwrap_or_default();
    // These are common to all operations.
    let common = ["AccessDeniedException", "SerializationException", "NotSupportedByLocalAws"];
    let declared = known["errors"].as_array().unwrap().iter().any(|error| error == code);
    if !declared && !common.contains(&code) {
        wrong.push(format!("the model has no error {code}"));
    }
    wrong
}

fn value(shape: &str, it: &Value, path: &str, wrong: &mut Vec<String>) {
    let shape = &model()["shapes"][shape];
    let mut say = |what: String| wrong.push(format!("{path}: {what}"));
    match shape["type"].as_str().unwrap() {
        "structure" => {
            let Some(members) = it.as_object() else { return say("not an object".to_owned()) };
            for required in shape["required"].as_array().into_iter().flatten() {
                if !members.contains_key(required.as_str().unwrap()) {
                    say(format!("without {required}"));
                }
            }
            for (name, member) in members {
                match shape["members"][name].as_str() {
                    Some(shape) => value(shape, member, &format!("{path}/{name}"), wrong),
                    None => wrong.push(format!("{path}: the model has no {name}")),
                }
            }
        }
        "list" => {
            let Some(entries) = it.as_array() else { return say("not a list".to_owned()) };
            length(shape, entries.len(), path, wrong);
            for (index, entry) in entries.iter().enumerate() {
                value(shape["member"].as_str().unwrap(), entry, &format!("{path}/{index}"), wrong);
            }
        }
        "map" => {
            let Some(entries) = it.as_object() else { return say("not a map".to_owned()) };
            for (key, entry) in entries {
                value(shape["value"].as_str().unwrap(), entry, &format!("{path}/{key}"), wrong);
            }
        }
        "string" => {
            let Some(text) = it.as_str() else { return say("not a text".to_owned()) };
            if let Some(values) = shape["enum"].as_array()
                && !values.iter().any(|value| value == text)
            {
                say(format!("{text} is none of {values:?}"));
            }
            length(shape, text.chars().count(), path, wrong);
        }
        "integer" | "long" if it.is_i64() => {
            let least = shape["min"].as_i64().unwrap_or(i64::MIN);
            if it.as_i64() < Some(least) {
                say(format!("{it} is less than {least}"));
            }
        }
        "timestamp" if it.is_number() => {}
        "boolean" if it.is_boolean() => {}
        other => say(format!("{it} is no {other}")),
    }
}

fn length(shape: &Value, length: usize, path: &str, wrong: &mut Vec<String>) {
    let bound = |key: &str| shape[key].as_u64().and_then(|bound| usize::try_from(bound).ok());
    if bound("min").is_some_and(|least| length < least) || bound("max").is_some_and(|most| length > most) {
        wrong.push(format!("{path}: a length of {length}"));
    }
}

#[test]
fn what_the_model_does_not_have_is_found() {
    let wrong = |body: &str| compare("GetPipelineExecution", 200, &serde_json::from_str(body).unwrap());
    assert_eq!(wrong(r#"{"pipelineExecution":{"pipelineVersion":1}}"#), Vec::<String>::new());
    assert_eq!(
        wrong(r#"{"pipelineExecution":{"pipelineVersion":0}}"#),
        ["/pipelineExecution/pipelineVersion: 0 is less than 1"]
    );
    assert_eq!(wrong(r#"{"execution":{}}"#), [": the model has no execution"]);
    assert!(wrong(r#"{"pipelineExecution":{"status":"Running"}}"#)[0].contains("Running is none of"));
    let error = serde_json::from_str(r#"{"__type":"StageNotFoundException"}"#).unwrap();
    assert_eq!(compare("GetPipeline", 400, &error), ["the model has no error StageNotFoundException"]);
}
