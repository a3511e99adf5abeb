//! References across modules and crates, the library under another name, runtime values, roles in all their forms.
#![deny(warnings)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use codepipeline_xacct::core::topology::Ownership;
use codepipeline_xacct::{Finding, Topology, pipeline};
use codepipeline_xacct_language_tests as other_crate;
use serde_json::json;

mod tooling {
    use codepipeline_xacct_language_tests as other_crate;

    codepipeline_xacct::pipeline! {
        pub role Watcher in ::codepipeline_xacct_language_tests::Prod {
            name: "watcher",
            trusts: [Service, ::codepipeline_xacct_language_tests::Tooling],
            starts: [::codepipeline_xacct_language_tests::Deploy],
        }
        pub role Service in other_crate::Tooling {
            name: "release-service",
            path: "/service-role/",
            policies: [
                { Effect: "Allow", Action: "ssm:GetParameter", Resource: "*" },
                { Version: "2012-10-17", Statement: [{ Effect: "Deny", Action: ["s3:DeleteObject"], Resource: "*" }] },
            ],
            tags: { team: "delivery" },
        }
    }
}

pipeline! {
    /// Names a target, a role and an account of another crate, and a service role of another module.
    pub pipeline Release(branch: &str, version: u32) in other_crate::Tooling {
        name: "release",
        region: "eu-west-1",
        service_role: tooling::Service,
        artifact_bucket: (format!("artifacts-{version}")),
        variables: { version: (version), fixed: "x" },

        stage "Source" {
            source "Source": CodeStarSourceConnection {
                connection_arn: "arn:aws:codeconnections:eu-west-1:111111111111:connection/00000000-0000-0000-0000-000000000001",
                full_repository_id: "owner/repository",
                branch: (branch),
                detect_changes: false,
                output: Code,
            }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: [Built] }
            action "shell": Commands {
                input: Built,
                run_order: 2,
                commands: ["echo one", (format!("echo {version}"))],
                environment_variables: { PLAIN: (version), SECRET: secrets_manager("token") },
                output_variables: [DIGEST],
                files: ["a.txt", "b/c.txt"],
                output: Shown,
                namespace: Shell,
            }
            action "approve": Manual { run_order: 3, timeout_in_minutes: 60, custom_data: "#{Shell.DIGEST}" }
            action "lambda": type("Invoke", "AWS", "Lambda", "1") {
                run_order: 4,
                role: managed("lambda-invoker"),
                configuration: { FunctionName: "notify", UserParameters: (version) },
            }
        }
        stage "Deploy" {
            on_failure: ROLLBACK,
            invoke "deploy": ::codepipeline_xacct_language_tests::Deploy {
                role: ::codepipeline_xacct_language_tests::Invoker,
                variables: { version: (version) },
            }
        }
    }
}

fn topology() -> Topology {
    Topology::builder("release").add(Release::new("main", 7)).build().unwrap()
}

#[test]
fn runtime_values_stand_where_they_belong() {
    let topology = topology();
    let release = serde_json::to_value(&topology.pipelines()[0].declaration).unwrap();
    assert_eq!(release["artifactStore"], json!({ "type": "S3", "location": "artifacts-7" }));
    assert_eq!(
        release["variables"],
        json!([{ "name": "version", "defaultValue": "7" }, { "name": "fixed", "defaultValue": "x" }])
    );
    assert_eq!(release["stages"][0]["actions"][0]["configuration"]["BranchName"], "main");
    assert_eq!(release["stages"][0]["actions"][0]["configuration"]["DetectChanges"], "false");
    let shell = &release["stages"][1]["actions"][1];
    assert_eq!(shell["commands"], json!(["echo one", "echo 7"]));
    assert_eq!(
        shell["environmentVariables"],
        json!([{ "name": "PLAIN", "value": "7" }, { "name": "SECRET", "value": "token", "type": "SECRETS_MANAGER" }])
    );
    assert_eq!(shell["outputVariables"], json!(["DIGEST"]));
    assert_eq!(shell["outputArtifacts"], json!([{ "name": "Shown", "files": ["a.txt", "b/c.txt"] }]));
    assert_eq!(
        release["stages"][1]["actions"][3],
        json!({
            "name": "lambda",
            "actionTypeId": { "category": "Invoke", "owner": "AWS", "provider": "Lambda", "version": "1" },
            "runOrder": 4,
            "configuration": { "FunctionName": "notify", "UserParameters": "7" },
            "roleArn": "arn:aws:iam::111111111111:role/lambda-invoker",
        })
    );
    assert_eq!(release["stages"][2]["actions"][0]["configuration"]["Variables"], r#"[{"name":"version","value":"7"}]"#);
}

#[test]
fn a_runtime_value_is_checked_when_the_topology_is_built() {
    let findings = Topology::builder("release").add(Release::new("", 7)).build().unwrap_err();
    let findings: Vec<String> =
        findings.iter().filter(|f| f.severity == codepipeline_xacct::Severity::Error).map(Finding::to_string).collect();
    assert_eq!(
        findings,
        [
            "error[XA0208] pipeline Release / stage \"Source\" / action \"Source\" / configuration / BranchName: the value of `BranchName` is empty, which the service refuses\n  help: leave the key out"
        ]
    );
}

#[test]
fn roles_hold_what_they_need_and_what_is_added() {
    let topology = topology();
    let role = |name: &str| topology.roles().iter().find(|r| r.role.arn.name().as_str() == name).unwrap();
    let service = role("release-service");
    assert_eq!(service.role.arn.path(), "/service-role/");
    let policy = service.policy.as_ref().unwrap().to_json();
    for part in [
        r#""codeconnections:UseConnection","codestar-connections:UseConnection""#,
        "arn:aws:codebuild:eu-west-1:111111111111:project/build",
        "arn:aws:logs:eu-west-1:111111111111:log-group:/aws/codepipeline/release",
        r#"{"Effect":"Allow","Action":"sts:AssumeRole","Resource":["arn:aws:iam::222222222222:role/invoker","arn:aws:iam::111111111111:role/lambda-invoker"]}"#,
        r#"{"Effect":"Allow","Action":"ssm:GetParameter","Resource":"*"}"#,
        r#"{"Effect":"Deny","Action":["s3:DeleteObject"],"Resource":"*"}"#,
    ] {
        assert!(policy.contains(part), "{part}\nis not in\n{policy}");
    }
    // The role of the Lambda action trusts the service role and may call the function.
    let lambda = role("lambda-invoker");
    assert!(
        lambda
            .trust
            .as_ref()
            .unwrap()
            .to_json()
            .contains("arn:aws:iam::111111111111:role/service-role/release-service")
    );
    assert_eq!(topology.warnings(), []);
    assert!(
        lambda.policy.as_ref().unwrap().to_json().contains("arn:aws:lambda:eu-west-1:111111111111:function:notify")
    );
}

mod renamed {
    codepipeline_xacct_language_tests::reexported::library::pipeline! {
        crate = codepipeline_xacct_language_tests::reexported::library;

        pub account Tooling = "111111111111";
        pub extern pipeline Scan in Tooling { name: "scan", region: "eu-west-1" }
    }
}

#[test]
fn the_library_may_have_another_name() {
    let topology = Topology::builder("scan").add(renamed::Scan).build().unwrap();
    assert_eq!(topology.pipelines()[0].ownership, Ownership::Extern);
}

#[test]
fn items_may_stand_in_a_function() {
    pipeline! {
        account Here = "444444444444";
        extern pipeline Inner in Here { name: "inner", region: "us-gov-west-1" }
    }
    let findings = Topology::builder("t").add(Inner).build().unwrap_err().to_string();
    assert_eq!(
        findings,
        "error[XA0917] pipeline Inner / region: Region `us-gov-west-1` is in partition `aws-us-gov`, account `Here` in `aws`\n  help: write the account with `partition: \"aws-us-gov\"`, or choose another Region"
    );
}

mod shared {
    codepipeline_xacct::pipeline! {
        pub account Tooling = "111111111111";
        pub extern pipeline Target in Tooling { name: "target", region: "eu-west-1" }
        /// Starts a pipeline of its own account with its service role.
        pub pipeline First in Tooling {
            name: "first",
            region: "eu-west-1",
            service_role: managed("shared-service"),
            artifact_bucket: "first-artifacts",
            stage "Source" { source "s": CodeCommit { repository: "one", branch: "main", output: Code } }
            stage "Start" { invoke "start": Target {} }
        }
        pub pipeline Second in Tooling {
            name: "second",
            region: "eu-west-1",
            service_role: managed("shared-service"),
            artifact_bucket: "second-artifacts",
            stage "Source" { source "s": CodeCommit { repository: "two", branch: "main", output: Code } }
            stage "Start" { invoke "start": First {} }
        }
    }
}

#[test]
fn a_role_that_is_shared_gets_the_union() {
    let topology = Topology::builder("shared").add(shared::Second).build().unwrap();
    assert_eq!(topology.pipelines().len(), 3, "what an item names comes with it");
    assert_eq!(topology.roles().len(), 1);
    let policy = topology.roles()[0].policy.as_ref().unwrap().to_json();
    for part in ["first-artifacts", "second-artifacts", ":one\"", ":two\""] {
        assert!(policy.contains(part), "{part} is not in {policy}");
    }
    assert!(policy.contains(r#""Action":"codepipeline:StartPipelineExecution","Resource":["arn:aws:codepipeline:eu-west-1:111111111111:first","arn:aws:codepipeline:eu-west-1:111111111111:target"]"#), "{policy}");
}

#[test]
fn a_target_with_parameters_has_to_be_added() {
    pipeline! {
        pipeline Caller in other_crate::Tooling {
            name: "caller",
            region: "eu-west-1",
            service_role: managed("caller-service"),
            artifact_bucket: "caller-artifacts",
            stage "Source" { source "s": S3 { s3_bucket: "b", s3_object_key: "k", output: Code } }
            stage "Start" { invoke "start": Release {} }
        }
    }
    let error = Topology::builder("t").add(Caller).build().unwrap_err().to_string();
    assert!(error.contains("error[XA0913] pipeline Release: pipeline `Release` has parameters, so the pipelines that start it can't add it\n  help: add it yourself: `.add(Release::new(…))`"), "{error}");
    assert!(Topology::builder("t").add(Caller).add(Release::new("main", 1)).build().is_ok());
}

mod names_of_ours {
    fn topology() -> String {
        "main".to_owned()
    }

    codepipeline_xacct::pipeline! {
        pub account Prod = "222222222222";
        #[cfg(any())]
        pub extern pipeline Absent in Nowhere { name: "absent", region: "eu-west-1" }
        #[deprecated]
        pub extern pipeline Old in Prod { name: "old", region: "eu-west-1" }
        /// Variables, functions and parameters may have the names that an expansion would choose.
        pub pipeline Release in Prod {
            name: "release",
            region: "eu-west-1",
            service_role: managed("release-service"),
            artifact_bucket: "release-artifacts",
            variables: {
                role: "x",
                draft: "y",
                topology: (topology()),
                values: "z",
                Prod: "p",
                Release: "r",
                str: "s",
                new: "n",
            },
            stage "Source" {
                source "s": CodeCommit { repository: "code", branch: (topology()), output: Code }
            }
            stage "Build" {
                action "build": CodeBuild { project_name: (topology()), input: Code, role: managed("build-role") }
            }
        }
        pub pipeline Parameters(topology: &str, draft: u8, role: &str, values: &str) in Prod {
            name: "parameters",
            region: "eu-west-1",
            service_role: managed("release-service"),
            artifact_bucket: (format!("{topology}-{draft}-{role}-{values}")),
            stage "Source" {
                source "s": CodeCommit { repository: "code", branch: "main", output: Code }
            }
            stage "Build" {
                action "build": CodeBuild { project_name: "p", input: Code }
            }
        }
    }
}

#[test]
#[allow(deprecated)]
fn names_that_an_expansion_would_choose_are_free() {
    assert!(Topology::builder("old").add(names_of_ours::Old).build().is_ok());
    let topology = Topology::builder("names")
        .add(names_of_ours::Release)
        .add(names_of_ours::Parameters::new("a", 1, "b", "c"))
        .build()
        .unwrap();
    let declaration = &topology.pipelines()[0].declaration;
    assert_eq!(
        declaration.stages.as_ref().unwrap()[0].actions.as_ref().unwrap()[0].configuration.as_ref().unwrap()["BranchName"],
        "main"
    );
    assert_eq!(topology.pipelines()[1].declaration.artifact_store.as_ref().unwrap().location, "a-1-b-c");
}

#[test]
fn two_items_of_one_arn_are_an_error_whatever_names_them() {
    pipeline! {
        role One in other_crate::Tooling { name: "same" }
        role Two in other_crate::Tooling { name: "same", tags: { a: "b" } }
    }
    let error = Topology::builder("t").add(One).add(Two).build().unwrap_err().to_string();
    assert!(error.contains("error[XA0915] role Two: `One` and `Two` are the same role"), "{error}");
}

#[test]
fn what_only_a_reference_names_is_not_everything() {
    pipeline! {
        pipeline Careful in other_crate::Tooling {
            name: "careful",
            region: "eu-west-1",
            service_role: managed("careful-service"),
            artifact_bucket: "careful-artifacts",
            variables: { topic: "t", project: "p" },
            stage "Source" { source "s": S3 { s3_bucket: "b", s3_object_key: "k", output: Code } }
            stage "Run" {
                action "approve": Manual { notification_arn: "#{variables.topic}" }
                action "build": CodeBuild { project_name: "build-#{variables.project}", input: Code }
                action "shell": Commands {
                    commands: ["ls"],
                    input: Code,
                    environment_variables: {
                        A: secrets_manager("token"),
                        B: secrets_manager("arn:aws:secretsmanager:eu-west-1:111111111111:secret:b-abcdef"),
                    },
                }
            }
        }
    }
    let topology = Topology::builder("t").add(Careful).build().unwrap();
    assert_eq!(topology.warnings().iter().map(|w| w.code).collect::<Vec<_>>(), ["XA0922"]);
    let policy = topology.roles()[0].policy.as_ref().unwrap().to_json();
    assert!(!policy.contains("sns:Publish") && !policy.contains(r#""Resource":"*""#), "{policy}");
    for part in [
        "arn:aws:codebuild:eu-west-1:111111111111:project/build-*",
        "arn:aws:secretsmanager:eu-west-1:111111111111:secret:token-??????",
        "arn:aws:secretsmanager:eu-west-1:111111111111:secret:b-abcdef",
    ] {
        assert!(policy.contains(part), "{part} is not in {policy}");
    }
}

#[test]
fn an_offered_statement_can_be_pasted() {
    pipeline! {
        pipeline Offered in other_crate::Tooling {
            name: "offered",
            region: "eu-west-1",
            service_role: managed("offered-service"),
            artifact_bucket: "offered-artifacts",
            stage "Source" { source "s": S3 { s3_bucket: "b", s3_object_key: "k", output: Code } }
            stage "Run" {
                action "deploy": ECS { cluster_name: "c", service_name: "s", input: Code, role: managed("deployer") }
            }
        }
    }
    pipeline! {
        role Deployer in other_crate::Tooling { name: "deployer", trusts: [other_crate::Tooling], policies: [{ Effect: "Allow", Action: "iam:PassRole", Resource: ["arn:aws:iam::111111111111:role/task", "arn:aws:iam::111111111111:role/execution"], Condition: { StringEquals: { "iam:PassedToService": ["ecs.amazonaws.com", "ecs-tasks.amazonaws.com"] } } }] }
        pipeline Pasted in other_crate::Tooling {
            name: "pasted",
            region: "eu-west-1",
            service_role: managed("offered-service"),
            artifact_bucket: "offered-artifacts",
            stage "Source" { source "s": S3 { s3_bucket: "b", s3_object_key: "k", output: Code } }
            stage "Run" { action "deploy": ECS { cluster_name: "c", service_name: "s", input: Code, role: Deployer } }
        }
    }
    let offered = Topology::builder("t").add(Offered).build().unwrap();
    let [warning] = offered.warnings() else { panic!("{:?}", offered.warnings()) };
    assert_eq!(
        warning
            .help
            .as_deref()
            .unwrap()
            .replace("<task_role_arn>", "arn:aws:iam::111111111111:role/task")
            .replace("<execution_role_arn>", "arn:aws:iam::111111111111:role/execution"),
        r#"write `Deployer` instead of `managed("deployer")`, and declare `role Deployer in Tooling { name: "deployer", trusts: [Tooling], policies: [{ Effect: "Allow", Action: "iam:PassRole", Resource: ["arn:aws:iam::111111111111:role/task", "arn:aws:iam::111111111111:role/execution"], Condition: { StringEquals: { "iam:PassedToService": ["ecs.amazonaws.com", "ecs-tasks.amazonaws.com"] } } }] }`"#
    );
    let pasted = Topology::builder("t").add(Pasted).build().unwrap();
    assert_eq!(pasted.warnings(), []);
    let trust = |topology: &Topology| topology.roles().iter().map(|role| role.trust.clone()).collect::<Vec<_>>();
    assert_eq!(trust(&pasted).len(), trust(&offered).len());
    assert!(trust(&pasted).iter().all(|trust| trust.as_ref().is_some_and(|trust| !trust.statements.is_empty())));
}

mod owned {
    codepipeline_xacct::pipeline! {
        pub account Tooling = "111111111111";
        pub account Prod = "222222222222";
        pub extern pipeline Deploy in Prod { name: "deploy", region: "eu-west-1" }
        pub role Invoker in Prod {
            name: "deploy-invoker",
            trusts: [role("arn:aws:iam::111111111111:role/release")],
            starts: [Deploy],
        }
        pub extended pipeline Release in Tooling {
            name: "release",
            region: "eu-west-1",
            service_role: existing("arn:aws:iam::111111111111:role/release"),
            stage "Deploy" { invoke "deploy": Deploy { role: Invoker } }
        }
    }
}

/// A role that the program adds stays managed, even if a pipeline added it before that turns out to be external.
#[test]
fn a_role_that_is_added_stays_in_whatever_order() {
    use owned::{Invoker, Release};
    for topology in [
        Topology::builder("t").add(Invoker).add(Release).external(Release),
        Topology::builder("t").add(Release).add(Invoker).external(Release),
    ] {
        let topology = topology.build().unwrap();
        assert!(topology.roles().iter().any(|role| role.role.item == "Invoker"), "{:?}", topology.roles());
    }
}

mod conditional_accounts {
    codepipeline_xacct::pipeline! {
        #[cfg(any())]
        account Prod = "111111111111";
        #[cfg(not(any()))]
        pub account Prod = "222222222222";
        pub extern pipeline Deploy in Prod { name: "deploy", region: "eu-west-1" }
    }
}

/// Which of the accounts is there, and so whether it is public, is for the compiler to say.
#[test]
fn a_private_account_of_another_condition_is_no_mistake() {
    let topology = Topology::builder("t").add(conditional_accounts::Deploy).build().unwrap();
    assert_eq!(topology.pipelines()[0].arn.account().as_str(), "222222222222");
}
