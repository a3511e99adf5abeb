//! The schemas of what commands print with `--format json`, which the book publishes: real lines and documents fit them, and nothing more does.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::time::Duration;

use codepipeline_xacct::Topology;
use codepipeline_xacct::aws::{Event, Session};
use codepipeline_xacct::cli::{Console, cargo_xacct, run_in};
use codepipeline_xacct::core::plan::Plan;
use codepipeline_xacct::local::Fault;
use codepipeline_xacct_aws_tests::*;
use serde_json::{Value, json};

use crate::artifact_access;
use crate::schema::misfits_of;

const APPLY: &str = include_str!("../../../book/src/reference/apply.schema.json");
const RUN: &str = include_str!("../../../book/src/reference/run.schema.json");
const DIAGNOSIS: &str = include_str!("../../../book/src/reference/diagnosis.schema.json");
const WIRING: &str = include_str!("../../../book/src/reference/wiring.schema.json");

fn topology() -> Topology {
    Topology::builder("release").add(passing::Release).build().unwrap()
}

async fn printed(session: &Session, args: &[&str]) -> String {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let console = Console { stdout: &mut stdout, stderr: &mut stderr, stdin: None };
    let args = std::iter::once("release").chain(args.iter().copied()).chain(["--format", "json"]).map(Into::into);
    run_in(Ok(topology()), session.clone(), args, console).await;
    String::from_utf8(stdout).unwrap()
}

async fn lines(session: &Session, args: &[&str]) -> Vec<Value> {
    printed(session, args).await.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Whether all fit, each kind that the schema knows is among them, and what has one more member doesn't fit.
fn fit(schema: &str, lines: &[Value]) {
    let schema: Value = serde_json::from_str(schema).unwrap();
    let mut kinds = BTreeSet::new();
    for line in lines {
        assert_eq!(misfits_of(schema.clone(), line), None, "{line:#}");
        kinds.insert(line["type"].as_str().unwrap());
        let mut more = line.clone();
        more["more"] = json!(1);
        assert!(misfits_of(schema.clone(), &more).is_some(), "{line:#}");
    }
    let known = schema["oneOf"].as_array().unwrap().iter();
    let known: BTreeSet<&str> = known.map(|line| line["properties"]["type"]["const"].as_str().unwrap()).collect();
    assert_eq!(kinds, known);
}

#[tokio::test(start_paused = true)]
async fn each_line_of_an_apply_fits_its_schema() {
    let local = as_the_console_left_it().unwrap();
    let session = local.connect(&topology()).await.unwrap();
    let apply = ["apply", "--yes", "--no-journal", "--without-asking-first"];
    local.faults().add(Fault::on("CreatePipeline").access_denied());
    let mut all = lines(&session, &[&apply[..], &["--undo-on-failure"]].concat()).await;
    assert!(all.last().unwrap()["undo"]["outcome"] == "done", "{all:#?}");
    all.extend(lines(&session, &apply).await);
    // The lease can't be released, and the way back can't be read.
    local.faults().add(Fault::on("UntagResource").access_denied());
    local.faults().add(Fault::on("DeleteRolePolicy").access_denied());
    all.extend(lines(&session, &["destroy", "--yes", "--no-journal", "--without-asking-first"]).await);
    local.faults().clear();
    let plan: Plan = session.plan(&topology()).await.unwrap();
    let step = || plan.steps()[0].id();
    let (message, pause) = ("IAM".to_owned(), Duration::from_millis(1500));
    all.extend(
        [
            Event::Waiting { step: step(), message, pause },
            Event::WaitingForRuns { step: step(), runs: 2, pause },
            Event::Merging { step: step(), version: 7 },
        ]
        .map(|event| event.to_json()),
    );
    all.push(json!({ "type": "report", "outcome": "interrupted", "journal": null }));
    fit(APPLY, &all);
    let failed = |line: &Value| line["failed"].as_array().is_some_and(|failed| !failed.is_empty());
    assert!(all.iter().any(failed));
}

#[tokio::test(start_paused = true)]
async fn each_line_of_a_run_fits_its_schema() {
    let local = as_the_console_left_it().unwrap();
    let session = local.connect(&topology()).await.unwrap();
    session.apply(&session.plan(&topology()).await.unwrap()).await.unwrap();
    let mut all = lines(&session, &["start", "Release"]).await;
    all.extend(lines(&session, &["start", "Release", "--no-wait"]).await);
    local.let_pass(Duration::from_secs(600));
    local.fail(&DEPLOY.parse().unwrap(), "Run", "Command", "it broke");
    all.extend(lines(&session, &["start", "Release"]).await);
    let only_a = Session::builder().credentials::<Tooling>(local.sdk_config("111111111111", "ap-northeast-1"));
    all.extend(lines(&only_a.connect().await.unwrap(), &["start", "Release"]).await);
    let a = aws_sdk_codepipeline::Client::new(&local.sdk_config("111111111111", "ap-northeast-1"));
    let inbound = aws_sdk_codepipeline::types::StageTransitionType::Inbound;
    let disable = a.disable_stage_transition().pipeline_name("hoge0315pipeline1").stage_name("Build");
    disable.transition_type(inbound).reason("freeze").send().await.unwrap();
    all.extend(lines(&session, &["start", "Release", "--timeout", "5"]).await);
    local.faults().add(Fault::on("ListActionExecutions").access_denied());
    all.extend(lines(&session, &["start", "Release", "--timeout", "5"]).await);
    fit(RUN, &all);
}

#[tokio::test]
async fn a_diagnosis_fits_its_schema() {
    let schema: Value = serde_json::from_str(DIAGNOSIS).unwrap();
    let local = as_the_console_left_it().unwrap();
    let session = local.connect(&topology()).await.unwrap();
    session.apply(&session.plan(&topology()).await.unwrap()).await.unwrap();
    let iam = aws_sdk_iam::Client::new(&local.sdk_config("111111111111", "us-east-1"));
    let mut all = vec![printed(&session, &["doctor"]).await];
    let service = SERVICE.rsplit('/').next().unwrap();
    iam.delete_role_policy().role_name(service).policy_name("codepipeline-xacct-release").send().await.unwrap();
    let deploy = aws_sdk_codepipeline::Client::new(&local.sdk_config("222222222222", "ap-northeast-1"));
    deploy.delete_pipeline().name("hoge1005command").send().await.unwrap();
    all.push(printed(&session, &["doctor"]).await);
    all.push(printed(&session, &["doctor", "--redact"]).await);
    local.faults().add(Fault::on("GetRole").access_denied());
    all.push(printed(&session, &["doctor"]).await);
    local.faults().add(Fault::on("GetPipeline").access_denied());
    all.push(printed(&session, &["doctor"]).await);
    let mut all: Vec<Value> = all.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    let world = artifact_access::World::new();
    all.push(json!(world.diagnosis().await));
    for diagnosis in &all {
        assert_eq!(misfits_of(schema.clone(), diagnosis), None, "{diagnosis:#}");
        let mut more = diagnosis.clone();
        more["pipelines"][0]["more"] = json!(1);
        assert!(misfits_of(schema.clone(), &more).is_some());
    }
    let text = Value::Array(all).to_string();
    for part in
        [r#""changes":[{"#, r#""edit":{"#, r#""decided_by":[{"#, r#""unread":{"#, r#""denied":"#, r#""artifacts":["#]
    {
        assert!(text.contains(part), "{part} is in one of them");
    }
}

/// What `cargo xacct wiring` prints of an input.
fn wired(args: &[&str], input: &str) -> String {
    let args = ["cargo-xacct", "wiring"].iter().chain(args).chain(&["-"]).map(OsString::from);
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    cargo_xacct(args, &mut input.as_bytes(), &mut stdout, &mut stderr, false);
    assert!(stderr.is_empty(), "{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

#[test]
fn an_answer_of_wiring_fits_its_schema() {
    let schema: Value = serde_json::from_str(WIRING).unwrap();
    let chain = include_str!("../../../examples/wiring.json");
    let as_line = serde_json::from_str::<Value>(chain).unwrap().to_string();
    let action = json!({
        "Name": "go",
        "ActionTypeId": { "Category": "Invoke", "Owner": "AWS", "Provider": "CodePipeline", "Version": "1" },
        "Configuration": { "PipelineName": "deploy" },
        "RoleArn": "arn:aws:iam::222222222222:role/invoker",
    });
    let stages = json!([{ "Name": "Go", "Actions": [action] }]);
    let release = json!({ "Type": "AWS::CodePipeline::Pipeline", "Properties": {
        "RoleArn": "arn:aws:iam::111111111111:role/service", "Stages": stages,
    } });
    let template = json!({ "Resources": { "Release": release } }).to_string();
    let mut all = vec![
        wired(&["--format", "json"], chain),
        wired(&["--format", "json", "--verbose"], chain),
        wired(&["--format", "json", "--account", "111111111111", "--region", "eu-west-1"], &template),
    ];
    let lines = wired(&["--jsonl"], &format!("{as_line}\n{{\"id\": 9}}\n"));
    all.extend(lines.lines().map(str::to_owned));
    assert_eq!(all.len(), 5);
    for text in &all {
        let mut answer: Value = serde_json::from_str(text).unwrap();
        assert_eq!(misfits_of(schema.clone(), &answer), None, "{answer:#}");
        answer["more"] = json!(1);
        assert!(misfits_of(schema.clone(), &answer).is_some(), "{answer:#}");
    }
    assert!(all.iter().any(|text| text.contains("\"statement\": {")), "a fix is in one of them");
}
