//! Several files as one set: where their pipelines are, and what that shows.

use serde_json::{Value, json};

use super::{Scratch, findings, xacct};

const ROLE: &str = "arn:aws:iam::111111111111:role/service";

/// An action of Terraform.
fn action(name: &str, category: &str, provider: &str, more: Value) -> Value {
    let mut action =
        json!({ "name": name, "category": category, "owner": "AWS", "provider": provider, "version": "1" });
    action.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    action
}

/// An action that starts a pipeline.
fn starts(target: &str, variable: &str, role: &str) -> Value {
    let variables = json!([{ "name": variable, "value": "1" }]).to_string();
    let configuration = json!({ "PipelineName": target, "Variables": variables });
    action(
        "go",
        "Invoke",
        "CodePipeline",
        json!({ "role_arn": role, "region": "eu-west-1", "configuration": configuration }),
    )
}

/// A plan of one pipeline, with what its provider says.
struct Plan {
    name: &'static str,
    service: Option<&'static str>,
    last: Value,
    variables: Value,
    provider: Value,
    beside: Value,
}

impl Plan {
    fn new(name: &'static str, service: Option<&'static str>) -> Self {
        let last = action("ok", "Approval", "Manual", json!({}));
        Self { name, service, last, variables: json!([]), provider: json!({}), beside: json!({}) }
    }

    fn text(&self) -> String {
        let Self { name, service, last, variables, provider, beside } = self;
        let source = json!({ "output_artifacts": ["Code"], "configuration": { "RepositoryName": "shop", "BranchName": "main" } });
        let after = json!({
            "name": name, "role_arn": service, "pipeline_type": "V2", "variable": variables,
            "artifact_store": [{ "type": "S3", "location": "shop-artifacts" }],
            "stage": [
                { "name": "Source", "action": [action("code", "Source", "CodeCommit", source)] },
                { "name": "Last", "action": [last] },
            ],
        });
        let mut plan = json!({
            "format_version": "1.2", "terraform_version": "1.11.4",
            "resource_changes": [{
                "address": "aws_codepipeline.this", "mode": "managed", "type": "aws_codepipeline", "name": "this",
                "change": { "actions": ["create"], "after": after, "after_unknown": { "arn": true, "role_arn": service.is_none() } },
            }],
            "configuration": {
                "provider_config": { "aws": { "name": "aws", "expressions": provider } },
                "root_module": { "resources": [{
                    "address": "aws_codepipeline.this", "mode": "managed", "type": "aws_codepipeline", "provider_config_key": "aws",
                    "expressions": { "role_arn": { "references": ["aws_iam_role.a.arn", "aws_iam_role.a"] } },
                }, {
                    "address": "data.aws_caller_identity.me", "mode": "data", "type": "aws_caller_identity", "provider_config_key": "aws",
                }] },
            },
        });
        plan.as_object_mut().unwrap().extend(beside.as_object().unwrap().clone());
        plan.to_string()
    }
}

fn region() -> Value {
    json!({ "constant_value": "eu-west-1" })
}

/// The plan of what starts a pipeline of account 222222222222, and that of the pipeline, whose provider says where it is.
fn started(provider: Value, beside: Value) -> Vec<String> {
    let role = "arn:aws:iam::222222222222:role/start";
    let tooling = Plan {
        last: starts("deploy", "TAG", role),
        provider: json!({ "region": region() }),
        ..Plan::new("release", Some(ROLE))
    };
    let target = Plan { variables: json!([{ "name": "IMAGE" }]), provider, beside, ..Plan::new("deploy", None) };
    let scratch = Scratch::new(&[("a.json", &tooling.text()), ("b.json", &target.text())]);
    let found = findings(&[&scratch.path("a.json"), &scratch.path("b.json")], "");
    found.iter().map(|line| line[..6].to_owned()).collect()
}

#[test]
fn the_account_of_a_plan_is_the_one_that_it_states() {
    let nothing = || json!({});
    // Without an account it isn't known which pipeline is started.
    assert_eq!(started(json!({ "region": region() }), nothing()), [] as [&str; 0]);
    let role = json!({ "constant_value": "arn:aws:iam::222222222222:role/terraform" });
    let said = ["XA0906", "XA0907"];
    let found = |provider: Value, beside: Value| {
        let found = started(provider, beside);
        assert!(said.iter().all(|code| found.iter().any(|known| known == code)), "{found:?}");
    };
    found(json!({ "region": region(), "assume_role": [{ "role_arn": role }] }), nothing());
    found(json!({ "region": region(), "allowed_account_ids": { "constant_value": ["222222222222"] } }), nothing());
    // The ARN is put together from a variable.
    let variable = json!({ "region": { "references": ["var.region"] }, "assume_role": [{ "role_arn": { "references": ["var.account"] } }] });
    let values = json!({ "variables": { "account": { "value": "222222222222" }, "region": { "value": "eu-west-1" } } });
    found(variable, values);
    let caller = json!({ "values": { "root_module": { "resources": [{
        "address": "data.aws_caller_identity.me", "mode": "data", "type": "aws_caller_identity", "values": { "account_id": "222222222222" },
    }] } } });
    found(json!({ "region": region() }), json!({ "prior_state": caller }));
    // Different accounts say nothing.
    let several = json!({ "region": region(), "assume_role": [{ "role_arn": role }], "allowed_account_ids": { "constant_value": ["333333333333"] } });
    assert_eq!(started(several, nothing()), [] as [&str; 0]);
}

#[test]
fn each_file_may_be_of_an_account_of_its_own() {
    let role = "arn:aws:iam::222222222222:role/start";
    let provider = json!({ "region": region() });
    let tooling =
        Plan { last: starts("deploy", "TAG", role), provider: provider.clone(), ..Plan::new("release", Some(ROLE)) };
    let target = Plan { variables: json!([{ "name": "IMAGE" }]), provider, ..Plan::new("deploy", None) };
    let scratch = Scratch::new(&[("a.json", &tooling.text()), ("b.json", &target.text())]);
    let (a, b) = (scratch.path("a.json"), scratch.path("b.json"));
    let of_b = format!("{b}=222222222222");
    let found = findings(&["--account", &of_b, &a, &b], "");
    assert!(found.iter().any(|line| line.starts_with("XA0906")), "{found:?}");
    // In the words of Terraform.
    let (_, stdout, _) = xacct(&["check", "--account", &of_b, &a, &b], "");
    assert!(stdout.contains("help: declare it in `variable` of pipeline `deploy`, or leave it out here\n"), "{stdout}");
    assert!(stdout.contains("help: pass `IMAGE` in `Variables` of the action\n"), "{stdout}");
    let (code, _, stderr) = xacct(&["check", "--account", "c.json=222222222222", &a, &b], "");
    assert_eq!(code, 2);
    assert_eq!(stderr, "error: --account c.json=…: no file and no provider with an alias is called `c.json`\n");
}

#[test]
fn one_pipeline_in_two_files_is_an_error_in_the_second() {
    let plan = |role| Plan { provider: json!({ "region": region() }), ..Plan::new("release", Some(role)) }.text();
    let twice = |first: &str, second: &str| {
        let scratch = Scratch::new(&[("a.json", first), ("b.json", second)]);
        let (a, b) = (scratch.path("a.json"), scratch.path("b.json"));
        let (_, stdout, _) = xacct(&["check", &a, &b], "");
        (stdout.matches("XA0914").count(), stdout.contains(&format!("--> {b}")), stdout.contains(&format!("at {a} (")))
    };
    assert_eq!(twice(&plan(ROLE), &plan(ROLE)), (1, true, true));
    assert_eq!(twice(&plan(ROLE), &plan("arn:aws:iam::222222222222:role/service")).0, 0);
    // What AWS returned is the pipeline that a plan made.
    let read = json!({
        "pipeline": { "name": "release", "roleArn": ROLE },
        "metadata": { "pipelineArn": "arn:aws:codepipeline:eu-west-1:111111111111:release" },
    });
    assert_eq!(twice(&plan(ROLE), &read.to_string()).0, 0);
    assert_eq!(twice(&read.to_string(), &plan(ROLE)).0, 0);
    let scratch = Scratch::new(&[("a.json", &plan(ROLE)), ("b.json", &read.to_string()), ("c.json", &plan(ROLE))]);
    let [a, b, c] = ["a.json", "b.json", "c.json"].map(|name| scratch.path(name));
    let (_, stdout, _) = xacct(&["check", &b, &a, &c], "");
    assert!(stdout.matches("XA0914").count() == 1 && stdout.contains(&format!("at {a} (")), "{stdout}");
    // So is that of a state.
    let mut state: Value = serde_json::from_str(&plan(ROLE)).unwrap();
    let resource = &state["resource_changes"][0];
    let resource = json!({ "address": resource["address"], "mode": "managed", "type": resource["type"], "name": "this",
        "values": resource["change"]["after"] });
    state = json!({ "format_version": "1.0", "terraform_version": "1.11.4", "values": { "root_module": { "resources": [resource] } } });
    let options = ["--region", "eu-west-1"];
    let (_, stdout, _) = xacct(&[&["check", &a, "-"], &options[..]].concat(), &state.to_string());
    assert!(!stdout.contains("XA0914") && stdout.contains("2 files"), "{stdout}");
    // So is a bare declaration.
    let (_, stdout, _) = xacct(&["check", &a, "-", "--region", "eu-west-1"], &read["pipeline"].to_string());
    assert!(!stdout.contains("XA0914"), "{stdout}");
}

#[test]
fn a_file_that_is_given_twice_is_checked_once() {
    let plan = Plan { provider: json!({ "region": region() }), ..Plan::new("release", Some(ROLE)) }.text();
    let scratch = Scratch::new(&[("a.json", &plan)]);
    let a = scratch.path("a.json");
    let again = scratch.path("./a.json");
    assert_ne!(a, again);
    let once = xacct(&["check", &a], "");
    assert_eq!(xacct(&["check", &a, &a], ""), once);
    assert_eq!(xacct(&["check", &a, &again], ""), once);
}

#[test]
fn one_account_in_two_partitions_is_an_error_in_the_second_file() {
    let plan = |name, role, region: &str| {
        let provider = json!({ "region": { "constant_value": region } });
        Plan { provider, ..Plan::new(name, Some(role)) }.text()
    };
    let china = "arn:aws-cn:iam::111111111111:role/service";
    let scratch =
        Scratch::new(&[("a.json", &plan("a", ROLE, "eu-west-1")), ("b.json", &plan("b", china, "cn-north-1"))]);
    let (_, stdout, _) = xacct(&["check", &scratch.path("a.json"), &scratch.path("b.json")], "");
    let message = "the pipeline is in partition `aws-cn`, and its account 111111111111 in `aws`";
    assert!(stdout.contains(message) && stdout.contains(&format!("--> {}", scratch.path("b.json"))), "{stdout}");
    // Within one plan.
    let found = findings(&["-"], &plan("a", china, "eu-west-1"));
    let message = "the role is in partition `aws-cn`, the pipeline in `aws`";
    assert!(found.iter().any(|line| line.starts_with("XA0411") && line.contains(message)), "{found:?}");
}

#[test]
fn what_is_wrong_between_imported_items_is_said_with_its_place() {
    let declaration = |role: &str, region: &str| {
        let source = json!({ "category": "Source", "owner": "AWS", "provider": "CodeCommit", "version": "1" });
        let manual = json!({ "category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1" });
        json!({
            "pipeline": {
                "name": format!("release-{region}"), "roleArn": role, "version": 1, "pipelineType": "V2",
                "artifactStore": { "type": "S3", "location": "shop-artifacts" },
                "stages": [
                    { "name": "Source", "actions": [{
                        "name": "code", "actionTypeId": source, "outputArtifacts": [{ "name": "Code" }],
                        "configuration": { "RepositoryName": "shop", "BranchName": "main" },
                    }] },
                    { "name": "Approve", "actions": [{ "name": "ok", "actionTypeId": manual, "roleArn": role }] },
                ],
            },
            "metadata": { "pipelineArn": format!("{}:codepipeline:{region}:111111111111:release-{region}", &role[..role.find(":iam").unwrap()]) },
        })
    };
    let first = declaration(ROLE, "eu-west-1").to_string();
    let second = declaration("arn:aws-cn:iam::111111111111:role/service", "cn-north-1").to_string();
    let role = json!({ "Role": { "Arn": "arn:aws-us-gov:iam::111111111111:role/unused" } }).to_string();
    let scratch = Scratch::new(&[("a.json", &first), ("b.json", &second), ("role.json", &role)]);
    let (_, _, stderr) =
        xacct(&["import", &scratch.path("a.json"), &scratch.path("b.json"), &scratch.path("role.json")], "");
    let of: Vec<&str> = stderr.lines().filter(|line| line.contains("XA0917")).collect();
    assert!(of.len() >= 2, "{stderr}");
    assert!(of.iter().all(|line| line.contains(".json:1:")), "{stderr}");
}

/// What get-pipeline prints of a pipeline without an action, in a Region.
fn returned(region: &str) -> String {
    let action = |name: &str, category: &str, provider: &str, more: Value| {
        let id = json!({ "category": category, "owner": "AWS", "provider": provider, "version": "1" });
        let mut action = json!({ "name": name, "actionTypeId": id });
        action.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        action
    };
    let configuration = json!({ "RepositoryName": "shop", "BranchName": "main", "PollForSourceChanges": "false" });
    let source = json!({ "configuration": configuration, "outputArtifacts": [{ "name": "Code" }] });
    json!({
        "pipeline": {
            "name": "release", "roleArn": ROLE, "pipelineType": "V2",
            "artifactStore": { "type": "S3", "location": format!("artifacts-{region}") },
            "stages": [
                { "name": "Source", "actions": [action("code", "Source", "CodeCommit", source)] },
                { "name": "Last", "actions": [action("ok", "Approval", "Manual", json!({}))] },
            ],
        },
        "metadata": { "pipelineArn": format!("arn:aws:codepipeline:{region}:111111111111:release") },
    })
    .to_string()
}

#[test]
fn two_files_of_one_pipeline_that_aws_returned_are_a_warning() {
    let (here, there) = (returned("eu-west-1"), returned("eu-central-1"));
    let scratch = Scratch::new(&[("a.json", &here), ("b.json", &here), ("c.json", &there)]);
    let [a, b, c] = ["a.json", "b.json", "c.json"].map(|name| scratch.path(name));
    let (code, stdout, _) = xacct(&["check", &a, &b, &c], "");
    assert_eq!((code, stdout.matches("warning[").count()), (0, 1), "{stdout}");
    let message = format!("warning[XA0914]: pipeline `release` at {a}:1:");
    assert!(stdout.contains(&message) && stdout.contains(&format!("--> {b}:1:")), "{stdout}");
    let (_, _, said) = xacct(&["import", &a, &b], "");
    assert_eq!(said.lines().filter(|line| line.contains("b.json")).count(), 1, "{said}");
}

#[test]
fn a_pipeline_that_is_looked_for_in_another_place_is_led_to_what_differs() {
    let start = json!({
        "name": "go", "actionTypeId": { "category": "Invoke", "owner": "AWS", "provider": "CodePipeline", "version": "1" },
        "configuration": { "PipelineName": "release" }, "roleArn": "arn:aws:iam::222222222222:role/start", "region": "eu-west-1",
    });
    let mut caller: Value = serde_json::from_str(&returned("eu-west-1")).unwrap();
    caller["pipeline"]["name"] = json!("caller");
    caller["metadata"] = json!({ "pipelineArn": "arn:aws:codepipeline:eu-west-1:111111111111:caller" });
    let helps = |region: &str| {
        let mut caller = caller.clone();
        let mut start = start.clone();
        start["region"] = json!(region);
        caller["pipeline"]["stages"][1]["actions"].as_array_mut().unwrap().push(start);
        let scratch = Scratch::new(&[("a.json", &caller.to_string()), ("b.json", &returned("eu-west-1"))]);
        let (_, stdout, _) = xacct(&["check", &scratch.path("a.json"), &scratch.path("b.json")], "");
        let help = stdout.lines().skip_while(|line| !line.contains("XA0717")).find(|line| line.contains("= help: "));
        help.map(|help| help.trim().to_owned()).unwrap_or_default()
    };
    let role = "= help: if you mean that one, write a `roleArn` of account 111111111111";
    assert_eq!(helps("eu-west-1"), role);
    assert_eq!(helps("eu-central-1"), format!("{role} and `\"region\": \"eu-west-1\"`"));
}
