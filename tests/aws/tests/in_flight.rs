//! Runs that an update would cancel are named by the plan, and apply cancels no others; an apply can be stopped.

use std::sync::Mutex;
use std::time::Duration;

use aws_sdk_codepipeline::types::StageTransitionType;
use codepipeline_xacct::Topology;
use codepipeline_xacct::aws::{ApplyError, Event, RunPolicy, Session, StepError};
use codepipeline_xacct::core::plan::{Intent, Plan};
use codepipeline_xacct::local::{Fault, Local};
use codepipeline_xacct_aws_tests::*;

/// A's account and B's with other words to print.
mod louder {
    codepipeline_xacct::pipeline! {
        pub account Prod = "222222222222";

        pub pipeline Deploy in Prod {
            name: "hoge1005command",
            region: "ap-northeast-1",
            execution_mode: QUEUED,
            service_role: managed("hoge1005command-service"),
            artifact_bucket: "codepipeline-ap-northeast-1-222222222222",
            variables: { val1: "none" },

            stage "Source" {
                source "Source": CodeCommit {
                    repository: "hoge-deploy",
                    branch: "main",
                    poll: false,
                    output: SourceArtifact,
                }
            }
            stage "Run" {
                action "Command": Commands { input: SourceArtifact, commands: ["echo LOUD #{variables.val1}"] }
            }
        }
    }
}

pub fn codepipeline(local: &Local) -> aws_sdk_codepipeline::Client {
    aws_sdk_codepipeline::Client::new(&local.sdk_config("222222222222", "ap-northeast-1"))
}

/// B's pipeline as it was applied; its runs wait before their second stage.
pub async fn applied() -> (Local, Session, Topology) {
    let local = Local::new();
    let quiet = Topology::builder("release").add(Deploy).build().unwrap();
    let session = local.connect(&quiet).await.unwrap();
    session.apply(&session.plan(&quiet).await.unwrap()).await.unwrap();
    // Creating it started it.
    let first = codepipeline(&local).list_pipeline_executions().pipeline_name("hoge1005command").send().await.unwrap();
    let first = first.pipeline_execution_summaries()[0].pipeline_execution_id.clone().unwrap();
    while status(&local, &first).await == "InProgress" {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    codepipeline(&local)
        .disable_stage_transition()
        .pipeline_name("hoge1005command")
        .stage_name("Run")
        .transition_type(StageTransitionType::Inbound)
        .reason("for the test")
        .send()
        .await
        .unwrap();
    (local, session, Topology::builder("release").add(louder::Deploy).build().unwrap())
}

pub async fn start(local: &Local) -> String {
    let started = codepipeline(local).start_pipeline_execution().name("hoge1005command").send().await.unwrap();
    started.pipeline_execution_id.unwrap()
}

pub async fn status(local: &Local, id: &str) -> String {
    let call = codepipeline(local).get_pipeline_execution().pipeline_name("hoge1005command").pipeline_execution_id(id);
    call.send().await.unwrap().pipeline_execution.unwrap().status.unwrap().as_str().to_owned()
}

/// The executions for which the only failed step refused.
fn running(error: &ApplyError) -> Vec<String> {
    let [(_, StepError::Running { executions, .. })] = &error.failed[..] else { panic!("{error}") };
    executions.iter().map(ToString::to_string).collect()
}

fn named(plan: &Plan) -> Vec<&str> {
    plan.runs().iter().map(|run| run.execution.as_str()).collect()
}

#[tokio::test]
async fn a_plan_names_the_runs_that_it_cancels_and_apply_cancels_them() {
    let (local, session, louder) = applied().await;
    let id = start(&local).await;
    let plan = session.plan(&louder).await.unwrap();
    assert_eq!(named(&plan), [id.as_str()]);
    let text = plan.to_string();
    assert!(
        text.starts_with(
            "topology release: 0 to create, 1 to change, 0 to delete in 1 account; 1 run would be cancelled\n"
        ),
        "{text}"
    );
    assert!(
        text.contains(&format!(
            "\nruns in progress that would be cancelled, once their running actions end\n  {id} of pipeline hoge1005command (ap-northeast-1), since "
        )),
        "{text}"
    );
    let saved: Plan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
    session.apply(&saved).await.unwrap();
    assert_eq!(status(&local, &id).await, "Cancelled");
}

#[tokio::test]
async fn a_run_that_began_after_the_plan_is_not_cancelled() {
    let (local, session, louder) = applied().await;
    let plan = session.plan(&louder).await.unwrap();
    let destroy = session.plan(&louder).intent(Intent::Destroy).await.unwrap();
    assert!(plan.runs().is_empty() && destroy.runs().is_empty());
    let id = start(&local).await;
    let error = session.apply(&plan).await.unwrap_err();
    assert_eq!(running(&error), std::slice::from_ref(&id));
    assert!(error.to_string().contains("has runs in progress that would be cancelled"), "{error}");
    assert_eq!(
        error.done.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["~ pipeline hoge1005command (222222222222, ap-northeast-1): tags"],
        "only what was about to be written is noted"
    );
    let error = session.apply(&destroy).await.unwrap_err();
    assert_eq!(running(&error), std::slice::from_ref(&id));
    assert_eq!(status(&local, &id).await, "InProgress");

    session.apply(&plan).runs(RunPolicy::Cancel).await.unwrap();
    assert_eq!(status(&local, &id).await, "Cancelled");
}

#[tokio::test]
async fn apply_waits_for_runs_if_told_to() {
    let (local, session, louder) = applied().await;
    let id = start(&local).await;
    let plan = session.plan(&louder).await.unwrap();
    let wait = |timeout| RunPolicy::Wait { poll: Duration::from_millis(5), timeout };
    let error = session.apply(&plan).runs(wait(Duration::from_millis(20))).await.unwrap_err();
    assert_eq!(running(&error), std::slice::from_ref(&id));

    let waits = Mutex::new(Vec::new());
    let client = codepipeline(&local);
    let open = async {
        while waits.lock().unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        client
            .enable_stage_transition()
            .pipeline_name("hoge1005command")
            .stage_name("Run")
            .transition_type(StageTransitionType::Inbound)
            .send()
            .await
            .unwrap();
    };
    let on_event = |event: Event| {
        if matches!(event, Event::WaitingForRuns { runs: 1, .. }) {
            waits.lock().unwrap().push(event.to_string());
        }
    };
    let applying = async { session.apply(&plan).runs(wait(Duration::from_secs(60))).on_event(on_event).await };
    let (applied, ()) = tokio::join!(applying, open);
    applied.unwrap();
    assert_eq!(status(&local, &id).await, "Succeeded");
    assert_eq!(
        waits.lock().unwrap()[0],
        "waiting 0.0 s for 1 run in progress: ~ pipeline hoge1005command (222222222222, ap-northeast-1)"
    );
    assert!(session.plan(&louder).await.unwrap().is_empty());
}

#[tokio::test]
async fn nothing_is_written_while_a_run_is_in_progress_that_is_to_be_kept() {
    let (local, session, louder) = applied().await;
    let id = start(&local).await;
    let plan = session.plan(&louder).await.unwrap();
    assert_eq!(named(&plan), [id.as_str()]);
    let before = held(&local).unwrap();
    let error = session.apply(&plan).runs(RunPolicy::Refuse).await.unwrap_err();
    assert_eq!(running(&error), std::slice::from_ref(&id));
    let text = error.to_string();
    assert!(text.contains("or apply with `RunPolicy::AsPlanned`, `--runs as-planned`, which cancels"), "{text}");
    assert!(text.ends_with("nothing was written"), "{text}");
    assert_eq!((held(&local).unwrap(), status(&local, &id).await), (before, "InProgress".to_owned()));
    // Where it can't be known that there is none, there may be one.
    local.faults().add(Fault::on("ListPipelineExecutions").access_denied());
    let unknown = session.plan(&louder).await.unwrap();
    assert!(session.apply(&unknown).runs(RunPolicy::Refuse).await.is_err());
    local.faults().clear();
    let call = codepipeline(&local).stop_pipeline_execution().pipeline_name("hoge1005command");
    call.pipeline_execution_id(&id).abandon(true).send().await.unwrap();
    session.apply(&plan).runs(RunPolicy::Refuse).await.unwrap();
}

#[tokio::test]
async fn runs_that_may_not_be_listed_are_a_warning() {
    let (local, session, louder) = applied().await;
    local.faults().add(Fault::on("ListPipelineExecutions").access_denied());
    let plan = session.plan(&louder).await.unwrap();
    let warnings: Vec<&str> = plan.warnings().iter().map(|warning| warning.code).collect();
    assert_eq!(warnings, ["XA1035", "XA1023"]);
    session.apply(&plan).await.unwrap();
}

#[tokio::test]
async fn an_apply_that_is_stopped_finishes_its_calls_and_begins_no_others() {
    let local = as_the_console_left_it().unwrap();
    let topology = Topology::builder("release").add(Release).build().unwrap();
    let session = local.connect(&topology).await.unwrap();
    let plan = session.plan(&topology).await.unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let stop = Mutex::new(Some(stop));
    let on_event = |event: Event| {
        if let Event::Done(_) = event
            && let Some(stop) = stop.lock().unwrap().take()
        {
            stop.send(()).unwrap();
        }
    };
    let stopped = async { stopped.await.unwrap() };
    let error = session.apply(&plan).on_event(on_event).stop_on(stopped).await.unwrap_err();
    // What was begun is done, and what waited for it was not begun.
    assert!(error.failed.is_empty() && !error.done.is_empty() && !error.not_tried.is_empty(), "{error}");
    assert_eq!(error.done.len() + error.not_tried.len(), plan.steps().len(), "{error}");
    let text = error.to_string();
    assert!(
        text.starts_with("stopped before everything was done\nwritten: ")
            && text.ends_with("a new plan continues from there"),
        "{text}"
    );
    // Nothing of what was not tried is there, and a new plan continues.
    let rest = session.plan(&topology).await.unwrap();
    assert_eq!(rest.steps().len(), error.not_tried.len());
    session.apply(&rest).await.unwrap();
    assert!(session.plan(&topology).await.unwrap().is_empty());
}
