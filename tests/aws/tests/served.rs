//! Local AWS on a port: the AWS CLI, raw sockets, many connections, slow clients, the interface under `/_local/`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use codepipeline_xacct::Topology;
use codepipeline_xacct::local::{Local, Server};
use codepipeline_xacct_aws_tests::*;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const A: &str = "111111111111";
const B: &str = "222222222222";

async fn served(local: &Local) -> Server {
    local.add_account(A).unwrap();
    local.add_account(B).unwrap();
    local.serve(([127, 0, 0, 1], 0).into()).await.unwrap()
}

/// All that the server sends for some bytes, until it closes the connection.
async fn raw(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

/// Status and body of a request of the interface under `/_local/`.
async fn admin(address: SocketAddr, method: &str, resource: &str, body: &str) -> (u16, Value) {
    let length = body.len();
    let request = format!(
        "{method} /_local/{resource} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    let answer = raw(address, request.as_bytes()).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), serde_json::from_str(body).unwrap())
}

fn list_pipelines(authorization: &str) -> String {
    format!(
        "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/x-amz-json-1.1\r\nx-amz-target: CodePipeline_20150709.ListPipelines\r\nauthorization: {authorization}\r\ncontent-length: 2\r\n\r\n{{}}"
    )
}

fn signed(local: &Local) -> String {
    let key = local.access_key(A).unwrap();
    format!(
        "AWS4-HMAC-SHA256 Credential={key}/20260101/eu-west-1/codepipeline/aws4_request, SignedHeaders=host, Signature=0"
    )
}

#[tokio::test]
async fn bad_input_gets_an_error_and_other_requests_go_on() {
    let local = Local::new();
    let server = served(&local).await;
    let address = server.address();
    assert!(raw(address, b"nonsense\r\n\r\n").await.starts_with("HTTP/1.1 400 "));
    let answer = raw(address, b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(
        answer.starts_with("HTTP/1.1 403 ") && answer.contains("<Code>MissingAuthenticationToken</Code>"),
        "{answer}"
    );
    let answer = raw(address, list_pipelines("AWS4-HMAC-SHA256 Credential=\u{e9}").as_bytes()).await;
    assert!(answer.contains("MissingAuthenticationTokenException"), "{answer}");
    let answer = raw(address, list_pipelines(&signed(&local)).as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with(r#"{"pipelines":[]}"#), "{answer}");
    server.shutdown().await;
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn slow_clients_and_200_connections_hold_up_nobody() {
    let local = Local::new();
    let server = served(&local).await;
    let address = server.address();
    let mut slow = Vec::new();
    for _ in 0..100 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"POST / HTTP/1.1\r\nhost:").await.unwrap();
        slow.push(stream);
    }
    let begun = Instant::now();
    let requests: Vec<_> = (0..200)
        .map(|_| {
            let request = list_pipelines(&signed(&local));
            tokio::spawn(async move { raw(address, request.as_bytes()).await })
        })
        .collect();
    for request in requests {
        assert!(request.await.unwrap().starts_with("HTTP/1.1 200 "));
    }
    assert!(begun.elapsed() < Duration::from_secs(8), "before the slow clients time out");
    drop(slow);
}

#[tokio::test]
async fn the_interface_adds_accounts_and_faults_and_moves_the_clock() {
    let local = Local::new();
    let server = served(&local).await;
    let address = server.address();
    let (status, added) = admin(address, "POST", "accounts", r#"{"id":"333333333333"}"#).await;
    assert_eq!((status, &added["id"]), (200, &json!("333333333333")));
    let (_, accounts) = admin(address, "GET", "accounts", "").await;
    assert_eq!(accounts.as_array().unwrap().len(), 3);
    assert_eq!(accounts[2], added);
    let (_, before) = admin(address, "GET", "clock", "").await;
    let (_, after) = admin(address, "POST", "clock", r#"{"advance_seconds":60}"#).await;
    let milliseconds = |clock: &Value| clock["milliseconds"].as_i64().unwrap();
    assert_eq!(milliseconds(&after) - milliseconds(&before), 60_000);

    let fault = r#"{"operation":"ListPipelines","when":{"first":1},"effect":"throttle"}"#;
    assert_eq!(admin(address, "POST", "faults", fault).await.0, 200);
    let answer = raw(address, list_pipelines(&signed(&local)).as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("ThrottlingException"), "{answer}");
    let (_, calls) = admin(address, "GET", "calls", "").await;
    assert_eq!(calls[0]["outcome"], json!({ "failed": "ThrottlingException" }));
    assert_eq!(admin(address, "DELETE", "calls", "").await.0, 200);
    assert_eq!(admin(address, "GET", "calls", "").await.1, json!([]));

    for (method, resource, body, expected) in [
        ("POST", "accounts", r#"{"id":"x"}"#, 400),
        ("POST", "faults", "{", 400),
        ("POST", "clock", r#"{"advance_seconds":-1}"#, 400),
        ("PATCH", "accounts", "", 405),
        ("GET", "nonsense", "", 404),
    ] {
        let (status, body) = admin(address, method, resource, body).await;
        assert_eq!((status, body["error"].is_string()), (expected, true), "{method} {resource}: {body}");
    }
    // A page of another site can send this, but not with the type of JSON.
    let form = b"POST /_local/accounts HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\n{}";
    assert!(raw(address, form).await.starts_with("HTTP/1.1 415 "));
}

#[tokio::test]
async fn a_cut_connection_is_cut() {
    let local = Local::new();
    let server = served(&local).await;
    let fault = r#"{"operation":"ListPipelines","effect":"cut_before"}"#;
    assert_eq!(admin(server.address(), "POST", "faults", fault).await.0, 200);
    assert_eq!(raw(server.address(), list_pipelines(&signed(&local)).as_bytes()).await, "");
}

struct Cli {
    address: SocketAddr,
    key: String,
}

impl Cli {
    /// Runs the AWS CLI; its output, or what it complained about.
    fn run(&self, arguments: &[&str]) -> Result<Value, String> {
        let output = Command::new("aws")
            .args(arguments)
            .env("AWS_ENDPOINT_URL", format!("http://{}", self.address))
            .env("AWS_ACCESS_KEY_ID", &self.key)
            .env("AWS_SECRET_ACCESS_KEY", "local")
            .env("AWS_DEFAULT_REGION", "ap-northeast-1")
            .env("AWS_DEFAULT_OUTPUT", "json")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .output()
            .unwrap();
        match output.status.success() {
            true => Ok(serde_json::from_slice(&output.stdout).unwrap_or_default()),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_aws_cli_updates_and_starts_a_pipeline_that_starts_another() {
    let version = Command::new("aws").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !version.is_ok_and(|status| status.success()) {
        println!("not run: there is no AWS CLI");
        return;
    }
    let local = as_the_console_left_it().unwrap();
    let topology = Topology::builder("release").add(passing::Release).build().unwrap();
    let session = local.connect(&topology).await.unwrap();
    session.apply(&session.plan(&topology).await.unwrap()).await.unwrap();
    let server = served(&local).await;
    let cli = |account: &str| Cli { address: server.address(), key: local.access_key(account).unwrap() };
    let (a, b) = (cli(A), cli(B));
    assert_eq!(b.run(&["sts", "get-caller-identity"]).unwrap()["Account"], json!(B));
    let invoker = INVOKER.rsplit('/').next().unwrap();
    let role = b.run(&["iam", "get-role", "--role-name", invoker]).unwrap();
    assert_eq!(role["Role"]["Arn"], json!(INVOKER));
    let missing = a.run(&["iam", "get-role", "--role-name", invoker]).unwrap_err();
    assert!(missing.contains("(NoSuchEntity)"), "{missing}");

    let name = RELEASE.rsplit(':').next().unwrap();
    let got = a.run(&["codepipeline", "get-pipeline", "--name", name]).unwrap();
    assert!(got["pipeline"].to_string().contains(INVOKER), "{got}");
    let given = got["pipeline"].to_string();
    let updated = a.run(&["codepipeline", "update-pipeline", "--pipeline", &given]).unwrap();
    assert_eq!(updated["pipeline"]["version"].as_i64(), got["pipeline"]["version"].as_i64().map(|version| version + 1));

    let list = ["codepipeline", "list-pipeline-executions", "--pipeline-name", DEPLOY.rsplit(':').next().unwrap()];
    let count = |executions: &Value| executions["pipelineExecutionSummaries"].as_array().unwrap().len();
    let before = count(&b.run(&list).unwrap());
    let started = a.run(&["codepipeline", "start-pipeline-execution", "--name", name]).unwrap();
    assert!(started["pipelineExecutionId"].is_string(), "{started}");
    assert_eq!(admin(server.address(), "POST", "clock", r#"{"advance_seconds":600}"#).await.0, 200);
    let after = b.run(&list).unwrap();
    assert_eq!(count(&after), before + 1, "{after}");
    let run = &after["pipelineExecutionSummaries"][0];
    assert_eq!(run["status"], json!("Succeeded"));
    assert!(run["trigger"]["triggerDetail"].as_str().unwrap().contains(":assumed-role/"), "{run}");
}
