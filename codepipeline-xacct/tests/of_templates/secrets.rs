//! Secrets in what is imported.

use std::fs;

use serde_json::Value;

use super::{here, xacct};

#[test]
fn secrets_in_variables_are_parameters_and_those_in_commands_are_said() {
    let file = here("../../../tests/language/tests/import/secret-variables.json");
    assert!(fs::read_to_string(&file).unwrap().contains("s3cr3t-one"));
    let (_, source, said) = xacct(&["import", &file, "--region", "eu-west-1"], "");
    assert!(source.contains("(npm_token: &str, api_key: &str, db_password: &str)"), "{source}");
    for secret in ["s3cr3t-one", "s3cr3t-two", "s3cr3t-three"] {
        assert!(!source.contains(secret) && !said.contains(secret), "{source}{said}");
    }
    assert!(
        source.contains("API_KEY: (api_key),") && source.contains("DB_PASSWORD: secrets_manager(\"shop/db\")"),
        "{source}"
    );
    assert_eq!(said.matches("note: this secret is the parameter").count(), 3, "{said}");
    let command = "note: the value of `--token` looks like a secret, and is in the source";
    let lines: Vec<&str> = said.lines().filter(|line| line.contains("looks like a secret")).collect();
    assert_eq!(lines.len(), 1, "{said}");
    assert!(lines[0].contains(command) && lines[0].contains("secret-variables.json:"), "{said}");
    assert!(!said.contains("s3cr3t-four"), "{said}");
}

#[test]
fn a_text_of_json_with_a_secret_is_the_same_text_when_it_is_given_the_secret() {
    let file = here("../../../tests/language/tests/import/secret-variables.json");
    let declared: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let (_, source, _) = xacct(&["import", &file, "--region", "eu-west-1"], "");
    let texts = [
        ("/pipeline/stages/1/actions/0/configuration/EnvironmentVariables", "npm_token", "s3cr3t-one"),
        ("/pipeline/stages/2/actions/0/configuration/ParameterOverrides", "db_password", "s3cr3t-three"),
    ];
    for (place, parameter, secret) in texts {
        let text = declared.pointer(place).and_then(Value::as_str).unwrap();
        assert!(text.contains(": \"") && text.contains(", \""), "{text}");
        // `{:?}` escapes a secret as JSON does.
        let format = text.replace('{', "{{").replace('}', "}}");
        let format = format.replace(&format!("\"{secret}\""), &format!("{{{parameter}:?}}"));
        let written = format!("(format!(r#\"{format}\"#))");
        assert!(source.contains(&written), "{written}\n{source}");
    }
}

#[test]
fn secrets_that_functions_and_pipelines_take_are_found_too() {
    let file = here("../../../tests/language/tests/import/secret-variables.json");
    let mut declared: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let pipeline = declared.get_mut("pipeline").unwrap();
    pipeline["variables"] = serde_json::json!([{ "name": "api_token", "defaultValue": "s3cr3t-five" }]);
    let action = serde_json::json!({
        "name": "tell",
        "actionTypeId": { "category": "Invoke", "owner": "AWS", "provider": "Lambda", "version": "1" },
        "configuration": { "FunctionName": "tell", "UserParameters": r#"{"password": "s3cr3t-six", "to": "team"}"# },
    });
    pipeline["stages"][2]["actions"].as_array_mut().unwrap().push(action);
    let (_, source, said) = xacct(&["import", "-", "--region", "eu-west-1"], &declared.to_string());
    assert!(source.contains(r##"(format!(r#"{{"password": {password:?}, "to": "team"}}"#))"##), "{source}");
    assert!(said.contains("the value of `api_token` looks like a secret"), "{said}");
    assert!(!source.contains("s3cr3t-six") && !said.contains("s3cr3t"), "{said}");
}
