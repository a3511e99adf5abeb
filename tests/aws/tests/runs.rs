//! Runs of local AWS: modes, run order, outcomes, conditions, retry, rollback, stop, approvals. Every answer is compared with the service
//! model.

use std::time::Duration;

use crate::world::{World, approval, arn, build, check, conditions, pipeline, refused, stage, type_id};
use aws_sdk_codepipeline::types::{
    ActionExecutionFilter, ApprovalResult, ApprovalStatus, ConditionType, LatestInPipelineExecutionFilter,
    PipelineExecutionFilter, PipelineVariable, RuleExecutionFilter, SourceRevisionOverride, SourceRevisionType,
    StageRetryMode, StageTransitionType, StartTimeRange, SucceededInStageFilter,
};
use codepipeline_xacct::local::{Outcome, SessionName};
use codepipeline_xacct_aws_tests::trust;
use serde_json::{Value, json};

fn with(mut value: Value, key: &str, member: Value) -> Value {
    value[key] = member;
    value
}

/// A stage `Build` with one build, and a stage `Ship` with another.
fn two_stages(name: &str, mode: &str) -> Value {
    pipeline(name, mode, &[stage("Build", &[build("Compile", 1)]), stage("Ship", &[build("Deploy", 1)])])
}

#[tokio::test]
async fn run_order_and_parallel_actions() {
    let world = World::new();
    let actions = [build("a", 2), build("b", 1), build("c", 1), build("d", 3)];
    world.create(&pipeline("p", "QUEUED", &[stage("Build", &actions)])).await.unwrap();
    world.local.script(&arn("p"), "Build", "c", [Outcome::succeeds().takes(Duration::from_secs(30))]);
    let id = world.start("p").await;
    world.ends("p", &id).await;
    let answer = world.client.list_action_executions().pipeline_name("p").send().await.unwrap();
    let times: Vec<(String, i64, i64)> = answer
        .action_execution_details()
        .iter()
        .rev()
        .filter(|d| d.pipeline_execution_id() == Some(&id))
        .map(|d| {
            (d.action_name().unwrap().to_owned(), d.start_time().unwrap().secs(), d.last_update_time().unwrap().secs())
        })
        .collect();
    let names: Vec<&str> = times.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, ["Source", "b", "c", "a", "d"]);
    let of = |name: &str| times.iter().find(|(n, ..)| n == name).map(|(_, from, to)| (*from, *to)).unwrap();
    assert_eq!(of("b").0, of("c").0);
    assert_eq!((of("b").1 - of("b").0, of("c").1 - of("c").0), (1, 30));
    assert_eq!((of("a").0, of("d").0), (of("c").1, of("a").1));
}

#[tokio::test]
async fn at_most_five_actions_of_a_parallel_execution_run_at_once() {
    let world = World::new();
    let actions: Vec<Value> = (0..7).map(|n| build(&format!("a{n}"), 1)).collect();
    for (name, mode, expected) in [("p", "PARALLEL", 5), ("q", "QUEUED", 7)] {
        world.create(&pipeline(name, mode, &[stage("Build", &actions)])).await.unwrap();
        world
            .local
            .decide(|run| run.action.starts_with('a').then(|| Outcome::succeeds().takes(Duration::from_secs(60))));
        world.local.let_pass(Duration::from_secs(300));
        let id = world.start(name).await;
        world.local.let_pass(Duration::from_secs(10));
        let running = world.actions(name, &id).await.iter().filter(|a| a.ends_with("InProgress")).count();
        assert_eq!(running, expected, "{mode}");
        world.local.let_pass(Duration::from_secs(200));
        assert_eq!(world.status(name, &id).await, "Succeeded");
        assert_eq!(world.actions(name, &id).await.len(), 8);
    }
}

#[tokio::test]
async fn an_action_fails_twice_and_then_succeeds_with_its_output_variables() {
    let world = World::new();
    let ship = with(
        build("Deploy", 1),
        "configuration",
        json!({ "ProjectName": "project", "EnvironmentVariables": r##"[{"name":"v","value":"#{CompileVars.IMAGE}"}]"## }),
    );
    world
        .create(&pipeline("p", "QUEUED", &[stage("Build", &[build("Compile", 1)]), stage("Ship", &[ship])]))
        .await
        .unwrap();
    let outcomes = [
        Outcome::fails("no space"),
        Outcome::fails_with("BuildFailed", "no network"),
        Outcome::succeeds().variable("IMAGE", "app:1").summary("built"),
    ];
    // The one that CreatePipeline started ends first.
    world.local.let_pass(Duration::from_secs(60));
    world.local.script(&arn("p"), "Build", "Compile", outcomes);
    for (expected, code) in
        [("Failed", Some("JobFailed")), ("Failed", Some("BuildFailed")), ("Succeeded", None), ("Succeeded", None)]
    {
        let id = world.start("p").await;
        assert_eq!(world.ends("p", &id).await, expected);
        let filter = ActionExecutionFilter::builder().pipeline_execution_id(&id).build();
        let answer = world.client.list_action_executions().pipeline_name("p").filter(filter).send().await.unwrap();
        let of = |name: &str| answer.action_execution_details().iter().find(|d| d.action_name() == Some(name)).cloned();
        let result = of("Compile").unwrap().output.unwrap().execution_result.unwrap();
        assert_eq!(result.error_details().and_then(|e| e.code()), code);
        if expected == "Succeeded" {
            assert_eq!(result.external_execution_summary(), Some("built"));
            let sent = of("Deploy").unwrap().input.unwrap().resolved_configuration.unwrap();
            assert_eq!(sent["EnvironmentVariables"], r#"[{"name":"v","value":"app:1"}]"#);
        }
    }
}

#[tokio::test]
async fn a_closure_tells_outcomes_by_attempt() {
    let world = World::new();
    world.local.decide(|run| match (run.action.as_str(), run.attempt) {
        ("Compile", 1 | 2) => Some(Outcome::fails(format!("attempt {} of {}", run.attempt, run.pipeline.name()))),
        _ => None,
    });
    world.create(&two_stages("p", "QUEUED")).await.unwrap();
    for expected in ["Failed", "Succeeded"] {
        let id = world.start("p").await;
        assert_eq!(world.ends("p", &id).await, expected);
    }
    assert_eq!(
        world.runs("p").await,
        ["CreatePipeline Failed", "StartPipelineExecution Failed", "StartPipelineExecution Succeeded"]
    );
}

/// Starts three executions of a pipeline whose build takes ten minutes; their statuses, and how many are in the stage and wait for it.
async fn three(mode: &str) -> (World, Vec<String>) {
    let world = World::new();
    world.create(&two_stages("p", mode)).await.unwrap();
    world.local.let_pass(Duration::from_secs(60));
    let slow = Outcome::succeeds().takes(Duration::from_secs(600));
    world.local.script(&arn("p"), "Build", "Compile", [slow]);
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(world.start("p").await);
        world.local.let_pass(Duration::from_secs(10));
    }
    (world, ids)
}

#[tokio::test]
async fn queued_executions_wait_for_their_turn() {
    let (world, ids) = three("QUEUED").await;
    let build = world.stage("p", "Build").await;
    assert_eq!(build.latest_execution().unwrap().pipeline_execution_id(), ids[0]);
    let waiting: Vec<&str> = build.inbound_executions().iter().map(|e| e.pipeline_execution_id()).collect();
    assert_eq!(waiting, [ids[1].as_str(), ids[2].as_str()]);
    world.local.let_pass(Duration::from_secs(600));
    assert_eq!(world.status("p", &ids[0]).await, "Succeeded");
    assert_eq!(world.stage("p", "Build").await.latest_execution().unwrap().pipeline_execution_id(), ids[1]);
    world.local.let_pass(Duration::from_secs(1300));
    for id in &ids {
        assert_eq!(world.status("p", id).await, "Succeeded");
    }
}

#[tokio::test]
async fn a_newer_waiting_execution_supersedes_an_older_one() {
    let (world, ids) = three("SUPERSEDED").await;
    assert_eq!(world.status("p", &ids[1]).await, "Superseded");
    let build = world.stage("p", "Build").await;
    assert_eq!(build.latest_execution().unwrap().pipeline_execution_id(), ids[0]);
    assert_eq!(build.inbound_execution().unwrap().pipeline_execution_id(), ids[2]);
    world.local.let_pass(Duration::from_secs(1300));
    assert_eq!(
        (world.status("p", &ids[0]).await.as_str(), world.status("p", &ids[2]).await.as_str()),
        ("Succeeded", "Succeeded")
    );
}

#[tokio::test]
async fn parallel_executions_do_not_wait_and_have_no_view_by_stage() {
    let (world, ids) = three("PARALLEL").await;
    for id in &ids {
        assert_eq!(world.actions("p", id).await, ["Source/Source Succeeded", "Build/Compile InProgress"]);
    }
    let build = world.stage("p", "Build").await;
    assert!(build.latest_execution().is_none() && build.inbound_executions().is_empty());
    world.local.let_pass(Duration::from_secs(610));
    for id in &ids {
        assert_eq!(world.status("p", id).await, "Succeeded");
    }
}

#[tokio::test]
async fn a_queued_pipeline_takes_fifty_executions() {
    let world = World::new();
    world.create(&two_stages("p", "QUEUED")).await.unwrap();
    world.local.script(&arn("p"), "Source", "Source", [Outcome::succeeds().takes(Duration::from_secs(6000))]);
    let mut refusal = None;
    let mut started = 0;
    while refusal.is_none() {
        match world.client.start_pipeline_execution().name("p").send().await {
            Ok(_) => started += 1,
            Err(error) => refusal = Some(refused(&error.into_service_error())),
        }
    }
    assert_eq!(refusal.unwrap().0, "ConcurrentPipelineExecutionsLimitExceededException");
    let active = world.runs("p").await.iter().filter(|run| run.ends_with("InProgress")).count();
    assert_eq!(active, 50);
    // With the one that CreatePipeline started.
    assert_eq!(started, 49);
}

#[tokio::test]
async fn a_start_passes_variables_and_revisions_and_is_idempotent() {
    let world = World::new();
    world.create(&two_stages("p", "QUEUED")).await.unwrap();
    let variable = PipelineVariable::builder().name("who").value("me").build().unwrap();
    let revision = |kind: SourceRevisionType, action: &str| {
        SourceRevisionOverride::builder()
            .action_name(action)
            .revision_type(kind)
            .revision_value("abc123")
            .build()
            .unwrap()
    };
    let start = || {
        let call = world.client.start_pipeline_execution().name("p").client_request_token("once");
        call.variables(variable.clone()).source_revisions(revision(SourceRevisionType::CommitId, "Source")).send()
    };
    let id = start().await.unwrap().pipeline_execution_id.unwrap();
    assert_eq!(start().await.unwrap().pipeline_execution_id.as_ref(), Some(&id));
    assert_eq!(world.ends("p", &id).await, "Succeeded");
    assert_eq!(world.runs("p").await.len(), 2);
    let execution = world.client.get_pipeline_execution().pipeline_name("p").pipeline_execution_id(&id).send().await;
    let execution = execution.unwrap().pipeline_execution.unwrap();
    assert_eq!(execution.variables()[0].resolved_value(), Some("me"));
    let read = &execution.artifact_revisions()[0];
    assert_eq!((read.name(), read.revision_id()), (Some("In"), Some("abc123")));
    let listed = world.client.list_pipeline_executions().pipeline_name("p").max_results(1).send().await.unwrap();
    let read = &listed.pipeline_execution_summaries()[0].source_revisions()[0];
    assert_eq!((read.action_name(), read.revision_id()), ("Source", Some("abc123")));
    let stages = world.state("p").await.stage_states.unwrap();
    let revisions: Vec<Option<&str>> =
        stages.iter().map(|s| s.action_states()[0].current_revision().map(|read| read.revision_id())).collect();
    assert_eq!(revisions, [Some("abc123"), None, None]);
    // It is what was read last, also while the source reads again, and after it failed.
    world.local.script(&arn("p"), "Source", "Source", [Outcome::fails("no network")]);
    let id = world.start("p").await;
    for status in ["InProgress", "Failed"] {
        assert_eq!(world.status("p", &id).await, status);
        let state = world.stage("p", "Source").await;
        let read = state.action_states()[0].current_revision().map(|read| read.revision_id().to_owned());
        assert_eq!(read.as_deref(), Some("abc123"), "{status}");
        world.local.let_pass(Duration::from_secs(60));
    }
    world.local.script(&arn("p"), "Source", "Source", [Outcome::succeeds()]);
    for wrong in
        [revision(SourceRevisionType::ImageDigest, "Source"), revision(SourceRevisionType::CommitId, "Compile")]
    {
        let sent = world.client.start_pipeline_execution().name("p").source_revisions(wrong).send().await;
        assert_eq!(refused(&sent.unwrap_err().into_service_error()).0, "ValidationException");
    }
    let sent = world.client.start_pipeline_execution().name("p").client_request_token("two words").send().await;
    assert_eq!(refused(&sent.unwrap_err().into_service_error()).0, "ValidationException");
}

#[tokio::test]
async fn executions_are_listed_in_pages_from_the_newest_and_by_success_in_a_stage() {
    let world = World::new();
    world.create(&two_stages("p", "QUEUED")).await.unwrap();
    world.local.let_pass(Duration::from_secs(60));
    let mut ids = Vec::new();
    for outcome in [Outcome::succeeds(), Outcome::fails("x"), Outcome::succeeds()] {
        world.local.script(&arn("p"), "Ship", "Deploy", [outcome]);
        let id = world.start("p").await;
        world.ends("p", &id).await;
        ids.push(id);
    }
    let page = async |token: Option<String>| {
        let call = world.client.list_pipeline_executions().pipeline_name("p").max_results(2).set_next_token(token);
        let answer = call.send().await.unwrap();
        let ids: Vec<String> = answer
            .pipeline_execution_summaries()
            .iter()
            .map(|e| e.pipeline_execution_id().unwrap().to_owned())
            .collect();
        (ids, answer.next_token)
    };
    let (first, token) = page(None).await;
    assert_eq!(first, [ids[2].clone(), ids[1].clone()]);
    let (second, end) = page(token).await;
    assert_eq!((second.len(), &second[0], end), (2, &ids[0], None));
    let filter = |stage: &str| {
        let stage = SucceededInStageFilter::builder().stage_name(stage).build();
        PipelineExecutionFilter::builder().succeeded_in_stage(stage).build()
    };
    for (stage, count) in [("Build", 4), ("Ship", 3)] {
        let call = world.client.list_pipeline_executions().pipeline_name("p").filter(filter(stage));
        assert_eq!(call.send().await.unwrap().pipeline_execution_summaries().len(), count, "{stage}");
    }
    let actions =
        world.client.list_action_executions().pipeline_name("p").max_results(5).into_paginator().items().send();
    let all: Vec<_> = actions.collect::<Result<Vec<_>, _>>().await.unwrap();
    assert_eq!(all.len(), 12);
    assert_eq!(all[0].action_name(), Some("Deploy"));
    let nowhere = "00000000-0000-4000-8000-ffffffffffff";
    let filter = ActionExecutionFilter::builder().pipeline_execution_id(nowhere).build();
    let sent = world.client.list_action_executions().pipeline_name("p").filter(filter).send().await;
    assert_eq!(refused(&sent.unwrap_err().into_service_error()).0, "PipelineExecutionNotFoundException");
}

#[tokio::test]
async fn a_stage_is_retried_automatically_in_both_modes() {
    for (mode, expected) in [("FAILED_ACTIONS", 5), ("ALL_ACTIONS", 6)] {
        let world = World::new();
        let retried = with(
            stage("Build", &[build("a", 1), build("b", 1), build("c", 2)]),
            "onFailure",
            json!({ "result": "RETRY", "retryConfiguration": { "retryMode": mode } }),
        );
        world.create(&pipeline("p", "QUEUED", &[retried])).await.unwrap();
        world.local.let_pass(Duration::from_secs(60));
        world.local.script(&arn("p"), "Build", "b", [Outcome::fails("x"), Outcome::succeeds()]);
        let id = world.start("p").await;
        assert_eq!(world.ends("p", &id).await, "Succeeded");
        // FAILED_ACTIONS runs `b` again; ALL_ACTIONS `a` as well, and `c` has not run before.
        assert_eq!(world.actions("p", &id).await.len(), expected, "{mode}");
        let retry = world.stage("p", "Build").await.retry_stage_metadata.unwrap();
        assert_eq!((retry.auto_stage_retry_attempt(), retry.manual_stage_retry_attempt()), (Some(1), None));
        assert_eq!(retry.latest_retry_trigger().unwrap().as_str(), "AutomatedStageRetry");
        // The second failure of a stage is final.
        world.local.fail(&arn("p"), "Build", "c", "always");
        let id = world.start("p").await;
        assert_eq!(world.ends("p", &id).await, "Failed");
    }
}

#[tokio::test]
async fn a_failed_stage_is_retried_by_hand() {
    let world = World::new();
    world.create(&pipeline("p", "QUEUED", &[stage("Build", &[build("a", 1), build("b", 1)])])).await.unwrap();
    world.local.let_pass(Duration::from_secs(60));
    world.local.script(&arn("p"), "Build", "b", [Outcome::fails("x"), Outcome::fails("x"), Outcome::succeeds()]);
    let id = world.start("p").await;
    let retry = |id: &str, mode: StageRetryMode| {
        let call = world.client.retry_stage_execution().pipeline_name("p").stage_name("Build");
        call.pipeline_execution_id(id).retry_mode(mode).send()
    };
    let code =
        |error: aws_sdk_codepipeline::operation::retry_stage_execution::RetryStageExecutionError| refused(&error).0;
    let early = retry(&id, StageRetryMode::FailedActions).await.unwrap_err().into_service_error();
    assert_eq!(code(early), "StageNotRetryableException");
    assert_eq!(world.ends("p", &id).await, "Failed");
    retry(&id, StageRetryMode::FailedActions).await.unwrap();
    assert_eq!(world.ends("p", &id).await, "Failed");
    assert_eq!(world.actions("p", &id).await.len(), 4);
    retry(&id, StageRetryMode::AllActions).await.unwrap();
    assert_eq!(world.ends("p", &id).await, "Succeeded");
    let ran = world.actions("p", &id).await;
    assert_eq!(ran[4..], ["Build/a Succeeded", "Build/b Succeeded"]);
    let shown = world.stage("p", "Build").await.retry_stage_metadata.unwrap();
    assert_eq!(shown.manual_stage_retry_attempt(), Some(2));
    // Only what counts is the latest of the execution.
    let latest =
        LatestInPipelineExecutionFilter::builder().pipeline_execution_id(&id).start_time_range(StartTimeRange::Latest);
    let filter = ActionExecutionFilter::builder().latest_in_pipeline_execution(latest.build().unwrap()).build();
    let answer = world.client.list_action_executions().pipeline_name("p").filter(filter).send().await.unwrap();
    assert_eq!(answer.action_execution_details().len(), 3);
    assert_eq!(
        code(retry(&id, StageRetryMode::FailedActions).await.unwrap_err().into_service_error()),
        "StageNotRetryableException"
    );
    // A stage where another execution has been since, and a pipeline that changed, can't be retried.
    world.local.script(&arn("p"), "Build", "b", [Outcome::fails("x"), Outcome::succeeds(), Outcome::fails("x")]);
    let old = world.start("p").await;
    assert_eq!(world.ends("p", &old).await, "Failed");
    let newer = world.start("p").await;
    assert_eq!(world.ends("p", &newer).await, "Succeeded");
    assert_eq!(
        code(retry(&old, StageRetryMode::FailedActions).await.unwrap_err().into_service_error()),
        "NotLatestPipelineExecutionException"
    );
    let last = world.start("p").await;
    assert_eq!(world.ends("p", &last).await, "Failed");
    world.update(&pipeline("p", "QUEUED", &[stage("Build", &[build("a", 1), build("b", 1)])])).await.unwrap();
    assert_eq!(
        code(retry(&last, StageRetryMode::FailedActions).await.unwrap_err().into_service_error()),
        "StageNotRetryableException"
    );
}

async fn stop(world: &World, id: &str, abandon: bool) -> Result<(), String> {
    let call = world.client.stop_pipeline_execution().pipeline_name("p").pipeline_execution_id(id);
    let sent = call.abandon(abandon).reason("enough").send().await;
    sent.map(drop).map_err(|error| refused(&error.into_service_error()).0)
}

#[tokio::test]
async fn an_execution_is_stopped_after_its_running_actions_or_without_them() {
    let (world, ids) = three("QUEUED").await;
    stop(&world, &ids[0], false).await.unwrap();
    assert_eq!(world.status("p", &ids[0]).await, "Stopping");
    assert_eq!(world.stage("p", "Build").await.latest_execution().unwrap().status().as_str(), "Stopping");
    assert_eq!(stop(&world, &ids[0], false).await, Err("DuplicatedStopRequestException".to_owned()));
    world.local.let_pass(Duration::from_secs(600));
    assert_eq!(world.status("p", &ids[0]).await, "Stopped");
    assert_eq!(world.actions("p", &ids[0]).await, ["Source/Source Succeeded", "Build/Compile Succeeded"]);
    assert_eq!(stop(&world, &ids[0], true).await, Err("PipelineExecutionNotStoppableException".to_owned()));
    // The second one runs now, the third waits.
    stop(&world, &ids[2], false).await.unwrap();
    assert_eq!(world.status("p", &ids[2]).await, "Stopped");
    stop(&world, &ids[1], false).await.unwrap();
    stop(&world, &ids[1], true).await.unwrap();
    assert_eq!(world.status("p", &ids[1]).await, "Stopped");
    assert_eq!(world.actions("p", &ids[1]).await, ["Source/Source Succeeded", "Build/Compile Abandoned"]);
    let listed = world.client.list_pipeline_executions().pipeline_name("p").send().await.unwrap();
    let stopped = listed.pipeline_execution_summaries()[1].stop_trigger().unwrap();
    assert_eq!(stopped.reason(), Some("enough"));
    // What was abandoned can be retried.
    world.local.script(&arn("p"), "Build", "Compile", [Outcome::succeeds()]);
    let retry =
        world.client.retry_stage_execution().pipeline_name("p").stage_name("Build").pipeline_execution_id(&ids[1]);
    retry.retry_mode(StageRetryMode::FailedActions).send().await.unwrap();
    assert_eq!(world.ends("p", &ids[1]).await, "Succeeded");
}

#[tokio::test]
async fn an_update_cancels_what_waits_at_once_and_what_runs_after_its_actions() {
    let (world, ids) = three("QUEUED").await;
    world.update(&two_stages("p", "QUEUED")).await.unwrap();
    assert_eq!(world.status("p", &ids[0]).await, "InProgress");
    assert_eq!(
        (world.status("p", &ids[1]).await.as_str(), world.status("p", &ids[2]).await.as_str()),
        ("Cancelled", "Cancelled")
    );
    world.local.let_pass(Duration::from_secs(600));
    assert_eq!(world.status("p", &ids[0]).await, "Cancelled");
    assert_eq!(world.actions("p", &ids[0]).await, ["Source/Source Succeeded", "Build/Compile Succeeded"]);
    // Of SUPERSEDED executions, one was superseded before.
    let (world, ids) = three("SUPERSEDED").await;
    world.update(&two_stages("p", "PARALLEL")).await.unwrap();
    world.local.let_pass(Duration::from_secs(600));
    for (id, expected) in ids.iter().zip(["Cancelled", "Superseded", "Cancelled"]) {
        assert_eq!(world.status("p", id).await, expected);
    }
    // Executions of a PARALLEL pipeline continue, with the declaration with which they began.
    let (world, ids) = three("PARALLEL").await;
    world.update(&pipeline("p", "QUEUED", &[stage("Other", &[build("Compile", 1)])])).await.unwrap();
    world.local.let_pass(Duration::from_secs(700));
    for id in &ids {
        assert_eq!(world.status("p", id).await, "Succeeded");
        assert_eq!(world.actions("p", id).await.last().unwrap(), "Ship/Deploy Succeeded");
    }
}

#[tokio::test]
async fn approvals_wait_for_answers_where_all_do_unless_they_have_an_outcome() {
    let world = World::new();
    world.local.await_answers(true);
    let stages = [stage("Build", &[build("Compile", 1)]), stage("Approve", &[approval("ok")])];
    world.create(&pipeline("p", "QUEUED", &stages)).await.unwrap();
    world.local.let_pass(Duration::from_secs(3600));
    assert_eq!(world.runs("p").await, ["CreatePipeline InProgress"]);
    let waiting = world.stage("p", "Approve").await.action_states()[0].latest_execution().unwrap().clone();
    let result = ApprovalResult::builder().summary("").status(ApprovalStatus::Approved).build().unwrap();
    let call = world.client.put_approval_result().pipeline_name("p").stage_name("Approve").action_name("ok");
    call.result(result).token(waiting.token().unwrap()).send().await.unwrap();
    world.local.let_pass(Duration::from_secs(60));
    assert_eq!(world.runs("p").await, ["CreatePipeline Succeeded"]);
    world.local.script(&arn("p"), "Approve", "ok", [Outcome::succeeds()]);
    let id = world.start("p").await;
    assert_eq!(world.ends("p", &id).await, "Succeeded");
}

#[tokio::test]
async fn an_approval_waits_for_its_answer() {
    let world = World::new();
    world.create(&pipeline("p", "QUEUED", &[stage("Approve", &[approval("ok")])])).await.unwrap();
    world.local.let_pass(Duration::from_secs(60));
    world.local.await_answer(&arn("p"), "Approve", "ok");
    let put = |token: &str, status: ApprovalStatus| {
        let result = ApprovalResult::builder().summary("looks good").status(status).build().unwrap();
        let call = world.client.put_approval_result().pipeline_name("p").stage_name("Approve").action_name("ok");
        call.result(result).token(token).send()
    };
    let token = async || {
        world.local.let_pass(Duration::from_secs(10));
        world.stage("p", "Approve").await.action_states()[0].latest_execution().unwrap().token().unwrap().to_owned()
    };
    let id = world.start("p").await;
    let first = token().await;
    let wrong = put("00000000-0000-4000-8000-ffffffffffff", ApprovalStatus::Approved).await.unwrap_err();
    assert_eq!(refused(&wrong.into_service_error()).0, "InvalidApprovalTokenException");
    assert!(put(&first, ApprovalStatus::Approved).await.unwrap().approved_at().is_some());
    assert_eq!(world.ends("p", &id).await, "Succeeded");
    let again = put(&first, ApprovalStatus::Rejected).await.unwrap_err();
    assert_eq!(refused(&again.into_service_error()).0, "ApprovalAlreadyCompletedException");
    let state = world.stage("p", "Approve").await.action_states()[0].latest_execution().unwrap().clone();
    assert_eq!((state.summary(), state.token()), (Some("looks good"), None));
    assert_eq!(state.last_updated_by(), Some("arn:aws:iam::111111111111:user/administrator"));
    let id = world.start("p").await;
    assert!(put(&token().await, ApprovalStatus::Rejected).await.unwrap().approved_at().is_some());
    assert_eq!(world.ends("p", &id).await, "Failed");
    // Without an answer it is rejected after seven days.
    let id = world.start("p").await;
    world.local.let_pass(Duration::from_secs(7 * 24 * 3600 - 60));
    assert_eq!(world.status("p", &id).await, "InProgress");
    world.local.let_pass(Duration::from_secs(120));
    assert_eq!(world.status("p", &id).await, "Failed");
}

/// Runs a pipeline with a condition at a gate of its stage `Build` after a first execution that succeeded.
async fn gated(member: &str, gate: Value, who: &str, outcome: Outcome) -> (World, String, String) {
    let world = World::new();
    let mut gates = with(stage("Build", &[build("Compile", 1)]), member, gate);
    if member == "onFailure" {
        gates["onFailure"]["result"] = Value::Null;
        gates["onFailure"].as_object_mut().unwrap().remove("result");
    }
    let mut declaration = pipeline("p", "QUEUED", &[gates, stage("Ship", &[approval("ok")])]);
    declaration["variables"][0]["defaultValue"] = json!("good");
    world.create(&declaration).await.unwrap();
    world.local.let_pass(Duration::from_secs(60));
    assert_eq!(world.runs("p").await, ["CreatePipeline Succeeded"]);
    world.local.script(&arn("p"), "Build", "Compile", [outcome, Outcome::succeeds()]);
    let variable = PipelineVariable::builder().name("who").value(who).build().unwrap();
    let started = world.client.start_pipeline_execution().name("p").variables(variable).send().await.unwrap();
    let id = started.pipeline_execution_id.unwrap();
    let status = world.ends("p", &id).await;
    (world, id, status)
}

#[tokio::test]
async fn an_entry_condition_fails_or_skips_its_stage() {
    let good = || conditions("FAIL", &[check("is-good", "EQ", "good"), check("is-short", "MATCHES", "[a-z]{1,4}")]);
    let (world, id, status) = gated("beforeEntry", good(), "good", Outcome::succeeds()).await;
    assert_eq!(status, "Succeeded");
    let shown = world.stage("p", "Build").await.before_entry_condition_state.unwrap();
    assert_eq!(shown.condition_states()[0].latest_execution().unwrap().status().unwrap().as_str(), "Succeeded");
    assert_eq!(shown.condition_states()[0].rule_states().len(), 2);
    let filter = RuleExecutionFilter::builder().pipeline_execution_id(&id).build();
    let rules = world.client.list_rule_executions().pipeline_name("p").filter(filter).send().await.unwrap();
    let names: Vec<&str> = rules.rule_execution_details().iter().map(|d| d.rule_name().unwrap()).collect();
    assert_eq!(names, ["is-short", "is-good"]);
    assert_eq!(
        rules.rule_execution_details()[1].input().unwrap().resolved_configuration().unwrap()["Variable"],
        "good"
    );

    let (world, id, status) = gated("beforeEntry", good(), "bad", Outcome::succeeds()).await;
    assert_eq!(status, "Failed");
    assert_eq!(world.actions("p", &id).await, ["Source/Source Succeeded"]);
    // The second rule did not run after the first one failed. The condition is overridden.
    let stage = world.stage("p", "Build").await;
    assert_eq!(stage.latest_execution().unwrap().status().as_str(), "Failed");
    let state = &stage.before_entry_condition_state().unwrap().condition_states()[0];
    assert_eq!(state.rule_states().len(), 1);
    assert_eq!(state.rule_states()[0].latest_execution().unwrap().error_details().unwrap().code(), Some("RuleFailed"));
    let overriding = |kind: ConditionType| {
        let call = world.client.override_stage_condition().pipeline_name("p").stage_name("Build");
        call.pipeline_execution_id(&id).condition_type(kind).send()
    };
    let wrong = overriding(ConditionType::OnSuccess).await.unwrap_err().into_service_error();
    assert_eq!(refused(&wrong).0, "ConditionNotOverridableException");
    overriding(ConditionType::BeforeEntry).await.unwrap();
    assert_eq!(world.ends("p", &id).await, "Succeeded");
    let state = world.stage("p", "Build").await.before_entry_condition_state.unwrap();
    assert_eq!(state.latest_execution().unwrap().status().unwrap().as_str(), "Overridden");

    let skip = conditions("SKIP", &[check("is-good", "CONTAINS", "oo")]);
    let (world, id, status) = gated("beforeEntry", skip, "bad", Outcome::succeeds()).await;
    assert_eq!(status, "Succeeded");
    assert_eq!(world.actions("p", &id).await, ["Source/Source Succeeded", "Ship/ok Succeeded"]);
    assert_eq!(world.stage("p", "Build").await.latest_execution().unwrap().status().as_str(), "Skipped");
}

#[tokio::test]
async fn a_success_condition_fails_its_stage_or_rolls_it_back() {
    let gate = |result: &str| conditions(result, &[check("not-bad", "NE", "bad")]);
    let (world, id, status) = gated("onSuccess", gate("FAIL"), "bad", Outcome::succeeds()).await;
    assert_eq!(status, "Failed");
    assert_eq!(world.actions("p", &id).await, ["Source/Source Succeeded", "Build/Compile Succeeded"]);
    let call = world.client.override_stage_condition().pipeline_name("p").stage_name("Build");
    call.pipeline_execution_id(&id).condition_type(ConditionType::OnSuccess).send().await.unwrap();
    assert_eq!(world.ends("p", &id).await, "Succeeded");

    let (world, id, status) = gated("onSuccess", gate("ROLLBACK"), "bad", Outcome::succeeds()).await;
    assert_eq!(status, "Failed");
    world.local.let_pass(Duration::from_secs(60));
    assert_eq!(world.runs("p").await[2], "AutomatedRollback Succeeded");
    let listed = world.client.list_pipeline_executions().pipeline_name("p").send().await.unwrap();
    let [rollback, failed, first] = listed.pipeline_execution_summaries() else { panic!("{listed:?}") };
    assert_eq!(failed.pipeline_execution_id(), Some(id.as_str()));
    assert_eq!(rollback.execution_type().unwrap().as_str(), "ROLLBACK");
    assert_eq!(
        rollback.rollback_metadata().unwrap().rollback_target_pipeline_execution_id(),
        first.pipeline_execution_id()
    );
    assert_eq!(
        rollback.trigger().unwrap().trigger_detail(),
        Some(format!(r#"{{"FailedPipelineExecutionId":"{id}"}}"#).as_str())
    );
    // It ran the stage, and with the variables of the execution to which it rolled back.
    let rolled = rollback.pipeline_execution_id().unwrap();
    assert_eq!(world.actions("p", rolled).await, ["Build/Compile Succeeded"]);
    let call = world.client.get_pipeline_execution().pipeline_name("p").pipeline_execution_id(rolled);
    let execution = call.send().await.unwrap().pipeline_execution.unwrap();
    assert_eq!(execution.variables()[0].resolved_value(), Some("good"));
    let held = world.stage("p", "Build").await;
    assert_eq!(held.latest_execution().unwrap().r#type().unwrap().as_str(), "ROLLBACK");
}

#[tokio::test]
async fn a_failure_condition_rolls_back_when_it_is_met_and_the_switch_says_when_that_is() {
    let gate = || conditions("ROLLBACK", &[check("is-bad", "EQ", "bad")]);
    let (world, _, status) = gated("onFailure", gate(), "bad", Outcome::fails("x")).await;
    assert_eq!(status, "Failed");
    world.local.let_pass(Duration::from_secs(60));
    assert_eq!(
        world.runs("p").await,
        ["CreatePipeline Succeeded", "StartPipelineExecution Failed", "AutomatedRollback Succeeded"]
    );
    let (world, _, status) = gated("onFailure", gate(), "neither", Outcome::fails("x")).await;
    assert_eq!(status, "Failed");
    world.local.let_pass(Duration::from_secs(60));
    assert_eq!(world.runs("p").await.len(), 2);
    // The other way round.
    world.local.set_undocumented(|switches| switches.failure_condition_is_met_by_success = false);
    world.local.script(&arn("p"), "Build", "Compile", [Outcome::fails("x"), Outcome::succeeds()]);
    let id = world.start("p").await;
    assert_eq!(world.ends("p", &id).await, "Failed");
    world.local.let_pass(Duration::from_secs(60));
    assert_eq!(world.runs("p").await[3], "AutomatedRollback Succeeded");
}

#[tokio::test]
async fn a_stage_rolls_back_on_failure_and_by_hand() {
    let world = World::new();
    let rolling = with(stage("Build", &[build("Compile", 1)]), "onFailure", json!({ "result": "ROLLBACK" }));
    let declaration = pipeline("p", "QUEUED", &[rolling, stage("Ship", &[approval("ok")])]);
    world.create(&declaration).await.unwrap();
    world.local.let_pass(Duration::from_secs(60));
    world.local.script(&arn("p"), "Build", "Compile", [Outcome::fails("x"), Outcome::fails("x"), Outcome::succeeds()]);
    let id = world.start("p").await;
    assert_eq!(world.ends("p", &id).await, "Failed");
    world.local.let_pass(Duration::from_secs(60));
    // A rollback that fails is not rolled back again.
    assert_eq!(world.runs("p").await[2..], ["AutomatedRollback Failed"]);
    let listed = world.client.list_pipeline_executions().pipeline_name("p").send().await.unwrap();
    let ids: Vec<String> =
        listed.pipeline_execution_summaries().iter().map(|e| e.pipeline_execution_id().unwrap().to_owned()).collect();
    let roll = |stage: &str, target: &str| {
        let call = world.client.rollback_stage().pipeline_name("p").stage_name(stage);
        call.target_pipeline_execution_id(target).send()
    };
    let code = |error: aws_sdk_codepipeline::operation::rollback_stage::RollbackStageError| refused(&error).0;
    for (stage, target, expected) in [
        ("Source", &ids[2], "UnableToRollbackStageException"),
        ("Build", &ids[1], "UnableToRollbackStageException"),
        ("Build", &ids[0], "UnableToRollbackStageException"),
        ("Nothing", &ids[2], "StageNotFoundException"),
        ("Build", &"00000000-0000-4000-8000-ffffffffffff".to_owned(), "PipelineExecutionNotFoundException"),
    ] {
        assert_eq!(code(roll(stage, target).await.unwrap_err().into_service_error()), expected, "{stage}");
    }
    let rolled = roll("Build", &ids[2]).await.unwrap().pipeline_execution_id;
    assert_eq!(world.ends("p", &rolled).await, "Succeeded");
    assert_eq!(world.actions("p", &rolled).await, ["Build/Compile Succeeded"]);
    world.local.set_undocumented(|switches| switches.rollback_goes_on = true);
    let rolled = roll("Build", &ids[2]).await.unwrap().pipeline_execution_id;
    assert_eq!(world.ends("p", &rolled).await, "Succeeded");
    assert_eq!(world.actions("p", &rolled).await, ["Build/Compile Succeeded", "Ship/ok Succeeded"]);
    world.update(&declaration).await.unwrap();
    assert_eq!(
        code(roll("Build", &ids[2]).await.unwrap_err().into_service_error()),
        "PipelineExecutionOutdatedException"
    );
}

const RULES: [&str; 6] =
    ["CloudWatchAlarm", "CodeBuild", "Commands", "DeploymentWindow", "LambdaInvoke", "VariableCheck"];

/// A rule `it` of a provider, which holds unless configured otherwise.
fn rule(provider: &str) -> Value {
    let mut rule = check("it", "NE", "bad");
    rule["ruleTypeId"]["provider"] = json!(provider);
    let configuration = match provider {
        "CloudWatchAlarm" => json!({ "AlarmName": "errors" }),
        "CodeBuild" => json!({ "ProjectName": "project" }),
        "DeploymentWindow" => json!({ "Cron": "* * * * * ?" }),
        "LambdaInvoke" => json!({ "FunctionName": "check" }),
        "Commands" => {
            rule["commands"] = json!(["true"]);
            rule.as_object_mut().unwrap().remove("configuration");
            return rule;
        }
        _ => return rule,
    };
    with(rule, "configuration", configuration)
}

/// The results that conditions can have, from CodePipeline User Guide, "Stage conditions"; for RETRY, from the CloudFormation schema.
fn is_possible(gate: &str, result: &str, provider: &str) -> bool {
    match (gate, result) {
        ("beforeEntry", "FAIL") | ("onSuccess", "FAIL" | "ROLLBACK") | ("onFailure", "ROLLBACK" | "RETRY") => true,
        ("beforeEntry", "SKIP") => ["LambdaInvoke", "VariableCheck"].contains(&provider),
        _ => false,
    }
}

#[tokio::test]
async fn every_rule_at_every_gate_brings_every_result_or_is_refused() {
    for provider in RULES {
        for gate in ["beforeEntry", "onSuccess", "onFailure"] {
            for result in ["FAIL", "ROLLBACK", "RETRY", "SKIP"] {
                let it = format!("{provider} {gate} {result}");
                let world = World::new();
                let gated = with(stage("Build", &[build("Compile", 1)]), gate, conditions(result, &[rule(provider)]));
                let created = world.create(&pipeline("p", "QUEUED", &[gated, stage("Ship", &[approval("ok")])])).await;
                if !is_possible(gate, result, provider) {
                    assert_eq!(created.unwrap_err().0, "InvalidStructureException", "{it}");
                    continue;
                }
                created.unwrap();
                world.local.let_pass(Duration::from_secs(60));
                assert_eq!(world.runs("p").await, ["CreatePipeline Succeeded"], "{it}");
                if gate == "onFailure" {
                    world.local.script(&arn("p"), "Build", "Compile", [Outcome::fails("x"), Outcome::succeeds()]);
                } else {
                    world.local.script(&arn("p"), "Build", "it", [Outcome::fails("x"), Outcome::succeeds()]);
                }
                let id = world.start("p").await;
                let status = world.ends("p", &id).await;
                world.local.let_pass(Duration::from_secs(60));
                let rolled = world.runs("p").await.get(2).cloned();
                let ran = world.actions("p", &id).await.split_off(1);
                let (expected, actions): (&str, &[&str]) = match (gate, result) {
                    ("beforeEntry", "FAIL") => ("Failed", &[]),
                    ("beforeEntry", _) => ("Succeeded", &["Ship/ok Succeeded"]),
                    ("onSuccess", _) => ("Failed", &["Build/Compile Succeeded"]),
                    (_, "ROLLBACK") => ("Failed", &["Build/Compile Failed"]),
                    _ => ("Succeeded", &["Build/Compile Failed", "Build/Compile Succeeded", "Ship/ok Succeeded"]),
                };
                assert_eq!(
                    (status.as_str(), ran),
                    (expected, actions.iter().map(|a| (*a).to_owned()).collect()),
                    "{it}"
                );
                let rollback = (result == "ROLLBACK").then(|| "AutomatedRollback Succeeded".to_owned());
                assert_eq!(rolled, rollback, "{it}");
            }
        }
    }
}

#[tokio::test]
async fn rules_make_their_calls_and_end_as_told() {
    for provider in RULES {
        let rule = rule(provider);
        for member in ["beforeEntry", "onSuccess"] {
            let (world, _, status) =
                gated(member, conditions("FAIL", std::slice::from_ref(&rule)), "x", Outcome::succeeds()).await;
            assert_eq!(status, "Succeeded", "{provider} {member}");
            world.local.script(&arn("p"), "Build", "it", [Outcome::fails("alarm"), Outcome::succeeds()]);
            let id = world.start("p").await;
            assert_eq!(world.ends("p", &id).await, "Failed", "{provider} {member}");
            let retry = world.client.retry_stage_execution().pipeline_name("p").stage_name("Build");
            retry.pipeline_execution_id(&id).retry_mode(StageRetryMode::FailedActions).send().await.unwrap();
            assert_eq!(world.ends("p", &id).await, "Succeeded", "{provider} {member}");
        }
    }
}

#[tokio::test]
async fn a_deployment_window_fails_outside_of_it_or_waits() {
    // The virtual clock begins on a Sunday.
    let mut rule = check("window", "EQ", "x");
    rule["ruleTypeId"]["provider"] = json!("DeploymentWindow");
    rule["configuration"] = json!({ "Cron": "0 0 9-17 ? * MON-FRI *", "TimeZone": "UTC+01:00" });
    let gated = with(stage("Build", &[build("Compile", 1)]), "beforeEntry", conditions("FAIL", &[rule]));
    let world = World::new();
    world.create(&pipeline("p", "QUEUED", &[gated])).await.unwrap();
    world.local.let_pass(Duration::from_secs(60));
    assert_eq!(world.runs("p").await, ["CreatePipeline Failed"]);
    world.local.set_undocumented(|switches| switches.window_waits = true);
    let id = world.start("p").await;
    world.local.let_pass(Duration::from_secs(12 * 3600));
    assert_eq!(world.status("p", &id).await, "InProgress");
    world.local.let_pass(Duration::from_secs(6 * 3600));
    assert_eq!(world.status("p", &id).await, "Succeeded");
}

#[tokio::test]
async fn an_action_can_not_read_what_no_action_wrote() {
    let world = World::new();
    let reader = with(build("Deploy", 1), "inputArtifacts", json!([{ "name": "CompileOut" }]));
    let skipped =
        with(stage("Build", &[build("Compile", 1)]), "beforeEntry", conditions("SKIP", &[check("is-me", "EQ", "me")]));
    world.create(&pipeline("p", "QUEUED", &[skipped, stage("Ship", &[reader])])).await.unwrap();
    world.local.let_pass(Duration::from_secs(60));
    let answer = world.client.list_action_executions().pipeline_name("p").send().await.unwrap();
    let error = answer.action_execution_details()[0].output().unwrap().execution_result().unwrap().error_details();
    assert!(error.unwrap().message().unwrap().starts_with(
        "The action failed because either the artifact or the Amazon S3 bucket could not be found. Name of artifact bucket: artifacts."
    ));
    let variable = PipelineVariable::builder().name("who").value("me").build().unwrap();
    let started = world.client.start_pipeline_execution().name("p").variables(variable).send().await.unwrap();
    let id = started.pipeline_execution_id.unwrap();
    assert_eq!(world.ends("p", &id).await, "Succeeded");
    let filter = ActionExecutionFilter::builder().pipeline_execution_id(&id).build();
    let answer = world.client.list_action_executions().pipeline_name("p").filter(filter).send().await.unwrap();
    let [deploy, compile, source] = answer.action_execution_details() else { panic!("{answer:?}") };
    let external = |d: &aws_sdk_codepipeline::types::ActionExecutionDetail| {
        d.output().unwrap().execution_result().unwrap().external_execution_id().unwrap().to_owned()
    };
    assert_eq!(external(source), "local-CommitId");
    assert_eq!(external(compile), format!("project:{}", compile.action_execution_id().unwrap()));
    let written = &compile.output().unwrap().output_artifacts()[0];
    assert_eq!(deploy.input().unwrap().input_artifacts()[0], *written);
    assert_eq!(written.s3_location().unwrap().bucket(), Some("artifacts"));
}

#[tokio::test]
async fn a_disabled_transition_lets_newer_executions_supersede_older_ones() {
    let world = World::new();
    world.create(&two_stages("p", "SUPERSEDED")).await.unwrap();
    world.local.let_pass(Duration::from_secs(60));
    let call = world.client.disable_stage_transition().pipeline_name("p").stage_name("Ship");
    call.transition_type(StageTransitionType::Inbound).reason("freeze").send().await.unwrap();
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(world.start("p").await);
        world.local.let_pass(Duration::from_secs(30));
    }
    assert_eq!(
        world.runs("p").await[1..],
        ["StartPipelineExecution Superseded", "StartPipelineExecution Superseded", "StartPipelineExecution InProgress"]
    );
    let call = world.client.enable_stage_transition().pipeline_name("p").stage_name("Ship");
    call.transition_type(StageTransitionType::Inbound).send().await.unwrap();
    assert_eq!(world.ends("p", &ids[2]).await, "Succeeded");
}

/// A caller whose stage `Call` invokes `target` with variables and revisions, in one account with a role.
async fn invoking() -> World {
    let world = World::new();
    let caller = trust(&format!(r#"{{"AWS":"{}"}}"#, crate::world::SERVICE)).unwrap();
    let start = codepipeline_xacct::core::policy::Document::from_json(&format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"codepipeline:StartPipelineExecution","Resource":"{}"}}]}}"#,
        arn("target").to_string().replace("111111111111", "222222222222")
    ));
    let role = "arn:aws:iam::222222222222:role/invoker";
    world.local.put_role(&role.parse().unwrap(), &caller, &[("start", &start.unwrap())]).unwrap();
    let service = "arn:aws:iam::222222222222:role/service";
    let all = codepipeline_xacct::core::policy::Document::from_json(
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
    );
    let trusted = codepipeline_xacct_aws_tests::service_trust().unwrap();
    world.local.put_role(&service.parse().unwrap(), &trusted, &[("all", &all.unwrap())]).unwrap();
    let mut target = two_stages("target", "QUEUED");
    target["roleArn"] = json!(service);
    let b = World { local: world.local.clone(), client: World::client_of(&world.local, "222222222222") };
    b.create(&target).await.unwrap();
    let invoke = json!({
        "name": "call",
        "actionTypeId": type_id("Invoke/AWS/CodePipeline/1"),
        "roleArn": role,
        "namespace": "Call",
        "configuration": {
            "PipelineName": "target",
            "Variables": r##"[{"name":"who","value":"#{variables.who}"}]"##,
            "SourceRevisions": r##"[{"actionName":"Source","revisionType":"COMMIT_ID","revisionValue":"#{Src.CommitId}"}]"##,
        },
    });
    world.create(&pipeline("caller", "QUEUED", &[stage("Call", &[invoke])])).await.unwrap();
    world.local.let_pass(Duration::from_secs(60));
    world.local.script(&arn("caller"), "Source", "Source", [Outcome::succeeds().variable("CommitId", "c0ffee")]);
    world
}

/// The invoke action of an execution.
async fn call(world: &World, id: &str) -> aws_sdk_codepipeline::types::ActionExecutionDetail {
    let filter = ActionExecutionFilter::builder().pipeline_execution_id(id).build();
    let answer = world.client.list_action_executions().pipeline_name("caller").filter(filter).send().await.unwrap();
    answer.action_execution_details()[0].clone()
}

#[tokio::test]
async fn an_invoke_hands_over_variables_and_source_revisions() {
    let world = invoking().await;
    let variable = PipelineVariable::builder().name("who").value("me").build().unwrap();
    let started = world.client.start_pipeline_execution().name("caller").variables(variable).send().await.unwrap();
    assert_eq!(world.ends("caller", &started.pipeline_execution_id.unwrap()).await, "Succeeded");
    world.local.let_pass(Duration::from_secs(60));
    let b = World::client_of(&world.local, "222222222222");
    let listed = b.list_pipeline_executions().pipeline_name("target").send().await.unwrap();
    let newest = &listed.pipeline_execution_summaries()[0];
    assert_eq!(newest.status().unwrap().as_str(), "Succeeded");
    assert_eq!(newest.source_revisions()[0].revision_id(), Some("c0ffee"));
    let call = b
        .get_pipeline_execution()
        .pipeline_name("target")
        .pipeline_execution_id(newest.pipeline_execution_id().unwrap());
    let execution = call.send().await.unwrap().pipeline_execution.unwrap();
    assert_eq!(execution.variables()[0].resolved_value(), Some("me"));
    assert_eq!(execution.artifact_revisions()[0].revision_id(), Some("c0ffee"));
}

#[tokio::test]
async fn what_an_invoke_shows_of_what_it_started_is_a_switch() {
    for (shows, variable) in [(true, false), (false, true), (true, true), (false, false)] {
        let world = invoking().await;
        world.local.set_undocumented(|switches| {
            switches.invoke_shows_external_id = shows;
            switches.invoke_has_output_variable = variable;
        });
        let id = world.start("caller").await;
        assert_eq!(world.ends("caller", &id).await, "Succeeded");
        let b = World::client_of(&world.local, "222222222222");
        let listed = b.list_pipeline_executions().pipeline_name("target").send().await.unwrap();
        let started = listed.pipeline_execution_summaries()[0].pipeline_execution_id().unwrap().to_owned();
        let output = call(&world, &id).await.output.unwrap();
        let external = output.execution_result().unwrap().external_execution_id();
        assert_eq!(external, shows.then_some(started.as_str()));
        let value = output.output_variables().and_then(|all| all.get("PipelineExecutionId"));
        assert_eq!(value, variable.then_some(&started));
        let state = world.stage("caller", "Call").await.action_states()[0].latest_execution().unwrap().clone();
        assert_eq!(state.external_execution_id(), shows.then_some(started.as_str()));
    }
}

#[tokio::test]
async fn whether_an_invoke_waits_is_a_switch() {
    for (waits, outcome, expected) in [
        (false, Outcome::fails("x"), "Succeeded"),
        (true, Outcome::fails("x"), "Failed"),
        (true, Outcome::succeeds().takes(Duration::from_secs(600)), "Succeeded"),
    ] {
        let world = invoking().await;
        world.local.set_undocumented(|switches| switches.invoke_waits = waits);
        let target = arn("target").to_string().replace("111111111111", "222222222222").parse().unwrap();
        world.local.script(&target, "Build", "Compile", [outcome.clone()]);
        let id = world.start("caller").await;
        world.local.let_pass(Duration::from_secs(300));
        let slow = waits && outcome == Outcome::succeeds().takes(Duration::from_secs(600));
        assert_eq!(world.status("caller", &id).await, if slow { "InProgress" } else { expected });
        world.local.let_pass(Duration::from_secs(600));
        assert_eq!(world.status("caller", &id).await, expected);
        let error = call(&world, &id).await.output.unwrap().execution_result.unwrap().error_details;
        assert_eq!(error.is_some(), expected == "Failed");
    }
}

#[tokio::test]
async fn the_name_of_a_session_is_a_switch() {
    for (name, is_it) in [
        (SessionName::Milliseconds, (|name: &str| name.len() == 13 && name.parse::<u64>().is_ok()) as fn(&str) -> bool),
        (SessionName::Fixed("codepipeline".to_owned()), |name: &str| name == "codepipeline"),
    ] {
        let world = invoking().await;
        world.local.set_undocumented(|switches| switches.session_name = name.clone());
        let id = world.start("caller").await;
        assert_eq!(world.ends("caller", &id).await, "Succeeded");
        let b = World::client_of(&world.local, "222222222222");
        let listed = b.list_pipeline_executions().pipeline_name("target").send().await.unwrap();
        let by = listed.pipeline_execution_summaries()[0].trigger().unwrap().trigger_detail().unwrap().to_owned();
        let session = by.strip_prefix("arn:aws:sts::222222222222:assumed-role/invoker/").unwrap();
        assert!(is_it(session), "{name:?} {by}");
    }
}

#[tokio::test]
async fn a_variable_without_a_value_fails_the_action() {
    let world = World::new();
    let reading = |text: &str| {
        let value = json!({ "ProjectName": "project", "EnvironmentVariables": text });
        stage("Ship", &[with(build("Deploy", 1), "configuration", value)])
    };
    let ship = reading(r##"[{"name":"v","value":"#{CompileVars.IMAGE}"}]"##);
    world.create(&pipeline("p", "QUEUED", &[stage("Build", &[build("Compile", 1)]), ship])).await.unwrap();
    world.local.let_pass(Duration::from_secs(60));
    // The user chooses what a build exports: it is there unless configured otherwise.
    for (outcome, expected) in [
        (Outcome::succeeds(), r#"[{"name":"v","value":"local-IMAGE"}]"#),
        (Outcome::succeeds().variable("IMAGE", "app"), r#"[{"name":"v","value":"app"}]"#),
        (Outcome::succeeds().variable("OTHER", "app"), ""),
    ] {
        world.local.script(&arn("p"), "Build", "Compile", [outcome]);
        let id = world.start("p").await;
        world.ends("p", &id).await;
        let answer = world.client.list_action_executions().pipeline_name("p").send().await.unwrap();
        let deploy = &answer.action_execution_details()[0];
        let sent = deploy.input().unwrap().resolved_configuration().and_then(|c| c.get("EnvironmentVariables"));
        assert_eq!(sent.map_or("", String::as_str), expected);
        let error = deploy.output().unwrap().execution_result().unwrap().error_details().and_then(|e| e.message());
        let text = "An action in this pipeline failed because one or more variables could not be resolved: Action name=Deploy.";
        assert_eq!(error, expected.is_empty().then_some(text));
    }
}

#[tokio::test]
async fn actions_and_rules_that_run_too_long_fail() {
    let world = World::new();
    let gate = with(check("slow", "EQ", "nobody"), "timeoutInMinutes", json!(5));
    let gated = with(stage("Build", &[build("Compile", 1)]), "beforeEntry", conditions("FAIL", &[gate]));
    world.create(&pipeline("p", "QUEUED", &[gated])).await.unwrap();
    world.local.let_pass(Duration::from_secs(60));
    // A build may take 36 hours. Source: CodePipeline User Guide, "Quotas".
    for (hours, expected) in [(36, "Succeeded"), (37, "Failed")] {
        world.local.script(
            &arn("p"),
            "Build",
            "Compile",
            [Outcome::succeeds().takes(Duration::from_secs(hours * 3600))],
        );
        let id = world.start("p").await;
        world.local.let_pass(Duration::from_secs(36 * 3600 - 60));
        assert_eq!(world.status("p", &id).await, "InProgress");
        world.local.let_pass(Duration::from_secs(180));
        assert_eq!(world.status("p", &id).await, expected);
    }
    world.local.script(&arn("p"), "Build", "slow", [Outcome::succeeds().takes(Duration::from_secs(301))]);
    let id = world.start("p").await;
    world.local.let_pass(Duration::from_secs(310));
    assert_eq!(world.status("p", &id).await, "Failed");
    let rules = world.client.list_rule_executions().pipeline_name("p").send().await.unwrap();
    let error =
        rules.rule_execution_details()[0].output().unwrap().execution_result().unwrap().error_details().unwrap();
    assert_eq!(error.message(), Some("The rule slow did not end within 5 minutes."));
}

#[tokio::test]
async fn an_invoke_that_waits_does_not_wait_for_ever() {
    let world = invoking().await;
    world.local.set_undocumented(|switches| switches.invoke_waits = true);
    let target = arn("target").to_string().replace("111111111111", "222222222222").parse().unwrap();
    world.local.script(&target, "Build", "Compile", [Outcome::succeeds().takes(Duration::from_secs(3 * 3600))]);
    let id = world.start("caller").await;
    world.local.let_pass(Duration::from_secs(3500));
    assert_eq!(world.status("caller", &id).await, "InProgress");
    world.local.let_pass(Duration::from_secs(200));
    assert_eq!(world.status("caller", &id).await, "Failed");
    let error = call(&world, &id).await.output.unwrap().execution_result.unwrap().error_details.unwrap();
    assert_eq!(error.message(), Some("The action did not end within 60 minutes."));
}

#[tokio::test]
async fn requests_take_no_time_where_that_is_said() {
    let world = World::new();
    world.local.set_request_time(Duration::ZERO);
    world.create(&two_stages("p", "QUEUED")).await.unwrap();
    for _ in 0..5 {
        assert_eq!(world.runs("p").await, ["CreatePipeline InProgress"]);
    }
    world.local.let_pass(Duration::from_secs(10));
    assert_eq!(world.runs("p").await, ["CreatePipeline Succeeded"]);
}

#[tokio::test]
async fn the_same_steps_give_the_same_answers() {
    let tell = async || {
        let (world, ids) = three("SUPERSEDED").await;
        let state = format!("{:?}", world.state("p").await.stage_states());
        (ids, state, world.runs("p").await)
    };
    assert_eq!(tell().await, tell().await);
}
