//! The article's own case: extend what exists in A, make what is missing in B, run it.

use std::time::Duration;

use aws_sdk_codepipeline::Client;
use codepipeline_xacct::aws::{FollowedExecution, Session, StepError};
use codepipeline_xacct::core::declaration::PipelineDeclaration;
use codepipeline_xacct::core::ids::PipelineArn;
use codepipeline_xacct::core::plan::{Conflict, Step, Write};
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::local::Local;
use codepipeline_xacct::{Item, Topology};
use codepipeline_xacct_aws_tests::*;
use serde_json::Value;

fn topology(item: impl Item) -> Topology {
    Topology::builder("release").add(item).build().unwrap()
}

async fn apply(local: &Local, topology: &Topology) -> Vec<Step> {
    let session = local.connect(topology).await.unwrap();
    let plan = session.plan(topology).await.unwrap();
    session.apply(&plan).await.unwrap();
    let second = session.plan(topology).await.unwrap();
    assert!(second.is_empty(), "the second plan is not empty:\n{second}");
    plan.steps().to_vec()
}

/// Runs A's pipeline with a value for its variable.
async fn run(session: &Session, value: &str) -> FollowedExecution {
    let variable = "val1".parse().unwrap();
    let execution = session.start_arn(RELEASE.parse().unwrap()).variable(&variable, value).await.unwrap();
    execution.wait().poll(Duration::from_millis(1)).timeout(Duration::from_secs(600)).await.unwrap()
}

fn without_version(declaration: &PipelineDeclaration) -> Value {
    let mut declaration = declaration.clone();
    declaration.version = None;
    serde_json::to_value(declaration).unwrap()
}

#[tokio::test]
async fn the_result_is_the_pipeline_of_the_article() {
    let local = as_the_console_left_it().unwrap();
    apply(&local, &topology(Release)).await;
    let after = local.pipeline(&RELEASE.parse().unwrap()).unwrap();
    assert_eq!(without_version(&after), without_version(&article("after").unwrap().pipeline));
    assert_eq!(after.version, Some(9));
}

#[tokio::test]
async fn passing_the_variable_changes_nothing_but_variables() {
    let local = as_the_console_left_it().unwrap();
    apply(&local, &topology(passing::Release)).await;
    let mut after = without_version(&local.pipeline(&RELEASE.parse().unwrap()).unwrap());
    let configuration = after["stages"][1]["actions"][0]["configuration"].as_object_mut().unwrap();
    let variables = configuration.shift_remove("Variables").unwrap();
    assert_eq!(variables, r##"[{"name":"val1","value":"#{variables.val1}"}]"##);
    assert_eq!(after, without_version(&article("after").unwrap().pipeline));
}

#[tokio::test]
async fn the_service_role_gets_one_inline_policy_and_nothing_else() {
    let local = as_the_console_left_it().unwrap();
    let trust_before = local.trust(&SERVICE.parse().unwrap()).unwrap();
    apply(&local, &topology(Release)).await;
    assert_eq!(local.trust(&SERVICE.parse().unwrap()).unwrap(), trust_before);
    let policies = local.policies(&SERVICE.parse().unwrap()).unwrap();
    assert_eq!(policies.len(), 2);
    assert_eq!(policies[0], ("console".to_owned(), service_role_policy().unwrap()));
    assert_eq!(policies[1].0, "codepipeline-xacct-release");
    let expected = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"{INVOKER}"}}]}}"#
    );
    assert!(policies[1].1.same_meaning(&Document::from_json(&expected).unwrap()), "{}", policies[1].1.to_json());
}

#[tokio::test]
async fn the_role_in_b_trusts_exactly_the_service_role_and_may_start_exactly_the_target() {
    let local = as_the_console_left_it().unwrap();
    apply(&local, &topology(Release)).await;
    assert_eq!(
        local.trust(&INVOKER.parse().unwrap()).unwrap().to_json(),
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{SERVICE}"}},"Action":"sts:AssumeRole"}}]}}"#
        )
    );
    let policies = local.policies(&INVOKER.parse().unwrap()).unwrap();
    assert_eq!(policies.len(), 1);
    assert_eq!(
        policies[0].1.to_json(),
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"codepipeline:StartPipelineExecution","Resource":"{DEPLOY}"}}]}}"#
        )
    );
}

#[tokio::test]
async fn roles_come_before_policies_before_the_target_before_the_caller() {
    let local = as_the_console_left_it().unwrap();
    let steps = apply(&local, &topology(Release)).await;
    // The mark of the caller waits for nothing, and the caller waits for it.
    let is_mark = |step: &&Step| matches!(step.write, Write::TagPipeline { .. });
    let mark = steps.iter().find(is_mark).unwrap().id();
    assert!(steps.iter().any(|step| matches!(step.write, Write::UpdatePipeline { .. }) && step.after.contains(&mark)));
    let order: Vec<u8> = steps
        .iter()
        .filter(|step| !is_mark(step))
        .map(|step| match &step.write {
            Write::CreateRole { .. } => 0,
            Write::PutRolePolicy { .. } => 1,
            Write::CreatePipeline { pipeline, .. } if pipeline.to_string() == DEPLOY => 2,
            Write::UpdatePipeline { pipeline, .. } if pipeline.to_string() == RELEASE => 3,
            _ => panic!("unexpected step {step}"),
        })
        .collect();
    assert!(order.is_sorted(), "{steps:#?}");
    assert_eq!(order.iter().filter(|o| **o == 3).count(), 1);
}

#[tokio::test]
async fn a_run_of_a_starts_b_with_the_value() {
    let local = as_the_console_left_it().unwrap();
    let topology = topology(passing::Release);
    apply(&local, &topology).await;
    let run = run(&local.connect(&topology).await.unwrap(), "hello").await;
    assert!(run.succeeded(), "{run}");
    let started = run.actions.iter().find_map(|a| a.started()).unwrap();
    assert_eq!(started.pipeline.to_string(), DEPLOY);
    assert_eq!(started.variables, [("val1".to_owned(), "hello".to_owned())]);
}

#[tokio::test]
async fn a_run_without_the_variable_takes_the_default_of_b() {
    let local = as_the_console_left_it().unwrap();
    let topology = topology(Release);
    apply(&local, &topology).await;
    let run = run(&local.connect(&topology).await.unwrap(), "hello").await;
    let started = run.actions.iter().find_map(|a| a.started()).unwrap();
    assert_eq!(started.variables, [("val1".to_owned(), "none".to_owned())]);
}

#[tokio::test]
async fn members_that_nobody_knows_survive_the_update() {
    let local = as_the_console_left_it().unwrap();
    let arn = RELEASE.parse().unwrap();
    let mut document = article("before").unwrap();
    document.pipeline.other.insert("tomorrow".to_owned(), serde_json::json!({"a": [1, null]}));
    let stage = &mut document.pipeline.stages.as_mut().unwrap()[1];
    stage.actions.as_mut().unwrap()[0].other.insert("later".to_owned(), Value::Bool(true));
    local.put_pipeline(&arn, &document).unwrap();
    apply(&local, &topology(Release)).await;
    let after = serde_json::to_value(local.pipeline(&arn).unwrap()).unwrap();
    assert_eq!(after["tomorrow"], serde_json::json!({"a": [1, null]}));
    assert_eq!(after["stages"][1]["actions"][0]["later"], true);
}

#[tokio::test]
async fn somebody_elses_write_between_plan_and_apply_is_not_overwritten() {
    let local = as_the_console_left_it().unwrap();
    let topology = topology(Release);
    let session = local.connect(&topology).await.unwrap();
    let plan = session.plan(&topology).await.unwrap();
    let mut document = article("before").unwrap();
    document.pipeline.version = Some(9);
    let action = &mut document.pipeline.stages.as_mut().unwrap()[1].actions.as_mut().unwrap()[0];
    action.role_arn = Some("arn:aws:iam::222222222222:role/theirs".to_owned());
    local.put_pipeline(&RELEASE.parse().unwrap(), &document).unwrap();
    let error = session.apply(&plan).await.unwrap_err();
    assert!(
        matches!(
            &error.failed[..],
            [(_, StepError::Conflict { conflict: Conflict::Written { planned: 8, found: 9 }, .. })]
        ),
        "{error}"
    );
    assert!(error.to_string().contains("has been written since the plan was made (version 8 then, 9 now)"), "{error}");
    // The same command continues from there.
    apply(&local, &topology).await;
}

#[tokio::test]
async fn what_is_no_longer_passed_goes() {
    let local = as_the_console_left_it().unwrap();
    apply(&local, &topology(passing::Release)).await;
    apply(&local, &topology(Release)).await;
    let after = local.pipeline(&RELEASE.parse().unwrap()).unwrap();
    assert_eq!(without_version(&after), without_version(&article("after").unwrap().pipeline));
}

#[tokio::test]
async fn a_pipeline_made_anew_with_the_same_version_is_noticed_by_the_time_of_its_creation() {
    let local = as_the_console_left_it().unwrap();
    let topology = topology(Release);
    let session = local.connect(&topology).await.unwrap();
    let plan = session.plan(&topology).await.unwrap();
    let pipeline: PipelineArn = RELEASE.parse().unwrap();
    let client = Client::new(&local.sdk_config(pipeline.account().as_str(), pipeline.region().as_str()));
    client.delete_pipeline().name(pipeline.name().as_str()).send().await.unwrap();
    local.put_pipeline(&pipeline, &article("before").unwrap()).unwrap();
    let error = session.apply(&plan).await.unwrap_err();
    assert!(
        matches!(
            &error.failed[..],
            [(_, StepError::Conflict { conflict: Conflict::Written { planned: 8, found: 8 }, .. })]
        ),
        "{error}"
    );
}

mod both_managed {
    codepipeline_xacct::pipeline! {
        pub account Tooling = "111111111111";
        pub account Prod = "222222222222";
        pub extern pipeline Target in Prod { name: "target", region: "ap-northeast-1" }
        pub role Invoker in Prod { name: "a-invoker", trusts: [Tooling], starts: [Target] }
        pub pipeline Caller in Tooling {
            name: "caller",
            region: "ap-northeast-1",
            service_role: managed("z-service"),
            artifact_bucket: "caller-artifacts",
            stage "Source" { source "s": CodeCommit { repository: "code", branch: "main", output: Code } }
            stage "Start" { invoke "start": Target { role: Invoker } }
        }
    }
}

#[tokio::test]
async fn a_service_role_is_made_before_the_action_role_that_trusts_it() {
    let local = as_the_console_left_it().unwrap();
    let mut target = article("before").unwrap();
    target.pipeline.name = "target".to_owned();
    local.put_pipeline(&"arn:aws:codepipeline:ap-northeast-1:222222222222:target".parse().unwrap(), &target).unwrap();
    // The action role is added first; local AWS refuses a principal that does not exist yet.
    let topology = Topology::builder("both").add(both_managed::Invoker).add(both_managed::Caller).build().unwrap();
    let steps = apply(&local, &topology).await;
    let created: Vec<String> =
        steps.iter().filter(|s| matches!(s.write, Write::CreateRole { .. })).map(ToString::to_string).collect();
    assert_eq!(created, ["+ role z-service", "+ role a-invoker"]);
}
