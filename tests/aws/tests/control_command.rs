//! `approve`, `reject`, `stop`, `retry`, `rollback` and `doctor` on the command line.

use std::time::Duration;

use aws_sdk_codepipeline::types::StageTransitionType;
use codepipeline_xacct::aws::Session;
use codepipeline_xacct::cli::{Console, run_in};
use codepipeline_xacct::core::ids::PipelineArn;
use codepipeline_xacct::local::{Local, Outcome};
use codepipeline_xacct::{Findings, Topology};

codepipeline_xacct::pipeline! {
    account Tooling = "111111111111";

    pipeline Gate in Tooling {
        name: "gate",
        region: "eu-west-1",
        execution_mode: QUEUED,
        service_role: managed("gate-service"),
        artifact_bucket: "gate-artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "shop", branch: "main", poll: false, output: Code }
        }
        stage "Ask" {
            action "approve": Manual {}
        }
        stage "Go" {
            action "make": Commands { input: Code, commands: ["make"] }
        }
    }
}

const GATE: &str = "arn:aws:codepipeline:eu-west-1:111111111111:gate";

fn topology() -> Result<Topology, Findings> {
    Topology::builder("gate").add(Gate).build()
}

/// Exit code, output and errors.
async fn ran(session: &Session, args: &[&str]) -> (u8, String, String) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let console = Console { stdout: &mut stdout, stderr: &mut stderr, stdin: None };
    let args = std::iter::once("gate").chain(args.iter().copied()).map(Into::into);
    let code = run_in(topology(), session.clone(), args, console).await;
    (code, String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

/// The gate, whose first run, which its creation started, has ended.
async fn applied() -> (Local, PipelineArn, Session) {
    let local = Local::new();
    let topology = topology().unwrap();
    let session = local.connect(&topology).await.unwrap();
    session.apply(&session.plan(&topology).await.unwrap()).await.unwrap();
    local.let_pass(Duration::from_secs(600));
    (local, GATE.parse().unwrap(), session)
}

async fn started(session: &Session) -> String {
    let (code, id, stderr) = ran(session, &["start", "Gate", "--no-wait"]).await;
    assert_eq!(code, 0, "{stderr}");
    id.trim().to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_run_that_can_not_go_on_says_what_it_waits_for() {
    let (local, gate, session) = applied().await;
    local.await_answer(&gate, "Ask", "approve");
    let first = started(&session).await;
    local.let_pass(Duration::from_secs(60));
    let second = started(&session).await;
    local.let_pass(Duration::from_secs(60));
    local.clear_calls();
    let (code, stdout, stderr) = ran(&session, &["follow", &second, "--pipeline", "Gate", "--timeout", "5"]).await;
    let waits = format!("waits: execution {first} is in stage Ask (InProgress) and waits for approval Ask/approve\n");
    assert_eq!(code, 3, "{stdout}{stderr}");
    assert_eq!(stderr.matches(&format!("gate (111111111111, eu-west-1): {waits}")).count(), 1, "{stderr}");
    assert!(stdout.contains(&waits), "{stdout}");
    let calls = local.calls();
    let of = |operation: &str| calls.iter().filter(|call| call.operation == operation).count();
    assert!(of("GetPipelineState") * 2 < of("GetPipelineExecution"), "{}", of("GetPipelineState"));
    let (code, _, stderr) = ran(&session, &["approve", &second, "Ask/approve", "--pipeline", "Gate"]).await;
    assert_eq!(code, 1);
    assert!(stderr.ends_with(&format!("in stage `Ask`: execution {first} waits for it\n")), "{stderr}");
    let none = "00000000-0000-0000-0000-000000000000";
    let (code, _, stderr) = ran(&session, &["approve", none, "Ask/approve", "--pipeline", "Gate"]).await;
    assert_eq!((code, stderr), (1, format!("error: pipeline `{GATE}` has no execution {none}\n")));

    let config = local.sdk_config("111111111111", "eu-west-1");
    let disable = aws_sdk_codepipeline::Client::new(&config).disable_stage_transition().pipeline_name("gate");
    let disable = disable.stage_name("Go").transition_type(StageTransitionType::Inbound).reason("freeze");
    disable.send().await.unwrap();
    let (code, _, stderr) = ran(&session, &["approve", &first, "Ask/approve", "--pipeline", "Gate"]).await;
    assert_eq!(code, 0, "{stderr}");
    let args = ["follow", &first, "--pipeline", "Gate", "--timeout", "5", "--format", "json"];
    let (code, stdout, _) = ran(&session, &args).await;
    assert_eq!(code, 3, "{stdout}");
    let why = r#""why":"the transition into stage Go is disabled: freeze""#;
    assert!(stdout.lines().any(|line| line.contains(r#""type":"waiting""#) && line.contains(why)), "{stdout}");
}

#[tokio::test(start_paused = true)]
async fn an_approval_is_given_or_refused_by_the_id_of_the_execution() {
    let (local, gate, session) = applied().await;
    local.await_answer(&gate, "Ask", "approve");
    for (command, did, code) in [("approve", "approved", 0), ("reject", "rejected", 1)] {
        let id = started(&session).await;
        local.let_pass(Duration::from_secs(60));
        let (answered, stdout, stderr) =
            ran(&session, &[command, &id, "Ask/approve", "--summary", "tested by hand"]).await;
        assert_eq!(answered, 0, "{stderr}");
        assert_eq!(stdout, format!("{did} Ask / approve of execution {id} of {GATE}\n"));
        let (followed, stdout, _) = ran(&session, &["follow", &id]).await;
        assert_eq!(followed, code, "{stdout}");
        let (again, stdout, stderr) = ran(&session, &[command, &id, "Ask/approve", "--pipeline", "Gate"]).await;
        assert_eq!((again, stdout.as_str()), (1, ""));
        let error =
            format!("error: execution {id} of pipeline `{GATE}` does not wait for approval `approve` in stage `Ask`\n");
        assert_eq!(stderr, error);
    }
    for approval in ["Ask", "Ask/", "/approve"] {
        let (code, _, stderr) = ran(&session, &["approve", "00000000-0000-0000-0000-000000000000", approval]).await;
        assert!(code == 1 && stderr.contains("expected a stage and an action joined by `/`"), "{stderr}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_execution_is_stopped_at_once_or_when_its_actions_have_ended() {
    let (local, gate, session) = applied().await;
    for (abandon, status) in [(false, "Succeeded"), (true, "Abandoned")] {
        local.script(&gate, "Go", "make", [Outcome::succeeds().takes(Duration::from_secs(60))]);
        let id = started(&session).await;
        local.let_pass(Duration::from_secs(10));
        let args = ["stop", &id, "--reason", "wrong version", "--abandon"];
        let (code, stdout, stderr) = ran(&session, &args[..if abandon { 5 } else { 4 }]).await;
        assert_eq!((code, stdout), (0, format!("stopping execution {id} of {GATE}\n")), "{stderr}");
        let (code, stdout, _) = ran(&session, &["follow", &id]).await;
        assert!(code == 1 && stdout.contains(&format!("Go / make: {status}")), "{stdout}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_stage_is_run_again_and_followed() {
    let (local, gate, session) = applied().await;
    local.script(&gate, "Go", "make", [Outcome::fails("no space left"), Outcome::succeeds()]);
    let id = started(&session).await;
    assert_eq!(ran(&session, &["follow", &id]).await.0, 1);
    let (code, stdout, stderr) = ran(&session, &["retry", &id, "Go"]).await;
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert!(stderr.starts_with(&format!("running Go of execution {id} of {GATE} again\n")), "{stderr}");
    assert!(stdout.contains("Go / make: Succeeded, attempt 2"), "{stdout}");
    let (code, stdout, stderr) = ran(&session, &["retry", &id, "Go", "--all-actions", "--no-wait"]).await;
    assert_eq!((code, stdout.as_str()), (1, ""));
    assert!(stderr.starts_with("error: ") && stderr.contains("RetryStageExecution"), "{stderr}");
}

#[tokio::test(start_paused = true)]
async fn a_stage_is_rolled_back_to_an_execution_that_succeeded_in_it() {
    let (local, gate, session) = applied().await;
    local.script(&gate, "Go", "make", [Outcome::succeeds(), Outcome::fails("it broke"), Outcome::succeeds()]);
    let (good, bad) = (started(&session).await, started(&session).await);
    assert_eq!((ran(&session, &["follow", &good]).await.0, ran(&session, &["follow", &bad]).await.0), (0, 1));
    let (code, back, stderr) = ran(&session, &["rollback", &good, "Go", "--no-wait"]).await;
    let back = back.trim();
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(stderr, format!("rolling Go of {GATE} back to execution {good}, by execution {back}\n"));
    assert!(back != good && back != bad);
    assert_eq!(ran(&session, &["follow", back]).await.0, 0);
}

#[tokio::test]
async fn doctor_looks_at_the_pipelines_of_the_topology_or_at_those_that_are_named() {
    let (local, _, session) = applied().await;
    let healthy = ran(&session, &["doctor"]).await;
    assert_eq!(healthy.0, 0, "{healthy:?}");
    assert!(healthy.1.contains(GATE), "{healthy:?}");
    assert_eq!(ran(&session, &["doctor", "Gate"]).await, healthy);
    assert_eq!(ran(&session, &["doctor", GATE]).await, healthy);
    let (code, json, _) = ran(&session, &["doctor", "gate", "--format", "json", "--redact"]).await;
    assert!(code == 0 && !json.contains("111111111111"), "{json}");
    serde_json::from_str::<serde_json::Value>(&json).unwrap();
    let (code, _, stderr) = ran(&session, &["doctor", "Gat"]).await;
    assert_eq!((code, stderr.as_str()), (1, "error: the topology has no pipeline `Gat`; it has Gate\n"));
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"codebuild.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let iam = aws_sdk_iam::Client::new(&local.sdk_config("111111111111", "eu-west-1"));
    iam.update_assume_role_policy().role_name("gate-service").policy_document(trust).send().await.unwrap();
    let (code, text, _) = ran(&session, &["doctor"]).await;
    assert!(code == 2 && text.contains("✗"), "{text}");
}
