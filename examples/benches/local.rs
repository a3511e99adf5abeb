//! Local AWS in the process: 1000 pipelines in 100 accounts, created through the SDK and run; 1000 invokes across accounts, run.
//!
//! ```text
//! cargo bench -p codepipeline-xacct-examples --bench local
//! ```
#![allow(clippy::unwrap_used, missing_docs)]

use std::time::{Duration, Instant};

use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::local::Local;

const ACCOUNTS: usize = 100;
const PIPELINES: usize = 10;
/// Executions of each pipeline with an invoke.
const STARTS: usize = 10;

fn account(number: usize) -> String {
    format!("{:012}", 100_000_000_000 + number % ACCOUNTS)
}

fn document(text: &str) -> Document {
    Document::from_json(&format!(r#"{{"Version":"2012-10-17","Statement":[{text}]}}"#)).unwrap()
}

fn trust(principal: &str) -> Document {
    document(&format!(r#"{{"Effect":"Allow","Principal":{principal},"Action":"sts:AssumeRole"}}"#))
}

/// A pipeline with a source and another stage.
fn declaration(account: &str, name: &str, stage: &str) -> String {
    let source = r#"{"name":"code","actionTypeId":{"category":"Source","owner":"AWS","provider":"CodeCommit","version":"1"},"configuration":{"RepositoryName":"code","BranchName":"main","PollForSourceChanges":"false"},"outputArtifacts":[{"name":"Code"}]}"#;
    format!(
        r#"{{"pipeline":{{"name":"{name}","roleArn":"arn:aws:iam::{account}:role/service","pipelineType":"V2","executionMode":"PARALLEL",
           "artifactStore":{{"type":"S3","location":"artifacts"}},"variables":[{{"name":"version","defaultValue":"1"}}],
           "stages":[{{"name":"Source","actions":[{source}]}},{{"name":"Second","actions":[{stage}]}}]}}}}"#
    )
}

const BUILD: &str = r#"{"name":"build","actionTypeId":{"category":"Build","owner":"AWS","provider":"CodeBuild","version":"1"},"configuration":{"ProjectName":"build"},"inputArtifacts":[{"name":"Code"}]}"#;

/// An invoke of the first pipeline of the next account.
fn invoke(number: usize) -> String {
    let role = format!("arn:aws:iam::{}:role/invoker", account(number + 1));
    let variables = r##"[{\"name\":\"version\",\"value\":\"#{variables.version}\"}]"##;
    format!(
        r#"{{"name":"start","actionTypeId":{{"category":"Invoke","owner":"AWS","provider":"CodePipeline","version":"1"}},"roleArn":"{role}","configuration":{{"PipelineName":"p0","Variables":"{variables}"}}}}"#
    )
}

/// Calls CodePipeline and returns the body of its answer.
async fn call(local: &Local, account: &str, operation: &str, body: String) -> String {
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method("POST").unwrap();
    request.set_uri("http://localhost/").unwrap();
    let key = local.access_key(account).unwrap();
    let signed = format!("AWS4-HMAC-SHA256 Credential={key}/20260101/eu-west-1/codepipeline/aws4_request, Signature=0");
    for (name, value) in [
        ("authorization", signed),
        ("content-type", "application/x-amz-json-1.1".to_owned()),
        ("x-amz-target", format!("CodePipeline_20150709.{operation}")),
    ] {
        request.headers_mut().insert(name, value);
    }
    let answer = local.call(request).await.unwrap();
    let text = String::from_utf8(answer.body().bytes().unwrap().to_vec()).unwrap();
    assert_eq!(answer.status().as_u16(), 200, "{operation}: {text}");
    text
}

/// How many executions of a pipeline succeeded, and how many there are.
async fn succeeded(local: &Local, account: &str, pipeline: &str) -> (usize, usize) {
    let answer = call(local, account, "ListPipelineExecutions", format!(r#"{{"pipelineName":"{pipeline}"}}"#)).await;
    (answer.matches(r#""status":"Succeeded""#).count(), answer.matches(r#""status":"#).count())
}

fn print(what: &str, count: usize, began: Instant) {
    let time = began.elapsed().as_secs_f64();
    println!("{what}: {time:.3} s, {:.0} a second", count as f64 / time);
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let local = Local::new();
    let codepipeline = trust(r#"{"Service":"codepipeline.amazonaws.com"}"#);
    let all = document(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    for number in 0..ACCOUNTS {
        let role = format!("arn:aws:iam::{}:role/service", account(number)).parse().unwrap();
        local.put_role(&role, &codepipeline, &[("all", &all)]).unwrap();
    }
    for number in 0..ACCOUNTS {
        let service = format!("arn:aws:iam::{}:role/service", account(number));
        let role = format!("arn:aws:iam::{}:role/invoker", account(number + 1)).parse().unwrap();
        local.put_role(&role, &trust(&format!(r#"{{"AWS":"{service}"}}"#)), &[("all", &all)]).unwrap();
    }

    let began = Instant::now();
    for number in 0..ACCOUNTS * PIPELINES {
        let (account, name) = (account(number), format!("p{}", number / ACCOUNTS));
        call(&local, &account, "CreatePipeline", declaration(&account, &name, BUILD)).await;
    }
    // Each request takes a second of the virtual clock, so most first executions have ended by now.
    local.let_pass(Duration::from_secs(3600));
    print("1000 pipelines in 100 accounts created, and their first executions run", ACCOUNTS * PIPELINES, began);
    for number in 0..ACCOUNTS * PIPELINES {
        let name = format!("p{}", number / ACCOUNTS);
        assert_eq!(succeeded(&local, &account(number), &name).await, (1, 1));
    }

    for number in 0..ACCOUNTS {
        let account = account(number);
        call(&local, &account, "CreatePipeline", declaration(&account, "caller", &invoke(number))).await;
    }
    local.let_pass(Duration::from_secs(3600));
    let began = Instant::now();
    for _ in 0..STARTS {
        for number in 0..ACCOUNTS {
            call(&local, &account(number), "StartPipelineExecution", r#"{"name":"caller"}"#.to_owned()).await;
        }
    }
    local.let_pass(Duration::from_secs(3600));
    print("1000 invokes started and run", ACCOUNTS * STARTS, began);
    for number in 0..ACCOUNTS {
        // Of the target: its own first execution, the one of the first execution of the caller, and those that were measured.
        assert_eq!(succeeded(&local, &account(number), "caller").await, (STARTS + 1, STARTS + 1));
        assert_eq!(succeeded(&local, &account(number), "p0").await, (STARTS + 2, STARTS + 2));
    }
}
