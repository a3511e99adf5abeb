//! The session: who the accounts are, how many requests they get, what is reported while a plan is applied, and saved plans.

use std::sync::Mutex;
use std::time::Duration;

use codepipeline_xacct::aws::{ConnectFailure, Event, Session, SessionBuilder, StepError};
use codepipeline_xacct::core::plan::{Plan, StepId};
use codepipeline_xacct::local::{Fault, Local, RecordedCall, most_at_once};
use codepipeline_xacct::{Topology, pipeline};
use codepipeline_xacct_aws_tests::*;
use futures_util::StreamExt;

fn topology() -> Topology {
    Topology::builder("release").add(Release).build().unwrap()
}

#[tokio::test]
async fn all_accounts_with_wrong_credentials_are_named_at_once() {
    let local = as_the_console_left_it().unwrap();
    local.connect(&topology()).await.unwrap();
    let swapped = Session::builder()
        .credentials::<Tooling>(local.sdk_config("222222222222", "us-east-1"))
        .credentials::<Prod>(local.sdk_config("111111111111", "us-east-1"));
    let error = swapped.connect().await.unwrap_err();
    assert!(
        matches!(error.failures[..], [ConnectFailure::WrongAccount { .. }, ConnectFailure::WrongAccount { .. }]),
        "{error}"
    );
}

#[tokio::test]
async fn every_step_is_started_before_it_is_done_and_after_what_it_waits_for() {
    let local = as_the_console_left_it().unwrap();
    let topology = topology();
    let session = local.connect(&topology).await.unwrap();
    let plan = session.plan(&topology).await.unwrap();
    let mut applying = session.apply(&plan).events();
    let mut events = Vec::new();
    while let Some(event) = applying.next().await {
        events.push(event);
    }
    let report = applying.finish().await.unwrap();
    assert_eq!(report.done.len(), plan.steps().len());
    assert_eq!(events.len(), 2 * plan.steps().len(), "{events:#?}");
    let position = |event: Event| events.iter().position(|other| *other == event).unwrap();
    for step in plan.steps() {
        let started = position(Event::Started(step.id()));
        assert!(started < position(Event::Done(step.id())));
        for before in &step.after {
            assert!(position(Event::Done(before.clone())) < started, "{before} is not done before {step}");
        }
    }
    // The report has the steps that were reported as done, in that order.
    let done: Vec<StepId> =
        events.iter().filter(|event| matches!(event, Event::Done(_))).map(|event| event.step().clone()).collect();
    assert_eq!(report.done, done);
}

#[tokio::test]
async fn a_stream_that_is_not_read_to_its_end_is_finished_all_the_same() {
    let local = as_the_console_left_it().unwrap();
    let topology = topology();
    let session = local.connect(&topology).await.unwrap();
    let plan = session.plan(&topology).await.unwrap();
    let mut applying = session.apply(&plan).events();
    applying.next().await.unwrap();
    applying.finish().await.unwrap();
    assert!(session.plan(&topology).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_step_that_fails_holds_up_no_other_than_those_that_wait_for_it() {
    let local = as_the_console_left_it().unwrap();
    let topology = topology();
    let session = local.connect(&topology).await.unwrap();
    let plan = session.plan(&topology).await.unwrap();
    // Others take the name of the role in B: steps that need it are not tried.
    let role = INVOKER.parse().unwrap();
    local.put_role(&role, &trust(r#"{"AWS":"222222222222"}"#).unwrap(), &[]).unwrap();
    let failed = Mutex::new(Vec::new());
    let on_event = |event: Event| {
        if let Event::Failed { step, .. } = event {
            failed.lock().unwrap().push(step.to_string());
        }
    };
    let error = session.apply(&plan).on_event(on_event).await.unwrap_err();
    let texts = |steps: &[StepId]| steps.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(failed.into_inner().unwrap(), ["+ role hoge0316-crossaccount-pipeline (222222222222)"]);
    let mut not_tried = texts(&error.not_tried);
    not_tried.sort();
    assert_eq!(
        not_tried,
        [
            "+ role hoge0316-crossaccount-pipeline (222222222222): inline policy codepipeline-xacct-release",
            "~ pipeline hoge0315pipeline1 (111111111111, ap-northeast-1)"
        ]
    );
    // B's own pipeline and the policy in A don't need the role.
    assert!(
        texts(&error.done).contains(&"+ pipeline hoge1005command (222222222222, ap-northeast-1)".to_owned()),
        "{error}"
    );
    assert_eq!(error.done.len(), plan.steps().len() - 3);
}

fn saved(plan: &Plan) -> Plan {
    serde_json::from_str(&serde_json::to_string(plan).unwrap()).unwrap()
}

#[tokio::test]
async fn a_saved_plan_is_applied_as_the_one_that_was_saved() {
    let local = as_the_console_left_it().unwrap();
    let topology = topology();
    let session = local.connect(&topology).await.unwrap();
    let plan = session.plan(&topology).await.unwrap();
    let read = saved(&plan);
    assert_eq!(read, plan);
    session.apply(&read).await.unwrap();
    assert!(session.plan(&topology).await.unwrap().is_empty());
    // Applied again, all of it is there already, and nothing is written.
    let arn = RELEASE.parse().unwrap();
    let version = local.pipeline(&arn).unwrap().version;
    session.apply(&read).await.unwrap();
    assert_eq!(local.pipeline(&arn).unwrap().version, version);
}

pipeline! {
    /// Has a secret.
    pipeline Secret(token: &str) in Tooling {
        name: "secret",
        region: "ap-northeast-1",
        service_role: managed("secret-service"),
        artifact_bucket: "secret-artifacts",
        stage "Source" {
            source "s": type("Source", "ThirdParty", "GitHub", "1") {
                output: Code,
                configuration: { Owner: "o", Repo: "r", Branch: "main", OAuthToken: (token) },
            }
        }
        stage "Build" { action "b": CodeBuild { project_name: "p", input: Code } }
    }
}

#[tokio::test]
async fn a_saved_plan_has_no_secret_and_writes_nothing_where_it_needs_one() {
    let local = Local::new();
    let topology = Topology::builder("t").add(Secret::new("hush-hush")).build().unwrap();
    let session = local.connect(&topology).await.unwrap();
    let plan = session.plan(&topology).await.unwrap();
    assert!(!serde_json::to_string(&plan).unwrap().contains("hush-hush"));
    let error = session.apply(&saved(&plan)).await.unwrap_err();
    assert!(error.done.is_empty(), "{error}");
    assert!(
        matches!(&error.failed[..], [(_, StepError::SecretNotSaved { path })] if path == "stages[Source].actions[s].configuration.OAuthToken"),
        "{error}"
    );
    // The pipeline has the secret already, so a saved plan may change something else.
    session.apply(&plan).await.unwrap();
    let arn = "arn:aws:codepipeline:ap-northeast-1:111111111111:secret".parse().unwrap();
    let mut there = local.pipeline(&arn).unwrap();
    there.execution_mode = Some("QUEUED".into());
    there.pipeline_type = Some("V2".into());
    let document = codepipeline_xacct::core::declaration::PipelineDocument { pipeline: there, ..Default::default() };
    local.put_pipeline(&arn, &document).unwrap();
    let plan = session.plan(&topology).adopt(arn).await.unwrap();
    assert!(!plan.is_empty());
    session.apply(&saved(&plan)).await.unwrap();
}

#[tokio::test]
async fn requests_of_an_account_are_bounded() {
    let most_with = async |bound: fn(SessionBuilder) -> SessionBuilder| {
        let local = as_the_console_left_it().unwrap();
        let topology = topology();
        local.connect(&topology).await.unwrap();
        local.clear_calls();
        local.faults().add(Fault::on_any().account("222222222222").slow(Duration::from_millis(2)));
        let prod = local.sdk_config("222222222222", "us-east-1");
        let tooling = local.sdk_config("111111111111", "us-east-1");
        let builder = bound(Session::builder().credentials::<Prod>(prod).credentials::<Tooling>(tooling));
        let session = builder.connect().await.unwrap();
        let plan = session.plan(&topology).await.unwrap();
        session.apply(&plan).await.unwrap();
        let in_prod = |call: &RecordedCall| call.account.as_deref() == Some("222222222222");
        most_at_once(&local.calls().into_iter().filter(in_prod).collect::<Vec<_>>())
    };
    assert!(most_with(|builder| builder).await > 2, "nothing was at once, so nothing was bounded");
    assert_eq!(most_with(|builder| builder.requests_at_once(2)).await, 2);
}
