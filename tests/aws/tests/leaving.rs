//! What is left behind: destroy restores what extended pipelines held, what is no longer in the program is found and
//! pruned, and a topology gets another name.

use aws_sdk_codepipeline::types::Tag;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use codepipeline_xacct::Topology;
use codepipeline_xacct::aws::{PlanError, Session};
use codepipeline_xacct::core::plan::{Intent, Plan, TOPOLOGY_TAG};
use codepipeline_xacct::local::{Fault, Local};
use codepipeline_xacct_aws_tests::*;
use serde_json::Value;

fn topology() -> Topology {
    Topology::builder("release").add(Release).build().unwrap()
}

/// The same with another name for the role in B, and without B's pipeline, which belongs to others.
mod renamed {
    codepipeline_xacct::pipeline! {
        pub account Tooling = "111111111111";
        pub account Prod = "222222222222";

        pub role DeployInvoker in Prod { name: "invoker", trusts: [Tooling], starts: [Deploy] }

        pub extern pipeline Deploy in Prod {
            name: "hoge1005command",
            region: "ap-northeast-1",
            variables: { val1: "none" },
        }

        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",
            service_role: extended(
                "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
            ),

            stage "Build" {
                invoke "ccc": Deploy { role: DeployInvoker }
            }
        }
    }
}

/// The role in B, which A may no longer assume.
mod narrower {
    codepipeline_xacct::pipeline! {
        pub account Prod = "222222222222";

        pub role DeployInvoker in Prod {
            name: "hoge0316-crossaccount-pipeline",
            trusts: [role("arn:aws:iam::222222222222:role/hoge1005command-service")],
            starts: [Deploy],
        }

        pub extern pipeline Deploy in Prod {
            name: "hoge1005command",
            region: "ap-northeast-1",
            variables: { val1: "none" },
        }
    }
}

fn renamed_topology() -> Topology {
    Topology::builder("release").add(renamed::Release).build().unwrap()
}

async fn applied() -> (Local, Session) {
    let local = as_the_console_left_it().unwrap();
    let session = local.connect(&topology()).await.unwrap();
    session.apply(&session.plan(&topology()).await.unwrap()).await.unwrap();
    (local, session)
}

async fn to_destroy(session: &Session) -> Result<Plan, PlanError> {
    session.plan(&topology()).intent(Intent::Destroy).await
}

fn iam(local: &Local, account: &str) -> aws_sdk_iam::Client {
    aws_sdk_iam::Client::new(&local.sdk_config(account, "us-east-1"))
}

fn codepipeline(local: &Local, account: &str) -> aws_sdk_codepipeline::Client {
    aws_sdk_codepipeline::Client::new(&local.sdk_config(account, "ap-northeast-1"))
}

fn steps(plan: &Plan) -> Vec<String> {
    plan.steps().iter().map(ToString::to_string).collect()
}

async fn marks(local: &Local) -> Vec<(String, String)> {
    let tags = codepipeline(local, "111111111111").list_tags_for_resource().resource_arn(RELEASE).send().await.unwrap();
    // Digests tell nothing here.
    let value = |tag: &Tag| if tag.key().contains(":applied-by:") { "record" } else { tag.value() }.to_owned();
    let mut marks: Vec<_> = tags.tags().iter().map(|tag| (tag.key().to_owned(), value(tag))).collect();
    marks.sort();
    marks
}

/// The tags of a topology that extends A's pipeline since its version 8.
fn marks_of(topology: &str) -> Vec<(String, String)> {
    vec![
        (format!("codepipeline-xacct:applied-by:{topology}:1"), "record".to_owned()),
        (format!("codepipeline-xacct:extended-by:{topology}"), "8".to_owned()),
    ]
}

/// Edits A's pipeline as its team would.
async fn edit(local: &Local, change: impl Fn(&mut Value)) {
    let client = codepipeline(local, "111111111111");
    let mut declaration = serde_json::to_value(local.pipeline(&RELEASE.parse().unwrap()).unwrap()).unwrap();
    change(&mut declaration);
    local
        .put_pipeline(
            &RELEASE.parse().unwrap(),
            &serde_json::from_value(serde_json::json!({"pipeline": declaration})).unwrap(),
        )
        .unwrap();
    assert!(client.get_pipeline().name("hoge0315pipeline1").send().await.is_ok());
}

#[tokio::test]
async fn destroy_puts_back_what_an_extended_pipeline_held() {
    let local = as_the_console_left_it().unwrap();
    let before = released(&local);
    let session = local.connect(&topology()).await.unwrap();
    session.apply(&session.plan(&topology()).await.unwrap()).await.unwrap();
    assert_eq!(marks(&local).await, marks_of("release"));
    assert_ne!(released(&local), before);

    let plan = to_destroy(&session).await.unwrap();
    assert_eq!(
        steps(&plan),
        [
            "~ pipeline hoge0315pipeline1 (ap-northeast-1)",
            "- pipeline hoge1005command (ap-northeast-1)",
            "- role service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1: inline policy codepipeline-xacct-release",
            "- role hoge0316-crossaccount-pipeline: inline policy codepipeline-xacct-release",
            "- pipeline hoge0315pipeline1 (ap-northeast-1): tags",
            "- role hoge1005command-service: inline policy codepipeline-xacct-release",
            "- role hoge0316-crossaccount-pipeline",
            "- role hoge1005command-service",
        ]
    );
    session.apply(&plan).await.unwrap();
    assert_eq!(released(&local), before);
    assert_eq!(marks(&local).await, []);
    assert!(to_destroy(&session).await.unwrap().is_empty());
    // Its team can continue with it.
    let client = codepipeline(&local, "111111111111");
    let now = client.get_pipeline().name("hoge0315pipeline1").send().await.unwrap().pipeline.unwrap();
    client.update_pipeline().pipeline(now).send().await.unwrap();
}

#[tokio::test]
async fn what_others_wrote_since_stays_when_the_rest_is_put_back() {
    let (local, session) = applied().await;
    edit(&local, |pipeline| pipeline["stages"][0]["actions"][0]["configuration"]["BranchName"] = "theirs".into()).await;
    session.apply(&to_destroy(&session).await.unwrap()).await.unwrap();
    let pipeline = released(&local);
    assert_eq!(pipeline["stages"][0]["actions"][0]["configuration"]["BranchName"], "theirs");
    assert!(!pipeline.to_string().contains("hoge0316-crossaccount-pipeline"), "{pipeline}");
}

#[tokio::test]
async fn a_second_change_of_the_program_keeps_the_first_mark() {
    let (local, session) = applied().await;
    let passing = Topology::builder("release").add(passing::Release).build().unwrap();
    session.apply(&session.plan(&passing).await.unwrap()).await.unwrap();
    assert!(marks(&local).await.contains(&marks_of("release")[1]));
    let plan = session.plan(&passing).intent(Intent::Destroy).await.unwrap();
    session.apply(&plan).await.unwrap();
    assert_eq!(released(&local), {
        let mut before = serde_json::to_value(article("before").unwrap().pipeline).unwrap();
        before.as_object_mut().unwrap().remove("version");
        before
    });
}

#[tokio::test]
async fn a_role_that_a_pipeline_still_names_is_not_deleted() {
    let (local, session) = applied().await;
    codepipeline(&local, "111111111111")
        .untag_resource()
        .resource_arn(RELEASE)
        .tag_keys("codepipeline-xacct:extended-by:release")
        .send()
        .await
        .unwrap();
    let error = to_destroy(&session).await.unwrap_err().to_string();
    assert!(
        error.contains(
            "warning[XA1024] pipeline Release: pipeline `arn:aws:codepipeline:ap-northeast-1:111111111111:hoge0315pipeline1` keeps what the \
             program wrote, since it is not known what it held before"
        ),
        "{error}"
    );
    let error = error
        .split("\n")
        .filter(|line| !line.contains("XA1024") && !line.contains("put back by hand"))
        .collect::<Vec<_>>();
    let error = error.join("\n");
    assert_eq!(
        error.trim(),
        "error[XA1017] pipeline Release / stage \"Build\" / action \"ccc\": role \
         `arn:aws:iam::222222222222:role/hoge0316-crossaccount-pipeline` would be deleted, but the action runs with it: runs of pipeline \
         `arn:aws:codepipeline:ap-northeast-1:111111111111:hoge0315pipeline1` would fail, and it could no longer be updated\n  \
         help: give it another role first, or put back what it had: `aws codepipeline get-pipeline --pipeline-version` shows earlier versions"
    );
}

#[tokio::test]
async fn a_managed_role_does_not_lose_what_the_pipeline_of_another_program_needs() {
    let (_local, session) = applied().await;
    let topology = Topology::builder("release").add(narrower::DeployInvoker).build().unwrap();
    let error = session.plan(&topology).await.unwrap_err().to_string();
    assert!(error.contains("error[XA1031] pipeline hoge0315pipeline1"), "{error}");
}

#[tokio::test]
async fn destroy_names_what_another_topology_has_by_now() {
    let (local, session) = applied().await;
    let tag = aws_sdk_iam::types::Tag::builder().key(TOPOLOGY_TAG).value("other").build().unwrap();
    let call = iam(&local, "222222222222").tag_role().role_name("hoge0316-crossaccount-pipeline").tags(tag);
    call.send().await.unwrap();
    let plan = to_destroy(&session).await.unwrap();
    let stays: Vec<&str> = plan.warnings().iter().filter(|w| w.code == "XA1051").map(|w| w.message.as_str()).collect();
    assert_eq!(stays, [format!("role `{INVOKER}` stays, since it belongs to topology `other`")]);
    assert!(!steps(&plan).iter().any(|step| step == "- role hoge0316-crossaccount-pipeline"), "{plan}");
}

#[tokio::test]
async fn a_role_with_policies_of_others_is_not_begun_to_be_deleted() {
    let (local, session) = applied().await;
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;
    let iam = iam(&local, "222222222222");
    let role = "hoge1005command-service";
    iam.put_role_policy().role_name(role).policy_name("theirs").policy_document(policy).send().await.unwrap();
    let error = to_destroy(&session).await.unwrap_err().to_string();
    assert!(error.contains("error[XA1018]") && error.contains("policies of others: inline policy `theirs`"), "{error}");
    // A plan to converge says that it is there.
    let plan = session.plan(&topology()).await.unwrap();
    let warnings: Vec<String> = plan.warnings().iter().map(ToString::to_string).collect();
    let of_role = |text: &&String| {
        text.contains("XA1022") && text.contains("\n      inline policy `theirs`: may s3:GetObject on *\n")
    };
    assert_eq!(warnings.iter().filter(of_role).count(), 1, "{warnings:?}");
    iam.delete_role_policy().role_name(role).policy_name("theirs").send().await.unwrap();
    session.apply(&to_destroy(&session).await.unwrap()).await.unwrap();
}

#[tokio::test]
async fn an_attached_policy_and_a_boundary_that_the_program_does_not_declare_are_shown() {
    let (local, session) = applied().await;
    let iam = iam(&local, "222222222222");
    let role = "hoge1005command-service";
    let policy = |action: &str| {
        format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"*"}}]}}"#)
    };
    let made = async |name: &str, action: &str| {
        let made = iam.create_policy().policy_name(name).policy_document(policy(action)).send().await.unwrap();
        made.policy().unwrap().arn().unwrap().to_owned()
    };
    let (attached, boundary) = (made("attached", "sqs:SendMessage").await, made("limit", "*").await);
    iam.attach_role_policy().role_name(role).policy_arn(&attached).send().await.unwrap();
    iam.put_role_permissions_boundary().role_name(role).permissions_boundary(&boundary).send().await.unwrap();
    let plan = session.plan(&topology()).await.unwrap();
    assert!(plan.is_empty(), "{plan}");
    let warnings: Vec<String> =
        plan.warnings().iter().filter(|warning| warning.code == "XA1022").map(ToString::to_string).collect();
    let [warning] = &warnings[..] else { panic!("{warnings:?}") };
    let arn = "arn:aws:iam::222222222222:role/hoge1005command-service";
    let message = format!("role `{arn}` has what the program does not declare: ");
    assert!(warning.contains(&message), "{warning}");
    for part in [
        format!("\n      attached policy `{attached}`: may sqs:SendMessage on *\n"),
        "\n      a permissions boundary: may * on *\n".to_owned(),
    ] {
        assert!(warning.contains(&part), "{part}: {warning}");
    }
    // It is what the accounts hold, so nothing of it is taken away by an apply.
    session.apply(&plan).await.unwrap();
    let there = iam.get_role().role_name(role).send().await.unwrap().role.unwrap();
    assert_eq!(there.permissions_boundary().unwrap().permissions_boundary_arn(), Some(boundary.as_str()));
    iam.detach_role_policy().role_name(role).policy_arn(&attached).send().await.unwrap();
    iam.delete_role_permissions_boundary().role_name(role).send().await.unwrap();
    let plan = session.plan(&topology()).await.unwrap();
    assert!(plan.warnings().iter().all(|warning| warning.code != "XA1022"), "{plan}");
}

#[tokio::test]
async fn what_left_the_program_is_reported_and_stays_while_a_pipeline_uses_it() {
    let (_local, session) = applied().await;
    let plan = session.plan(&renamed_topology()).await.unwrap();
    let warnings: Vec<String> =
        plan.warnings().iter().filter(|w| w.code == "XA1020").map(|warning| warning.message.clone()).collect();
    assert_eq!(
        warnings,
        ["role `arn:aws:iam::222222222222:role/hoge0316-crossaccount-pipeline` was `DeployInvoker`, which is now \
          `arn:aws:iam::222222222222:role/invoker`; the old one is still there"]
    );
    session.apply(&plan).await.unwrap();

    // Nothing that a plan writes names it any more; a list of all has it, and the role of the pipeline that belongs to others now.
    let seen = |plan: &Plan| plan.warnings().iter().filter(|w| w.code == "XA1020").count();
    assert_eq!(seen(&session.plan(&renamed_topology()).await.unwrap()), 0);
    assert_eq!(seen(&session.plan(&renamed_topology()).orphans().await.unwrap()), 2);

    let plan = session.plan(&renamed_topology()).intent(Intent::Prune).await;
    let error = plan.unwrap_err().to_string();
    assert!(error.contains("XA1017") && error.contains("hoge1005command-service` would be deleted"), "{error}");
}

#[tokio::test]
async fn a_saved_plan_is_refused_once_a_pipeline_that_it_has_started_takes_other_variables() {
    let (local, session) = applied().await;
    let plan = session.plan(&renamed_topology()).await.unwrap();
    let saved: Plan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
    let deploy = local.pipeline(&DEPLOY.parse().unwrap()).unwrap();
    let put = |change: &dyn Fn(&mut Value)| {
        let mut declaration = serde_json::to_value(&deploy).unwrap();
        change(&mut declaration);
        let document = serde_json::from_value(serde_json::json!({ "pipeline": declaration })).unwrap();
        local.put_pipeline(&DEPLOY.parse().unwrap(), &document).unwrap();
    };
    let gone: &dyn Fn(&mut Value) = &|pipeline| drop(pipeline.as_object_mut().unwrap().remove("variables"));
    let needed: &dyn Fn(&mut Value) = &|pipeline| pipeline["variables"] = serde_json::json!([{ "name": "val1" }]);
    for change in [gone, needed] {
        put(change);
        let error = session.apply(&saved).await.unwrap_err().to_string();
        assert!(error.contains(&format!("changed since it was made: pipeline `{DEPLOY}`\n")), "{error}");
    }
    // What a default is makes no difference to the wiring.
    put(&|pipeline| pipeline["variables"][0]["defaultValue"] = "other".into());
    session.apply(&saved).await.unwrap();
}

#[tokio::test]
async fn prune_changes_what_is_there_before_it_deletes_what_left() {
    let (local, session) = applied().await;
    let topology = Topology::builder("release").add(other_role::Release).build().unwrap();
    let plan = session.plan(&topology).intent(Intent::Prune).await.unwrap();
    let all = steps(&plan);
    assert_eq!(
        all[all.len() - 2..],
        [
            "- role hoge0316-crossaccount-pipeline: inline policy codepipeline-xacct-release",
            "- role hoge0316-crossaccount-pipeline"
        ]
    );
    let last = plan.steps().last().unwrap();
    assert!(
        last.after.iter().any(|id| id.to_string() == "~ pipeline hoge0315pipeline1 (111111111111, ap-northeast-1)"),
        "{last:?}"
    );
    session.apply(&plan).await.unwrap();
    assert!(iam(&local, "222222222222").get_role().role_name("hoge0316-crossaccount-pipeline").send().await.is_err());
    assert!(session.plan(&topology).intent(Intent::Prune).await.unwrap().is_empty());
    let execution = session.start_arn(RELEASE.parse().unwrap()).await.unwrap();
    let finished = execution.wait().poll(std::time::Duration::from_millis(1)).await.unwrap();
    assert!(finished.succeeded(), "{finished}");
}

/// B's pipeline with its tags in a Region that the program doesn't have.
async fn left_in_ireland(local: &Local) {
    let codepipeline = |region: &str| aws_sdk_codepipeline::Client::new(&local.sdk_config("222222222222", region));
    let there = codepipeline("ap-northeast-1");
    let mut pipeline = there.get_pipeline().name("hoge1005command").send().await.unwrap().pipeline.unwrap();
    pipeline.version = None;
    for action in pipeline.stages.iter_mut().flat_map(|stage| &mut stage.actions) {
        action.region = None;
    }
    let tags = there.list_tags_for_resource().resource_arn(DEPLOY).send().await.unwrap().tags;
    codepipeline("eu-west-1").create_pipeline().pipeline(pipeline).set_tags(tags).send().await.unwrap();
}

#[tokio::test]
async fn what_left_together_with_its_region_is_found() {
    let (local, session) = applied().await;
    left_in_ireland(&local).await;
    let plan = session.plan(&topology()).orphans().await.unwrap();
    let warnings: Vec<&str> =
        plan.warnings().iter().filter(|w| w.code == "XA1020").map(|w| w.message.as_str()).collect();
    assert_eq!(
        warnings,
        ["pipeline `arn:aws:codepipeline:eu-west-1:222222222222:hoge1005command` was `Deploy`, which is now \
          `arn:aws:codepipeline:ap-northeast-1:222222222222:hoge1005command`; the old one is still there"]
    );
    session.apply(&to_destroy(&session).await.unwrap()).await.unwrap();
    assert!(!held(&local).unwrap().contains_key("arn:aws:codepipeline:eu-west-1:222222222222:hoge1005command"));
}

/// B's pipeline alone: A, whose pipeline calls it, is no longer in the program.
fn smaller() -> Topology {
    Topology::builder("release").add(Deploy).build().unwrap()
}

#[tokio::test]
async fn a_role_that_a_pipeline_of_an_account_that_left_names_is_not_deleted() {
    let (local, session) = applied().await;
    // Otherwise it would get back what it held.
    let untag = codepipeline(&local, "111111111111").untag_resource().resource_arn(RELEASE);
    let keys = marks(&local).await.into_iter().map(|(key, _)| key).collect();
    untag.set_tag_keys(Some(keys)).send().await.unwrap();
    let error = session.plan(&smaller()).intent(Intent::Prune).await.unwrap_err().to_string();
    assert!(
        error.contains("error[XA1017]") && error.contains(&format!("role `{INVOKER}` would be deleted")),
        "{error}"
    );
    assert!(error.contains(&format!("runs of pipeline `{RELEASE}` would fail")), "{error}");
}

#[tokio::test]
async fn what_is_left_in_an_account_that_left_the_program_is_found_shown_and_pruned() {
    let local = as_the_console_left_it().unwrap();
    let session = local.connect(&topology()).await.unwrap();
    let smaller = smaller();
    session.apply(&session.plan(&smaller).await.unwrap()).await.unwrap();
    let tag = aws_sdk_iam::types::Tag::builder().key(TOPOLOGY_TAG).value("release").build().unwrap();
    let create = iam(&local, "111111111111").create_role().role_name("release-service").tags(tag);
    create.assume_role_policy_document(service_trust().unwrap().to_json()).send().await.unwrap();

    let plan = session.plan(&smaller).orphans().await.unwrap();
    let left = "role `arn:aws:iam::111111111111:role/release-service` is no longer in the program but still exists";
    assert!(plan.warnings().iter().any(|w| w.code == "XA1020" && w.message == left), "{plan}");
    let plan = session.plan(&smaller).intent(Intent::Prune).await.unwrap();
    assert_eq!(steps(&plan), ["- role release-service"]);
    assert!(plan.to_string().contains("\naccount 111111111111\n  - role release-service\n"), "{plan}");
    assert!(plan.accounts().iter().any(|account| account.id.as_str() == "111111111111"));
    session.apply(&plan).await.unwrap();
    assert!(session.plan(&smaller).intent(Intent::Prune).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_role_for_an_account_that_is_not_reached_is_only_deleted_on_request() {
    let (local, _) = applied().await;
    let session = local.connect(&smaller()).await.unwrap();
    let error = session.plan(&smaller()).intent(Intent::Prune).await.unwrap_err().to_string();
    assert_eq!(
        error,
        format!(
            "error[XA1036] role hoge0316-crossaccount-pipeline: role `{INVOKER}` would be deleted, but its trust policy names account \
             111111111111, which was not searched for pipelines that use it\n  help: give credentials for account 111111111111, with \
             `--profile 111111111111=…`; or look there yourself, and plan with `.not_used_in(…)`, or `--not-used-in 111111111111`, if no \
             pipeline does"
        )
    );
    let topology = smaller();
    let prune = || session.plan(&topology).intent(Intent::Prune);
    assert!(prune().not_used_in("333333333333".parse().unwrap()).await.is_err());
    let plan = prune().not_used_in("111111111111".parse().unwrap()).await.unwrap();
    assert!(steps(&plan).contains(&"- role hoge0316-crossaccount-pipeline".to_owned()), "{plan}");
}

#[tokio::test]
async fn a_role_that_everybody_may_assume_is_looked_for_in_its_own_account() {
    let (local, session) = applied().await;
    let everybody = trust(r#"{"AWS":"*"}"#).unwrap();
    let call = iam(&local, "222222222222").update_assume_role_policy().role_name("hoge0316-crossaccount-pipeline");
    call.policy_document(everybody.to_json()).send().await.unwrap();
    let plan = to_destroy(&session).await.unwrap();
    let known = format!(
        "role `{INVOKER}` would be deleted, and it is not known which pipelines of other accounts run with it: its trust policy names everybody"
    );
    assert!(plan.warnings().iter().any(|w| w.code == "XA1032" && w.message == known), "{plan}");

    let mut pipeline = article("before").unwrap();
    pipeline.pipeline.name = "theirs".to_owned();
    pipeline.pipeline.stages.as_mut().unwrap()[1].actions.as_mut().unwrap()[0].role_arn = Some(INVOKER.to_owned());
    local.put_pipeline(&"arn:aws:codepipeline:eu-west-1:222222222222:theirs".parse().unwrap(), &pipeline).unwrap();
    let error = to_destroy(&session).await.unwrap_err().to_string();
    assert!(
        error.contains("error[XA1017]") && error.contains(&format!("role `{INVOKER}` would be deleted")),
        "{error}"
    );
}

/// A second program of the same name in A: its pipeline runs with the same service role, by what it wrote into the policy of the topology.
async fn of_a_second_program(local: &Local) {
    let theirs = "arn:aws:iam::222222222222:role/theirs";
    local.put_role(&theirs.parse().unwrap(), &trust(&format!(r#"{{"AWS":"{SERVICE}"}}"#)).unwrap(), &[]).unwrap();
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"{theirs}"}}]}}"#
    );
    let iam = iam(local, "111111111111");
    let put = iam.put_role_policy().role_name(SERVICE.rsplit('/').next().unwrap());
    put.policy_name("codepipeline-xacct-release").policy_document(policy).send().await.unwrap();
    let mut pipeline = article("before").unwrap();
    pipeline.pipeline.name = "second".to_owned();
    pipeline.pipeline.stages.as_mut().unwrap()[1].actions.as_mut().unwrap()[0].role_arn = Some(theirs.to_owned());
    local.put_pipeline(&"arn:aws:codepipeline:eu-west-1:111111111111:second".parse().unwrap(), &pipeline).unwrap();
}

#[tokio::test]
async fn what_the_pipeline_of_a_second_program_of_the_same_name_uses_is_not_taken_away() {
    let (local, session) = applied().await;
    of_a_second_program(&local).await;
    let error = session.plan(&topology()).await.unwrap_err().to_string();
    assert!(error.contains("error[XA1031] pipeline second / stage \"Build\" / action \"ccc\": "), "{error}");
}

#[tokio::test]
async fn where_pipelines_can_not_be_listed_it_is_not_known_what_uses_a_shared_role() {
    let (local, session) = applied().await;
    of_a_second_program(&local).await;
    local.faults().add(Fault::on("ListPipelines").account("111111111111").access_denied());
    let plan = session.plan(&topology()).await.unwrap();
    let warnings: Vec<&str> =
        plan.warnings().iter().filter(|w| w.code == "XA1032").map(|w| w.message.as_str()).collect();
    let [warning] = warnings[..] else { panic!("{warnings:?}") };
    let known = format!(
        "role `{SERVICE}` would lose rights, and it is not known which pipelines of account 111111111111 run with it: "
    );
    assert!(warning.starts_with(&known), "{warning}");
}

/// Local AWS, where CodePipeline in a Region that the program doesn't name gives another answer.
#[derive(Debug, Clone)]
struct Elsewhere {
    local: Local,
    status: u16,
    body: &'static str,
}

const NOT_ENABLED: &str =
    r#"{"__type":"UnrecognizedClientException","message":"The security token included in the request is invalid."}"#;

impl HttpClient for Elsewhere {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Elsewhere {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let scope = request.headers().get("authorization").unwrap_or_default();
        if !scope.contains("/af-south-1/codepipeline/") {
            return self.local.call(request);
        }
        HttpConnectorFuture::ready(Ok(HttpResponse::new(self.status.try_into().unwrap(), self.body.into())))
    }
}

impl Elsewhere {
    async fn connect(local: &Local, status: u16, body: &'static str) -> Session {
        let mut builder = Session::builder();
        for account in topology().accounts() {
            let config = local.sdk_config(account.id.as_str(), "ap-northeast-1").to_builder();
            let client = Self { local: local.clone(), status, body };
            builder = builder.account(account.clone(), config.http_client(client).build());
        }
        builder.connect().await.unwrap()
    }
}

#[tokio::test]
async fn regions_that_an_account_has_not_enabled_are_left_out() {
    let (local, _) = applied().await;
    let session = Elsewhere::connect(&local, 400, NOT_ENABLED).await;
    let plan = session.plan(&topology()).orphans().await.unwrap();
    assert!(plan.warnings().iter().all(|warning| warning.code != "XA1021"), "{plan}");
}

#[tokio::test]
async fn only_a_region_that_is_closed_has_no_pipelines_that_use_a_shared_role() {
    let (local, _) = applied().await;
    of_a_second_program(&local).await;
    let denied = r#"{"__type":"AccessDeniedException","message":"User: u is not authorized to perform: codepipeline:ListPipelines because no identity-based policy allows the codepipeline:ListPipelines action"}"#;
    let by_organization = r#"{"__type":"AccessDeniedException","message":"User: u is not authorized to perform: codepipeline:ListPipelines with an explicit deny in a service control policy"}"#;
    let failure = r#"{"__type":"InternalFailure","message":"later"}"#;
    for (status, body, is_known) in
        [(400, NOT_ENABLED, true), (400, by_organization, true), (400, denied, false), (500, failure, false)]
    {
        let session = Elsewhere::connect(&local, status, body).await;
        match session.plan(&topology()).await {
            Ok(plan) => {
                let warned = plan.warnings().iter().any(|w| {
                    w.code == "XA1032" && w.message.contains("it is not known which pipelines of account 111111111111")
                });
                assert!(warned && !is_known, "{body}: {plan}");
            }
            // Its pipeline was found.
            Err(error) => assert!(is_known && error.to_string().contains("XA1031"), "{body}: {error}"),
        }
    }
}

#[tokio::test]
async fn accounts_that_can_not_be_listed_are_named() {
    let (local, session) = applied().await;
    local.faults().add(Fault::on("ListRoles").account("222222222222").access_denied());
    let plan = session.plan(&topology()).orphans().await.unwrap();
    let warnings: Vec<&str> =
        plan.warnings().iter().filter(|w| w.code == "XA1021").map(|w| w.message.as_str()).collect();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(
        warnings[0].starts_with(
            "account 222222222222 could not be searched for resources that are no longer in the program: "
        ),
        "{warnings:?}"
    );
}

#[tokio::test]
async fn a_mark_of_a_version_that_is_not_there_prevents_a_destroy() {
    let (local, session) = applied().await;
    let tag = aws_sdk_codepipeline::types::Tag::builder();
    let tag = tag.key("codepipeline-xacct:extended-by:release").value("77").build().unwrap();
    codepipeline(&local, "111111111111").tag_resource().resource_arn(RELEASE).tags(tag).send().await.unwrap();
    let error = to_destroy(&session).await.unwrap_err().to_string();
    assert!(error.contains("error[XA1007]") && error.contains("so it can't be put back"), "{error}");
}

#[tokio::test]
async fn the_name_that_a_topology_has_is_not_one_that_it_had() {
    let (_local, session) = applied().await;
    let plan = session.plan(&topology()).renamed_from("release".parse().unwrap()).await.unwrap();
    assert!(plan.is_empty(), "{plan}");
}

#[tokio::test]
async fn prune_deletes_nothing_that_carries_the_former_name() {
    let (_local, session) = applied().await;
    let delivery = Topology::builder("delivery").add(renamed::Release).build().unwrap();
    let plan = session.plan(&delivery).renamed_from("release".parse().unwrap()).intent(Intent::Prune).await.unwrap();
    assert!(
        steps(&plan)
            .iter()
            .all(|step| !step.contains("- pipeline hoge1005command") && !step.contains("- role hoge1005")),
        "{plan}"
    );
    assert!(plan.warnings().iter().any(|w| w.code == "XA1020" && w.message.contains("hoge1005command")), "{plan}");
}

#[tokio::test]
async fn a_topology_with_another_name_takes_over_what_had_the_old_one() {
    let (local, session) = applied().await;
    let delivery = Topology::builder("delivery").add(Release).build().unwrap();
    let error = session.plan(&delivery).await.unwrap_err().to_string();
    assert!(
        error.contains("if `delivery` was called `release`, plan with `.renamed_from(…)`, or `--rename-from release`"),
        "{error}"
    );

    let plan = session.plan(&delivery).renamed_from("release".parse().unwrap()).await.unwrap();
    session.apply(&plan).await.unwrap();
    let plan = session.plan(&delivery).orphans().await.unwrap();
    assert!(plan.is_empty(), "{plan}");
    assert!(plan.warnings().iter().all(|warning| warning.code != "XA1020"), "{plan}");
    assert_eq!(marks(&local).await, marks_of("delivery"));
    for role in ["hoge0316-crossaccount-pipeline", "hoge1005command-service"] {
        let iam = iam(&local, "222222222222");
        let names = iam.list_role_policies().role_name(role).send().await.unwrap();
        assert_eq!(names.policy_names(), ["codepipeline-xacct-delivery"]);
        let tags = iam.list_role_tags().role_name(role).send().await.unwrap();
        let owner = tags.tags().iter().find(|tag| tag.key() == TOPOLOGY_TAG).unwrap();
        assert_eq!(owner.value(), "delivery");
    }
    session.apply(&session.plan(&delivery).intent(Intent::Destroy).await.unwrap()).await.unwrap();
}
