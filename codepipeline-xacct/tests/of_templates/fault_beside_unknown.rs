//! Whatever single value of a template with a fault is not known: the fault is found, unless it depends on that value.

use serde_json::{Value, json};

use crate::any_unknown::paths_in;
use crate::{findings, xacct};

/// The faults, and where each is.
const PLANTED: [(&str, &str); 3] = [
    ("XA0505", "/Stages/1/Actions/0/Configuration/CustomData"),
    ("XA0608", "/Stages/0/Actions/0/ActionTypeId/Provider"),
    ("XA0701", "/Stages/1/Actions/1/Configuration/PipelineName"),
];

/// Where a fault can't be found beside what it is in, each with the reason.
const DEPENDS: [(&str, &[&str], &str); 4] = [
    (
        "XA0505",
        &["/Stages/0", "/Stages/0/Actions", "/Stages/0/Actions/0", "/Stages/1/Actions/1"],
        "an action in it may have the namespace",
    ),
    ("XA0505", &["/Stages/0/Actions/0/Namespace", "/Stages/1/Actions/1/Namespace"], "it may be the namespace"),
    (
        "XA0608",
        &[
            "/Stages/0/Actions/0/ActionTypeId/Category",
            "/Stages/0/Actions/0/ActionTypeId/Owner",
            "/Stages/0/Actions/0/ActionTypeId/Version",
        ],
        "an action type of the account may have the provider",
    ),
    (
        "XA0701",
        &[
            "/Stages/1/Actions/1/ActionTypeId",
            "/Stages/1/Actions/1/ActionTypeId/Category",
            "/Stages/1/Actions/1/ActionTypeId/Owner",
            "/Stages/1/Actions/1/ActionTypeId/Provider",
        ],
        "the action may start no pipeline",
    ),
];

fn properties() -> Value {
    let kind = |category: &str, owner: &str, provider: &str| json!({ "Category": category, "Owner": owner, "Provider": provider, "Version": "1" });
    let store = |region: &str| {
        json!({ "Region": region, "ArtifactStore": { "Type": "S3", "Location": format!("artifacts-{region}"),
            "EncryptionKey": { "Id": format!("arn:aws:kms:{region}:111111111111:key/shop"), "Type": "KMS" } } })
    };
    json!({
        "Name": "release", "PipelineType": "V2", "ExecutionMode": "QUEUED",
        "RoleArn": "arn:aws:iam::111111111111:role/release-service",
        "Variables": [{ "Name": "level", "DefaultValue": "info", "Description": "of the log" }],
        "Tags": [{ "Key": "team", "Value": "shop" }],
        "ArtifactStores": [store("eu-west-1"), store("us-east-1")],
        "Stages": [
            { "Name": "Source", "Actions": [{ "Name": "Code", "Namespace": "Source", "RunOrder": 1,
                "ActionTypeId": kind("Source", "AWS", "CodeComit"), "OutputArtifacts": [{ "Name": "Code" }],
                "Configuration": { "RepositoryName": "shop", "BranchName": "main", "PollForSourceChanges": "false" } }] },
            { "Name": "Go", "Actions": [
                { "Name": "Ask", "ActionTypeId": kind("Approval", "AWS", "Manual"), "RunOrder": 1, "TimeoutInMinutes": 60,
                    "Configuration": { "CustomData": "#{Sourcc.CommitId}", "ExternalEntityLink": "https://shop.example" } },
                { "Name": "Start", "ActionTypeId": kind("Invoke", "AWS", "CodePipeline"), "RunOrder": 2, "Region": "us-east-1",
                    "Namespace": "Started", "RoleArn": "arn:aws:iam::222222222222:role/deploy-invoker",
                    "Configuration": { "PipelineName": "arn:aws:codepipeline:us-east-1:222222222222:deploy" } },
            ] },
        ],
    })
}

/// The codes of what a check finds.
fn codes(properties: &Value) -> Vec<String> {
    let template = json!({ "Parameters": { "Open": { "Type": "String" } },
        "Resources": { "Release": { "Type": "AWS::CodePipeline::Pipeline", "Properties": properties } } });
    let (_, stdout, _) = xacct(&["check", "--format", "json", "-"], &template.to_string());
    let report: Value = serde_json::from_str(&stdout).unwrap();
    report["findings"].as_array().unwrap().iter().map(|it| it["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_fault_is_found_beside_any_value_that_is_not_known() {
    let known = properties();
    let found = codes(&known);
    assert!(PLANTED.iter().all(|(code, _)| found.iter().any(|found| found == code)), "{found:?}");
    let mut lost = Vec::new();
    for path in paths_in(&known) {
        let mut open = known.clone();
        *open.pointer_mut(&path).unwrap() = json!({ "Ref": "Open" });
        let found = codes(&open);
        for (code, at) in PLANTED {
            let around = at == path || at.starts_with(&format!("{path}/"));
            let depends = DEPENDS.iter().any(|(of, on, _)| *of == code && on.contains(&path.as_str()));
            if found.iter().any(|found| found == code) == (around || depends) {
                lost.push(format!("{code} {path}"));
            }
        }
    }
    assert_eq!(lost, [] as [&str; 0]);
}

#[test]
fn what_is_written_beside_what_is_not_known_is_compared_with_the_target() {
    let target = |variables: Value| {
        let mut target = properties();
        target["Name"] = json!("deploy");
        target["Variables"] = variables;
        target["Stages"][0]["Actions"][0]["ActionTypeId"]["Provider"] = json!("CodeCommit");
        target["Stages"][0]["Actions"][0]["RunOrder"] = json!({ "Ref": "Open" });
        target["Stages"][1]["Actions"] = json!([target["Stages"][1]["Actions"][0]]);
        target["Stages"][1]["Actions"][0]["Configuration"] = json!({ "CustomData": "Go?" });
        target
    };
    let found = |key: &str, text: &str| {
        let mut starts = target(json!([]));
        starts["Name"] = json!("release");
        starts["Stages"][1]["Actions"] = json!([{ "Name": "Start", "Region": "eu-west-1",
            "ActionTypeId": { "Category": "Invoke", "Owner": "AWS", "Provider": "CodePipeline", "Version": "1" },
            "Configuration": { "PipelineName": "deploy", key: { "Fn::Sub": text } } }]);
        let pipeline = |properties: Value| json!({ "Type": "AWS::CodePipeline::Pipeline", "Properties": properties });
        let deploy = target(json!([{ "Name": "version" }, { "Name": "env", "DefaultValue": "dev" }]));
        let template = json!({ "Parameters": { "Open": { "Type": "String" } },
            "Resources": { "Release": pipeline(starts), "Deploy": pipeline(deploy) } });
        findings(&["--region", "eu-west-1", "-"], &template.to_string())
            .iter()
            .filter_map(|finding| Some(finding.split_once(' ')?.0.to_owned()))
            .collect::<Vec<_>>()
    };
    let undeclared = r#"[{"name":"verion","value":"1"},{"name":"env","value":"${Open}"}]"#;
    assert_eq!(found("Variables", undeclared), ["XA0906"]);
    let right = r#"[{"name":"version","value":"1"},{"name":"env","value":"${Open}"}]"#;
    assert_eq!(found("Variables", right), [] as [&str; 0]);
    // It may be any of them.
    assert_eq!(found("Variables", r#"[{"name":"${Open}","value":"1"}]"#), [] as [&str; 0]);
}

/// The messages and helps about a key of an action of this type, whose value is this text of `Fn::Sub`.
fn said(owner: [&str; 2], key: &str, text: &str) -> Vec<String> {
    let [category, provider] = owner;
    let mut properties = properties();
    properties["Stages"][0]["Actions"][0]["ActionTypeId"]["Provider"] = json!("CodeCommit");
    properties["Stages"][1]["Actions"] = json!([{ "Name": "Do", "InputArtifacts": [{ "Name": "Code" }],
        "ActionTypeId": { "Category": category, "Owner": "AWS", "Provider": provider, "Version": "1" },
        "Configuration": { key: { "Fn::Sub": text } } }]);
    let template = json!({ "Parameters": { "Open": { "Type": "String" } },
        "Resources": { "Release": { "Type": "AWS::CodePipeline::Pipeline", "Properties": properties } } });
    let (_, stdout, _) = xacct(&["check", "--format", "json", "-"], &template.to_string());
    let report: Value = serde_json::from_str(&stdout).unwrap();
    let found = report["findings"].as_array().unwrap().iter();
    let here = found.filter(|it| it["path"].as_str().unwrap().ends_with(key));
    here.map(|it| format!("{} {} | {}", it["code"], it["message"], it["help"]).replace("\\\"", "'").replace('"', ""))
        .collect()
}

#[test]
fn what_is_written_of_an_arn_is_no_name_of_a_pipeline_whatever_the_rest_is() {
    let said = |text: &str| said(["Invoke", "CodePipeline"], "PipelineName", text);
    let expect = |name: &str, region: &str| {
        [format!(
            "XA0701 `PipelineName` takes the bare name of the target pipeline, not its ARN: the action would fail when it runs \
            | write {name}; its account comes from the role of the action, its Region from `Region: {region}`"
        )]
    };
    assert_eq!(said("arn:aws:codepipeline:${AWS::Region}:222222222222:app"), expect("`app`", "…"));
    assert_eq!(said("arn:${AWS::Partition}:codepipeline:eu-west-1:${Open}:app"), expect("`app`", "'eu-west-1'"));
    assert_eq!(
        said("arn:aws:codepipeline:eu-west-1:222222222222:app-${Open}"),
        expect("the name alone", "'eu-west-1'")
    );
    let role = ["XA0701 `arn:aws:iam::${Open}:role/app` is not the bare name of a pipeline | null"];
    assert_eq!(said("arn:aws:iam::${Open}:role/app"), role);
    for right in ["${Open}", "app-${Open}", "${Open}-app", "arn-${Open}", "${Open}:app"] {
        assert_eq!(said(right), [] as [&str; 0], "{right}");
    }
}

#[test]
fn what_is_written_of_an_arn_or_a_url_is_no_bare_name_whatever_the_rest_is() {
    let build = |text: &str| said(["Build", "CodeBuild"], "ProjectName", text);
    let expect = |help: &str| {
        [format!(
            "XA0623 `ProjectName` takes a bare name, and this is an ARN | write {help}; the account is that of the role of the action, the Region is its `region`"
        )]
    };
    let known = "arn:aws:codebuild:eu-west-1:111111111111:project/compile";
    assert_eq!(build(known), expect("`compile`"));
    let unknown = "arn:${AWS::Partition}:codebuild:${AWS::Region}:${AWS::AccountId}:project/compile";
    assert_eq!(build(unknown), expect("`compile`"));
    assert_eq!(build("arn:aws:codebuild:${AWS::Region}:111111111111:project/${Open}"), expect("the name alone"));
    assert_eq!(
        said(
            ["Deploy", "CloudFormation"],
            "StackName",
            "arn:aws:cloudformation:${AWS::Region}:111111111111:stack/shop/1"
        )
        .len(),
        1
    );
    let image =
        said(["Source", "ECR"], "RepositoryName", "${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com/shop");
    assert!(image.iter().any(|said| said.starts_with("XA0623 ") && said.contains("write `shop`")), "{image:?}");
    for right in ["${Open}", "compile-${Open}", "${Open}-compile", "arn-${Open}"] {
        assert_eq!(build(right), [] as [&str; 0], "{right}");
    }
    assert_eq!(
        said(
            ["Invoke", "StepFunctions"],
            "StateMachineArn",
            "arn:aws:states:${AWS::Region}:111111111111:stateMachine:x"
        ),
        [] as [&str; 0]
    );
}
