//! Real files: documents around the declaration, sets of several, and what looked right but was not.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use codepipeline_xacct_core::check::files::{DeclarationInput, Home, check};
use codepipeline_xacct_core::finding::Severity;
use codepipeline_xacct_core::rules::EXAMPLE;
use serde_json::{Value, json};

fn example() -> Value {
    serde_json::from_str(EXAMPLE).unwrap()
}

fn get_pipeline(mut declaration: Value, account: &str, region: &str) -> Value {
    // The connection of the example is in account 111111111111.
    if let Some(Value::String(connection)) = declaration.pointer_mut("/stages/0/actions/0/configuration/ConnectionArn")
    {
        *connection = connection.replace("111111111111", account);
    }
    let arn = format!("arn:aws:codepipeline:{region}:{account}:{}", declaration["name"].as_str().unwrap());
    json!({ "pipeline": declaration, "metadata": { "pipelineArn": arn, "created": 1.5e9 } })
}

/// The codes of a set, with a `w` after those of warnings.
fn codes(documents: &[&Value]) -> Vec<String> {
    let inputs: Vec<_> = documents.iter().map(|value| DeclarationInput { item: "P", value }).collect();
    let text = |severity| if severity == Severity::Warning { "w" } else { "" };
    check(&inputs, &Home::default()).concat().iter().map(|f| format!("{}{}", f.code, text(f.severity))).collect()
}

fn edited(edit: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut declaration = example();
    edit(&mut declaration);
    codes(&[&get_pipeline(declaration, "111111111111", "eu-west-1")])
}

const START: &str = "/stages/2/actions/2/configuration";
const BUILD: &str = "/stages/1/actions/0";

#[test]
fn an_entry_of_variables_is_an_object() {
    for text in [r#"[["commit","x"]]"#, r#"[{"name":"commit"}]"#, r#"["commit"]"#] {
        assert_eq!(edited(|p| p.pointer_mut(START).unwrap()["Variables"] = json!(text)), ["XA0702"], "{text}");
    }
    let revisions = json!(r#"[["Code","COMMIT_ID","x"]]"#);
    assert_eq!(edited(|p| p.pointer_mut(START).unwrap()["SourceRevisions"] = revisions), ["XA0706"]);
    let named = json!(r##"[{"name":"#{Nobody.X}","value":"x"}]"##);
    assert_eq!(edited(|p| p.pointer_mut(START).unwrap()["Variables"] = named), ["XA0505"]);
}

#[test]
fn what_stands_around_a_reference_is_judged() {
    let environment =
        |text: &str| edited(|p| p.pointer_mut(BUILD).unwrap()["configuration"]["EnvironmentVariables"] = json!(text));
    assert_eq!(environment("nonsense #{Source.CommitId}"), ["XA0613"]);
    assert_eq!(environment(r##"[{"name":"A","value":"#{Source.CommitId}","type":"PLAIN"}]"##), ["XA0613"]);
    assert!(environment(r##"[{"name":"A","value":"#{Source.CommitId}"}]"##).is_empty());
    assert!(environment(r##"[{"name":"A","value":"x","type":"#{variables.level}"}]"##).is_empty());
    assert!(environment("#{variables.level}").is_empty());
    let stack = |key: &str, text: &str| {
        edited(|p| p.pointer_mut("/stages/2/actions/1/configuration").unwrap()[key] = json!(text))
    };
    assert_eq!(stack("TemplatePath", "Nope::#{Source.BranchName}.yml"), ["XA0308"]);
    assert!(stack("TemplatePath", "Built::#{Source.BranchName}.yml").is_empty());
    assert_eq!(stack("ParameterOverrides", r##"{"A":"#{Source.CommitId}""##), ["XA0613"]);
    assert!(stack("ParameterOverrides", r##"{"A":#{variables.level}}"##).is_empty());
    let target = json!("arn:aws:codepipeline:us-east-1:333333333333:#{variables.level}");
    assert_eq!(edited(|p| p.pointer_mut(START).unwrap()["PipelineName"] = target), ["XA0701"]);
    assert_eq!(edited(|p| p.pointer_mut(BUILD).unwrap()["region"] = json!("#{variables.level}")), ["XA0229w"]);
}

#[test]
fn of_a_custom_source_two_things_are_said() {
    let source = json!({
        "name": "Own",
        "actionTypeId": { "category": "Source", "owner": "Custom", "provider": "Own", "version": "3" },
    });
    assert_eq!(edited(|p| p["stages"][0]["actions"].as_array_mut().unwrap().push(source)), ["XA0307w"]);
}

#[test]
fn a_rule_with_several_inputs_says_which_is_primary() {
    let rule = json!({
        "name": "build",
        "ruleTypeId": { "category": "Rule", "provider": "CodeBuild" },
        "configuration": { "ProjectName": "p" },
        "inputArtifacts": [{ "name": "Code" }, { "name": "Built" }],
    });
    let rules = "/stages/2/onSuccess/conditions/0/rules";
    assert_eq!(edited(|p| p.pointer_mut(rules).unwrap().as_array_mut().unwrap().push(rule)), ["XA1111"]);
}

#[test]
fn names_that_only_the_console_shows_are_no_misspellings() {
    for provider in ["GhostInspectorUI", "MicroFocusStormRunnerLoad", "Nouvola2"] {
        let action = json!({
            "name": "test",
            "actionTypeId": { "category": "Test", "owner": "ThirdParty", "provider": provider, "version": "1" },
        });
        assert_eq!(edited(|p| p["stages"][1]["actions"].as_array_mut().unwrap().push(action)), ["XA0609w"]);
    }
}

#[test]
fn members_beside_the_declaration_may_be_null() {
    let mut document = get_pipeline(example(), "111111111111", "eu-west-1");
    document["tags"] = Value::Null;
    assert!(codes(&[&document]).is_empty());
    document["tags"] = json!([{ "key": "aws:x", "value": "" }]);
    assert_eq!(codes(&[&document]), ["XA0921"]);
}

#[test]
fn a_masked_secret_depends_on_what_the_file_is_for() {
    let mut declaration = example();
    declaration["stages"][0]["actions"][1]["actionTypeId"] =
        json!({ "category": "Source", "owner": "ThirdParty", "provider": "GitHub", "version": "1" });
    declaration["stages"][0]["actions"][1]["configuration"] =
        json!({ "Owner": "o", "Repo": "r", "Branch": "main", "OAuthToken": "****" });
    assert!(codes(&[&get_pipeline(declaration.clone(), "111111111111", "eu-west-1")]).is_empty());
    assert_eq!(codes(&[&json!({ "pipeline": declaration, "tags": [] })]), ["XA0614"]);
    assert_eq!(codes(&[&declaration]), ["XA0615w"]);
}

/// The example starts `acceptance` of account 333333333333 in `us-east-1` with variable `commit` and a revision of `Code`.
fn acceptance(edit: impl FnOnce(&mut Value)) -> Value {
    let mut target = example();
    target["name"] = json!("acceptance");
    target["roleArn"] = json!("arn:aws:iam::333333333333:role/acceptance");
    target["variables"] = json!([{ "name": "level", "defaultValue": "1" }, { "name": "commit" }]);
    for stage in target["stages"].as_array_mut().unwrap() {
        stage.as_object_mut().unwrap().retain(|key, _| key == "name" || key == "actions");
        stage["actions"].as_array_mut().unwrap().retain(|action| action["roleArn"].is_null());
    }
    for region in ["us-east-1", "eu-west-1"] {
        target["artifactStores"][region].as_object_mut().unwrap().shift_remove("encryptionKey");
    }
    edit(&mut target);
    target
}

#[test]
fn what_an_action_passes_is_compared_with_its_target() {
    let caller = get_pipeline(example(), "111111111111", "eu-west-1");
    let set = |edit: fn(&mut Value), account: &str, region: &str| {
        codes(&[&caller, &get_pipeline(acceptance(edit), account, region)])
    };
    let (account, region) = ("333333333333", "us-east-1");
    assert!(set(|_| {}, account, region).is_empty());
    assert_eq!(set(|p| p["variables"][1]["name"] = json!("Commit"), account, region), ["XA0906"]);
    assert_eq!(set(|p| p["variables"][1]["name"] = json!("revision"), account, region), ["XA0906", "XA0907"]);
    assert_eq!(
        set(|p| p["variables"][0].as_object_mut().unwrap().retain(|k, _| k == "name"), account, region),
        ["XA0907"]
    );
    assert_eq!(set(|p| p["stages"][0]["actions"][0]["name"] = json!("Main"), account, region), ["XA0711", "XA1201"]);
    // A pipeline with that name elsewhere need not be the one that is meant, so its variables are not checked.
    let elsewhere =
        |region: &str| set(|p| p["variables"] = json!([{ "name": "other" }, { "name": "level" }]), account, region);
    assert_eq!(elsewhere("eu-west-1"), ["XA0717w"]);
}

#[test]
fn pipelines_that_start_each_other_are_found() {
    let start = |account: &str| {
        json!({
            "name": "back",
            "runOrder": 9,
            "actionTypeId": { "category": "Invoke", "owner": "AWS", "provider": "CodePipeline", "version": "1" },
            "configuration": { "PipelineName": "release", "Variables": "[{\"name\":\"level\",\"value\":\"2\"}]" },
            "region": "eu-west-1",
            "roleArn": format!("arn:aws:iam::{account}:role/back"),
        })
    };
    let caller = get_pipeline(example(), "111111111111", "eu-west-1");
    let target = acceptance(|p| p["stages"][1]["actions"].as_array_mut().unwrap().push(start("111111111111")));
    assert_eq!(codes(&[&caller, &get_pipeline(target, "333333333333", "us-east-1")]), ["XA0716w", "XA0716w"]);
    let mut itself = example();
    itself["stages"][1]["actions"].as_array_mut().unwrap().push(start("111111111111"));
    assert_eq!(codes(&[&get_pipeline(itself, "111111111111", "eu-west-1")]), ["XA0715w"]);
}

#[test]
fn the_order_of_the_files_makes_no_difference() {
    let caller = get_pipeline(example(), "111111111111", "eu-west-1");
    let target = get_pipeline(acceptance(|_| {}), "333333333333", "eu-central-1");
    let homeless = acceptance(|_| {});
    for set in [[&caller, &target, &homeless], [&homeless, &caller, &target], [&target, &homeless, &caller]] {
        assert_eq!(codes(&set).iter().filter(|code| code.starts_with("XA0717")).count(), 1);
    }
}

#[test]
fn what_a_reference_stands_for_is_no_other_place() {
    let mut caller = example();
    caller.pointer_mut("/stages/2/actions/2").unwrap()["region"] = json!("#{variables.level}");
    let caller = get_pipeline(caller, "111111111111", "eu-west-1");
    let target = get_pipeline(acceptance(|_| {}), "333333333333", "us-east-1");
    assert_eq!(codes(&[&caller, &target]), ["XA0229w"]);
}

#[test]
fn everything_lives_in_one_partition() {
    let at = |pointer: &str, key: &str, value: &str| {
        let mut pipeline = example();
        pipeline.pointer_mut(pointer).unwrap()[key] = json!(value);
        codes(&[&get_pipeline(pipeline, "111111111111", "eu-west-1")])
    };
    assert_eq!(at("", "roleArn", "arn:aws-cn:iam::111111111111:role/release-service"), ["XA0411"]);
    assert_eq!(
        at(
            "/stages/0/actions/0/configuration",
            "ConnectionArn",
            "arn:aws-cn:codeconnections:cn-north-1:111111111111:connection/00000000-0000-0000-0000-000000000003"
        ),
        ["XA0411"]
    );
    assert!(at(BUILD, "region", "us-gov-west-1").contains(&"XA0411".to_owned()));
    let key = "arn:aws-us-gov:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000001";
    assert_eq!(at("/artifactStores/eu-west-1/encryptionKey", "id", key), ["XA0411"]);
}

#[test]
fn members_beside_the_declaration_are_known() {
    let mut document = get_pipeline(example(), "111111111111", "eu-west-1");
    document["ResponseMetadata"] = json!({ "RequestId": "x" });
    assert!(codes(&[&document]).is_empty());
    document["Tags"] = json!([]);
    assert_eq!(codes(&[&document]), ["XA0005"]);
    document.as_object_mut().unwrap().shift_remove("Tags");
    document["elsewhere"] = json!(1);
    assert_eq!(codes(&[&document]), ["XA0003w"]);
}

#[test]
fn one_mistake_is_one_finding() {
    let commands = "/stages/1/actions/1";
    let category =
        |category: &str| edited(|p| p.pointer_mut(commands).unwrap()["actionTypeId"]["category"] = json!(category));
    assert_eq!(category("Build"), ["XA0610"]);
    assert_eq!(category("compute"), ["XA0601"]);
    let source = |region: &str| edited(|p| p["stages"][0]["actions"][0]["region"] = json!(region));
    assert_eq!(source("eu-west-2"), ["XA0410"]);
    assert_eq!(source("EU-WEST-1"), ["XA0201"]);
    let twice = edited(|p| p.pointer_mut(commands).unwrap()["commands"][0] = json!("#{no.a} #{no.a}"));
    assert_eq!(twice, ["XA0505"]);
    let misspelt = edited(|p| {
        p.pointer_mut(BUILD).unwrap()["configuration"] = json!({ "ProjectName": "p", "PrimarySourc": "Code" })
    });
    assert_eq!(misspelt, ["XA0604"]);
}

#[test]
fn short_words_can_be_misspelt() {
    let members = edited(|p| {
        let commands = p.pointer_mut("/stages/1/actions/1/outputArtifacts/0").unwrap();
        commands["file"] = commands["files"].take();
        commands.as_object_mut().unwrap().shift_remove("files");
    });
    assert_eq!(members, ["XA0005"]);
    let provider =
        |provider: &str| edited(|p| p["stages"][2]["actions"][0]["actionTypeId"]["provider"] = json!(provider));
    assert!(provider("ESC").contains(&"XA0608".to_owned()), "{:?}", provider("ESC"));
    assert!(provider("EMR").contains(&"XA0609w".to_owned()), "{:?}", provider("EMR"));
}

#[test]
fn windows_of_deployment_are_judged_field_by_field() {
    let window = |cron: &str, zone: &str| {
        let rule = json!({
            "name": "window",
            "ruleTypeId": { "category": "Rule", "owner": "AWS", "provider": "DeploymentWindow", "version": "1" },
            "configuration": { "Cron": cron, "TimeZone": zone },
        });
        edited(|p| {
            p["stages"][2]["beforeEntry"]["conditions"][0] = json!({ "result": "FAIL", "rules": [rule] });
        })
    };
    for cron in [
        "0 0 9-17 ? * MON-FRI *",
        "* * 9-17 ? * MON-FRI",
        "0 0/15 8-18 * * ?",
        "0 30 10 L * ?",
        "0 0 9 ? * 6L",
        "0 0 9 ? * 2#1",
        "0 0 9 LW * ?",
        "0 0 9 1,15 JAN,JUL ? 2026-2030",
        "0 0 9 ? * mon,wed *",
    ] {
        assert!(window(cron, "UTC").is_empty(), "{cron}: {:?}", window(cron, "UTC"));
    }
    for cron in [
        "cron(0 9 * * ? *)",
        "rate(5 minutes) x x x x",
        "a b c d e f",
        "0 0 25 ? * MON-FRI",
        "0 61 9 ? * MON",
        "0 0 9 32 * ?",
        "0 0 9 ? 13 MON",
        "0 0 9 ? * MON-FRY",
        "0 0 9 ? *",
    ] {
        assert_eq!(window(cron, "UTC"), ["XA1114"], "{cron}");
    }
    for zone in ["Europe/Berlin", "UTC", "UTC+01:00", "UTC-11:30", "CET", "America/Argentina/Buenos_Aires", "Etc/GMT+5"]
    {
        assert!(window("0 0 9 ? * MON", zone).is_empty(), "{zone}");
    }
    for zone in ["+02:00", "Europe Berlin", "UTC+25:00", "UTC+1"] {
        assert_eq!(window("0 0 9 ? * MON", zone), ["XA1114"], "{zone}");
    }
}
