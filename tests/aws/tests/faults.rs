//! Faults on demand, seen through the SDK's clients and through plan and apply.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_sdk_codepipeline::error::ProvideErrorMetadata;
use codepipeline_xacct::Topology;
use codepipeline_xacct::local::{CallOutcome, Fault, Lag, Local, most_at_once};
use codepipeline_xacct_aws_tests::*;
use serde_json::json;

const A: &str = "111111111111";

fn local() -> Local {
    let local = Local::new();
    local.add_account(A).unwrap();
    local.add_account("222222222222").unwrap();
    local
}

/// A client that doesn't try again.
fn codepipeline(local: &Local, account: &str) -> aws_sdk_codepipeline::Client {
    let config = local.sdk_config(account, "eu-west-1").into_builder().retry_config(RetryConfig::disabled()).build();
    aws_sdk_codepipeline::Client::new(&config)
}

/// `None` for success, the code of an error, or `?` without one.
async fn list(client: &aws_sdk_codepipeline::Client) -> Option<String> {
    let error = client.list_pipelines().send().await.err()?;
    Some(error.code().unwrap_or("?").to_owned())
}

async fn create_role(local: &Local, name: &str) -> Result<(), String> {
    let config = local.sdk_config(A, "us-east-1").into_builder().retry_config(RetryConfig::disabled()).build();
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRole"}]}"#;
    let call = aws_sdk_iam::Client::new(&config).create_role().role_name(name).assume_role_policy_document(trust);
    call.send().await.map(drop).map_err(|error| error.code().unwrap_or("?").to_owned())
}

async fn assume(local: &Local, name: &str) -> bool {
    let client = aws_sdk_sts::Client::new(&local.sdk_config(A, "us-east-1"));
    let arn = format!("arn:aws:iam::{A}:role/{name}");
    client.assume_role().role_arn(arn).role_session_name("session").send().await.is_ok()
}

/// Others tag a role in A.
fn edit() -> serde_json::Value {
    json!({
        "account": A, "region": "us-east-1", "service": "iam", "operation": "TagRole",
        "input": { "RoleName": "edited", "Tags": [{ "Key": "team", "Value": "shop" }, { "Key": "cost", "Value": "7" }] },
    })
}

#[tokio::test]
async fn a_request_of_somebody_else_comes_just_before_a_call() {
    let local = local();
    create_role(&local, "edited").await.unwrap();
    local.faults().add(Fault::on("ListPipelines").nth(2).request(serde_json::from_value(edit()).unwrap()));
    let tags = async || {
        let client = aws_sdk_iam::Client::new(&local.sdk_config(A, "us-east-1"));
        let listed = client.list_role_tags().role_name("edited").send().await.unwrap();
        listed.tags().iter().map(|tag| format!("{}={}", tag.key(), tag.value())).collect::<Vec<_>>()
    };
    local.clear_calls();
    assert_eq!((list(&codepipeline(&local, A)).await, tags().await.len()), (None, 0));
    assert_eq!(list(&codepipeline(&local, A)).await, None);
    let mut now = tags().await;
    now.sort();
    assert_eq!(now, ["cost=7", "team=shop"]);
    let made: Vec<String> = local.calls().iter().map(|call| call.operation.clone()).collect();
    assert_eq!(made, ["ListPipelines", "ListRoleTags", "TagRole", "ListPipelines", "ListRoleTags"]);
    // One that is refused is in the recorder with its error.
    let mut wrong = edit();
    wrong["input"]["RoleName"] = json!("missing");
    local.faults().add(Fault::on("ListPipelines").nth(1).request(serde_json::from_value(wrong).unwrap()));
    assert_eq!(list(&codepipeline(&local, A)).await, None);
    let calls = local.calls();
    assert_eq!(calls[calls.len() - 2].outcome, CallOutcome::Failed("NoSuchEntity".into()));
}

/// A pipeline that others update between the look and the write of an apply, in the JSON that a server takes.
#[tokio::test]
async fn an_apply_brings_its_update_together_with_one_that_comes_in_between() {
    let local = as_the_console_left_it().unwrap();
    let topology = Topology::builder("release").add(Release).build().unwrap();
    let mut theirs = serde_json::to_value(local.pipeline(&RELEASE.parse().unwrap()).unwrap()).unwrap();
    theirs["stages"][0]["actions"][0]["configuration"]["BranchName"] = json!("theirs");
    let fault = json!({
        "operation": "UpdatePipeline", "when": { "nth": 1 },
        "effect": { "request": {
            "account": A, "region": "ap-northeast-1", "service": "codepipeline", "operation": "UpdatePipeline",
            "input": { "pipeline": theirs },
        } },
    });
    let fault: Fault = serde_json::from_value(fault).unwrap();
    // Where the answer is lost as well, the SDK tries again: then the history has our update twice, after theirs.
    for answer_is_lost in [false, true] {
        let local = as_the_console_left_it().unwrap();
        let session = local.connect(&topology).await.unwrap();
        local.faults().add(fault.clone());
        if answer_is_lost {
            local.faults().add(Fault::on("UpdatePipeline").nth(1).cut_after());
        }
        session.apply(&session.plan(&topology).await.unwrap()).await.unwrap();
        let now = serde_json::to_value(local.pipeline(&RELEASE.parse().unwrap()).unwrap()).unwrap();
        assert_eq!(now["stages"][0]["actions"][0]["configuration"]["BranchName"], "theirs", "{answer_is_lost}");
        assert!(session.plan(&topology).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn each_error_has_the_code_of_its_service() {
    for (fault, code, iam) in [
        (Fault::on_any().throttle(), "ThrottlingException", "Throttling"),
        (Fault::on_any().internal_error(), "InternalFailure", "InternalFailure"),
        (Fault::on_any().unavailable(), "ServiceUnavailableException", "ServiceUnavailable"),
        (Fault::on_any().expired_token(), "ExpiredTokenException", "ExpiredToken"),
        (Fault::on_any().access_denied(), "AccessDeniedException", "AccessDenied"),
        (Fault::on_any().timeout(), "?", "?"),
        (Fault::on_any().cut_before(), "?", "?"),
    ] {
        let local = local();
        local.faults().add(fault);
        assert_eq!(list(&codepipeline(&local, A)).await.as_deref(), Some(code));
        assert_eq!(create_role(&local, "x").await, Err(iam.to_owned()));
        local.faults().clear();
        assert_eq!(create_role(&local, "x").await, Ok(()), "the fault had an effect");
    }
}

#[tokio::test]
async fn a_fault_hits_its_calls_and_no_others() {
    let local = local();
    local.faults().add(Fault::on("ListPipelines").account(A).first(2).throttle());
    let throttled = Some("ThrottlingException".to_owned());
    let (a, b) = (codepipeline(&local, A), codepipeline(&local, "222222222222"));
    assert_eq!(list(&b).await, None);
    assert_eq!(create_role(&local, "x").await, Ok(()));
    assert_eq!([list(&a).await, list(&a).await, list(&a).await], [throttled.clone(), throttled.clone(), None]);
    local.faults().clear();
    local.faults().add(Fault::on_any().nth(2).throttle());
    local.faults().add(Fault::on_any().from(4).unavailable());
    let unavailable = Some("ServiceUnavailableException".to_owned());
    assert_eq!(
        [list(&a).await, list(&a).await, list(&a).await, list(&a).await, list(&a).await],
        [None, throttled.clone(), None, unavailable.clone(), unavailable]
    );
    local.faults().clear();
    local.faults().add(Fault::on_any().service("codepipeline").every(2).throttle());
    assert_eq!(
        [list(&a).await, list(&a).await, list(&a).await, list(&a).await],
        [None, throttled.clone(), None, throttled]
    );
}

#[tokio::test]
async fn the_same_seed_hits_the_same_calls() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let local = local();
        local.faults().add(Fault::on_any().seeded(42, 50).unavailable());
        let client = codepipeline(&local, A);
        let mut run = Vec::new();
        for _ in 0..40 {
            run.push(list(&client).await.is_some());
        }
        runs.push(run);
    }
    assert_eq!(runs[0], runs[1]);
    assert!((10..=30).contains(&runs[0].iter().filter(|hit| **hit).count()), "{:?}", runs[0]);
}

#[tokio::test(start_paused = true)]
async fn a_bucket_fills_again_per_account() {
    let local = local();
    local.faults().add(Fault::on_any().bucket(2, 1).throttle());
    let (a, b) = (codepipeline(&local, A), codepipeline(&local, "222222222222"));
    assert_eq!((list(&a).await, list(&a).await), (None, None));
    assert!(list(&a).await.is_some());
    assert_eq!(list(&b).await, None);
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(list(&a).await, None);
    assert!(list(&a).await.is_some());
}

#[tokio::test]
async fn a_connection_cut_after_the_effect_leaves_the_effect() {
    let local = local();
    local.faults().add(Fault::on("CreateRole").first(1).cut_after());
    assert_eq!(create_role(&local, "x").await, Err("?".to_owned()));
    assert_eq!(create_role(&local, "x").await, Err("EntityAlreadyExists".to_owned()));
    let outcomes: Vec<CallOutcome> = local.calls().into_iter().map(|call| call.outcome).collect();
    assert_eq!(outcomes, [CallOutcome::Cut, CallOutcome::Failed("EntityAlreadyExists".to_owned())]);
}

#[tokio::test]
async fn another_service_sees_a_role_after_the_lag() {
    let local = local();
    local.faults().set_iam_lag(Some(Lag::Calls(2)));
    assert_eq!(create_role(&local, "x").await, Ok(()));
    assert_eq!(create_role(&local, "x").await, Err("EntityAlreadyExists".to_owned()), "IAM sees it at once");
    assert!(!assume(&local, "x").await);
    assert!(!assume(&local, "x").await);
    assert!(assume(&local, "x").await);
    local.faults().set_iam_lag(Some(Lag::Seconds(3)));
    assert_eq!(create_role(&local, "y").await, Ok(()));
    // Every call takes a second.
    assert!(!assume(&local, "y").await);
    assert!(!assume(&local, "y").await);
    assert!(assume(&local, "y").await);
}

#[tokio::test]
async fn calls_of_another_account_or_to_another_service_show_nothing_earlier() {
    let local = local();
    local.add_account("222222222222").unwrap();
    local.faults().set_iam_lag(Some(Lag::Calls(2)));
    assert_eq!(create_role(&local, "x").await, Ok(()));
    for account in ["111111111111", "222222222222"] {
        let pipelines = aws_sdk_codepipeline::Client::new(&local.sdk_config(account, "us-east-1"));
        for _ in 0..5 {
            pipelines.list_pipelines().send().await.unwrap();
        }
    }
    assert!(!assume(&local, "x").await);
    // A later change is not seen before an earlier one.
    assert_eq!(create_role(&local, "y").await, Ok(()));
    assert!(!assume(&local, "x").await);
    assert!(assume(&local, "x").await);
    assert!(assume(&local, "y").await);
}

#[tokio::test]
async fn an_edit_happens_just_before_the_call() {
    let local = local();
    let other = local.clone();
    let role = format!("arn:aws:iam::{A}:role/x").parse().unwrap();
    let trust = trust(&format!(r#"{{"AWS":"{A}"}}"#)).unwrap();
    local.faults().add(Fault::on("CreateRole").first(1).edit(move || other.put_role(&role, &trust, &[]).unwrap()));
    assert_eq!(create_role(&local, "x").await, Err("EntityAlreadyExists".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn slow_calls_overlap_and_the_recorder_shows_it() {
    let local = local();
    local.faults().add(Fault::on_any().slow(Duration::from_secs(3)));
    let client = codepipeline(&local, A);
    let both = tokio::join!(list(&client), list(&client));
    assert_eq!(both, (None, None));
    let calls = local.calls();
    assert_eq!(most_at_once(&calls), 2);
    assert!(calls.iter().all(|call| call.end - call.start == Duration::from_secs(3)), "{calls:?}");
    let call = &calls[0];
    let what = (call.account.as_deref(), call.service.as_str(), call.operation.as_str());
    assert_eq!(what, (Some(A), "codepipeline", "ListPipelines"));
    local.clear_calls();
    assert!(local.calls().is_empty());
}

#[tokio::test]
async fn a_fault_is_read_from_json_and_written_to_it() {
    let text = r#"{"operation":"UpdatePipeline","account":"111111111111","when":{"first":2},"effect":"throttle"}"#;
    let fault: Fault = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&fault).unwrap(), text);
    assert!(serde_json::from_str::<Fault>(r#"{"operatoin":"x","effect":"throttle"}"#).is_err());
}

#[tokio::test]
async fn each_fault_in_json_is_the_one_in_rust() {
    for (effect, rust) in [
        (json!("throttle"), Fault::on_any().throttle()),
        (json!("internal_error"), Fault::on_any().internal_error()),
        (json!("unavailable"), Fault::on_any().unavailable()),
        (json!("timeout"), Fault::on_any().timeout()),
        (json!("cut_before"), Fault::on_any().cut_before()),
        (json!("cut_after"), Fault::on_any().cut_after()),
        (json!({ "slow": { "milliseconds": 20 } }), Fault::on_any().slow(Duration::from_millis(20))),
        (json!("expired_token"), Fault::on_any().expired_token()),
        (json!("access_denied"), Fault::on_any().access_denied()),
        (json!({ "request": edit() }), Fault::on_any().request(serde_json::from_value(edit()).unwrap())),
    ] {
        let text = json!({ "when": "always", "effect": effect });
        assert_eq!(serde_json::to_value(&rust).unwrap(), text);
        let read: Fault = serde_json::from_value(json!({ "effect": effect })).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), text, "always is what is left out");
    }
    for (when, rust) in [
        (json!({ "first": 2 }), Fault::on_any().first(2)),
        (json!({ "nth": 2 }), Fault::on_any().nth(2)),
        (json!({ "from": 2 }), Fault::on_any().from(2)),
        (json!({ "every": 2 }), Fault::on_any().every(2)),
        (json!({ "seeded": { "seed": 7, "percent": 10 } }), Fault::on_any().seeded(7, 10)),
        (json!({ "bucket": { "burst": 10, "per_second": 5 } }), Fault::on_any().bucket(10, 5)),
    ] {
        let rust = rust.service("iam").account(A).throttle();
        let text = json!({ "service": "iam", "account": A, "when": when, "effect": "throttle" });
        assert_eq!(serde_json::to_value(&rust).unwrap(), text);
        let read: Fault = serde_json::from_value(text.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), text);
    }
    for wrong in [json!({ "effect": "explode" }), json!({}), json!({ "effect": "throttle", "when": { "first": -1 } })] {
        assert!(serde_json::from_value::<Fault>(wrong.clone()).is_err(), "{wrong}");
    }
}

#[tokio::test(start_paused = true)]
async fn apply_gets_through_throttling_and_lag() {
    let local = as_the_console_left_it().unwrap();
    let topology = Topology::builder("release").add(passing::Release).build().unwrap();
    let session = local.connect(&topology).await.unwrap();
    let plan = session.plan(&topology).await.unwrap();
    local.faults().add(Fault::on_any().every(4).throttle());
    local.faults().add(Fault::on("UpdatePipeline").first(1).unavailable());
    local.faults().set_iam_lag(Some(Lag::Seconds(3)));
    session.apply(&plan).await.unwrap();
    assert!(local.calls().iter().any(|call| call.outcome == CallOutcome::Failed("ServiceUnavailableException".into())));
    local.faults().clear();
    assert!(session.plan(&topology).await.unwrap().is_empty());
}

#[tokio::test]
async fn executions_see_the_lag_too_while_time_passes() {
    for (lag, status) in [(Some(Lag::Seconds(3600)), "Succeeded"), (None, "Failed")] {
        let local = as_the_console_left_it().unwrap();
        let topology = codepipeline_xacct::Topology::builder("release").add(Release).build().unwrap();
        let session = local.connect(&topology).await.unwrap();
        session.apply(&session.plan(&topology).await.unwrap()).await.unwrap();
        local.set_request_time(Duration::ZERO);
        local.let_pass(Duration::from_secs(600));
        let b = "222222222222";
        let client = aws_sdk_codepipeline::Client::new(&local.sdk_config(b, "ap-northeast-1"));
        client.start_pipeline_execution().name("hoge1005command").send().await.unwrap();
        local.faults().set_iam_lag(lag);
        let iam = aws_sdk_iam::Client::new(&local.sdk_config(b, "us-east-1"));
        let call = iam.delete_role_policy().role_name("hoge1005command-service");
        call.policy_name("codepipeline-xacct-release").send().await.unwrap();
        local.let_pass(Duration::from_secs(600));
        let runs = client.list_pipeline_executions().pipeline_name("hoge1005command").send().await.unwrap();
        let run = &runs.pipeline_execution_summaries()[0];
        assert_eq!(run.status().unwrap().as_str(), status);
    }
}
