//! Members that a program wrote over in an extended pipeline and writes no longer: told by every plan, put back by a prune, and kept where others changed them
//! since.

use aws_sdk_codepipeline::types::Tag;
use codepipeline_xacct::Topology;
use codepipeline_xacct::aws::Session;
use codepipeline_xacct::core::plan::{Drift, Intent, Plan};
use codepipeline_xacct::local::{Fault, Local};
use codepipeline_xacct_aws_tests::*;
use serde_json::{Value, json};

/// Writes over what others made.
mod wide {
    use codepipeline_xacct_aws_tests::{Deploy, DeployInvoker, Tooling};
    codepipeline_xacct::pipeline! {
        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",
            execution_mode: PARALLEL,
            service_role: extended(
                "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
            ),
            variables: { val1: "ours" },

            stage "Source" {
                on_failure: RETRY(FAILED_ACTIONS),
                source "Source": CodeCommit { branch: "ours", namespace: Ours, run_order: 3 }
            }
            stage "Build" {
                invoke "ccc": Deploy { role: DeployInvoker, run_order: 5, variables: { val1: "x" } }
            }
        }
    }
}

/// Writes one of them.
mod narrow {
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

/// The same with the run order.
mod ordered {
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

fn wide() -> Topology {
    Topology::builder("release").add(wide::Release).build().unwrap()
}

fn narrow() -> Topology {
    Topology::builder("release").add(narrow::Release).build().unwrap()
}

fn ordered() -> Topology {
    Topology::builder("release").add(ordered::Release).build().unwrap()
}

async fn applied(topology: &Topology) -> (Local, Session) {
    let local = as_the_console_left_it().unwrap();
    let session = local.connect(&wide()).await.unwrap();
    session.apply(&session.plan(topology).await.unwrap()).await.unwrap();
    (local, session)
}

fn before() -> Value {
    released(&as_the_console_left_it().unwrap())
}

fn messages(plan: &Plan, code: &str) -> Vec<String> {
    plan.warnings().iter().filter(|warning| warning.code == code).map(|warning| warning.message.clone()).collect()
}

async fn prune(session: &Session, topology: &Topology) -> Plan {
    let plan = session.plan(topology).intent(Intent::Prune).await.unwrap();
    session.apply(&plan).await.unwrap();
    let again = session.plan(topology).intent(Intent::Prune).await.unwrap();
    assert!(again.is_empty() && messages(&again, "XA1054").is_empty(), "{again}");
    plan
}

const HELD: &str = "holds what topology `release` wrote and the program no longer writes";

#[tokio::test]
async fn what_a_program_no_longer_writes_is_told_by_each_plan_and_put_back_by_a_prune() {
    let (local, session) = applied(&ordered()).await;
    let ours = released(&local);
    for _ in 0..2 {
        let plan = session.plan(&narrow()).drift(Drift::Refuse).await.unwrap();
        assert_eq!(
            messages(&plan, "XA1054"),
            [format!(
                "pipeline `{RELEASE}` {HELD}; it stays. To put back what was there before would be\n      ~ \
                 stages[Source].actions[Source].runOrder: 3 -> 1"
            )]
        );
        assert!(plan.is_empty(), "{plan}");
        session.apply(&plan).await.unwrap();
        assert_eq!(released(&local), ours);
    }
    let plan = prune(&session, &narrow()).await;
    assert_eq!(messages(&plan, "XA1054").len(), 1);
    let mut expected = before();
    expected["stages"][0]["actions"][0]["configuration"]["BranchName"] = "ours".into();
    assert_eq!(released(&local), expected);
    let plan = session.plan(&narrow()).drift(Drift::Refuse).await.unwrap();
    assert!(plan.is_empty() && messages(&plan, "XA1054").is_empty(), "{plan}");
    // What others do with it afterwards is theirs.
    edit(&local, |pipeline| pipeline["stages"][0]["actions"][0]["runOrder"] = 2.into());
    let plan = session.plan(&narrow()).drift(Drift::Refuse).await.unwrap();
    assert!(plan.is_empty() && messages(&plan, "XA1054").is_empty(), "{plan}");
}

#[tokio::test]
async fn what_was_written_over_in_every_kind_of_member_is_put_back() {
    let (local, session) = applied(&wide()).await;
    assert_ne!(released(&local), before());
    let told = session.plan(&narrow()).intent(Intent::Prune).await.unwrap();
    let [told] = &messages(&told, "XA1054")[..] else { panic!("{told}") };
    for line in [
        "~ executionMode: \"PARALLEL\" -> \"QUEUED\"",
        "~ variables[val1]: {\"defaultValue\":\"ours\",\"name\":\"val1\"} -> {\"defaultValue\":\"aaa\",\"name\":\"val1\"}",
        "~ stages[Source].actions[Source].namespace: \"Ours\" -> \"SourceVariables\"",
        "~ stages[Source].actions[Source].runOrder: 3 -> 1",
        "- stages[Build].actions[ccc].roleArn: ",
        "~ stages[Build].actions[ccc].runOrder: 5 -> 2",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    assert!(!told.contains("BranchName") && !told.contains("Variables["), "{told}");
    prune(&session, &narrow()).await;
    let mut expected = before();
    expected["stages"][0]["actions"][0]["configuration"]["BranchName"] = "ours".into();
    assert_eq!(released(&local), expected);
}

#[tokio::test]
async fn a_destroy_puts_back_what_the_program_left_before() {
    let (local, session) = applied(&ordered()).await;
    session.apply(&session.plan(&narrow()).await.unwrap()).await.unwrap();
    session.apply(&session.plan(&narrow()).intent(Intent::Destroy).await.unwrap()).await.unwrap();
    assert_eq!(released(&local), before());
}

#[tokio::test]
async fn what_others_changed_since_stays_and_is_told() {
    let (local, session) = applied(&ordered()).await;
    edit(&local, |pipeline| pipeline["stages"][0]["actions"][0]["runOrder"] = 7.into());
    let plan = session.plan(&narrow()).await.unwrap();
    assert!(plan.is_empty() && messages(&plan, "XA1054").is_empty(), "it is theirs: {plan}");
    let plan = prune(&session, &narrow()).await;
    assert_eq!(
        messages(&plan, "XA1019"),
        [format!(
            "`stages[Source].actions[Source].runOrder` of pipeline `{RELEASE}` stays as it is: the program no longer writes it, and others have \
             changed it since it did"
        )]
    );
    assert_eq!(released(&local)["stages"][0]["actions"][0]["runOrder"], 7);
}

#[tokio::test]
async fn what_others_wrote_before_the_program_wrote_over_it_is_what_is_put_back() {
    let (local, session) = applied(&narrow()).await;
    edit(&local, |pipeline| pipeline["stages"][0]["actions"][0]["runOrder"] = 2.into());
    edit(&local, |pipeline| pipeline["executionMode"] = "SUPERSEDED".into());
    session.apply(&session.plan(&ordered()).await.unwrap()).await.unwrap();
    assert_eq!(released(&local)["stages"][0]["actions"][0]["runOrder"], 3);
    edit(&local, |pipeline| pipeline["executionMode"] = "QUEUED".into());
    prune(&session, &narrow()).await;
    assert_eq!(released(&local)["stages"][0]["actions"][0]["runOrder"], 2);
}

#[tokio::test]
async fn what_is_not_in_the_history_any_more_is_told_and_stays() {
    let (local, session) = applied(&ordered()).await;
    let client = aws_sdk_codepipeline::Client::new(&local.sdk_config("111111111111", "ap-northeast-1"));
    let tag = Tag::builder().key("codepipeline-xacct:extended-by:release").value("7").build().unwrap();
    client.tag_resource().resource_arn(RELEASE).tags(tag).send().await.unwrap();
    let ours = released(&local);
    let plan = session.plan(&narrow()).await.unwrap();
    let [told] = &messages(&plan, "XA1054")[..] else { panic!("{plan}") };
    let line = "\n      ? stages[Source].actions[Source].runOrder: what it held before is not known";
    assert!(told.contains(line), "{told}");
    let plan = prune(&session, &narrow()).await;
    assert_eq!(
        messages(&plan, "XA1024"),
        [format!(
            "`stages[Source].actions[Source].runOrder` of pipeline `{RELEASE}` keeps what the program wrote, since it is not known what it held \
             before"
        )]
    );
    assert_eq!(released(&local), ours);
}

#[tokio::test]
async fn a_prune_that_failed_is_made_up_for_by_the_next_one() {
    let (local, session) = applied(&wide()).await;
    local.faults().add(Fault::on("UpdatePipeline").access_denied());
    session.apply(&session.plan(&narrow()).intent(Intent::Prune).await.unwrap()).await.unwrap_err();
    local.faults().clear();
    let plan = session.plan(&narrow()).drift(Drift::Refuse).intent(Intent::Prune).await.unwrap();
    assert_eq!(messages(&plan, "XA1054").len(), 1, "{plan}");
    prune(&session, &narrow()).await;
    let mut expected = before();
    expected["stages"][0]["actions"][0]["configuration"]["BranchName"] = "ours".into();
    assert_eq!(released(&local), expected);
}

/// Adds a stage and writes over a key.
mod adding {
    use codepipeline_xacct_aws_tests::{Deploy, DeployInvoker, Tooling};
    codepipeline_xacct::pipeline! {
        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",
            service_role: extended(
                "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
            ),
            variables: { more: "x" },

            stage "Source" {
                source "Source": CodeCommit { branch: "ours" }
            }
            add stage "Deploy" after "Build" {
                invoke "deploy": Deploy { role: DeployInvoker }
            }
        }
    }
}

#[tokio::test]
async fn a_pipeline_that_leaves_the_program_gets_back_what_it_held() {
    let smaller = Topology::builder("release").add(Deploy).build().unwrap();
    for intent in [Intent::Prune, Intent::Destroy] {
        for topology in [wide(), Topology::builder("release").add(adding::Release).build().unwrap()] {
            let (local, session) = applied(&topology).await;
            edit(&local, |pipeline| {
                pipeline["stages"][0]["actions"][0]["configuration"]["PollForSourceChanges"] = "true".into()
            });
            let plan = session.plan(&smaller).orphans().await.unwrap();
            let left = format!(
                "pipeline `{RELEASE}` is no longer in the program, but still holds what the program wrote into it; before, it was version 8"
            );
            assert!(messages(&plan, "XA1020").contains(&left), "{plan}");
            let plan = session.plan(&smaller).intent(intent).await.unwrap();
            session.apply(&plan).await.unwrap();
            let mut expected = before();
            expected["stages"][0]["actions"][0]["configuration"]["PollForSourceChanges"] = "true".into();
            assert_eq!(released(&local), expected, "{intent:?} {plan}");
            let kept = held(&local).unwrap();
            let kept = kept.get(RELEASE).unwrap_or_else(|| panic!("{kept:?}")).to_string()
                + &kept.get(SERVICE).unwrap().to_string();
            assert!(!kept.contains("codepipeline-xacct"), "{kept}");
            assert!(session.plan(&smaller).intent(intent).await.unwrap().is_empty());
        }
    }
}

#[tokio::test]
async fn a_pipeline_that_left_a_topology_which_is_renamed_is_put_back_under_the_former_name() {
    let (local, session) = applied(&wide()).await;
    let renamed = Topology::builder("delivery").add(Deploy).build().unwrap();
    let plan = session.plan(&renamed).renamed_from("release".parse().unwrap()).intent(Intent::Prune).await.unwrap();
    let told = plan.warnings().iter().filter(|warning| warning.code == "XA1020");
    let helps: Vec<&str> = told.filter_map(|warning| warning.help.as_deref()).collect();
    let before_rename = |what: &str| format!("to {what}, prune before the topology `release` is renamed");
    let all = ["delete the policy", "delete it", "put back what was there before"];
    assert_eq!(helps, all.map(before_rename), "{plan}");
    prune(&session, &Topology::builder("release").add(Deploy).build().unwrap()).await;
    assert_eq!(released(&local), before());
}

/// Another team's topology, which writes the same run order.
mod same {
    use codepipeline_xacct_aws_tests::Tooling;
    codepipeline_xacct::pipeline! {
        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",
            execution_mode: PARALLEL,

            stage "Source" {
                source "Source": CodeCommit { run_order: 3 }
            }
        }
    }
}

#[tokio::test]
async fn what_another_topology_writes_as_well_stays() {
    let smaller = Topology::builder("release").add(Deploy).build().unwrap();
    for (left, intent) in [(narrow(), Intent::Prune), (smaller, Intent::Prune), (ordered(), Intent::Destroy)] {
        let (local, session) = applied(&ordered()).await;
        let theirs = Topology::builder("checks").add(same::Release).build().unwrap();
        session.apply(&session.plan(&theirs).await.unwrap()).await.unwrap();
        let plan = session.plan(&left).intent(intent).await.unwrap();
        let told = format!(
            "`stages[Source].actions[Source].runOrder` of pipeline `{RELEASE}` stays as it is: topology `checks` writes it as well"
        );
        assert_eq!(messages(&plan, "XA1019"), [told], "{plan}");
        session.apply(&plan).await.unwrap();
        assert_eq!(released(&local)["stages"][0]["actions"][0]["runOrder"], 3);
        assert!(session.plan(&left).intent(intent).await.unwrap().is_empty());
        let plan = session.plan(&theirs).drift(Drift::Refuse).await.unwrap();
        assert!(plan.is_empty(), "{plan}");
    }
}

#[tokio::test]
async fn a_pipeline_that_another_topology_manages_by_now_stays_as_it_is() {
    let smaller = Topology::builder("release").add(Deploy).build().unwrap();
    let cases = [(&smaller, Intent::Prune), (&smaller, Intent::Destroy), (&ordered(), Intent::Destroy)];
    for (topology, intent) in cases {
        let (local, session) = applied(&ordered()).await;
        let client = aws_sdk_codepipeline::Client::new(&local.sdk_config("111111111111", "ap-northeast-1"));
        let tag = Tag::builder().key("codepipeline-xacct:topology").value("checks").build().unwrap();
        client.tag_resource().resource_arn(RELEASE).tags(tag).send().await.unwrap();
        let ours = released(&local);
        let plan = session.plan(topology).intent(intent).await.unwrap();
        let told = format!("pipeline `{RELEASE}` stays as it is, since it belongs to topology `checks`");
        assert_eq!(messages(&plan, "XA1051"), [told], "{plan}");
        session.apply(&plan).await.unwrap();
        assert_eq!(released(&local), ours);
        let tags = client.list_tags_for_resource().resource_arn(RELEASE).send().await.unwrap();
        assert!(tags.tags().iter().any(|tag| tag.key() == "codepipeline-xacct:extended-by:release"));
    }
}

#[tokio::test]
async fn what_is_taken_out_elsewhere_is_no_change_of_a_member_and_unknown_members_stay() {
    let (local, session) = applied(&wide()).await;
    edit(&local, |pipeline| {
        let source = &mut pipeline["stages"][0];
        source["actions"][0].as_object_mut().unwrap().remove("namespace");
        source["onFailure"]["theirs"] = json!({ "x": 1 });
    });
    let plan = prune(&session, &narrow()).await;
    assert!(messages(&plan, "XA1019").is_empty(), "{plan}");
    let mut expected = before();
    expected["stages"][0]["actions"][0]["configuration"]["BranchName"] = "ours".into();
    expected["stages"][0]["actions"][0].as_object_mut().unwrap().remove("namespace");
    expected["stages"][0]["onFailure"]["theirs"] = json!({ "x": 1 });
    assert_eq!(released(&local), expected);
}

#[tokio::test]
async fn what_others_wrote_and_the_program_adopted_stays() {
    let (local, session) = applied(&wide()).await;
    edit(&local, |pipeline| pipeline["stages"][0]["actions"][0]["runOrder"] = 2.into());
    session.apply(&session.plan(&narrow()).await.unwrap()).await.unwrap();
    edit(&local, |pipeline| pipeline["stages"][0]["actions"][0]["configuration"]["BranchName"] = "theirs".into());
    let theirs = Topology::builder("release").add(adopting::Release).build().unwrap();
    session.apply(&session.plan(&theirs).await.unwrap()).await.unwrap();
    let plan = session.plan(&theirs).drift(Drift::Refuse).await.unwrap();
    assert!(plan.is_empty(), "{plan}");
    let bare = Topology::builder("release").add(bare::Release).build().unwrap();
    let plan = prune(&session, &bare).await;
    let told = [messages(&plan, "XA1024"), messages(&plan, "XA1054")].concat();
    assert!(told.iter().all(|told| !told.contains("BranchName")), "{plan}");
    assert_eq!(released(&local)["stages"][0]["actions"][0]["configuration"]["BranchName"], "theirs");
}

/// Says what others wrote.
mod adopting {
    use codepipeline_xacct_aws_tests::Tooling;
    codepipeline_xacct::pipeline! {
        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",

            stage "Source" {
                source "Source": CodeCommit { branch: "theirs" }
            }
        }
    }
}

/// Writes nothing of the branch.
mod bare {
    use codepipeline_xacct_aws_tests::Tooling;
    codepipeline_xacct::pipeline! {
        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",

            stage "Source" {
                source "Source": CodeCommit { run_order: 2 }
            }
        }
    }
}

#[tokio::test]
async fn a_mark_that_is_no_version_is_not_known() {
    for mark in ["0", "-1", "x"] {
        let (local, session) = applied(&ordered()).await;
        let client = aws_sdk_codepipeline::Client::new(&local.sdk_config("111111111111", "ap-northeast-1"));
        let tag = Tag::builder().key("codepipeline-xacct:extended-by:release").value(mark).build().unwrap();
        client.tag_resource().resource_arn(RELEASE).tags(tag).send().await.unwrap();
        let plan = session.plan(&narrow()).await.unwrap();
        let [told] = &messages(&plan, "XA1054")[..] else { panic!("{plan}") };
        assert!(told.contains("what it held before is not known"), "{told}");
    }
}

/// What a team relies on of what the program wrote.
mod typed {
    use codepipeline_xacct_aws_tests::Tooling;
    codepipeline_xacct::pipeline! {
        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",
            pipeline_type: V2,

            stage "Source" {
                source "Source": CodeCommit { branch: "ours", namespace: Ours, run_order: 3 }
            }
        }
    }
}

/// A pipeline of type V1.
fn old() -> Local {
    let local = as_the_console_left_it().unwrap();
    edit(&local, |pipeline| {
        for member in ["variables", "executionMode"] {
            pipeline.as_object_mut().unwrap().remove(member);
        }
        pipeline["pipelineType"] = "V1".into();
        for stage in pipeline["stages"].as_array_mut().unwrap() {
            stage.as_object_mut().unwrap().remove("onFailure");
        }
        pipeline["stages"][1]["actions"] = json!([approval("ask", "-")]);
    });
    local
}

fn approval(name: &str, text: &str) -> Value {
    let id = json!({ "category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1" });
    json!({ "name": name, "actionTypeId": id, "configuration": { "CustomData": text } })
}

#[tokio::test]
async fn what_others_have_come_to_rely_on_stays() {
    let typed = Topology::builder("release").add(typed::Release).build().unwrap();
    let smaller = Topology::builder("release").add(Deploy).build().unwrap();
    for (left, intent) in [(narrow(), Intent::Prune), (narrow(), Intent::Destroy), (smaller, Intent::Prune)] {
        let local = old();
        let session = local.connect(&wide()).await.unwrap();
        session.apply(&session.plan(&typed).await.unwrap()).await.unwrap();
        edit(&local, |pipeline| {
            pipeline["variables"] = json!([{ "name": "theirs", "defaultValue": "1" }]);
            let actions = pipeline["stages"][1]["actions"].as_array_mut().unwrap();
            actions.push(approval("theirs", "#{Ours.CommitId}"));
        });
        let plan = session.plan(&left).intent(intent).await.unwrap();
        let stay = messages(&plan, "XA1019");
        let begin =
            |path: &str| format!("`{path}` of pipeline `{RELEASE}` stays as it is: what was there before does not fit");
        for path in ["pipelineType", "stages[Source].actions[Source].namespace"] {
            assert!(stay.iter().any(|told| told.starts_with(&begin(path))), "{path}: {plan}");
        }
        assert_eq!(stay.len(), 2, "{plan}");
        session.apply(&plan).await.unwrap();
        let after = released(&local);
        assert_eq!(after["pipelineType"], "V2");
        assert_eq!(after["stages"][0]["actions"][0]["namespace"], "Ours");
        assert_eq!(after["stages"][0]["actions"][0]["runOrder"], 1);
        assert!(session.plan(&left).intent(intent).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_stage_that_others_renamed_is_told_when_its_pipeline_leaves_the_program() {
    let (local, session) = applied(&ordered()).await;
    edit(&local, |pipeline| pipeline["stages"][0]["name"] = "Code".into());
    let ours = released(&local);
    let smaller = Topology::builder("release").add(Deploy).build().unwrap();
    let plan = session.plan(&smaller).intent(Intent::Prune).await.unwrap();
    let told = format!(
        "something that the program wrote into pipeline `{RELEASE}` is not there any more, or has another name: what others made of it stays"
    );
    assert_eq!(messages(&plan, "XA1019"), [told], "{plan}");
    session.apply(&plan).await.unwrap();
    assert_eq!(released(&local), ours);
}
