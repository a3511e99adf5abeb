//! One small declaration, one edit per rule.

use serde_json::{Value, json};

use super::*;
use crate::declaration::read;
use crate::finding::Severity;

fn article() -> Value {
    json!({
        "name": "p",
        "roleArn": "arn:aws:iam::111111111111:role/svc",
        "artifactStore": {"type": "S3", "location": "bucket"},
        "stages": [
            {"name": "Source", "actions": [{
                "name": "Source",
                "actionTypeId": {"category": "Source", "owner": "AWS", "provider": "CodeCommit", "version": "1"},
                "configuration": {"RepositoryName": "r", "BranchName": "main"},
                "outputArtifacts": [{"name": "Code"}],
                "namespace": "Src"
            }]},
            {"name": "Build", "actions": [
                {"name": "late", "runOrder": 2,
                 "actionTypeId": {"category": "Invoke", "owner": "AWS", "provider": "CodePipeline", "version": "1"},
                 "configuration": {"PipelineName": "t", "Variables": "[{\"name\":\"a\",\"value\":\"#{Src.CommitId}\"}]"}},
                {"name": "early",
                 "actionTypeId": {"category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1"},
                 "configuration": {"ProjectName": "#{variables.v}"},
                 "inputArtifacts": [{"name": "Code"}], "outputArtifacts": [{"name": "Built"}]}
            ]}
        ],
        "pipelineType": "V2",
        "variables": [{"name": "v", "defaultValue": "d"}]
    })
}

/// The codes, with a `w` after those of warnings, after one edit at a JSON pointer.
fn codes(pointer: &str, value: Value) -> Vec<String> {
    let mut json = article();
    *json.pointer_mut(pointer).unwrap() = value;
    findings(&json)
}

fn findings(json: &Value) -> Vec<String> {
    let declaration = read(&json.to_string()).unwrap();
    let context = CheckContext { item: "P".into(), home: Some("eu-west-1".parse().unwrap()), ..Default::default() };
    pipeline(&declaration, &context)
        .iter()
        .map(|f| format!("{}{}", f.code, if f.severity == Severity::Warning { "w" } else { "" }))
        .collect()
}

#[test]
fn a_right_pipeline_has_no_findings() {
    assert!(findings(&article()).is_empty(), "{:?}", findings(&article()));
}

#[test]
fn each_fault_gives_its_code_and_nothing_else() {
    let commands = |c: Value| json!({"name": "x", "runOrder": 3, "actionTypeId": {"category": "Compute", "owner": "AWS", "provider": "Commands", "version": "1"}, "commands": c, "inputArtifacts": [{"name": "Code"}]});
    let stage = |n: usize| json!({"name": format!("S{n}"), "actions": [{"name": "m", "actionTypeId": {"category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1"}}]});
    let many: Vec<Value> = article()["stages"].as_array().unwrap().iter().cloned().chain((0..49).map(stage)).collect();
    let cases: Vec<(&str, Value, &[&str])> = vec![
        ("/stages", json!(many), &["XA0101"]),
        ("/stages/1/actions", json!([]), &["XA0102"]),
        ("/stages/1/actions/0/actionTypeId/category", json!("Source"), &["XA0610"]),
        ("/stages/1/name", json!("Source"), &["XA0107"]),
        ("/stages/1/actions/0/name", json!("early"), &["XA0108"]),
        ("/stages/1/actions/0/runOrder", json!(1000), &["XA0109"]),
        ("/pipelineType", json!("V1"), &["XA0801"]),
        ("/name", json!("a b"), &["XA0201"]),
        ("/stages/1/name", json!(""), &["XA0201"]),
        ("/artifactStore/location", json!("s3://bucket"), &["XA0202"]),
        ("/artifactStore/location", json!("my_bucket"), &["XA0202"]),
        ("/variables/0/defaultValue", json!(""), &["XA0205"]),
        ("/variables/0/defaultValue", json!("x".repeat(1001)), &["XA0205"]),
        ("/stages/0/actions/0/configuration/BranchName", json!(""), &["XA0208"]),
        ("/stages/0/actions/0/configuration/BranchName", json!("x".repeat(1001)), &["XA0209"]),
        ("/stages/1/actions/0", commands(json!([])), &["XA0603"]),
        ("/stages/1/actions/0", commands(json!(["x".repeat(1001)])), &["XA0211"]),
        ("/stages/1/actions/1/outputArtifacts/0/name", json!("Code"), &["XA0301"]),
        ("/stages/1/actions/1/inputArtifacts/0/name", json!("Cod"), &["XA0302"]),
        ("/stages/1/actions/1/inputArtifacts/0/name", json!("Built"), &["XA0303"]),
        ("/stages/1/actions/1/inputArtifacts", json!([]), &["XA0304"]),
        ("/stages/0/actions/0/outputArtifacts", json!([{"name": "Code"}, {"name": "B"}]), &["XA0305"]),
        ("/stages/0/actions/0/namespace", json!("variables"), &["XA0501"]),
        ("/stages/0/actions/0/configuration/BranchName", json!("#{variables.v}"), &["XA0503"]),
        ("/stages/1/actions/1/configuration/ProjectName", json!("#{variables.w}"), &["XA0504"]),
        ("/stages/1/actions/1/configuration/ProjectName", json!("#{Srx.CommitId}"), &["XA0505"]),
        ("/stages/1/actions/1/configuration/ProjectName", json!("#{Src.Commit}"), &["XA0507w"]),
        ("/stages/1/actions/1/actionTypeId/owner", json!("Aws"), &["XA0601"]),
        ("/stages/0/actions/0/configuration", json!({"RepositoryName": "r"}), &["XA0602"]),
        (
            "/stages/0/actions/0/configuration",
            json!({"RepositoryName": "r", "BranchName": "b", "Polls": "x"}),
            &["XA0605w"],
        ),
        (
            "/stages/0/actions/0/configuration",
            json!({"RepositoryName": "r", "BranchName": "b", "BranchNam": "x"}),
            &["XA0604"],
        ),
        (
            "/stages/0/actions/0/configuration",
            json!({"RepositoryName": "r", "BranchName": "b", "PollForSourceChanges": "False"}),
            &["XA0606"],
        ),
        (
            "/stages/1/actions/0/configuration/PipelineName",
            json!("arn:aws:codepipeline:eu-west-1:222222222222:t"),
            &["XA0701"],
        ),
        ("/stages/1/actions/0/configuration/Variables", json!("[{\"name\":\"a\",\"value\":\"b\"}"), &["XA0702"]),
        ("/stages/1/actions/0/configuration/Variables", json!("[]"), &["XA0703"]),
        ("/stages/1/actions/0/configuration/Variables", json!("[{\"name\":\"a b\",\"value\":\"b\"}]"), &["XA0704"]),
        ("/stages/1/actions/0/configuration/Variables", json!("[{\"name\":\"a\",\"value\":\"\"}]"), &["XA0705"]),
    ];
    for (pointer, value, expected) in cases {
        assert_eq!(codes(pointer, value.clone()), expected, "{pointer} = {value}");
    }
}

#[test]
fn the_account_of_an_arn_has_12_digits() {
    let topic = |account: &str| {
        let mut json = article();
        json["stages"][1]["actions"][0] = json!({"name": "ask", "actionTypeId": {"category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1"},
            "configuration": {"NotificationArn": format!("arn:aws:sns:eu-west-1:{account}:ask")}});
        let declaration = read(&json.to_string()).unwrap();
        let context = CheckContext { item: "P".into(), home: Some("eu-west-1".parse().unwrap()), ..Default::default() };
        let found = pipeline(&declaration, &context).into_iter().filter(|finding| finding.code == "XA0613");
        found.filter_map(|finding| finding.help).collect::<Vec<_>>()
    };
    assert_eq!(topic("11111111111"), ["an account id has 12 digits, and `11111111111` has 11"]);
    assert_eq!(topic("1111-1111-1111"), ["write `arn:aws:sns:eu-west-1:111111111111:ask`"]);
    assert_eq!(topic("<account>"), ["replace `<account>`"]);
    // What else is not a number may be a placeholder.
    for right in ["111111111111", "ACCOUNT_ID", "80398EXAMPLE"] {
        assert_eq!(topic(right), [""; 0], "{right}");
    }
}

#[test]
fn a_wrong_name_of_a_change_set_is_told_once() {
    let change_set = |mode: &str, name: &str, order: u32| {
        json!({"name": mode, "runOrder": order, "region": "eu-west-1", "inputArtifacts": [{"name": "Code"}],
            "actionTypeId": {"category": "Deploy", "owner": "AWS", "provider": "CloudFormation", "version": "1"},
            "configuration": {"ActionMode": mode, "StackName": "s", "ChangeSetName": name, "TemplatePath": "Code::t.yml", "RoleArn": "arn:aws:iam::111111111111:role/r"}})
    };
    let told = |made: &str, run: &str| {
        let mut json = article();
        let actions = [change_set("CHANGE_SET_REPLACE", made, 3), change_set("CHANGE_SET_EXECUTE", run, 4)];
        json["stages"][1]["actions"].as_array_mut().unwrap().extend(actions);
        findings(&json)
    };
    assert_eq!(told("release", "relase"), ["XA0628w"]);
    assert_eq!(told("the_release", "the-release"), ["XA0613"]);
}

#[test]
fn what_is_nearly_a_reference_is_told() {
    let told = |command: &str| {
        let mut json = article();
        json["stages"][1]["actions"][0] = json!({"name": "x", "runOrder": 3, "actionTypeId": {"category": "Compute", "owner": "AWS", "provider": "Commands", "version": "1"},
            "commands": [command], "inputArtifacts": [{"name": "Code"}]});
        findings(&json)
    };
    for near in
        ["a #(variables.v)", "a # {variables.v}", "a #[Src.CommitId]", "a #{v}", "a ${variables.v}", "{Src.CommitId}"]
    {
        assert_eq!(told(near), ["XA0517w"], "{near}");
    }
    for text in [
        "a #(b.c)",
        "#{w}",
        "echo \"${#v}\"",
        "# (see the log. It is long)",
        "# (variables.tf, main.tf)",
        "# [variables.yml]",
        "#(variables.tf, main.tf)",
        "$(Src.sh)",
        "puts \"#{x.y z}\"",
    ] {
        let found = told(text);
        assert!(!found.contains(&"XA0517w".to_owned()), "{text}: {found:?}");
    }
}

#[test]
fn what_an_extended_pipeline_says_is_checked() {
    let json = json!({"name": "p", "stages": [{"name": "Build", "onFailure": {"result": "SKIP"}, "actions": [
        {"name": "m", "runOrder": 0, "actionTypeId": {"category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1"}}]}]});
    let context = CheckContext { item: "P".into(), home: Some("eu-west-1".parse().unwrap()), ..Default::default() };
    let found = super::extension(&read(&json.to_string()).unwrap(), &context);
    assert_eq!(found.iter().map(|finding| finding.code).collect::<Vec<_>>(), ["XA0109", "XA0113"]);
}

#[test]
fn members_that_belong_elsewhere_are_found() {
    let mut json = article();
    json["stages"][0]["onFailure"] = json!({"result": "ROLLBACK"});
    assert_eq!(findings(&json), ["XA0111"]);
    json["stages"][0]["onFailure"] = json!({"result": "SKIP"});
    assert_eq!(findings(&json), ["XA0113"]);
    json["stages"][0]["onFailure"] = json!({"result": "RETRY", "conditions": [{"result": "ROLLBACK", "rules": [{"name": "r", "ruleTypeId": {"category": "Rule", "provider": "CloudWatchAlarm"}, "configuration": {"AlarmName": "a"}}]}]});
    json["stages"][1]["onFailure"] = json["stages"][0]["onFailure"].take();
    json["stages"][0].as_object_mut().unwrap().remove("onFailure");
    assert_eq!(findings(&json), ["XA0110"]);
    let mut json = article();
    json["executionMode"] = json!("PARALLEL");
    json["stages"][1]["onFailure"] = json!({"result": "ROLLBACK"});
    assert_eq!(findings(&json), ["XA0112"]);
    let mut json = article();
    json["stages"][1]["actions"][1]["region"] = json!("us-east-1");
    assert_eq!(findings(&json), ["XA0405"]);
    json["artifactStores"] = json!({"eu-west-1": {"type": "S3", "location": "bucket"}});
    assert_eq!(findings(&json), ["XA0401", "XA0404"]);
    json.as_object_mut().unwrap().remove("artifactStore");
    json["artifactStores"] = json!({"us-east-1": {"type": "S3", "location": "bucket"}});
    assert_eq!(findings(&json), ["XA0403"]);
    json.as_object_mut().unwrap().remove("artifactStores");
    assert_eq!(findings(&json), ["XA0402"]);
    let mut json = article();
    json["stages"][1]["actions"][1]["commands"] = json!(["ls"]);
    json["stages"][1]["actions"][1]["timeoutInMinutes"] = json!(5);
    assert_eq!(findings(&json), ["XA0215", "XA0607"]);
    let mut json = article();
    json["stages"].as_array_mut().unwrap().swap(0, 1);
    // One mistake: the stage of the sources is to be moved.
    assert_eq!(findings(&json), ["XA0104"]);
}

#[test]
fn what_is_not_known_yet_is_not_judged() {
    let declaration = read(&article().to_string()).unwrap();
    let mut context = CheckContext { item: "P".into(), ..Default::default() };
    let mut edited: crate::declaration::PipelineDeclaration = declaration;
    let action = &mut edited.stages.as_mut().unwrap()[0].actions.as_mut().unwrap()[0];
    action.configuration.as_mut().unwrap().insert("BranchName".into(), String::new());
    let place =
        Place::pipeline("P").stage(0, "Source").action(0, "Source").key("configuration").key("BranchName").value();
    context.open.insert(place);
    assert!(pipeline(&edited, &context).is_empty());
}

#[test]
fn a_type_of_a_variable_that_is_partly_known_is_not_judged() {
    let written = |kind: &str| {
        let text = format!(r#"[{{"name":"A","value":"b","type":"{kind}"}}]"#);
        partly_known::written_part(&crate::catalogue::Format::EnvironmentVariables, &text).map(|text| text.into_owned())
    };
    let open = symbol::symbol("template.yaml", "Kind");
    assert_eq!(written(&format!("PARAMETER_{open}")), None);
    assert!(written(&open).is_some_and(|text| text.contains("PLAINTEXT")));
}

#[test]
fn a_placeholder_in_a_role_is_named_where_no_template_fills_it_in() {
    let found = |role: &str, home: Option<&str>| {
        let mut json = article();
        json["roleArn"] = role.into();
        let declaration = read(&json.to_string()).unwrap();
        let home = home.map(|region| region.parse().unwrap());
        let context = CheckContext { item: "P".into(), home, ..Default::default() };
        let found = pipeline(&declaration, &context);
        found.into_iter().map(|f| (f.code, f.help.unwrap_or_default())).collect::<Vec<_>>()
    };
    let named = |placeholder: &str| vec![("XA0220", format!("replace `{placeholder}`"))];
    let of_name = "arn:aws:iam::111111111111:role/<service-role>";
    assert_eq!(found(of_name, Some("eu-west-1")), named("<service-role>"));
    assert_eq!(found(of_name, None), []);
    assert_eq!(found("arn:aws:iam::<account-id>:role/svc", Some("eu-west-1")), named("<account-id>"));
    let form = |name: &str| vec![("XA0220", format!("write `arn:aws:iam::<account id>:role/{name}`"))];
    assert_eq!(found("svc", Some("eu-west-1")), form("svc"));
    assert_eq!(found("the service role", Some("eu-west-1")), form("<path><name>"));
}

#[test]
fn an_action_of_codebuild_reads_full_clones_whatever_else_is_wrong_with_its_type() {
    let mut json = article();
    json["stages"][0]["actions"][0]["configuration"]["OutputArtifactFormat"] = "CODEBUILD_CLONE_REF".into();
    assert_eq!(findings(&json), [] as [&str; 0]);
    json["stages"][1]["actions"][1]["actionTypeId"]["version"] = "2".into();
    let found = findings(&json);
    assert!(!found.is_empty() && !found.contains(&"XA0310w".to_owned()), "{found:?}");
    json["stages"][1]["actions"][1]["actionTypeId"]["provider"] = "Jenkins".into();
    assert!(findings(&json).contains(&"XA0310w".to_owned()), "{:?}", findings(&json));
}
