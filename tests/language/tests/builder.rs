//! What the typed builder can only check at run time is refused when the topology is built, in the words of the macro.
// Warnings of rules are uses of deprecated constants, and one is expected here.
#![allow(deprecated)]

use codepipeline_xacct::builder::{Bucket, BuiltPipeline, Push, Trigger, action, pipeline as build};
use codepipeline_xacct::{Topology, pipeline};

pipeline! {
    account Tooling = "111111111111";
    account Prod = "222222222222";
    role Invoker in Prod { name: "invoker", trusts: [Tooling], starts: [Deploy] }
    extern pipeline Deploy in Prod { name: "deploy", region: "eu-west-1", variables: { val1: "none" } }

    /// The same pipeline, with the macro.
    pipeline Declared in Tooling {
        name: "release",
        region: "eu-west-1",
        service_role: managed("release-service"),
        artifact_bucket: "release-artifacts",
        execution_mode: QUEUED,
        variables: { val1: "aaa", val2 },
        tags: { team: "a" },
        stage "Source" {
            on_failure: RETRY(ALL_ACTIONS),
            source "Source": S3 { s3_bucket: "code", s3_object_key: "code.zip", output: Code, namespace: Source }
        }
        stage "Deploy" {
            on_failure: ROLLBACK,
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "shell": Commands { commands: ["ls"], input: Built, run_order: 2 }
            action "approve": Manual { timeout_in_minutes: 60 }
            invoke "ccc": Deploy { role: Invoker, variables: { val1: "#{variables.val1}" } }
        }
    }
}

fn built(name: &str) -> BuiltPipeline {
    build::<Tooling>("Declared", name, "eu-west-1")
        .managed_service_role("release-service")
        .artifact_bucket("release-artifacts")
        .execution_mode("QUEUED".into())
        .variable("val1", "aaa")
        .required_variable("val2")
        .tag("team", "a")
        .stage("Source", |s| {
            s.retry("ALL_ACTIONS".into())
                .action("Source", action::s3_source("code", "code.zip").output("Code").namespace("Source"))
        })
        .stage("Deploy", |s| {
            s.rollback()
                .action("build", action::codebuild("build").input("Code").output("Built"))
                .action("shell", action::commands(["ls"]).input("Built").run_order(2))
                .action("approve", action::manual_approval().timeout_in_minutes(60))
                .start_as("ccc", Deploy, Invoker)
                .set(Deploy::val1, "#{variables.val1}")
        })
        .build()
}

#[test]
fn macro_and_builder_make_the_same_topology() {
    let by_macro = Topology::builder("t").add(Declared).build().unwrap();
    let by_builder = Topology::builder("t").add(built("release")).build().unwrap();
    assert_eq!(by_macro.pipelines(), by_builder.pipelines());
    let policies = |t: &Topology| {
        let mut all: Vec<_> =
            t.roles().iter().map(|r| (r.role.arn.clone(), r.trust.clone(), r.policy.clone())).collect();
        all.sort_by_key(|(arn, ..)| arn.to_string());
        all
    };
    assert_eq!(policies(&by_macro), policies(&by_builder));
}

pipeline! {
    pipeline Target in Prod {
        name: "target",
        region: "eu-west-1",
        service_role: managed("target-service"),
        artifact_bucket: "target-artifacts",
        stage "Source" { source "Source": S3 { s3_bucket: "code", s3_object_key: "code.zip", output: Code } }
        stage "Ask" { action "approve": Manual {} }
    }
    role TargetInvoker in Prod { name: "target-invoker", trusts: [Tooling], starts: [Target] }

    pipeline Followed in Tooling {
        name: "followed",
        region: "eu-west-1",
        service_role: managed("followed-service"),
        artifact_bucket: "release-artifacts",
        stage "Source" { source "Source": S3 { s3_bucket: "code", s3_object_key: "code.zip", output: Code } }
        stage "Deploy" { invoke "ccc": Target { role: TargetInvoker, follow: caller_variable } }
    }
}

codepipeline_xacct::pipeline! {
    pipeline Waiting in Tooling {
        name: "waiting",
        region: "eu-west-1",
        service_role: managed("waiting-service"),
        artifact_bucket: {
            location: "release-artifacts",
            encryption_key: "arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000000",
        },
        stage "Source" { source "Source": S3 { s3_bucket: "code", s3_object_key: "code.zip", output: Code } }
        stage "Deploy" { invoke "ccc": Target { role: TargetInvoker, wait: "45 minutes" } }
    }
}

/// `wait:` in the macro and in the builder is the same, and a limit that the builder can't check is a finding where it is written.
#[test]
fn a_pipeline_waits_for_what_it_starts() {
    let by_builder = |limit: &str| {
        let waiting = build::<Tooling>("Waiting", "waiting", "eu-west-1")
            .managed_service_role("waiting-service")
            .artifact_bucket(
                Bucket::new("release-artifacts")
                    .encryption_key("arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000000"),
            )
            .stage("Source", |s| s.action("Source", action::s3_source("code", "code.zip").output("Code")))
            .stage("Deploy", |s| s.start_as("ccc", Target, TargetInvoker).wait(limit))
            .build();
        Topology::builder("t").add(waiting).build()
    };
    let by_macro = Topology::builder("t").add(Waiting).build().unwrap();
    assert_eq!(by_macro.pipelines(), by_builder("45 minutes").unwrap().pipelines());
    let too_long = by_builder("2 days").unwrap_err().to_string();
    assert!(too_long.contains("`2 days` is not a time to wait") && too_long.contains("builder.rs"), "{too_long}");
}

/// `follow: caller_variable` in the macro and in the builder: the action passes its execution, stage and name, and the managed target
/// declares the variable and gets V2.
#[test]
fn the_variable_of_the_caller_is_passed_and_declared() {
    let by_builder = build::<Tooling>("Followed", "followed", "eu-west-1")
        .managed_service_role("followed-service")
        .artifact_bucket("release-artifacts")
        .stage("Source", |s| s.action("Source", action::s3_source("code", "code.zip").output("Code")))
        .stage("Deploy", |s| s.start_as("ccc", Target, TargetInvoker).follow_by_caller_variable())
        .build();
    let by_builder = Topology::builder("t").add(by_builder).build().unwrap();
    let by_macro = Topology::builder("t").add(Followed).build().unwrap();
    assert_eq!(by_macro.pipelines(), by_builder.pipelines());
    let find = |name: &str| by_macro.pipelines().iter().find(|pipeline| pipeline.item == name).unwrap();
    let target = serde_json::to_value(&find("Target").declaration).unwrap();
    assert_eq!(target["variables"][0]["name"], "xacct_caller");
    assert_eq!(target["variables"][0]["defaultValue"], "none");
    assert_eq!(target["pipelineType"], "V2");
    let caller = serde_json::to_value(&find("Followed").declaration).unwrap();
    assert_eq!(
        caller["stages"][1]["actions"][0]["configuration"]["Variables"],
        r##"[{"name":"xacct_caller","value":"#{codepipeline.PipelineExecutionId}/Deploy/ccc"}]"##
    );
}

pipeline! {
    pipeline Guarded in Tooling {
        name: "guarded",
        region: "eu-west-1",
        service_role: managed("guarded-service"),
        artifact_bucket: "release-artifacts",
        stage "Source" {
            source "Source": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Deploy" {
            before_entry: SKIP({
                wanted: VariableCheck({ variable: "#{Source.BranchName}", operator: "EQ", value: "main" }),
                "office-hours": LambdaInvoke({ function_name: ("gate".to_owned() + "-keeper"), timeout_in_minutes: 5 }),
            }),
            on_success: FAIL({ smoke: Commands({ commands: ["./smoke"], input: Code }) }),
            on_failure: ROLLBACK({
                build: CodeBuild({ project_name: "check", batch_enabled: true, input: [Code], region: "eu-west-1" }),
                later: Quorum({ configuration: { Votes: "3" } }),
            }),
            action "ship": S3 { bucket_name: "shop", extract: "true", input: Code }
        }
    }
}

#[test]
fn conditions_and_their_rules() {
    use codepipeline_xacct::builder::rule::{self, Operator};
    let by_builder = build::<Tooling>("Guarded", "guarded", "eu-west-1")
        .managed_service_role("guarded-service")
        .artifact_bucket("release-artifacts")
        .stage("Source", |s| s.action("Source", action::codecommit("code", "main").output("Code").namespace("Source")))
        .stage("Deploy", |s| {
            s.before_entry("SKIP".into(), |rules| {
                rules
                    .rule(rule::variable_check("wanted", "#{Source.BranchName}", "main", Operator::Eq))
                    .rule(rule::lambda_invoke("office-hours", "gate-keeper").timeout_in_minutes(5))
            })
            .on_success("FAIL".into(), |rules| rules.rule(rule::commands("smoke", ["./smoke"]).input("Code")))
            .on_failure("ROLLBACK".into(), |rules| {
                rules
                    .rule(rule::codebuild("build", "check").batch_enabled(true).input("Code").region("eu-west-1"))
                    .rule(rule::of_provider("later", "Quorum").configuration("Votes", "3"))
            })
            .action("ship", action::s3_deploy("shop", true).input("Code"))
        })
        .build();
    let by_macro = Topology::builder("t").add(Guarded).build().unwrap();
    let by_builder = Topology::builder("t").add(by_builder).build().unwrap();
    let json = |t: &Topology| serde_json::to_value(&t.pipelines()[0].declaration).unwrap();
    assert_eq!(json(&by_macro), json(&by_builder));
    assert_eq!(
        json(&by_macro)["stages"][1]["beforeEntry"],
        serde_json::json!({ "conditions": [{ "result": "SKIP", "rules": [
            {
                "name": "wanted",
                "ruleTypeId": { "category": "Rule", "provider": "VariableCheck", "owner": "AWS", "version": "1" },
                "configuration": { "Variable": "#{Source.BranchName}", "Operator": "EQ", "Value": "main" },
            },
            {
                "name": "office-hours",
                "ruleTypeId": { "category": "Rule", "provider": "LambdaInvoke", "owner": "AWS", "version": "1" },
                "configuration": { "FunctionName": "gate-keeper" },
                "timeoutInMinutes": 5,
            },
        ] }] })
    );
    assert_eq!(json(&by_macro)["pipelineType"], "V2");
    // The rules run with the service role, which gets the documented permissions; the rest is a warning.
    let policy = by_macro.roles()[0].policy.as_ref().unwrap().to_json();
    assert!(policy.contains("arn:aws:codebuild:eu-west-1:111111111111:project/check"), "{policy}");
    assert!(policy.contains("log-group:/aws/codepipeline/guarded"), "{policy}");
    assert_eq!(by_macro.warnings().iter().map(|w| w.code).collect::<Vec<_>>(), ["XA1110", "XA0911"]);
}

fn refused(pipeline: BuiltPipeline) -> String {
    Topology::builder("t").add(pipeline).build().unwrap_err().to_string()
}

#[test]
fn an_arn_where_a_name_belongs() {
    let error = refused(built("arn:aws:codepipeline:eu-west-1:111111111111:release"));
    let (error, call) = error.split_once("\n  at ").unwrap();
    assert!(call.starts_with(file!()), "{call}");
    assert_eq!(
        error,
        "error[XA0217] pipeline Declared / name: `arn:aws:codepipeline:eu-west-1:111111111111:release` is an ARN, not the bare name of the pipeline\n  help: write `release`"
    );
    let stderr = include_str!("ui/wiring/an_arn_as_the_name_of_a_pipeline.stderr");
    assert!(stderr.contains(
        "`arn:aws:codepipeline:eu-west-1:111111111111:release` is an ARN, not the bare name of the pipeline"
    ));
}

#[test]
fn an_arn_of_another_account() {
    let two_stages = || {
        build::<Tooling>("Release", "release", "eu-west-1")
            .artifact_bucket("release-artifacts")
            .stage("Source", |s| s.action("Source", action::codecommit("code", "main").output("Code")))
    };
    let role = two_stages()
        .managed_service_role("release-service")
        .stage("Build", |s| s.start_as_existing("ccc", Deploy, "arn:aws:iam::333333333333:role/invoker"))
        .build();
    let words = "role `existing(\"arn:aws:iam::333333333333:role/invoker\")` does not live in account `Prod`, where the pipeline that it has to start lives";
    assert!(refused(role).contains(words));
    let service = two_stages()
        .existing_service_role("arn:aws:iam::222222222222:role/release-service")
        .stage("Build", |s| s.start_as("ccc", Deploy, Invoker))
        .build();
    let words = "service role `existing(\"arn:aws:iam::222222222222:role/release-service\")` does not live in account `Tooling`, where the pipeline lives";
    assert!(refused(service).contains(words));
    let no_arn = two_stages()
        .managed_service_role("release-service")
        .stage("Build", |s| s.start_as_existing("ccc", Deploy, "invoker"))
        .build();
    assert!(refused(no_arn).contains("`invoker` is not a role ARN"));
}

#[test]
fn names_may_be_made_at_run_time() {
    let name = |what: &str| format!("{what}-{}", String::from("release"));
    let pipeline = build::<Tooling>("Release", &name("pipeline"), "eu-west-1")
        .pipeline_type("V2".into())
        .managed_service_role(&name("service"))
        .artifact_bucket(name("artifacts"))
        .trigger(Trigger::of("Code").push(Push::branches(vec![name("branch")])))
        .stage(&name("Source"), |s| {
            let connection =
                "arn:aws:codestar-connections:eu-west-1:111111111111:connection/00000000-0000-0000-0000-000000000000";
            s.action("Code", action::connection(connection, "shop/code", "main").output("Code"))
        })
        .stage("Build", |s| s.action(&name("build"), action::codebuild(name("project")).input("Code")))
        .build();
    let topology = Topology::builder("release").add(pipeline).build().unwrap();
    let pipeline = &topology.pipelines()[0];
    assert_eq!(pipeline.arn.to_string(), "arn:aws:codepipeline:eu-west-1:111111111111:pipeline-release");
    let declaration = &pipeline.declaration;
    assert_eq!(declaration.role_arn.as_deref(), Some("arn:aws:iam::111111111111:role/service-release"));
    let push = declaration.triggers.as_ref().unwrap()[0].git_configuration.push.as_ref().unwrap();
    assert_eq!(push[0].branches.as_ref().unwrap().includes.as_ref().unwrap(), &["branch-release"]);
}

/// The builder's compile errors have the same wording as the macro's.
#[test]
fn the_words_are_the_same() {
    for (by_macro, by_builder) in [
        (
            include_str!("ui/wiring/role_in_another_account_than_the_target.stderr"),
            include_str!("ui/builder/role_in_another_account_than_the_target.stderr"),
        ),
        (
            include_str!("ui/wiring/no_role_for_a_foreign_target.stderr"),
            include_str!("ui/builder/no_role_for_a_foreign_target.stderr"),
        ),
        (
            include_str!("ui/wiring/role_that_does_not_trust.stderr"),
            include_str!("ui-build/role_that_does_not_trust.stderr"),
        ),
        (
            include_str!("ui/wiring/role_that_may_not_start.stderr"),
            include_str!("ui/builder/role_that_may_not_start.stderr"),
        ),
        (
            include_str!("ui/wiring/required_variable_not_passed.stderr"),
            include_str!("ui-build/required_variable_not_passed.stderr"),
        ),
        (
            include_str!("ui/wiring/service_role_item_of_another_account.stderr"),
            include_str!("ui/builder/service_role_of_another_account.stderr"),
        ),
    ] {
        let sentence = |text: &str| {
            let first = text.lines().next().unwrap();
            first.split_once(": ").unwrap().1.trim_start_matches("evaluation panicked: ").to_owned()
        };
        assert_eq!(sentence(by_macro), sentence(by_builder));
    }
}

#[test]
fn the_keys_of_a_provider_are_methods() {
    use action::{ActionMode, RegistryType};
    let actions = build::<Tooling>("Release", "release", "eu-west-1")
        .managed_service_role("release-service")
        .artifact_bucket("release-artifacts")
        .stage("Source", |s| s.action("code", action::codecommit("code", "main").poll(false).output("Code")))
        .stage("Build", |s| {
            s.action("image", action::ecr_build_and_publish("shop").registry_type(RegistryType::Public).input("Code"))
                .action(
                    "stack",
                    action::cloudformation(ActionMode::CreateUpdate, "shop")
                        .template_path("Code::template.yaml")
                        .role_arn("arn:aws:iam::111111111111:role/stack")
                        .input("Code"),
                )
                .action("fn", action::lambda_deploy("f").input("Code").configuration("Alarms", "a,b"))
        })
        .build();
    let topology = Topology::builder("t").add(actions).build().unwrap();
    let stages = topology.pipelines()[0].declaration.stages.as_ref().unwrap();
    let configuration = |stage: usize, action: usize| {
        serde_json::to_string(&stages[stage].actions.as_ref().unwrap()[action].configuration).unwrap()
    };
    assert_eq!(configuration(0, 0), r#"{"RepositoryName":"code","BranchName":"main","PollForSourceChanges":"false"}"#);
    assert_eq!(configuration(1, 0), r#"{"ECRRepositoryName":"shop","RegistryType":"public"}"#);
    assert_eq!(
        configuration(1, 1),
        r#"{"ActionMode":"CREATE_UPDATE","StackName":"shop","TemplatePath":"Code::template.yaml","RoleArn":"arn:aws:iam::111111111111:role/stack"}"#
    );
    assert_eq!(configuration(1, 2), r#"{"FunctionName":"f","Alarms":"a,b"}"#);
    let role = topology.roles()[0].policy.as_ref().unwrap().to_json();
    assert!(
        role.contains(
            "arn:aws:cloudwatch:eu-west-1:111111111111:alarm:a\",\"arn:aws:cloudwatch:eu-west-1:111111111111:alarm:b"
        ),
        "{role}"
    );
    assert!(role.contains("arn:aws:ecr-public::111111111111:repository/shop"), "{role}");
    assert!(!role.contains("ecr:PutImage"), "a public registry needs no permissions of the private one: {role}");
}
