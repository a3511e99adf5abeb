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
        let format = text.replace('{', "{{").replace('}', "}}");
        let format = format.replace(&format!("\"{secret}\""), &format!("{{{parameter}}}"));
        let escaped = format!("{parameter} = codepipeline_xacct::json_string({parameter})");
        let written = format!("(format!(r#\"{format}\"#,{escaped}))");
        let unspaced = |text: &str| text.replace([' ', '\n'], "");
        assert!(unspaced(&source).contains(&unspaced(&written)), "{written}\n{source}");
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
    assert!(
        source.contains(
            r##"r#"{{"password": {password}, "to": "team"}}"#, password = codepipeline_xacct::json_string(password)"##
        ),
        "{source}"
    );
    assert!(said.contains("the value of `api_token` looks like a secret"), "{said}");
    assert!(!source.contains("s3cr3t-six") && !said.contains("s3cr3t"), "{said}");
}

#[test]
fn a_secret_that_its_form_tells_is_a_parameter_whatever_its_name() {
    let letters = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7x".repeat(2);
    let token = format!("ghp_{}", &letters[..36]);
    let (id, key) = ("AKIAABCDEFGH23456789", &letters[..40]);
    let template = format!(
        r#"Parameters:
  Stage: {{ Type: String, Default: {token} }}
Resources:
  Release:
    Type: AWS::CodePipeline::Pipeline
    Properties:
      Name: release
      PipelineType: V2
      RoleArn: arn:aws:iam::111111111111:role/release
      ArtifactStore: {{ Type: S3, Location: shop-artifacts }}
      Stages:
        - Name: Source
          Actions:
            - Name: code
              ActionTypeId: {{ Category: Source, Owner: AWS, Provider: CodeCommit, Version: '1' }}
              Configuration: {{ RepositoryName: shop, BranchName: !Ref Stage }}
              OutputArtifacts: [{{ Name: Code }}]
        - Name: Build
          Actions:
            - Name: build
              ActionTypeId: {{ Category: Build, Owner: AWS, Provider: CodeBuild, Version: '1' }}
              InputArtifacts: [{{ Name: Cod }}]
              Configuration:
                ProjectName: shop
                EnvironmentVariables: '[{{"name": "STAGE", "value": "{token}"}}, {{"name": "ID", "value": "{id}"}}, {{"name": "OTHER", "value": "{key}"}}]'
            - Name: tell
              ActionTypeId: {{ Category: Invoke, Owner: AWS, Provider: Lambda, Version: '1' }}
              Configuration: {{ FunctionName: tell, UserParameters: '{{"deep": {{"er": "{token}"}}}}' }}
            - Name: run
              ActionTypeId: {{ Category: Compute, Owner: AWS, Provider: Commands, Version: '1' }}
              InputArtifacts: [{{ Name: Code }}]
              Commands: ["curl -H 'Authorization: token {token}' https://shop.example"]
"#
    );
    let (_, source, said) = xacct(&["import", "-", "--region", "eu-west-1"], &template);
    assert!(!source.contains(&token) && !source.contains(key), "{source}");
    for part in [
        "branch: (stage)",
        "stage_2 = codepipeline_xacct::json_string(stage_2)",
        "other = codepipeline_xacct::json_string(other)",
        "user_parameters: (user_parameters)",
        "commands: [(commands)]",
        id,
    ] {
        assert!(source.contains(part), "{part}: {source}");
    }
    assert!(!said.contains("looks like a secret"), "{said}");
    let (_, found, _) = xacct(&["check", "-"], &template);
    assert!(found.contains("XA0302"), "{found}");
    for text in [said, found] {
        assert!(!text.contains(&token[4..]) && !text.contains(key), "{text}");
    }
}

#[test]
fn numbers_odd_signs_and_urls_with_passwords_are_secrets_and_limits_and_places_are_not() {
    let file = here("../../../tests/language/tests/import/secret-variables.json");
    let mut declared: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let letters = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7x".repeat(2);
    let webhook = format!("https://hooks.slack.com/services/T0AAAAAAA/B0AAAAAAA/{}", &letters[..24]);
    let jwt = format!("eyJ{}.eyJ{}.{}", &letters[..20], &letters[..30], &letters[..43]);
    let secrets = [
        ("DB_PASSWORD", "84629174"),
        ("ADMIN_PASSWORD", "$ecretPassw0rd"),
        ("SMTP_PASSWORD", "<q9#Lk2!x"),
        ("DATABASE_URL", "postgres://admin:Tr0ub4dor@db.example.com/x"),
        ("HOOK", &webhook),
        ("SESSION", &jwt),
    ];
    let others = [
        ("TOKEN_TTL", "2592000"),
        ("PASSWORD_LENGTH", "12"),
        ("MAX_TOKENS", "1024000"),
        ("PORT", "84629175"),
        ("USE_TOKEN", "true"),
        ("API_TOKEN", "/app/db/password"),
        ("HOST_URL", "https://db.example.com:5432/x"),
        ("SECRET", "arn:aws:secretsmanager:eu-west-1:111111111111:secret:shop-AbCdEf"),
        ("TOKEN", "$SHOP_TOKEN"),
        ("PASSWORD", "<your password>"),
    ];
    let variables: Vec<Value> = secrets
        .iter()
        .chain(&others)
        .map(|(name, value)| serde_json::json!({ "name": name, "value": value, "type": "PLAINTEXT" }))
        .collect();
    let text = serde_json::to_string(&variables).unwrap();
    declared["pipeline"]["stages"][1]["actions"][0]["configuration"]["EnvironmentVariables"] = text.into();
    let (_, source, said) = xacct(&["import", "-", "--region", "eu-west-1"], &declared.to_string());
    for (name, value) in secrets {
        assert!(!source.contains(value) && !said.contains(value), "{name}: {source}{said}");
        let note = format!("this secret is the parameter `{}`", name.to_lowercase());
        assert!(said.contains(&note), "{name}: {said}");
    }
    for (name, value) in others {
        assert!(source.contains(&format!(r#""{value}""#)), "{name}: {source}");
    }
}

#[test]
fn a_secret_that_is_the_default_of_a_variable_is_called_after_it_and_noted_once() {
    let file = here("../../../tests/language/tests/import/secret-variables.json");
    let mut declared: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let token = "sk_live_51abcdefghijklmnopqrst";
    declared["pipeline"]["variables"] = serde_json::json!([{ "name": "api_token", "defaultValue": token }]);
    let (_, source, said) = xacct(&["import", "-", "--region", "eu-west-1"], &declared.to_string());
    assert!(source.contains("api_token: (api_token)") && !source.contains(token), "{source}");
    assert!(said.contains("this secret is the parameter `api_token`"), "{said}");
    assert!(!said.contains("the value of `api_token`"), "{said}");
}

#[test]
fn a_text_of_json_with_a_secret_deep_in_it_is_one_parameter() {
    let file = here("../../../tests/language/tests/import/secret-variables.json");
    let mut declared: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let action = serde_json::json!({
        "name": "tell",
        "actionTypeId": { "category": "Invoke", "owner": "AWS", "provider": "Lambda", "version": "1" },
        "configuration": {
            "FunctionName": "tell",
            "UserParameters": r#"{"secret": "s3cr3t-six", "deep": {"url": "postgres://shop:s3cr3t-seven@db/x"}}"#,
        },
    });
    declared["pipeline"]["stages"][2]["actions"].as_array_mut().unwrap().push(action);
    let (_, source, said) = xacct(&["import", "-", "--region", "eu-west-1"], &declared.to_string());
    assert!(source.contains("user_parameters: (user_parameters)"), "{source}");
    assert!(!source.contains("secret: &str") && !said.contains("`secret`"), "{source}{said}");
}
