//! Stand-ins of a rehearsal for what exists: from what the topology says about it, and where accounts can't be read.

use codepipeline_xacct::aws::Session;
use codepipeline_xacct::core::declaration::read;
use codepipeline_xacct::core::ids::RoleArn;
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::core::wiring::Hop;
use codepipeline_xacct::local::{Deployer, Local};
use codepipeline_xacct::rehearsal::{AssumptionKind, HopResult, Rehearsal, Rehearse};
use codepipeline_xacct::{Item, Topology};
use codepipeline_xacct_aws_tests::*;

fn topology(item: impl Item) -> Topology {
    Topology::builder("release").add(item).build().unwrap()
}

fn assumed(rehearsal: &Rehearsal, kind: AssumptionKind) -> Vec<(&str, &str)> {
    let of_kind = rehearsal.assumed.iter().filter(|it| it.kind == kind);
    of_kind.map(|it| (it.name.as_str(), it.taken_for.as_str())).collect()
}

/// Much is written of a pipeline that exists, and nothing of what that rests on.
mod much {
    codepipeline_xacct::pipeline! {
        pub account Tooling = "111111111111";
        pub account Prod = "222222222222";
        pub role Invoker in Prod { name: "invoker", trusts: [Tooling], starts: [Deploy] }
        pub extern pipeline Deploy in Prod {
            name: "deploy",
            region: "us-east-1",
            variables: { commit, image, level: "1" },
        }
        pub extended pipeline Release in Tooling {
            name: "release",
            region: "eu-west-1",
            service_role: extended("arn:aws:iam::111111111111:role/release"),
            stage "Source" {
                source "code": CodeCommit { repository: "shop", branch: "next" }
            }
            stage "Test" { on_failure: RETRY(FAILED_ACTIONS) }
            stage "Build" {
                action "compile": CodeBuild { project_name: "shop", input: App }
            }
            stage "Deploy" {
                invoke "deploy": Deploy {
                    role: Invoker,
                    variables: { commit: "#{SourceVariables.CommitId}", image: "#{Compile.IMAGE}:#{variables.tag}" },
                }
            }
        }
    }
}

#[tokio::test]
async fn what_an_extended_pipeline_rests_on_is_made_up() {
    let rehearsal = topology(much::Release).rehearse().variable("tag", "7").await.unwrap().passed().unwrap();
    let deploy = rehearsal.runs_of(much::Deploy).next().unwrap();
    let values: Vec<_> = deploy.variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(values, [("commit", "local-CommitId"), ("image", "local-IMAGE:7"), ("level", "1")]);
    assert_eq!(rehearsal.not_reached, []);
}

/// The service role and the action role are another team's, which states what they may do.
mod stated {
    codepipeline_xacct::pipeline! {
        pub account Tooling = "111111111111";
        pub account Prod = "222222222222";
        pub extern role Service in Tooling {
            arn: "arn:aws:iam::111111111111:role/release",
            trust_policy: {
                Effect: "Allow",
                Principal: { Service: "codepipeline.amazonaws.com" },
                Action: "sts:AssumeRole",
            },
            policies: [
                { Effect: "Allow", Action: "sts:AssumeRole", Resource: "arn:aws:iam::222222222222:role/invoker" },
                { Effect: "Allow", Action: "codecommit:*", Resource: "*" },
                { Effect: "Allow", Action: "s3:GetObject", Resource: "*" },
            ],
        }
        pub extern pipeline Deploy in Prod { name: "deploy", region: "eu-west-1" }
        pub pipeline Release in Tooling {
            name: "release",
            region: "eu-west-1",
            service_role: Service,
            artifact_bucket: "release-artifacts",
            stage "Source" {
                source "code": CodeCommit { repository: "shop", branch: "main", poll: false, output: Code }
            }
            stage "Deploy" { invoke "deploy": Deploy { role: managed("invoker") } }
        }
    }
}

#[tokio::test]
async fn a_right_that_is_not_among_the_stated_ones_is_denied_when_it_is_needed() {
    let rehearsal = topology(stated::Release).rehearse().await.unwrap();
    let [failure] = &rehearsal.failures[..] else { panic!("{rehearsal}") };
    assert_eq!((failure.place.as_str(), failure.code.as_deref()), ("Release / Source / code", Some("AccessDenied")));
    let denied = "is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::release-artifacts/local because no identity-based policy allows the s3:PutObject action";
    assert!(failure.message.ends_with(denied), "{rehearsal}");
    let hops: Vec<_> = rehearsal.hops.iter().map(|hop| (hop.hop, &hop.result)).collect();
    assert_eq!(
        hops,
        [
            (Hop::ServiceTrust, &HopResult::Exercised),
            (Hop::Assume, &HopResult::NotReached),
            (Hop::Start, &HopResult::NotReached)
        ]
    );
    let service = "arn:aws:iam::111111111111:role/release";
    assert_eq!(assumed(&rehearsal, AssumptionKind::Role), [(service, "is as the topology states it")]);
}

/// An action in another account reads artifacts that are encrypted with a key.
mod keyed {
    codepipeline_xacct::pipeline! {
        pub account Tooling = "111111111111";
        pub account Prod = "222222222222";
        pub role StackDeployer in Prod {
            name: "stack-deployer",
            trusts: [Tooling, role("arn:aws:iam::333333333333:role/auditor")],
        }
        pub pipeline Release in Tooling {
            name: "release",
            region: "eu-west-1",
            service_role: managed("release-service"),
            artifact_bucket: {
                location: "release-artifacts",
                encryption_key: "arn:aws:kms:eu-west-1:111111111111:key/11111111-2222-4333-8444-555555555555",
            },
            stage "Source" {
                source "code": CodeCommit { repository: "shop", branch: "main", poll: false, output: Code }
            }
            stage "Stack" {
                action "deploy": CloudFormation {
                    action_mode: CREATE_UPDATE,
                    stack_name: "shop",
                    template_path: "Code::template.json",
                    role_arn: "arn:aws:iam::222222222222:role/stack",
                    input: Code,
                    role: StackDeployer,
                }
            }
        }
    }
}

#[tokio::test]
async fn buckets_and_keys_have_the_policies_that_roles_of_other_accounts_need() {
    let rehearsal = topology(keyed::Release).rehearse().await.unwrap().passed().unwrap();
    let with_policy = "exists, with the policy that the topology needs";
    assert_eq!(assumed(&rehearsal, AssumptionKind::Bucket), [("release-artifacts", with_policy)]);
    assert_eq!(
        assumed(&rehearsal, AssumptionKind::Key),
        [("arn:aws:kms:eu-west-1:111111111111:key/11111111-2222-4333-8444-555555555555", with_policy)]
    );
    // The account of who else is trusted is there too.
    assert_eq!(assumed(&rehearsal, AssumptionKind::Role), []);
}

mod theirs {
    codepipeline_xacct::pipeline! {
        pub account Tooling = "111111111111";
        pub account Prod = "222222222222";
        pub extern pipeline Deploy in Prod { name: "deploy", region: "ap-northeast-1", variables: { val1 } }
        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",
            service_role: extended(
                "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
            ),
            stage "Build" {
                invoke "ccc": Deploy {
                    role: existing("arn:aws:iam::222222222222:role/invoker"),
                    variables: { val1: "#{variables.val1}" },
                }
            }
        }
    }
}

#[tokio::test]
async fn an_account_that_is_not_reached_is_assumed() {
    let accounts = as_the_console_left_it().unwrap();
    let topology = topology(theirs::Release);
    let only_a = Session::builder().credentials::<theirs::Tooling>(accounts.sdk_config("111111111111", "us-east-1"));
    let rehearsal = only_a.connect().await.unwrap().rehearse(&topology).await.unwrap().passed().unwrap();
    assert_eq!(rehearsal.variable(theirs::Deploy, "val1"), Some("aaa"));
    assert_eq!(
        assumed(&rehearsal, AssumptionKind::Role),
        [("arn:aws:iam::222222222222:role/invoker", "has the trust and the permissions that the topology needs")]
    );
    assert_eq!(
        assumed(&rehearsal, AssumptionKind::Pipeline),
        [(
            "arn:aws:codepipeline:ap-northeast-1:222222222222:deploy",
            "takes the variables that the topology states and succeeds"
        )]
    );
}

#[tokio::test]
async fn a_role_of_which_not_all_can_be_read_has_what_is_needed() {
    let accounts = as_the_console_left_it().unwrap();
    let invoker: RoleArn = "arn:aws:iam::222222222222:role/invoker".parse().unwrap();
    accounts.put_role(&invoker, &trust(&format!(r#"{{"AWS":"{SERVICE}"}}"#)).unwrap(), &[]).unwrap();
    let may = r#"{"Statement":[{"Effect":"Allow","Action":["iam:GetRole","iam:ListRolePolicies","iam:GetRolePolicy"],"Resource":"*"}]}"#;
    let may = Deployer::With(Document::from_json(may).unwrap());
    let topology = topology(theirs::Release);
    let session = Session::builder()
        .credentials::<theirs::Tooling>(accounts.sdk_config("111111111111", "us-east-1"))
        .credentials::<theirs::Prod>(accounts.sdk_config_as("222222222222", "us-east-1", &may).unwrap());
    let rehearsal = session.connect().await.unwrap().rehearse(&topology).await.unwrap().passed().unwrap();
    assert_eq!(
        assumed(&rehearsal, AssumptionKind::Role),
        [(
            invoker.to_string().as_str(),
            "has the permissions that the topology needs: not all of its policies can be read"
        )]
    );
}

#[tokio::test]
async fn what_a_pipeline_that_exists_starts_besides_is_assumed() {
    let accounts = as_the_console_left_it().unwrap();
    let mut document = article("before").unwrap();
    let stage = &mut document.pipeline.stages.as_mut().unwrap()[1];
    let mut other = stage.actions.as_ref().unwrap()[0].clone();
    other.name = "other".to_owned();
    other.role_arn = Some("arn:aws:iam::333333333333:role/other-invoker".to_owned());
    other.configuration.as_mut().unwrap().insert("PipelineName".to_owned(), "audit".to_owned());
    stage.actions.as_mut().unwrap().push(other);
    accounts.put_pipeline(&RELEASE.parse().unwrap(), &document).unwrap();
    let topology = topology(passing::Release);
    let session = accounts.connect(&topology).await.unwrap();
    let rehearsal = session.rehearse(&topology).await.unwrap();
    // The service role may not assume it, which is theirs to fix.
    let [failure] = &rehearsal.failures[..] else { panic!("{rehearsal}") };
    assert!(
        failure
            .message
            .contains("is not authorized to perform AssumeRole on role arn:aws:iam::333333333333:role/other-invoker"),
        "{rehearsal}"
    );
    let may = r#"{"Statement":[{"Effect":"Allow","Action":["sts:AssumeRole","s3:*","codecommit:*"],"Resource":"*"}]}"#;
    let accounts = Local::new();
    accounts
        .put_role(&SERVICE.parse().unwrap(), &service_trust().unwrap(), &[("all", &Document::from_json(may).unwrap())])
        .unwrap();
    accounts.put_pipeline(&RELEASE.parse().unwrap(), &document).unwrap();
    let session = accounts.connect(&topology).await.unwrap();
    let rehearsal = session.rehearse(&topology).await.unwrap().passed().unwrap();
    let audit = "arn:aws:codepipeline:ap-northeast-1:333333333333:audit";
    assert!(rehearsal.all_runs().any(|run| run.pipeline.to_string() == audit), "{rehearsal}");
    assert_eq!(assumed(&rehearsal, AssumptionKind::Pipeline)[0].0, audit);
    let other: Vec<_> = rehearsal.hops.iter().filter(|hop| hop.action.as_deref() == Some("other")).collect();
    assert!(other.len() == 2 && other.iter().all(|hop| hop.result == HopResult::Exercised), "{rehearsal}");
}

#[tokio::test]
async fn a_rule_that_a_pipeline_has_besides_is_a_hop_too() {
    let mut document = article("before").unwrap();
    let rule = r#"{"conditions":[{"result":"FAIL","rules":[{"name":"quiet","roleArn":"arn:aws:iam::333333333333:role/watcher",
        "ruleTypeId":{"category":"Rule","owner":"AWS","provider":"CloudWatchAlarm","version":"1"},"configuration":{"AlarmName":"errors"}}]}]}"#;
    document.pipeline.stages.as_mut().unwrap()[1].before_entry = Some(read(rule).unwrap());
    let may = r#"{"Statement":[{"Effect":"Allow","Action":["sts:AssumeRole","s3:*","codecommit:*"],"Resource":"*"}]}"#;
    let accounts = Local::new();
    accounts
        .put_role(&SERVICE.parse().unwrap(), &service_trust().unwrap(), &[("all", &Document::from_json(may).unwrap())])
        .unwrap();
    accounts.put_pipeline(&RELEASE.parse().unwrap(), &document).unwrap();
    let topology = topology(passing::Release);
    let session = accounts.connect(&topology).await.unwrap();
    let rehearsal = session.rehearse(&topology).await.unwrap().passed().unwrap();
    let hops: Vec<_> = rehearsal.hops.iter().filter(|hop| hop.action.as_deref() == Some("quiet")).collect();
    let [hop] = hops[..] else { panic!("{rehearsal}") };
    assert_eq!((hop.hop, &hop.result, hop.stage.as_deref()), (Hop::Assume, &HopResult::Exercised, Some("Build")));
    assert_eq!(hop.to, "arn:aws:iam::333333333333:role/watcher");
}

/// Two pipelines that start each other.
mod circle {
    codepipeline_xacct::pipeline! {
        pub account Tooling = "111111111111";
        pub pipeline Ping in Tooling {
            name: "ping",
            region: "eu-west-1",
            service_role: managed("ping-service"),
            artifact_bucket: "ping-artifacts",
            stage "Source" {
                source "code": CodeCommit { repository: "shop", branch: "main", poll: false, output: Code }
            }
            stage "Start" { invoke "pong": Pong {} }
        }
        pub pipeline Pong in Tooling {
            name: "pong",
            region: "eu-west-1",
            service_role: managed("pong-service"),
            artifact_bucket: "pong-artifacts",
            stage "Source" {
                source "code": CodeCommit { repository: "shop", branch: "main", poll: false, output: Code }
            }
            stage "Start" { invoke "ping": Ping {} }
        }
    }
}

#[tokio::test]
async fn pipelines_that_start_each_other_do_not_end() {
    let rehearsal = topology(circle::Ping).rehearse().await.unwrap();
    let failure = &rehearsal.failures[0];
    assert_eq!(
        (failure.place.as_str(), failure.message.as_str()),
        ("Ping, Pong", "they start each other in an endless loop")
    );
    let text = rehearsal.to_string();
    assert!(text.contains("\nfailed\n  ✗ Ping, Pong: they start each other in an endless loop\n"), "{text}");
    // Both start, since each is invoked; of each chain, three rounds are shown at most.
    assert!((2..=12).contains(&rehearsal.all_runs().count()), "{rehearsal}");
}
