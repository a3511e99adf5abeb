//! Random sequences of operations on local AWS: nothing panics, every answer fits the service model, and the invariants hold.

use std::time::Duration;

use crate::world::{World, approval, arn, build, check, conditions, pipeline, stage, type_id};
use codepipeline_xacct::local::Outcome;
use codepipeline_xacct_test_support::invariants::{Invariants, Seen};
use serde_json::{Value, json};

/// The same numbers every time: xorshift.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[usize::try_from(self.next() % list.len() as u64).unwrap()]
    }
}

fn declaration(numbers: &mut Numbers) -> Value {
    let mut stages =
        vec![stage("Build", &[build("Compile", 1), build("Check", 1)]), stage("Ship", &[approval("ok"), function()])];
    match numbers.next() % 6 {
        0 => {
            stages[0]["onFailure"] = json!({ "result": "RETRY", "retryConfiguration": { "retryMode": "ALL_ACTIONS" } })
        }
        1 => stages[0]["beforeEntry"] = conditions("SKIP", &[check("who", "EQ", "me")]),
        2 => stages[1]["onSuccess"] = conditions("FAIL", &[check("who", "NE", "nobody")]),
        3 => stages[0]["onFailure"] = conditions("ROLLBACK", &[check("who", "EQ", "nobody")]),
        4 => stages[0]["beforeEntry"] = conditions("FAIL", &[check("who", "EQ", "me")]),
        _ => {}
    }
    let modes = ["QUEUED", "SUPERSEDED", "PARALLEL"];
    let rolls_back = stages[0]["onFailure"]["conditions"].is_array();
    let mode = if rolls_back { "QUEUED" } else { *numbers.of(&modes) };
    pipeline("p", mode, &stages)
}

fn function() -> Value {
    json!({
        "name": "check",
        "actionTypeId": type_id("Invoke/AWS/Lambda/1"),
        "configuration": { "FunctionName": "check" },
        "inputArtifacts": [{ "name": "In" }],
    })
}

/// A function that is called answers, or continues.
async fn answer(world: &World, numbers: &mut Numbers) {
    let called = world.local.invocations();
    let Some(event) = called.first().map(|it| serde_json::from_str::<Value>(&it.event).unwrap()) else { return };
    let job = event["CodePipeline.job"]["id"].as_str().unwrap();
    let succeed = world.client.put_job_success_result().job_id(job);
    match numbers.next() % 4 {
        0 => {
            let details =
                aws_sdk_codepipeline::types::FailureDetails::builder().r#type("JobFailed".into()).message("x");
            let call = world.client.put_job_failure_result().job_id(job).failure_details(details.build().unwrap());
            drop(call.send().await.unwrap());
        }
        1 => drop(succeed.continuation_token("more").send().await.unwrap()),
        _ => drop(succeed.send().await.unwrap()),
    }
    drop(world.client.get_job_details().job_id(job).send().await);
    assert!(world.client.acknowledge_job().job_id(job).nonce("1").send().await.is_err());
}

/// One operation; the id of an execution that may run again by it.
async fn operate(
    world: &World,
    numbers: &mut Numbers,
    invariants: &mut Invariants,
    token: Option<&String>,
) -> Option<String> {
    let client = &world.client;
    let unknown = "00000000-0000-4000-8000-ffffffffffff".to_owned();
    let ids = invariants.known().to_vec();
    let id = if ids.is_empty() { &unknown } else { numbers.of(&ids) };
    let stage = *numbers.of(&["Source", "Build", "Ship", "Nothing"]);
    match numbers.next() % 18 {
        0 => {
            let declaration = declaration(numbers);
            world.update(&declaration).await.unwrap();
        }
        1 | 2 => {
            if client.start_pipeline_execution().name("p").send().await.is_ok() {
                invariants.asked("StartPipelineExecution");
            }
        }
        3 => {
            let call = client.stop_pipeline_execution().pipeline_name("p").pipeline_execution_id(id);
            drop(call.abandon(numbers.next().is_multiple_of(2)).send().await);
        }
        4 | 5 => {
            let mode = *numbers.of(&["FAILED_ACTIONS", "ALL_ACTIONS", "SOME"]);
            let call = client.retry_stage_execution().pipeline_name("p").stage_name(stage).pipeline_execution_id(id);
            drop(call.retry_mode(mode.into()).send().await);
            return Some(id.clone());
        }
        6 => {
            let call = client.rollback_stage().pipeline_name("p").stage_name(stage).target_pipeline_execution_id(id);
            if call.send().await.is_ok() {
                invariants.asked("ManualRollback");
            }
        }
        7 => {
            let kind = *numbers.of(&["Inbound", "Outbound", "Sideways"]);
            let call = client.disable_stage_transition().pipeline_name("p").stage_name(stage).reason("random");
            drop(call.transition_type(kind.into()).send().await);
        }
        8 | 9 => {
            let call = client.enable_stage_transition().pipeline_name("p").stage_name(stage);
            drop(call.transition_type("Inbound".into()).send().await);
        }
        10 => {
            let kind = *numbers.of(&["BEFORE_ENTRY", "ON_SUCCESS"]);
            let call = client.override_stage_condition().pipeline_name("p").stage_name(stage).pipeline_execution_id(id);
            drop(call.condition_type(kind.into()).send().await);
            return Some(id.clone());
        }
        11 | 12 => {
            let status = *numbers.of(&["Approved", "Rejected"]);
            let result = aws_sdk_codepipeline::types::ApprovalResult::builder().summary("").status(status.into());
            let call = client.put_approval_result().pipeline_name("p").stage_name("Ship").action_name("ok");
            drop(call.result(result.build().unwrap()).token(token.unwrap_or(&unknown)).send().await);
        }
        13 => drop(client.list_rule_executions().pipeline_name("p").max_results(3).send().await.unwrap()),
        14 => drop(client.list_action_executions().pipeline_name("p").max_results(3).send().await.unwrap()),
        15 | 16 => answer(world, numbers).await,
        _ => world.local.let_pass(Duration::from_secs(numbers.next() % 900)),
    }
    None
}

async fn sequence(seed: u64) {
    let mut numbers = Numbers(seed);
    let world = World::new();
    world.local.await_answer(&arn("p"), "Ship", "ok");
    world.local.await_answer(&arn("p"), "Ship", "check");
    world.local.decide(|run| match run.attempt % 5 {
        1 if run.action == "Compile" => Some(Outcome::fails("the first of five")),
        2 => Some(Outcome::succeeds().takes(Duration::from_secs(120)))
            .filter(|_| !["ok", "check"].contains(&run.action.as_str())),
        _ => None,
    });
    world.create(&declaration(&mut numbers)).await.unwrap();
    let mut invariants = Invariants::of_a_new_pipeline();
    for _ in 0..60 {
        let state = world.state("p").await;
        let token =
            state.stage_states().iter().flat_map(|s| s.action_states()).find_map(|a| a.latest_execution()?.token());
        let again = operate(&world, &mut numbers, &mut invariants, token.map(str::to_owned).as_ref()).await;
        let version = world.client.get_pipeline().name("p").send().await.unwrap().pipeline.unwrap().version().unwrap();
        let listed = world.client.list_pipeline_executions().pipeline_name("p").send().await.unwrap();
        let seen = listed.pipeline_execution_summaries().iter().rev().map(|execution| Seen {
            id: execution.pipeline_execution_id().unwrap().to_owned(),
            status: execution.status().unwrap().as_str().to_owned(),
            trigger: execution.trigger().unwrap().trigger_type().unwrap().as_str().to_owned(),
        });
        invariants.check(version.into(), &seen.collect::<Vec<_>>(), again.as_deref());
    }
    // With open transitions and without new starts everything ends.
    for stage in ["Source", "Build", "Ship"] {
        let call = world.client.enable_stage_transition().pipeline_name("p").stage_name(stage);
        call.transition_type("Inbound".into()).send().await.unwrap();
    }
    world.local.script(&arn("p"), "Ship", "ok", [Outcome::succeeds()]);
    world.local.let_pass(Duration::from_secs(366 * 24 * 3600));
    let runs = world.runs("p").await;
    assert!(!runs.iter().any(|run| run.ends_with("InProgress") || run.ends_with("Stopping")), "seed {seed}: {runs:?}");
}

#[tokio::test]
async fn random_operations_keep_what_has_to_hold() {
    for seed in 1..=12 {
        println!("seed {seed}");
        sequence(u64::wrapping_mul(seed, 0x9E37_79B9_7F4A_7C15)).await;
    }
}
