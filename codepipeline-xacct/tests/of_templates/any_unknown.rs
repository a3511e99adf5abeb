//! Whatever single value of a right template or plan is not known: nothing is wrong because of that.

use serde_json::{Value, json};

use crate::{Scratch, xacct};

const TOOLING: &str = "111111111111";
const PROD: &str = "222222222222";
const INVOKER: &str = "arn:aws:iam::222222222222:role/deploy-invoker";
const SERVICE: &str = "arn:aws:iam::111111111111:role/release-service";
const TARGET: &str = "arn:aws:codepipeline:eu-west-1:222222222222:deploy";

fn allow(action: &str, resource: &str) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": action, "Resource": resource }] })
}

fn trust(principal: Value) -> Value {
    let statement = json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" });
    json!({ "Version": "2012-10-17", "Statement": [statement] })
}

/// All values in a value, by their paths: members and elements.
fn paths(value: &Value, path: &str, found: &mut Vec<String>) {
    let mut at = |name: &str, inner: &Value| {
        let path = format!("{path}/{}", name.replace('~', "~0").replace('/', "~1"));
        found.push(path.clone());
        paths(inner, &path, found);
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| at(name, value)),
        Value::Array(list) => list.iter().enumerate().for_each(|(index, value)| at(&index.to_string(), value)),
        _ => {}
    }
}

pub(crate) fn paths_in(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    paths(value, "", &mut found);
    found
}

/// What is wrong with some files, of which one is the standard input, in the eyes of three commands.
fn wrong(stdin: &str, others: &[&str], options: &[&str]) -> Vec<String> {
    let files = [&["-"], others].concat();
    let mut found = Vec::new();
    let (code, stdout, stderr) = xacct(&[&["check"], &files[..]].concat(), stdin);
    if code != 0 || stdout.contains("warning") {
        found.push(format!("check {code}: {stdout}{stderr}"));
    }
    let (code, stdout, stderr) = xacct(&[&["wiring"], &files[..], options].concat(), stdin);
    // Where a condition decides, one of its ways may be denied.
    if code == 1 || code == 2 || stdout.contains('✗') && !stdout.contains("where condition") {
        found.push(format!("wiring {code}: {stdout}{stderr}"));
    }
    let (_, source, said) = xacct(&[&["import", "--region", "eu-west-1"], &files[..], options].concat(), stdin);
    if said.contains("error[") || source.contains('\u{e000}') || said.contains("can't be formatted") {
        found.push(format!("import: {said}"));
    }
    let mut pipelines = source.split("pub pipeline ").skip(1);
    let is_there = source.contains("pub pipeline ") || source.contains("pub extern pipeline ");
    if !is_there || !pipelines.all(|pipeline| pipeline.contains("stage \"")) {
        found.push(format!("import: {source}"));
    }
    found
}

fn fails(failed: &[String]) {
    assert!(failed.is_empty(), "{} failed:\n{}", failed.len(), failed.join("\n---\n"));
}

fn action(name: &str, kind: [&str; 3], more: Value) -> Value {
    let mut action = json!({
        "name": name, "category": kind[0], "owner": kind[1], "provider": kind[2], "version": "1",
        "role_arn": null, "namespace": null, "input_artifacts": null, "output_artifacts": null, "timeout_in_minutes": null,
        "output_artifacts_for_compute_action": [], "commands": null, "output_variables": null, "configuration": null,
        "region": null, "run_order": 1,
    });
    action.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    action
}

/// A plan of two accounts with all that is known.
pub(crate) fn plan() -> Value {
    let code = action(
        "code",
        ["Source", "AWS", "CodeStarSourceConnection"],
        json!({
            "output_artifacts": ["Code"], "namespace": "Source",
            "configuration": {
                "ConnectionArn": "arn:aws:codeconnections:eu-west-1:111111111111:connection/3fdc9d4c-0b6c-4a5e-9c4d-0d1b0a1c2d3e",
                "FullRepositoryId": "shop/shop", "BranchName": "main", "OutputArtifactFormat": "CODEBUILD_CLONE_REF",
            },
        }),
    );
    let build = action(
        "build",
        ["Build", "AWS", "CodeBuild"],
        json!({
            "input_artifacts": ["Code"], "output_artifacts": ["Built", "Tests"], "namespace": "Build",
            "configuration": { "ProjectName": "shop", "PrimarySource": "Code", "EnvironmentVariables":
                "[{\"name\":\"LEVEL\",\"value\":\"#{variables.level}\",\"type\":\"PLAINTEXT\"}]" },
        }),
    );
    let run = action(
        "run",
        ["Compute", "AWS", "Commands"],
        json!({
            "input_artifacts": ["Built"], "commands": ["make dist"], "output_variables": ["DIGEST"], "run_order": 2, "namespace": "Run",
            "output_artifacts_for_compute_action": [{ "name": "Dist", "files": ["dist/**/*"] }],
        }),
    );
    let copy = action(
        "copy",
        ["Deploy", "AWS", "S3"],
        json!({
            "input_artifacts": ["Dist"],
            "configuration": { "BucketName": "shop-dist", "Extract": "false", "ObjectKey": "#{Run.DIGEST}.zip" },
        }),
    );
    let ask = action(
        "ask",
        ["Approval", "AWS", "Manual"],
        json!({ "timeout_in_minutes": 60, "configuration": { "CustomData": "#{Source.CommitId}" } }),
    );
    let start = action(
        "start",
        ["Invoke", "AWS", "CodePipeline"],
        json!({
            "role_arn": INVOKER, "run_order": 2, "region": "eu-west-1",
            "configuration": { "PipelineName": "deploy", "Variables": "[{\"name\":\"version\",\"value\":\"#{Run.DIGEST}\"}]" },
        }),
    );
    let stage = |name: &str, actions: Value, more: Value| {
        let mut stage =
            json!({ "name": name, "action": actions, "before_entry": [], "on_failure": [], "on_success": [] });
        stage.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        stage
    };
    let rule = json!({ "name": "window", "commands": null, "input_artifacts": null, "region": null, "role_arn": null,
        "timeout_in_minutes": null, "configuration": { "Cron": "* * 9-17 ? * MON-FRI *", "TimeZone": "UTC" },
        "rule_type_id": [{ "category": "Rule", "owner": "AWS", "provider": "DeploymentWindow", "version": "1" }] });
    let gates = json!({
        "before_entry": [{ "condition": [{ "result": "FAIL", "rule": [rule] }] }],
        "on_failure": [{ "condition": [], "result": "RETRY", "retry_configuration": [{ "retry_mode": "FAILED_ACTIONS" }] }],
    });
    let trigger = json!({ "provider_type": "CodeStarSourceConnection", "git_configuration": [{
        "source_action_name": "code",
        "push": [
            { "branches": [{ "includes": ["main", "release/*"], "excludes": ["release/old"] }],
              "file_paths": [{ "includes": ["src/**"], "excludes": null }], "tags": [] },
            { "branches": [], "file_paths": [], "tags": [{ "includes": ["v*"], "excludes": null }] },
        ],
        "pull_request": [{ "branches": [{ "includes": ["main"], "excludes": null }], "events": ["OPEN", "UPDATED"], "file_paths": [] }],
    }] });
    let store = json!({ "type": "S3", "location": "shop-artifacts", "region": "",
        "encryption_key": [{ "id": "arn:aws:kms:eu-west-1:111111111111:key/3fdc9d4c-0b6c-4a5e-9c4d-0d1b0a1c2d3e", "type": "KMS" }] });
    let release = json!({
        "name": "release", "pipeline_type": "V2", "execution_mode": "QUEUED", "role_arn": SERVICE, "tags": null, "artifact_store": [store],
        "variable": [{ "name": "level", "default_value": "all", "description": "How much" }], "trigger": [trigger],
        "stage": [
            stage("Source", json!([code]), json!({})),
            stage("Build", json!([build, run]), json!({})),
            stage("Deploy", json!([ask, start, copy]), gates),
        ],
    });
    let fetch = action(
        "fetch",
        ["Source", "AWS", "S3"],
        json!({ "output_artifacts": ["Dist"],
            "configuration": { "S3Bucket": "shop-dist", "S3ObjectKey": "shop.zip", "PollForSourceChanges": "false" } }),
    );
    let tell = action(
        "ask",
        ["Approval", "AWS", "Manual"],
        json!({ "configuration": { "CustomData": "#{variables.version}" } }),
    );
    let stores = |region: &str| json!({ "type": "S3", "location": format!("shop-{region}"), "region": region, "encryption_key": [] });
    let deploy = json!({
        "name": "deploy", "pipeline_type": "V2", "execution_mode": "SUPERSEDED", "role_arn": "arn:aws:iam::222222222222:role/deploy-service",
        "tags": null, "artifact_store": [stores("eu-west-1"), stores("eu-central-1")], "trigger": [],
        "variable": [{ "name": "version", "default_value": null, "description": null }],
        "stage": [
            stage("Source", json!([fetch]), json!({})),
            stage("Ask", json!([tell, action("copy", ["Deploy", "AWS", "S3"], json!({ "region": "eu-central-1", "run_order": 2, "input_artifacts": ["Dist"],
                "configuration": { "BucketName": "shop-there", "Extract": "true" } }))]), json!({})),
        ],
    });
    let role = |name: &str, trust: Value, inline: Value| {
        json!({ "name": name, "path": "/", "assume_role_policy": trust.to_string(), "permissions_boundary": null, "tags": null,
            "managed_policy_arns": [], "inline_policy": inline })
    };
    let codepipeline = || trust(json!({ "Service": "codepipeline.amazonaws.com" }));
    let inline =
        json!([{ "name": "start", "policy": allow("codepipeline:StartPipelineExecution", TARGET).to_string() }]);
    let managed = json!({ "name": "assume", "path": "/", "arn": "arn:aws:iam::111111111111:policy/assume", "policy": allow("sts:AssumeRole", INVOKER).to_string() });
    let resources = [
        ("aws_iam_role", "service", "aws", role("release-service", codepipeline(), json!([]))),
        (
            "aws_iam_role_policy",
            "build",
            "aws",
            json!({ "name": "build", "role": "release-service", "policy": allow("codebuild:StartBuild", "*").to_string() }),
        ),
        ("aws_iam_policy", "assume", "aws", managed),
        (
            "aws_iam_role_policy_attachment",
            "assume",
            "aws",
            json!({ "role": "release-service", "policy_arn": "arn:aws:iam::111111111111:policy/assume" }),
        ),
        ("aws_iam_role", "invoker", "aws.prod", role("deploy-invoker", trust(json!({ "AWS": SERVICE })), inline)),
        ("aws_iam_role", "deploy", "aws.prod", role("deploy-service", codepipeline(), json!([]))),
        ("aws_codepipeline", "release", "aws", release),
        ("aws_codepipeline", "deploy", "aws.prod", deploy),
    ];
    let changes = resources.iter().map(|(kind, name, _, after)| {
        json!({ "address": format!("{kind}.{name}"), "mode": "managed", "type": kind, "name": name,
            "change": { "actions": ["create"], "before": null, "after": after, "after_unknown": {}, "after_sensitive": {} } })
    });
    let of_role = json!({ "inline_policy": [{}], "managed_policy_arns": {} });
    let written = |kind: &str| if kind == "aws_iam_role" { of_role.clone() } else { json!({}) };
    let written = resources.iter().map(|(kind, name, provider, _)| {
        json!({ "address": format!("{kind}.{name}"), "provider_config_key": provider, "expressions": written(kind) })
    });
    json!({
        "format_version": "1.2", "terraform_version": "1.13.0", "resource_changes": changes.collect::<Vec<_>>(),
        "configuration": { "root_module": { "resources": written.collect::<Vec<_>>() },
            "provider_config": { "aws": { "expressions": { "region": { "constant_value": "eu-west-1" } } },
                "aws.prod": { "alias": "prod", "expressions": { "region": { "constant_value": "eu-west-1" } } } } },
    })
}

/// Marks the value at a path, and nothing else, as not known.
fn mark(known: &Value, path: &[&str]) -> Value {
    let Some((first, rest)) = path.split_first() else { return json!(true) };
    match known {
        Value::Array(list) => {
            let at: usize = first.parse().unwrap();
            let marks =
                list.iter().enumerate().map(|(index, value)| if index == at { mark(value, rest) } else { json!({}) });
            marks.collect()
        }
        value => json!({ *first: mark(&value[*first], rest) }),
    }
}

/// Takes the value at a path away; an element of a list stays as `null`, as Terraform prints it.
fn take(value: &mut Value, path: &str) {
    let (parent, last) = path.rsplit_once('/').unwrap();
    match value.pointer_mut(parent).unwrap() {
        Value::Object(members) => drop(members.remove(&last.replace("~1", "/"))),
        list => list[last.parse::<usize>().unwrap()] = Value::Null,
    }
}

#[test]
fn no_value_of_a_plan_of_terraform_is_wrong_since_it_is_not_known() {
    let plan = plan();
    let accounts = ["--account", TOOLING, "--account", "aws.prod=222222222222"];
    assert_eq!(wrong(&plan.to_string(), &[], &accounts), [] as [&str; 0]);
    let (code, stdout, _) = xacct(&[&["wiring", "-"], &accounts[..]].concat(), &plan.to_string());
    assert!(code == 0 && stdout.matches('✓').count() == 3, "{stdout}");
    let mut failed = Vec::new();
    for (index, change) in plan["resource_changes"].as_array().unwrap().iter().enumerate() {
        let after = &change["change"]["after"];
        for path in paths_in(after) {
            let mut open = plan.clone();
            let change = &mut open["resource_changes"][index]["change"];
            take(&mut change["after"], &path);
            change["after_unknown"] = mark(after, &path[1..].split('/').collect::<Vec<_>>());
            let found = wrong(&open.to_string(), &[], &accounts);
            failed.extend(found.into_iter().map(|found| format!("{} {path}: {found}", change_address(&plan, index))));
        }
    }
    fails(&failed);
}

fn change_address(plan: &Value, index: usize) -> &str {
    plan["resource_changes"][index]["address"].as_str().unwrap()
}

fn pascal(name: &str) -> String {
    name.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

/// A pipeline of the plan as properties of a template.
fn properties(value: &Value, kind: &str) -> Value {
    let Value::Object(members) = value else { return value.clone() };
    let mut out = serde_json::Map::new();
    let mut type_id = serde_json::Map::new();
    for (name, value) in members {
        let blocks = || value.as_array().unwrap().iter().map(|block| properties(block, name)).collect::<Vec<_>>();
        let first = || blocks().into_iter().next();
        let is_empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty) || value == "";
        let (name, value) = match name.as_str() {
            _ if is_empty => continue,
            "category" | "owner" | "provider" | "version" if kind == "action" => {
                type_id.insert(pascal(name), value.clone());
                continue;
            }
            "stage" | "action" | "variable" | "trigger" | "condition" | "rule" => {
                (format!("{}s", pascal(name)), json!(blocks()))
            }
            "push" | "pull_request" => (pascal(name), json!(blocks())),
            "output_artifacts_for_compute_action" => ("OutputArtifacts".to_owned(), json!(blocks())),
            "input_artifacts" | "output_artifacts" => {
                let named = value.as_array().unwrap().iter().map(|name| json!({ "Name": name }));
                (pascal(name), named.collect())
            }
            "artifact_store" if value.as_array().unwrap().len() > 1 => {
                let stores = blocks().into_iter().map(|mut store| {
                    let region = store.as_object_mut().unwrap().remove("Region");
                    json!({ "Region": region, "ArtifactStore": store })
                });
                ("ArtifactStores".to_owned(), stores.collect())
            }
            "artifact_store"
            | "git_configuration"
            | "branches"
            | "file_paths"
            | "encryption_key"
            | "rule_type_id"
            | "before_entry"
            | "on_failure"
            | "retry_configuration" => (pascal(name), first().unwrap()),
            "tags" => (pascal(name), first().unwrap()),
            "commands" if kind == "action" => (pascal(name), value.as_array().unwrap().iter().cloned().collect()),
            "configuration" => (pascal(name), value.clone()),
            _ => (pascal(name), value.clone()),
        };
        out.insert(name, value);
    }
    if !type_id.is_empty() {
        out.insert("ActionTypeId".to_owned(), Value::Object(type_id));
    }
    Value::Object(out)
}

/// The same as two templates, one for each account.
fn templates() -> [Value; 2] {
    let plan = plan();
    let pipeline = |index: usize| json!({ "Type": "AWS::CodePipeline::Pipeline", "Properties": properties(&plan["resource_changes"][index]["change"]["after"], "") });
    let role = |properties: Value| json!({ "Type": "AWS::IAM::Role", "Properties": properties });
    let codepipeline = || trust(json!({ "Service": ["codepipeline.amazonaws.com"] }));
    let inline = |name: &str, document: Value| json!([{ "PolicyName": name, "PolicyDocument": document }]);
    let open = json!({ "Open": { "Type": "String" } });
    let conditions = json!({ "Opened": { "Fn::Equals": [{ "Ref": "Open" }, "yes"] } });
    let tooling = json!({
        "ServiceRole": role(json!({ "RoleName": "release-service", "AssumeRolePolicyDocument": codepipeline(),
            "Policies": inline("build", allow("codebuild:StartBuild", "*")), "ManagedPolicyArns": [{ "Ref": "Managed" }] })),
        "Managed": { "Type": "AWS::IAM::ManagedPolicy", "Properties": { "PolicyDocument": allow("logs:CreateLogGroup", "*") } },
        "Policy": { "Type": "AWS::IAM::Policy", "Properties": { "PolicyName": "assume", "Roles": [{ "Ref": "ServiceRole" }],
            "PolicyDocument": allow("sts:AssumeRole", INVOKER) } },
        "Release": pipeline(6),
    });
    let prod = json!({
        "Invoker": role(json!({ "RoleName": "deploy-invoker", "AssumeRolePolicyDocument": trust(json!({ "AWS": [SERVICE] })) })),
        "InvokerPolicy": { "Type": "AWS::IAM::RolePolicy", "Properties": { "PolicyName": "start", "RoleName": { "Ref": "Invoker" },
            "PolicyDocument": allow("codepipeline:StartPipelineExecution", TARGET) } },
        "DeployRole": role(json!({ "RoleName": "deploy-service", "AssumeRolePolicyDocument": codepipeline() })),
        "Deploy": pipeline(7),
    });
    [tooling, prod].map(|resources| json!({ "Parameters": open, "Conditions": conditions, "Resources": resources }))
}

#[test]
fn no_value_of_a_template_is_wrong_since_it_is_not_known() {
    let all = templates();
    let accounts = [TOOLING, PROD];
    let mut failed = Vec::new();
    for (own, other) in [(0, 1), (1, 0)] {
        let scratch = Scratch::new(&[("other.json", &all[other].to_string())]);
        let path = scratch.path("other.json");
        let of = format!("{path}={}", accounts[other]);
        let options = ["--account", accounts[own], "--account", &of];
        let template = &all[own];
        assert_eq!(wrong(&template.to_string(), &[&path], &options), [] as [&str; 0]);
        let (code, stdout, _) = xacct(&[&["wiring", "-", &path], &options[..]].concat(), &template.to_string());
        assert!(code == 0 && stdout.matches('✓').count() == 3, "{stdout}");
        for id in template["Resources"].as_object().unwrap().keys() {
            let of_id = &template["Resources"][id]["Properties"];
            for (at, place) in paths_in(of_id).into_iter().enumerate() {
                let known = of_id.pointer(&place).unwrap();
                let mut open = vec![
                    ("GetAtt", json!({ "Fn::GetAtt": ["Other", "Value"] })),
                    ("FindInMap", json!({ "Fn::FindInMap": ["Map", { "Ref": "AWS::Region" }, "value"] })),
                    ("If", json!({ "Fn::If": ["Opened", known, { "Ref": "Open" }] })),
                    ("NoValue", json!({ "Fn::If": ["Opened", known, { "Ref": "AWS::NoValue" }] })),
                    ("Transform", json!({ "Fn::Transform": { "Name": "ShopMacro" } })),
                ];
                if known.is_object() {
                    let mut more = known.clone();
                    more["Fn::Transform"] = json!({ "Name": "ShopMacro" });
                    open.push(("more", more));
                }
                // Each place in one of these ways too, since all of them take too long.
                let kind = at % open.len();
                let one = open.swap_remove(kind);
                let open = [("Ref", json!({ "Ref": "Open" })), one];
                for (how, value) in open {
                    let mut edited = template.clone();
                    *edited["Resources"][id]["Properties"].pointer_mut(&place).unwrap() = value;
                    let found = wrong(&edited.to_string(), &[&path], &options);
                    let found = found.into_iter().filter(|found| !is_unread(found));
                    failed.extend(found.map(|found| format!("{how} {id} {place}: {found}")));
                }
            }
        }
    }
    fails(&failed);
}

/// Whether all that is found is that a part is not read.
fn is_unread(found: &str) -> bool {
    found.starts_with("check 0:") && found.matches("warning[").count() == found.matches("warning[XA0006]").count()
}
