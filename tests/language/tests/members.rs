//! Every member of a declaration can be written in `pipeline!` and in the builder, with the same result.

use std::collections::BTreeSet;

use codepipeline_xacct::builder::{
    Bucket, FilterCriteria, PullRequest, Push, Trigger, action, extended_pipeline, pipeline as build, rule,
};
use codepipeline_xacct::core::declaration::{ExecutionMode, PipelineType, RetryMode, StageResult};
use codepipeline_xacct::core::topology::{Ownership, Topology as Built};
use codepipeline_xacct::{Topology, pipeline};
use serde_json::{Value, json};

/// The members of the structures below `PipelineDeclaration` in the service model of CodePipeline, by the member that
/// holds the structure, except two: the `version` of the pipeline, which the service sets, and `artifactStore`, which
/// pipelines in one Region have instead of `artifactStores`.
const MEMBERS: &[(&str, &[&str])] = &[
    ("", &["name", "roleArn", "artifactStores", "stages", "executionMode", "pipelineType", "variables", "triggers"]),
    ("artifactStores", &["type", "location", "encryptionKey"]),
    ("encryptionKey", &["id", "type"]),
    ("stages", &["name", "blockers", "actions", "onFailure", "onSuccess", "beforeEntry"]),
    ("blockers", &["name", "type"]),
    (
        "actions",
        &[
            "name",
            "actionTypeId",
            "runOrder",
            "configuration",
            "commands",
            "outputArtifacts",
            "inputArtifacts",
            "outputVariables",
            "roleArn",
            "region",
            "namespace",
            "timeoutInMinutes",
            "environmentVariables",
        ],
    ),
    ("actionTypeId", &["category", "owner", "provider", "version"]),
    ("outputArtifacts", &["name", "files"]),
    ("inputArtifacts", &["name"]),
    ("environmentVariables", &["name", "value", "type"]),
    ("onFailure", &["result", "retryConfiguration", "conditions"]),
    ("retryConfiguration", &["retryMode"]),
    ("onSuccess", &["conditions"]),
    ("beforeEntry", &["conditions"]),
    ("conditions", &["result", "rules"]),
    (
        "rules",
        &["name", "ruleTypeId", "configuration", "commands", "inputArtifacts", "roleArn", "region", "timeoutInMinutes"],
    ),
    ("ruleTypeId", &["category", "owner", "provider", "version"]),
    ("variables", &["name", "defaultValue", "description"]),
    ("triggers", &["providerType", "gitConfiguration"]),
    ("gitConfiguration", &["sourceActionName", "push", "pullRequest"]),
    ("push", &["branches", "filePaths", "tags"]),
    ("pullRequest", &["events", "branches", "filePaths"]),
    // One structure for all three.
    ("branches", &["includes"]),
    ("filePaths", &["includes", "excludes"]),
    ("tags", &["includes"]),
];

const CONNECTION: &str =
    "arn:aws:codeconnections:eu-west-1:111111111111:connection/00000000-0000-0000-0000-000000000000";
const KEY: &str = "arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000000";

pipeline! {
    account Tooling = "111111111111";
    account Prod = "222222222222";
    role Invoker in Prod { name: "invoker", trusts: [Tooling], starts: [Deploy] }
    role Checker in Tooling { name: "checker", trusts: [Tooling] }
    extern pipeline Deploy in Prod { name: "deploy", region: "eu-west-1", variables: { commit } }

    pipeline Whole(branch: &str, commit: &str) in Tooling {
        name: "whole",
        region: "eu-west-1",
        pipeline_type: V2,
        execution_mode: QUEUED,
        service_role: managed("whole-service"),
        artifact_buckets: {
            "eu-west-1": { location: "artifacts-eu", encryption_key: (KEY) },
            "us-east-1": "artifacts-us",
        },
        variables: { level: { default_value: "1", description: "how much" }, wanted },
        triggers: {
            code: {
                push: [
                    { branches: [(branch)], file_paths: { includes: ["src/**"], excludes: ["**/*.md"] } },
                    { tags: "v*" },
                ],
                pull_request: { events: [OPEN, UPDATED], branches: ["main"], file_paths: ["src/**"] },
            },
        },

        stage "Source" {
            on_failure: RETRY(FAILED_ACTIONS),
            source "code": CodeStarSourceConnection {
                connection_arn: (CONNECTION),
                full_repository_id: "shop/shop",
                branch: (branch),
                output: Code,
                namespace: Source,
            }
        }
        stage "Build" {
            blockers: ["audit"],
            before_entry: SKIP({
                wanted: VariableCheck({ variable: "#{Source.BranchName}", operator: EQ, value: "main" }),
            }),
            on_success: FAIL({
                smoke: Commands({
                    commands: ["./smoke"],
                    input: Code,
                    role: Checker,
                    region: "us-east-1",
                    timeout_in_minutes: 10,
                }),
            }),
            on_failure: ROLLBACK({ alarm: CloudWatchAlarm({ alarm_name: "errors" }) }),
            action "shell": Commands {
                input: Code,
                output: Report,
                files: ["report.json"],
                commands: ["ls"],
                run_order: 1,
                namespace: Shell,
                environment_variables: { LEVEL: "#{variables.level}", TOKEN: secrets_manager("token") },
                output_variables: [VERDICT],
            }
            action "build": CodeBuild { project_name: "build", input: Code, region: "us-east-1" }
            action "approve": Manual { run_order: 2, timeout_in_minutes: 60 }
        }
        stage "Deploy" {
            invoke "deploy": Deploy {
                role: Invoker,
                variables: { commit: "#{Source.CommitId}" },
                source_revisions: { code: COMMIT_ID((commit)), image: IMAGE_DIGEST("sha256:0") },
                run_order: 2,
                namespace: Deployed,
            }
        }
    }

    extended pipeline Theirs in Tooling {
        name: "theirs",
        region: "eu-west-1",
        service_role: extended("arn:aws:iam::111111111111:role/theirs"),
        stage "Deploy" { invoke "deploy": Deploy { role: Invoker, variables: { commit: "x" } } }
    }
}

fn by_macro() -> Built {
    Topology::builder("t").add(Whole::new("main", "0123")).build().unwrap()
}

fn by_builder() -> Built {
    let whole = build::<Tooling>("Whole", "whole", "eu-west-1")
        .pipeline_type(PipelineType::V2)
        .execution_mode(ExecutionMode::Queued)
        .managed_service_role("whole-service")
        .artifact_bucket_in("eu-west-1", Bucket::new("artifacts-eu").encryption_key(KEY))
        .artifact_bucket_in("us-east-1", "artifacts-us")
        .variable("level", "1")
        .described("how much")
        .required_variable("wanted")
        .trigger(
            Trigger::of("code")
                .push(Push::branches(["main"]).file_paths(FilterCriteria::includes(["src/**"]).excludes(["**/*.md"])))
                .push(Push::tags(["v*"]))
                .pull_request(PullRequest::branches(["main"]).file_paths(["src/**"]).events(["OPEN", "UPDATED"])),
        )
        .stage("Source", |s| {
            s.retry(RetryMode::FailedActions)
                .action("code", action::connection(CONNECTION, "shop/shop", "main").output("Code").namespace("Source"))
        })
        .stage("Build", |s| {
            s.blocker("audit")
                .before_entry(StageResult::Skip, |r| {
                    let check = rule::variable_check("wanted", "#{Source.BranchName}", "main", rule::Operator::Eq);
                    r.rule(check)
                })
                .on_success(StageResult::Fail, |r| {
                    let smoke = rule::commands("smoke", ["./smoke"]).input("Code").role(Checker);
                    r.rule(smoke.region("us-east-1").timeout_in_minutes(10))
                })
                .on_failure(StageResult::Rollback, |r| r.rule(rule::cloudwatch_alarm("alarm", "errors")))
                .action(
                    "shell",
                    action::commands(["ls"])
                        .input("Code")
                        .output_files("Report", ["report.json"])
                        .run_order(1)
                        .namespace("Shell")
                        .environment_variable("LEVEL", "#{variables.level}")
                        .secret("TOKEN", "token")
                        .output_variable("VERDICT"),
                )
                .action("build", action::codebuild("build").input("Code").region("us-east-1"))
                .action("approve", action::manual_approval().run_order(2).timeout_in_minutes(60))
        })
        .stage("Deploy", |s| {
            s.start_as("deploy", Deploy, Invoker)
                .set(Deploy::commit, "#{Source.CommitId}")
                .source_revision("code", "COMMIT_ID", "0123")
                .source_revision("image", "IMAGE_DIGEST", "sha256:0")
                .run_order(2)
                .namespace("Deployed")
        })
        .build();
    Topology::builder("t").add(whole).build().unwrap()
}

/// The members of all structures, each with the member that holds its structure.
fn members(holder: &str, value: &Value, found: &mut BTreeSet<(String, String)>) {
    match value {
        // A map of structures by Region.
        Value::Object(regions) if holder == "artifactStores" && !regions.contains_key("type") => {
            regions.values().for_each(|store| members(holder, store, found));
        }
        Value::Object(object) => object.iter().for_each(|(key, value)| {
            found.insert((holder.to_owned(), key.clone()));
            members(key, value, found);
        }),
        Value::Array(values) => values.iter().for_each(|value| members(holder, value, found)),
        _ => {}
    }
}

#[test]
fn every_member_can_be_written() {
    let declared = serde_json::to_value(&by_macro().pipelines()[0].declaration).unwrap();
    let mut found = BTreeSet::new();
    members("", &declared, &mut found);
    let all = MEMBERS.iter().flat_map(|(holder, members)| members.iter().map(move |member| (*holder, *member)));
    let is_there = |(holder, member): &(&str, &str)| found.contains(&((*holder).to_owned(), (*member).to_owned()));
    let missing: Vec<_> = all.filter(|member| !is_there(member)).collect();
    assert!(missing.is_empty(), "{missing:?}\n{declared:#}");
}

#[test]
fn macro_and_builder_make_the_same() {
    let (by_macro, by_builder) = (by_macro(), by_builder());
    let declared = |topology: &Built| serde_json::to_value(&topology.pipelines()[0].declaration).unwrap();
    assert_eq!(declared(&by_macro), declared(&by_builder));
    let roles = |topology: &Built| {
        let mut roles: Vec<Value> =
            topology.roles().iter().map(|role| json!([role.role.arn.to_string(), role.trust, role.policy])).collect();
        roles.sort_by_key(ToString::to_string);
        roles
    };
    assert_eq!(roles(&by_macro), roles(&by_builder));
}

#[test]
fn what_is_written_stands_where_the_api_has_it() {
    let topology = by_macro();
    let declared = serde_json::to_value(&topology.pipelines()[0].declaration).unwrap();
    assert_eq!(
        declared["triggers"],
        json!([{
            "providerType": "CodeStarSourceConnection",
            "gitConfiguration": {
                "sourceActionName": "code",
                "push": [
                    { "branches": { "includes": ["main"] }, "filePaths": { "includes": ["src/**"], "excludes": ["**/*.md"] } },
                    { "tags": { "includes": ["v*"] } },
                ],
                "pullRequest": [{
                    "events": ["OPEN", "UPDATED"],
                    "branches": { "includes": ["main"] },
                    "filePaths": { "includes": ["src/**"] },
                }],
            },
        }])
    );
    assert_eq!(declared["stages"][1]["blockers"], json!([{ "name": "audit", "type": "Schedule" }]));
    let smoke = &declared["stages"][1]["onSuccess"]["conditions"][0]["rules"][0];
    assert_eq!(smoke["roleArn"], "arn:aws:iam::111111111111:role/checker");
    let revisions = &declared["stages"][2]["actions"][0]["configuration"]["SourceRevisions"];
    assert_eq!(
        serde_json::from_str::<Value>(revisions.as_str().unwrap()).unwrap(),
        json!([
            { "actionName": "code", "revisionType": "COMMIT_ID", "revisionValue": "0123" },
            { "actionName": "image", "revisionType": "IMAGE_DIGEST", "revisionValue": "sha256:0" },
        ])
    );
    // The role of a rule is assumed by the service role, and may do what the rule needs.
    let policy = |name: &str| {
        let role = topology.roles().iter().find(|role| role.role.arn.name().as_str() == name).unwrap();
        role.policy.as_ref().unwrap().to_json()
    };
    assert!(
        policy("whole-service").contains(r#""arn:aws:iam::111111111111:role/checker""#),
        "{}",
        policy("whole-service")
    );
    assert!(policy("checker").contains("logs:CreateLogStream"), "{}", policy("checker"));
}

#[test]
fn an_extended_pipeline_can_be_built() {
    let built = extended_pipeline::<Tooling>("Theirs", "theirs", "eu-west-1")
        .extended_service_role("arn:aws:iam::111111111111:role/theirs")
        .stage("Deploy", |s| s.start_as("deploy", Deploy, Invoker).set(Deploy::commit, "x"))
        .build();
    let built = Topology::builder("t").add(built).build().unwrap();
    let declared = Topology::builder("t").add(Theirs).build().unwrap();
    assert_eq!(built.pipelines()[0].ownership, Ownership::Extended);
    assert_eq!(built.pipelines()[0], declared.pipelines()[0]);
    assert_eq!(built.roles().len(), declared.roles().len());
}
