//! Plans of Terraform's AWS provider 6: resources have a Region of their own, and actions of Compute their commands. Written by hand after the
//! provider's documentation, in the form of `terraform show -json`.

use serde_json::{Value, json};

use crate::import::{Ran, import, written};

fn change(kind: &str, name: &str, after: Value, after_unknown: Value) -> Value {
    json!({
        "address": format!("{kind}.{name}"), "mode": "managed", "type": kind, "name": name,
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": {
            "actions": ["create"], "before": null, "after": after, "after_unknown": after_unknown,
            "before_sensitive": false, "after_sensitive": {},
        },
    })
}

/// An action with the arguments that it doesn't write as a plan has them.
fn action(written: Value) -> Value {
    let mut action = json!({
        "commands": null, "input_artifacts": null, "namespace": null, "output_artifacts": null,
        "output_artifacts_for_compute_action": [], "output_variables": null, "owner": "AWS", "role_arn": null,
        "timeout_in_minutes": null, "version": "1", "configuration": null,
    });
    action.as_object_mut().unwrap().extend(written.as_object().unwrap().clone());
    action
}

fn pipeline(name: &str, region: &str, stores: Value, last: Value) -> Value {
    let source = action(json!({
        "name": "code", "category": "Source", "provider": "CodeCommit", "output_artifacts": ["Code"],
        "configuration": { "RepositoryName": "shop", "BranchName": "main", "PollForSourceChanges": "false" },
    }));
    let stage = |name: &str, action: Value| json!({ "name": name, "action": [action], "before_entry": [], "on_failure": [], "on_success": [] });
    let after = json!({
        "name": name, "region": region, "pipeline_type": "V2", "execution_mode": "QUEUED", "tags": null,
        "role_arn": "arn:aws:iam::111111111111:role/pipelines", "trigger": [], "variable": [],
        "artifact_store": stores,
        "stage": [stage("Source", source.clone()), stage("Run", last.clone())],
    });
    let open = |action: &Value| json!({ "action": [{ "region": action["region"].is_null(), "run_order": true }] });
    let unknown = json!({ "arn": true, "id": true, "tags_all": true, "trigger_all": true, "stage": [open(&source), open(&last)] });
    change("aws_codepipeline", name, after, unknown)
}

fn store(bucket: &str, region: &str) -> Value {
    json!({ "type": "S3", "location": bucket, "region": region, "encryption_key": [] })
}

/// Two pipelines of one provider: one where the provider is, the other elsewhere by its own argument. The first starts the second.
fn plan(allowed: &str) -> Value {
    let trust = json!({ "Version": "2012-10-17", "Statement":
        [{ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": "codepipeline.amazonaws.com" } }] });
    let policy = json!({ "Version": "2012-10-17", "Statement":
        [{ "Effect": "Allow", "Action": "codepipeline:StartPipelineExecution", "Resource": allowed }] });
    let role = json!({ "name": "pipelines", "path": "/", "assume_role_policy": trust.to_string(), "permissions_boundary": null,
        "force_detach_policies": false, "max_session_duration": 3600, "tags": null });
    let role = change(
        "aws_iam_role",
        "pipelines",
        role,
        json!({ "arn": true, "id": true, "inline_policy": true, "managed_policy_arns": true }),
    );
    let given = json!({ "name": "start", "role": "pipelines", "policy": policy.to_string() });
    let start = action(json!({
        "name": "start", "category": "Invoke", "provider": "CodePipeline", "region": "eu-central-1",
        "configuration": { "PipelineName": "deploy" },
    }));
    let run = action(json!({
        "name": "run", "category": "Compute", "provider": "Commands", "commands": ["make dist"], "input_artifacts": ["Code"],
        "output_artifacts": ["ignored"], "output_variables": ["DIGEST"],
        "output_artifacts_for_compute_action": [{ "name": "Dist", "files": ["dist/**/*"] }],
    }));
    json!({
        "format_version": "1.2", "terraform_version": "1.13.0",
        "resource_changes": [
            role,
            change("aws_iam_role_policy", "pipelines", given, json!({ "id": true })),
            pipeline("release", "eu-west-1", json!([store("artifacts-ireland", "eu-west-1"), store("artifacts-frankfurt", "eu-central-1")]), start),
            pipeline("deploy", "eu-central-1", json!([store("artifacts-frankfurt", "")]), run),
        ],
        "configuration": {
            "provider_config": { "aws": {
                "name": "aws", "full_name": "registry.terraform.io/hashicorp/aws", "version_constraint": ">= 6.62.0",
                "expressions": { "region": { "constant_value": "eu-west-1" } },
            } },
            "root_module": { "resources": [
                { "address": "aws_codepipeline.release", "provider_config_key": "aws", "expressions": {} },
                { "address": "aws_codepipeline.deploy", "provider_config_key": "aws",
                  "expressions": { "region": { "constant_value": "eu-central-1" } } },
                { "address": "aws_iam_role.pipelines", "provider_config_key": "aws", "expressions": {} },
                { "address": "aws_iam_role_policy.pipelines", "provider_config_key": "aws", "expressions": {} },
            ] },
        },
    })
}

const DEPLOY: &str = "arn:aws:codepipeline:eu-central-1:111111111111:deploy";

fn imported(plan: &Value, name: &str) -> Ran {
    import(&["--account", "111111111111", &written("terraform-6", name, plan)])
}

#[test]
fn a_pipeline_is_in_the_region_of_its_resource() {
    let ran = imported(&plan(DEPLOY), "regions.json");
    assert_eq!(ran.code, 0, "{}", ran.said);
    for part in [
        "name: \"release\",\n        region: \"eu-west-1\",",
        "name: \"deploy\",\n        region: \"eu-central-1\",",
        "invoke \"start\": Deploy {}",
    ] {
        assert!(ran.source.contains(part), "{part}\n{}", ran.source);
    }
    let mut plan = plan(DEPLOY);
    // Only known once something else is made.
    let deploy = &mut plan["resource_changes"][3]["change"];
    deploy["after"].as_object_mut().unwrap().remove("region");
    deploy["after_unknown"]["region"] = json!(true);
    let ran = imported(&plan, "no-region.json");
    assert!(ran.code == 1 && ran.said.contains("its Region is not known: give `--region`"), "{}", ran.said);
}

#[test]
fn an_action_of_compute_has_the_files_of_its_artifacts() {
    let ran = imported(&plan(DEPLOY), "compute.json");
    for part in ["commands: [\"make dist\"]", "output_variables: DIGEST", "output: Dist", "files: [\"dist/**/*\"]"] {
        assert!(ran.source.contains(part), "{part}\n{}", ran.source);
    }
    assert!(!ran.source.contains("ignored"), "{}", ran.source);
}

#[test]
fn the_wiring_is_proven_in_the_region_of_each_resource() {
    let run = |plan: &Value| {
        let arguments = ["cargo-xacct", "wiring", "-", "--account", "111111111111"].iter().map(Into::into);
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let text = plan.to_string();
        let code =
            codepipeline_xacct::cli::cargo_xacct(arguments, &mut text.as_bytes(), &mut stdout, &mut stderr, false);
        (code, String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
    };
    let (code, said) = run(&plan(DEPLOY));
    assert_eq!(code, 0, "{said}");
    let (code, said) = run(&plan("arn:aws:codepipeline:eu-west-1:111111111111:deploy"));
    assert_eq!(code, 1, "{said}");
}
