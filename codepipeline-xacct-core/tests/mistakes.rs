//! Mistakes that people make in declarations: one finding each, in these words.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use codepipeline_xacct_core::check::files::{DeclarationInput, Home, check};
use codepipeline_xacct_core::finding::Severity;
use codepipeline_xacct_core::rules::EXAMPLE;
use serde_json::{Value, json};

const SOURCE: &str = "/stages/0/actions/0";
const BUILD: &str = "/stages/1/actions/0";
const COMMANDS: &str = "/stages/1/actions/1";
const APPROVAL: &str = "/stages/2/actions/0";
const STACK: &str = "/stages/2/actions/1";

/// What is found in the example after an edit: code, message and help; a warning's code has a `w` behind it.
fn found(edit: impl FnOnce(&mut Value)) -> Vec<[String; 3]> {
    let mut declaration: Value = serde_json::from_str(EXAMPLE).unwrap();
    edit(&mut declaration);
    let document = json!({
        "pipeline": declaration,
        "metadata": { "pipelineArn": "arn:aws:codepipeline:eu-west-1:111111111111:release" }
    });
    let findings = check(&[DeclarationInput { item: "P", value: &document }], &Home::default()).concat();
    let mark = |severity| if severity == Severity::Warning { "w" } else { "" };
    let line = |f: &codepipeline_xacct_core::finding::Finding| {
        [format!("{}{}", f.code, mark(f.severity)), f.message.clone(), f.help.clone().unwrap_or_default()]
    };
    findings.iter().map(line).collect()
}

fn one(code: &str, message: &str, help: &str) -> Vec<[String; 3]> {
    vec![[code.to_owned(), message.to_owned(), help.to_owned()]]
}

/// Another action in the place of the approval, or of the first source.
fn action(category: &str, owner: &str, provider: &str, configuration: Value) -> Vec<[String; 3]> {
    found(|p| {
        let place = if category == "Source" { SOURCE } else { APPROVAL };
        let action = p.pointer_mut(place).unwrap();
        action["actionTypeId"] = json!({ "category": category, "owner": owner, "provider": provider, "version": "1" });
        action["configuration"] = configuration;
        action.as_object_mut().unwrap().shift_remove("timeoutInMinutes");
        if matches!(category, "Build" | "Deploy" | "Compute") {
            action["inputArtifacts"] = json!([{ "name": "Built" }]);
        }
        if category == "Source" {
            p.as_object_mut().unwrap().shift_remove("triggers");
        }
    })
}

#[test]
fn parameters_are_overridden_with_what_is_in_an_input_artifact() {
    let overrides = |parameters: Value| {
        found(|p| p.pointer_mut(STACK).unwrap()["configuration"]["ParameterOverrides"] = parameters.to_string().into())
    };
    let attribute = |artifact: &str| json!({ "Fn::GetArtifactAtt": [artifact, "BucketName"] });
    assert_eq!(overrides(json!({ "Bucket": attribute("Built") })), Vec::<[String; 3]>::new());
    let message =
        |artifact: &str| format!("`{artifact}` in `ParameterOverrides` is not an input artifact of the action");
    let help = "its input artifacts are `Built`";
    assert_eq!(
        overrides(json!({ "Bucket": attribute("Code"), "Key": attribute("Code") })),
        one("XA0308", &message("Code"), help)
    );
    let read = json!({ "Level": { "Fn::GetParam": ["Report", "report.json", "level"] } });
    assert_eq!(overrides(read), one("XA0308", &message("Report"), help));
}

#[test]
fn the_targets_of_a_service_managed_stack_set_are_no_accounts() {
    let targets = |targets: &str| {
        let configuration = json!({
            "StackSetName": "shop", "TemplatePath": "Built::template.yaml", "PermissionModel": "SERVICE_MANAGED",
            "DeploymentTargets": targets, "Regions": "eu-west-1",
        });
        action("Deploy", "AWS", "CloudFormationStackSet", configuration)
    };
    assert_eq!(targets("ou-abcd-12345678"), Vec::<[String; 3]>::new());
    assert_eq!(
        targets("111111111111, 222222222222"),
        one(
            "XA0632w",
            "accounts are targets of self-managed stack sets, and this one is `SERVICE_MANAGED`",
            "name organizational units (`ou-…`) or the root (`r-…`)"
        )
    );
}

#[test]
fn providers_have_their_owner() {
    let build = |owner: &str| action("Build", owner, "Jenkins", json!({ "ProjectName": "shop" }));
    assert_eq!(build("Custom"), Vec::<[String; 3]>::new());
    for owner in ["ThirdParty", "AWS"] {
        assert_eq!(build(owner), one("XA0610", &format!("Jenkins has no owner `{owner}`"), "write `Custom`"));
    }
    assert_eq!(
        action("Deploy", "ThirdParty", "S3", json!({ "BucketName": "site", "Extract": "true" })),
        one("XA0610", "S3 has no owner `ThirdParty`", "write `AWS`")
    );
    let github = json!({ "Owner": "shop", "Repo": "shop", "Branch": "main", "OAuthToken": "token" });
    assert_eq!(
        action("Source", "AWS", "GitHub", github)[0],
        one("XA0610", "GitHub has no owner `AWS`", "write `ThirdParty`")[0]
    );
    assert_eq!(action("Deploy", "AWS", "Elastic Beanstalk", json!({}))[0][2], "did you mean `ElasticBeanstalk`?");
}

#[test]
fn a_text_in_json_has_quotes() {
    let input = |input: &str| {
        let machine = "arn:aws:states:eu-west-1:111111111111:stateMachine:run";
        action("Invoke", "AWS", "StepFunctions", json!({ "StateMachineArn": machine, "Input": input }))
    };
    for right in [
        r##"{"commit":"#{Source.CommitId}"}"##,
        r##"{"level":#{variables.level}}"##,
        r##"{"verdict":#{Check.VERDICT}}"##,
        r##"{"branch":#{Source.BranchName}}"##,
    ] {
        assert_eq!(input(right), Vec::<[String; 3]>::new(), "{right}");
    }
    let reference = "#{Source.CommitId}";
    assert_eq!(
        input(&format!(r##"{{"level":#{{variables.level}},"commit":{reference},"again":"{reference}"}}"##)),
        one(
            "XA0523w",
            &format!("`{reference}` is a text, and has no quotes around it in the JSON of `Input`"),
            &format!("write `\"{reference}\"` there")
        )
    );
}

#[test]
fn a_fix_is_not_the_fault() {
    let bucket = |name: &str| found(|p| p["artifactStores"]["eu-west-1"]["location"] = json!(name));
    let message = |name: &str| format!("`{name}` is not a bucket name of 3 to 63 characters out of `A-Z a-z 0-9 - .`");
    assert_eq!(bucket("g"), one("XA0202", &message("g"), ""));
    assert_eq!(bucket("shop artifacts"), one("XA0202", &message("shop artifacts"), "write `shop-artifacts`"));
}

#[test]
fn environment_variables_are_led_to_their_form() {
    let variables = |text: &str| {
        let found = found(|p| p.pointer_mut(BUILD).unwrap()["configuration"]["EnvironmentVariables"] = text.into());
        found.into_iter().map(|[code, _, help]| (code, help)).collect::<Vec<_>>()
    };
    let help = |help: &str| vec![("XA0613".to_owned(), help.to_owned())];
    assert_eq!(variables("[{'name':'A','value':'b'}]"), help(r#"write `[{"name":"A","value":"b"}]`"#));
    // The value is not repeated where it has a secret.
    assert_eq!(variables("[{'name':'API_TOKEN','value':'s3cr3t'}]"), help("write it with double quotes"));
    let secret = r#"[{"name":"A","value":"b","type":"SECRET_MANAGER"}]"#;
    assert_eq!(variables(secret), help("did you mean `SECRETS_MANAGER`?"));
}

#[test]
fn sets_of_keys_are_offered_where_none_is_begun() {
    assert_eq!(
        action("Deploy", "AWS", "EKS", json!({ "ClusterName": "shop" })),
        one(
            "XA0611",
            "action `approve` lacks `HelmReleaseName` and `HelmChartLocation`, or `ManifestFiles`",
            "add `HelmReleaseName` (`helm_release_name:` in `pipeline!`) and `HelmChartLocation` (`helm_chart_location:` in `pipeline!`), or `ManifestFiles` (`manifest_files:` in `pipeline!`)"
        )
    );
}

#[test]
fn a_text_where_a_list_belongs_is_its_element() {
    let artifacts = found(|p| p.pointer_mut(SOURCE).unwrap()["outputArtifacts"] = json!("Code"));
    assert_eq!(artifacts, one("XA0002", "a string is where a list belongs", r#"write `[{"name":"Code"}]`"#));
    let commands = found(|p| p.pointer_mut(COMMANDS).unwrap()["commands"] = json!("./check"));
    assert_eq!(commands, one("XA0002", "a string is where a list belongs", r#"write `["./check"]`"#));
}

#[test]
fn another_name_for_a_missing_key_is_one_error() {
    let key = |name: &str, provider: &str, meant: &str| {
        one("XA0604", &format!("`{name}` is not a configuration key of {provider}"), &format!("did you mean {meant}?"))
    };
    assert_eq!(
        action("Source", "AWS", "CodeCommit", json!({ "RepositoryName": "shop", "Branch": "main" })),
        key("Branch", "CodeCommit", "`BranchName` (`branch:` in `pipeline!`)")
    );
    assert_eq!(
        action("Deploy", "AWS", "ElasticBeanstalk", json!({ "ApplicationName": "shop", "Environment": "web" })),
        key("Environment", "ElasticBeanstalk", "`EnvironmentName` (`environment_name:` in `pipeline!`)")
    );
    let ids = json!({
        "ApplicationId": "a", "Environment": "b", "ConfigurationProfile": "c", "DeploymentStrategy": "d",
        "InputArtifactConfigurationPath": "config.json",
    });
    assert_eq!(
        action("Deploy", "AWS", "AppConfig", ids),
        key("ApplicationId", "AppConfig", "`Application` (`application:` in `pipeline!`)")
    );
    let apart = found(|p| {
        let configuration = p.pointer_mut(SOURCE).unwrap()["configuration"].as_object_mut().unwrap();
        configuration.shift_remove("FullRepositoryId");
        configuration.insert("Owner".to_owned(), json!("garden"));
        configuration.insert("Repo".to_owned(), json!("tools"));
    });
    assert_eq!(
        apart,
        one(
            "XA0604",
            "`Repo` is not a configuration key of CodeStarSourceConnection",
            "write `\"FullRepositoryId\": \"garden/tools\"` (`full_repository_id: \"garden/tools\"` in `pipeline!`) for `Owner` and `Repo`"
        )
    );
    // An ARN is not the name that is missing.
    let arn = action("Invoke", "AWS", "CodePipeline", json!({ "PipelineArn": "arn:x" }));
    assert_eq!(arn.iter().map(|[code, ..]| code.as_str()).collect::<Vec<_>>(), ["XA0602", "XA0605w"]);
    let commands = found(|p| {
        let action = p.pointer_mut(COMMANDS).unwrap();
        action["configuration"] = json!({ "commands": "./check" });
        action.as_object_mut().unwrap().shift_remove("commands");
    });
    assert_eq!(
        commands,
        one(
            "XA0604",
            "`commands` is a member of the action, not of its configuration",
            "move it out of `configuration`"
        )
    );
}

#[test]
fn the_configuration_of_another_provider_is_one_error() {
    let connection = json!({ "ConnectionArn": "x", "FullRepositoryId": "garden/tools", "BranchName": "main" });
    assert_eq!(
        action("Source", "ThirdParty", "GitHub", connection.clone()),
        one(
            "XA0637",
            "the configuration is for CodeStarSourceConnection, not for GitHub",
            "did you mean `CodeStarSourceConnection`, of owner AWS?"
        )
    );
    assert_eq!(
        action("Source", "AWS", "GitHub", connection.clone()),
        one(
            "XA0637",
            "the configuration is for CodeStarSourceConnection, not for GitHub",
            "did you mean `CodeStarSourceConnection`?"
        )
    );
    assert_eq!(
        action("Source", "AWS", "CodeCommit", connection),
        one(
            "XA0637",
            "the configuration is for CodeStarSourceConnection, not for CodeCommit",
            "did you mean `CodeStarSourceConnection`?"
        )
    );
}

#[test]
fn a_store_for_half_a_region_is_one_error() {
    let stores = found(|p| {
        let stores = p["artifactStores"].as_object_mut().unwrap();
        let store = stores.shift_remove("us-east-1").unwrap();
        stores.insert("us-east".to_owned(), store);
    });
    assert_eq!(
        stores[0],
        one("XA0201", "`us-east` is not the name of an AWS Region (for example `eu-west-1`)", "write `us-east-1`")[0]
    );
    assert!(stores.iter().all(|[code, ..]| code != "XA0404"), "{stores:?}");
    let stores = found(|p| {
        let stores = p["artifactStores"].as_object_mut().unwrap();
        let store = stores.shift_remove("us-east-1").unwrap();
        stores.insert("N. Virginia".to_owned(), store);
    });
    assert_eq!(stores[0][2], "write `us-east-1`", "{stores:?}");
    assert!(stores.iter().all(|[code, ..]| code != "XA0404"), "{stores:?}");
}

#[test]
fn overrides_are_written_as_json_without_a_secret_in_the_fix() {
    let overrides = |text: &str| {
        let keys = json!({ "ActionMode": "CREATE_UPDATE", "StackName": "shop", "RoleArn": "arn:aws:iam::111111111111:role/cfn",
            "TemplatePath": "Built::t.yaml", "ParameterOverrides": text });
        action("Deploy", "AWS", "CloudFormation", keys)
            .into_iter()
            .map(|[code, _, help]| (code, help))
            .collect::<Vec<_>>()
    };
    let help = |help: &str| vec![("XA0613".to_owned(), help.to_owned())];
    assert_eq!(overrides("Level=high"), help(r#"write `{"Level":"high"}`"#));
    assert_eq!(overrides("DbPassword=s3cr3t"), help(r#"write it as JSON: `{"<name>": "<value>"}`"#));
    assert_eq!(overrides("{'DbPassword': 's3cr3t'}"), help("write it with double quotes"));
}

#[test]
fn commands_in_the_configuration_of_a_rule_are_one_error() {
    let found = found(|p| {
        let rule = json!({ "name": "check", "ruleTypeId": { "category": "Rule", "owner": "AWS", "provider": "Commands", "version": "1" },
            "configuration": { "commands": "make check" } });
        p["stages"][1]["onSuccess"] = json!({ "conditions": [{ "result": "FAIL", "rules": [rule] }] });
    });
    assert_eq!(
        found,
        one("XA1112", "`commands` is a member of the rule, not of its configuration", "move it out of `configuration`")
    );
}
