//! What the tags of an extended pipeline say of the topologies that write into it: what a topology declares they say also where there was nothing to write, and
//! without them nothing is put back.

use aws_sdk_codepipeline::types::Tag;
use codepipeline_xacct::Topology;
use codepipeline_xacct::aws::Session;
use codepipeline_xacct::builder::{action, extended_pipeline};
use codepipeline_xacct::core::plan::{Drift, Intent, Plan};
use codepipeline_xacct::core::topology::Item;
use codepipeline_xacct::local::{Fault, Local};
use codepipeline_xacct_aws_tests::*;
use serde_json::{Value, json};

/// Writes a branch.
mod branch {
    use codepipeline_xacct_aws_tests::Tooling;
    codepipeline_xacct::pipeline! {
        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",

            stage "Source" {
                source "Source": CodeCommit { branch: "ours" }
            }
        }
    }
}

/// Writes a branch and a run order.
mod both {
    use codepipeline_xacct_aws_tests::Tooling;
    codepipeline_xacct::pipeline! {
        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",

            stage "Source" {
                source "Source": CodeCommit { branch: "ours", run_order: 3 }
            }
        }
    }
}

/// The same with another run order.
mod other {
    use codepipeline_xacct_aws_tests::Tooling;
    codepipeline_xacct::pipeline! {
        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",

            stage "Source" {
                source "Source": CodeCommit { branch: "ours", run_order: 4 }
            }
        }
    }
}

/// Writes a run order.
mod order {
    use codepipeline_xacct_aws_tests::Tooling;
    codepipeline_xacct::pipeline! {
        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",

            stage "Source" {
                source "Source": CodeCommit { run_order: 3 }
            }
        }
    }
}

/// Writes over an action that others added.
mod asking {
    use codepipeline_xacct_aws_tests::Tooling;
    codepipeline_xacct::pipeline! {
        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",

            stage "Source" {
                source "Source": CodeCommit { branch: "ours" }
            }
            stage "Ask" {
                action "ask": Manual { custom_data: "ours" }
            }
        }
    }
}

/// Starts another pipeline of A, without a role.
mod without_role {
    use codepipeline_xacct_aws_tests::Tooling;
    codepipeline_xacct::pipeline! {
        pub extern pipeline Scan in Tooling { name: "scan", region: "ap-northeast-1", variables: { val1: "none" } }

        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",
            service_role: extended(
                "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
            ),

            stage "Build" {
                invoke "ccc": Scan {}
            }
        }
    }
}

fn release(pipeline: impl Item) -> Topology {
    Topology::builder("release").add(pipeline).build().unwrap()
}

fn checks(pipeline: impl Item) -> Topology {
    Topology::builder("checks").add(pipeline).build().unwrap()
}

/// Nothing of A's pipeline.
fn without_pipeline() -> Topology {
    release(Deploy)
}

async fn apply(session: &Session, topology: &Topology, intent: Intent) -> Plan {
    let plan = session.plan(topology).intent(intent).await.unwrap();
    session.apply(&plan).await.unwrap();
    plan
}

async fn applied(topology: &Topology) -> (Local, Session) {
    let local = as_the_console_left_it().unwrap();
    let session = local.connect(&release(Release)).await.unwrap();
    apply(&session, topology, Intent::Converge).await;
    (local, session)
}

fn codepipeline(local: &Local) -> aws_sdk_codepipeline::Client {
    aws_sdk_codepipeline::Client::new(&local.sdk_config("111111111111", "ap-northeast-1"))
}

async fn untag(local: &Local, key: &str) {
    codepipeline(local).untag_resource().resource_arn(RELEASE).tag_keys(key).send().await.unwrap();
}

async fn tag(local: &Local, key: &str, value: &str) {
    let tag = Tag::builder().key(key).value(value).build().unwrap();
    codepipeline(local).tag_resource().resource_arn(RELEASE).tags(tag).send().await.unwrap();
}

fn source(local: &Local) -> Value {
    released(local)["stages"][0]["actions"][0].clone()
}

fn messages(plan: &Plan, code: &str) -> Vec<String> {
    plan.warnings().iter().filter(|warning| warning.code == code).map(|warning| warning.message.clone()).collect()
}

/// The inline policies of the service role of A's pipeline.
async fn policies(local: &Local) -> Vec<String> {
    let iam = aws_sdk_iam::Client::new(&local.sdk_config("111111111111", "us-east-1"));
    let name = SERVICE.rsplit('/').next().unwrap();
    iam.list_role_policies().role_name(name).send().await.unwrap().policy_names
}

const ORDER: &str = "stages[Source].actions[Source].runOrder";

#[tokio::test]
async fn a_topology_that_declares_what_is_there_already_keeps_it_when_another_one_leaves() {
    for (left, intent) in [
        (release(branch::Release), Intent::Prune),
        (without_pipeline(), Intent::Prune),
        (release(both::Release), Intent::Destroy),
    ] {
        let (local, session) = applied(&release(both::Release)).await;
        let theirs = checks(order::Release);
        let plan = apply(&session, &theirs, Intent::Converge).await;
        let steps: Vec<String> = plan.steps().iter().map(ToString::to_string).collect();
        assert_eq!(steps, ["~ pipeline hoge0315pipeline1 (ap-northeast-1): tags"], "{plan}");
        assert!(session.plan(&theirs).drift(Drift::Refuse).await.unwrap().is_empty());
        let plan = apply(&session, &left, intent).await;
        let stays = format!("`{ORDER}` of pipeline `{RELEASE}` stays as it is: topology `checks` writes it as well");
        assert_eq!(messages(&plan, "XA1019"), [stays], "{plan}");
        assert_eq!(source(&local)["runOrder"], 3);
        assert!(session.plan(&theirs).drift(Drift::Refuse).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn what_was_there_before_a_topology_declared_it_stays_when_that_leaves() {
    let (local, session) = applied(&release(branch::Release)).await;
    edit(&local, |pipeline| pipeline["stages"][0]["actions"][0]["runOrder"] = 3.into());
    let plan = apply(&session, &release(both::Release), Intent::Converge).await;
    assert_eq!(plan.steps().len(), 1, "{plan}");
    assert!(session.plan(&release(both::Release)).await.unwrap().is_empty());
    // Another topology that had nothing to write, either.
    let theirs = checks(order::Release);
    apply(&session, &theirs, Intent::Converge).await;
    for topology in [&theirs, &release(both::Release)] {
        apply(&session, topology, Intent::Destroy).await;
        assert_eq!(source(&local)["runOrder"], 3);
    }
    let tags = codepipeline(&local).list_tags_for_resource().resource_arn(RELEASE).send().await.unwrap();
    assert!(tags.tags().is_empty(), "{tags:?}");
}

#[tokio::test]
async fn without_the_tag_of_the_version_before_nothing_is_put_back_and_that_is_told() {
    for (left, intent) in [
        (release(branch::Release), Intent::Prune),
        (without_pipeline(), Intent::Prune),
        (release(other::Release), Intent::Destroy),
    ] {
        let (local, session) = applied(&release(both::Release)).await;
        untag(&local, "codepipeline-xacct:extended-by:release").await;
        apply(&session, &release(other::Release), Intent::Converge).await;
        let plan = apply(&session, &left, intent).await;
        assert_eq!(source(&local)["runOrder"], 4, "{plan}");
        let told = messages(&plan, "XA1024");
        assert!(!told.is_empty() && told.iter().all(|told| told.contains("keeps what the program wrote")), "{plan}");
        let again = session.plan(&left).intent(intent).await.unwrap();
        assert!(again.is_empty() && messages(&again, "XA1054").is_empty(), "{again}");
    }
}

#[tokio::test]
async fn what_another_topology_writes_stays_also_without_its_tag_of_the_version_before() {
    let (local, session) = applied(&release(both::Release)).await;
    apply(&session, &checks(order::Release), Intent::Converge).await;
    untag(&local, "codepipeline-xacct:extended-by:checks").await;
    apply(&session, &release(branch::Release), Intent::Prune).await;
    assert_eq!(source(&local)["runOrder"], 3);
}

#[tokio::test]
async fn the_tags_of_a_pipeline_that_was_created_again_tell_nothing_of_its_versions() {
    let (local, session) = applied(&release(branch::Release)).await;
    edit(&local, |pipeline| pipeline["stages"][0]["actions"][0]["runOrder"] = 2.into());
    apply(&session, &release(both::Release), Intent::Converge).await;
    let client = codepipeline(&local);
    let mut pipeline = client.get_pipeline().name("hoge0315pipeline1").send().await.unwrap().pipeline.unwrap();
    let tags = client.list_tags_for_resource().resource_arn(RELEASE).send().await.unwrap().tags;
    client.delete_pipeline().name("hoge0315pipeline1").send().await.unwrap();
    pipeline.version = None;
    client.create_pipeline().pipeline(pipeline).set_tags(tags).send().await.unwrap();
    // Versions 1 to 11 are theirs by now.
    for _ in 0..10 {
        edit(&local, |pipeline| pipeline["stages"][0]["actions"][0]["runOrder"] = 7.into());
    }
    edit(&local, |pipeline| pipeline["stages"][0]["actions"][0]["runOrder"] = 3.into());
    let plan = apply(&session, &release(branch::Release), Intent::Prune).await;
    assert_eq!(source(&local)["runOrder"], 3, "{plan}");
    assert_eq!(messages(&plan, "XA1024").len(), 1, "{plan}");
}

#[tokio::test]
async fn a_role_that_the_program_took_out_of_an_action_is_put_back_when_the_pipeline_leaves() {
    const THEIRS: &str = "arn:aws:iam::111111111111:role/theirs";
    let cases = [
        (without_pipeline(), Intent::Prune),
        (without_pipeline(), Intent::Destroy),
        (release(without_role::Release), Intent::Destroy),
        (release(branch::Release), Intent::Prune),
    ];
    for (left, intent) in cases {
        let local = Local::new();
        local.put_pipeline(&RELEASE.parse().unwrap(), &article("before").unwrap()).unwrap();
        let scan = codepipeline_xacct::core::declaration::PipelineDocument {
            pipeline: codepipeline_xacct::core::declaration::PipelineDeclaration {
                name: "scan".to_owned(),
                ..article("before").unwrap().pipeline
            },
            ..Default::default()
        };
        local.put_pipeline(&"arn:aws:codepipeline:ap-northeast-1:111111111111:scan".parse().unwrap(), &scan).unwrap();
        let assume = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"{THEIRS}"}}]}}"#
        );
        let assume = codepipeline_xacct::core::policy::Document::from_json(&assume).unwrap();
        let console = service_role_policy().unwrap();
        let policies = [("console", &console), ("theirs", &assume)];
        local.put_role(&SERVICE.parse().unwrap(), &service_trust().unwrap(), &policies).unwrap();
        let trust = trust(&format!(r#"{{"AWS":"{SERVICE}"}}"#)).unwrap();
        local.put_role(&THEIRS.parse().unwrap(), &trust, &[]).unwrap();
        edit(&local, |pipeline| pipeline["stages"][1]["actions"][0]["roleArn"] = THEIRS.into());
        let before = released(&local);
        let topology = release(without_role::Release);
        let session = local.connect(&release(Release)).await.unwrap();
        apply(&session, &topology, Intent::Converge).await;
        assert!(released(&local)["stages"][1]["actions"][0].get("roleArn").is_none());
        assert!(session.plan(&topology).drift(Drift::Refuse).await.unwrap().is_empty());
        let plan = apply(&session, &left, intent).await;
        let mut after = released(&local);
        if left.pipelines().iter().any(|pipeline| pipeline.invokes.is_empty() && pipeline.item == "Release") {
            after["stages"][0]["actions"][0]["configuration"]["BranchName"] = "main".into();
        }
        assert_eq!(after, before, "{intent:?} {plan}");
        assert!(session.plan(&left).intent(intent).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_destroy_puts_back_what_others_wrote_before_the_program_wrote_over_it() {
    let (local, session) = applied(&release(branch::Release)).await;
    edit(&local, |pipeline| pipeline["stages"][0]["actions"][0]["runOrder"] = 2.into());
    apply(&session, &release(both::Release), Intent::Converge).await;
    apply(&session, &release(both::Release), Intent::Destroy).await;
    assert_eq!(source(&local)["runOrder"], 2);
    assert_eq!(source(&local)["configuration"]["BranchName"], "main");
}

#[tokio::test]
async fn a_destroy_puts_back_what_others_added_and_the_program_wrote_over() {
    let (local, session) = applied(&release(branch::Release)).await;
    edit(&local, |pipeline| {
        let id = json!({ "category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1" });
        let ask = json!({ "name": "ask", "actionTypeId": id, "configuration": { "CustomData": "theirs" } });
        let stages = pipeline["stages"].as_array_mut().unwrap();
        stages.insert(1, json!({ "name": "Ask", "actions": [ask] }));
    });
    let mut before = released(&local);
    before["stages"][0]["actions"][0]["configuration"]["BranchName"] = "main".into();
    apply(&session, &release(asking::Release), Intent::Converge).await;
    assert_ne!(released(&local)["stages"][1], before["stages"][1]);
    let plan = apply(&session, &release(asking::Release), Intent::Destroy).await;
    assert!(messages(&plan, "XA1024").is_empty(), "{plan}");
    assert_eq!(released(&local), before);
}

#[tokio::test]
async fn a_prune_ends_what_would_be_told_by_each_plan_for_ever() {
    let (local, session) = applied(&release(both::Release)).await;
    tag(&local, "codepipeline-xacct:extended-by:release", "7").await;
    let narrow = release(branch::Release);
    let plan = session.plan(&narrow).await.unwrap();
    let [told] = &messages(&plan, "XA1054")[..] else { panic!("{plan}") };
    let line = format!(
        "\n      ? {ORDER}: what it held before is not known; a prune leaves it as it is, and ends this warning"
    );
    assert!(told.contains(&line), "{told}");
    let plan = apply(&session, &narrow, Intent::Prune).await;
    assert_eq!(messages(&plan, "XA1024").len(), 1, "{plan}");
    assert_eq!(source(&local)["runOrder"], 3);
    for intent in [Intent::Converge, Intent::Prune] {
        let plan = session.plan(&narrow).intent(intent).await.unwrap();
        assert!(plan.is_empty() && messages(&plan, "XA1054").is_empty(), "{plan}");
        assert!(messages(&plan, "XA1024").is_empty(), "{plan}");
    }
}

#[tokio::test]
async fn what_a_prune_may_not_read_of_the_history_is_not_given_up() {
    let (local, session) = applied(&release(both::Release)).await;
    let narrow = release(branch::Release);
    // The pipeline itself may be read.
    local.faults().add(Fault::on("GetPipeline").account("111111111111").from(2).access_denied());
    let plan = session.plan(&narrow).intent(Intent::Prune).await.unwrap();
    local.faults().clear();
    assert_eq!(messages(&plan, "XA1024").len(), 1, "{plan}");
    assert!(plan.to_string().contains("allow `codepipeline:GetPipeline` for all versions of it"), "{plan}");
    session.apply(&plan).await.unwrap();
    assert_eq!(source(&local)["runOrder"], 3);
    apply(&session, &narrow, Intent::Prune).await;
    assert_eq!(source(&local)["runOrder"], source(&as_the_console_left_it().unwrap())["runOrder"]);
}

#[tokio::test]
async fn a_role_of_the_program_loses_its_policy_also_where_no_pipeline_names_it_any_more() {
    const OTHER: &str = "arn:aws:iam::111111111111:role/other";
    for left in [without_pipeline(), release(branch::Release)] {
        let (local, session) = applied(&release(passing::Release)).await;
        assert_eq!(policies(&local).await, ["codepipeline-xacct-release", "console"]);
        let console = service_role_policy().unwrap();
        local.put_role(&OTHER.parse().unwrap(), &service_trust().unwrap(), &[("console", &console)]).unwrap();
        edit(&local, |pipeline| {
            pipeline["roleArn"] = OTHER.into();
            pipeline["stages"][1]["actions"][0].as_object_mut().unwrap().remove("roleArn");
        });
        let plan = session.plan(&left).orphans().await.unwrap();
        let still =
            format!("role `{SERVICE}` is no longer in the program, but still has the policy that the program wrote");
        assert!(messages(&plan, "XA1020").contains(&still), "{plan}");
        let plan = apply(&session, &left, Intent::Prune).await;
        assert_eq!(policies(&local).await, ["console"], "{plan}");
        assert!(session.plan(&left).intent(Intent::Prune).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_role_keeps_the_policy_that_a_pipeline_needs_which_another_topology_manages_by_now() {
    let pipeline = extended_pipeline::<Tooling>("Release", "hoge0315pipeline1", "ap-northeast-1")
        .extended_service_role(SERVICE)
        .add_stage_after("Build", "Check", |stage| {
            stage.action("check", action::commands(["echo ok"]).input("SourceArtifact"))
        })
        .build();
    let (local, session) = applied(&release(pipeline)).await;
    tag(&local, "codepipeline-xacct:topology", "checks").await;
    let ours = released(&local);
    let plan = apply(&session, &without_pipeline(), Intent::Prune).await;
    assert_eq!(messages(&plan, "XA1051").len(), 1, "{plan}");
    assert_eq!(released(&local), ours);
    assert_eq!(policies(&local).await, ["codepipeline-xacct-release", "console"]);
}
