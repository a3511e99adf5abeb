//! Local AWS on a port: the AWS CLI, raw sockets, many connections, slow clients, the interface under `/_local/`.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::world::{World, approval, arn, build, pipeline, stage, type_id};
use aws_sdk_codepipeline::types::{ApprovalResult, ApprovalStatus};
use codepipeline_xacct::Topology;
use codepipeline_xacct::core::ids::PipelineArn;
use codepipeline_xacct::local::{Local, Outcome, Server};
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
        "{method} /_local/{resource} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    let answer = raw(address, request.as_bytes()).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), serde_json::from_str(body).unwrap())
}

fn list_pipelines(authorization: &str) -> String {
    format!(
        "POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/x-amz-json-1.1\r\nx-amz-target: CodePipeline_20150709.ListPipelines\r\nauthorization: {authorization}\r\ncontent-length: 2\r\n\r\n{{}}"
    )
}

fn signed(local: &Local) -> String {
    let key = local.access_key(A).unwrap();
    format!(
        "AWS4-HMAC-SHA256 Credential={key}/20260101/eu-west-1/codepipeline/aws4_request, SignedHeaders=host, Signature=0"
    )
}

/// Says on standard error, which a test that passes shows, that it did not run.
fn not_run(why: &str) {
    std::io::stderr().write_all(format!("NOT RUN: {why}\n").as_bytes()).unwrap();
}

#[tokio::test]
async fn bad_input_gets_an_error_and_other_requests_go_on() {
    let local = Local::new();
    let server = served(&local).await;
    let address = server.address();
    assert!(raw(address, b"nonsense\r\n\r\n").await.starts_with("HTTP/1.1 400 "));
    let answer = raw(address, b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await;
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
    for begin in
        [&b"POST / HTTP/1.1\r\nhost:"[..], b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\n{"]
    {
        for _ in 0..250 {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(begin).await.unwrap();
            slow.push(stream);
        }
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
        (
            "POST",
            "faults",
            r#"{"effect":{"request":{"account":"111111111111","service":"iam","operation":"Tag"}}}"#,
            400,
        ),
        ("POST", "clock", r#"{"advance_seconds":-1}"#, 400),
        ("POST", "faults", r#"{"operation":"UpdatePipline","effect":"throttle"}"#, 400),
        ("POST", "faults", r#"{"service":"codepipelin","effect":"throttle"}"#, 400),
        ("POST", "faults", r#"{"service":"iam","operation":"UpdatePipeline","effect":"throttle"}"#, 400),
        ("POST", "faults", r#"{"account":"1","effect":"throttle"}"#, 400),
        ("PATCH", "accounts", "", 405),
        ("GET", "nonsense", "", 404),
    ] {
        let (status, body) = admin(address, method, resource, body).await;
        assert_eq!((status, body["error"].is_string()), (expected, true), "{method} {resource}: {body}");
    }
    // A page of another site can send this, but not with the type of JSON.
    let form = b"POST /_local/accounts HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\n{}";
    assert!(raw(address, form).await.starts_with("HTTP/1.1 415 "));
}

#[tokio::test]
async fn a_misspelt_name_gets_the_one_that_is_meant() {
    let world = World::new();
    world.create(&pipeline("p", "QUEUED", &[stage("Build", &[build("Compile", 1)])])).await.unwrap();
    let server = world.local.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
    let outcomes = |pipeline: &str, stage: &str, action: &str| {
        let pipeline = arn(pipeline).to_string();
        json!({ "pipeline": pipeline, "stage": stage, "action": action, "outcomes": [{}] }).to_string()
    };
    let fault = |service: &str, operation: &str| {
        json!({ "service": service, "operation": operation, "effect": "throttle" }).to_string()
    };
    for (resource, body, error) in [
        (
            "faults",
            fault("codepipeline", "UpdatePipline"),
            "`codepipeline` has no operation `UpdatePipline`: did you mean `UpdatePipeline`?",
        ),
        (
            "faults",
            fault("codepipelin", "UpdatePipeline"),
            "there is no service `codepipelin`: did you mean `codepipeline`?",
        ),
        ("outcomes", outcomes("p", "Buidl", "Compile"), "the pipeline has no stage `Buidl`: did you mean `Build`?"),
        (
            "outcomes",
            outcomes("p", "Build", "Compil"),
            "stage `Build` has no action or rule `Compil`: did you mean `Compile`?",
        ),
    ] {
        let answer = admin(server.address(), "POST", resource, &body).await;
        assert_eq!(answer, (400, json!({ "error": error })));
    }
    // Outcomes of what is not there yet can be set in advance.
    assert_eq!(admin(server.address(), "POST", "outcomes", &outcomes("later", "S", "A")).await.0, 200);
    assert_eq!(admin(server.address(), "POST", "outcomes", &outcomes("p", "Build", "Compile")).await.0, 200);
}

#[tokio::test]
async fn a_page_of_another_site_reads_and_changes_nothing() {
    let local = Local::new();
    let server = served(&local).await;
    let ask = async |host: &str, method: &str, path: &str, more: &str| {
        let request = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{more}\r\n");
        raw(server.address(), request.as_bytes()).await.split(' ').nth(1).unwrap().to_owned()
    };
    let port = server.address().port();
    for host in ["localhost", "127.0.0.1", &format!("127.0.0.1:{port}"), "[::1]:4599", "aws.localhost:4599"] {
        assert_eq!(ask(host, "GET", "/_local/state", "").await, "200", "{host}");
        assert_eq!(ask(host, "GET", "/", "accept: text/html\r\n").await, "200", "{host}");
    }
    for host in ["evil.example", "localhost.evil.example", "10.0.0.1", ""] {
        assert_eq!(ask(host, "GET", "/_local/state", "").await, "403", "{host}");
        assert_eq!(ask(host, "GET", "/", "accept: text/html\r\n").await, "403", "{host}");
        assert_eq!(ask("localhost", "GET", &format!("http://{host}x/_local/state"), "").await, "403", "{host}");
    }
    let own = format!("origin: http://localhost:{port}\r\n");
    assert_eq!(ask(&format!("localhost:{port}"), "DELETE", "/_local/calls", &own).await, "200");
    for origin in ["http://evil.example", "http://localhost:1", "null"] {
        let more = format!("origin: {origin}\r\n");
        assert_eq!(ask(&format!("localhost:{port}"), "DELETE", "/_local/calls", &more).await, "403", "{origin}");
    }
}

#[tokio::test]
async fn requests_are_answered_while_the_clock_is_advanced() {
    let world = World::new();
    // Every execution starts another.
    let again = json!({
        "name": "again",
        "actionTypeId": type_id("Invoke/AWS/CodePipeline/1"),
        "configuration": { "PipelineName": "p" },
    });
    let stages = [stage("Again", &[again]), stage("Build", &[build("Compile", 1)])];
    world.create(&pipeline("p", "PARALLEL", &stages)).await.unwrap();
    let server = world.local.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
    let address = server.address();
    let advanced = tokio::spawn(async move {
        let begun = Instant::now();
        let (status, _) = admin(address, "POST", "clock", r#"{"advance_seconds":7200}"#).await;
        (status, begun.elapsed())
    });
    let mut longest = Duration::ZERO;
    while !advanced.is_finished() {
        let begun = Instant::now();
        admin(address, "GET", "clock", "").await;
        longest = longest.max(begun.elapsed());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let (status, took) = advanced.await.unwrap();
    assert_eq!(status, 200);
    assert!(longest < took / 2, "a request waited {longest:?} of the {took:?}");
}

#[tokio::test]
async fn the_interface_tells_how_actions_end() {
    let world = World::new();
    let function = json!({
        "name": "check",
        "actionTypeId": type_id("Invoke/AWS/Lambda/1"),
        "configuration": { "FunctionName": "check" },
    });
    let stages = [stage("Build", &[build("Compile", 1)]), stage("Ask", &[approval("ok")]), stage("Call", &[function])];
    world.create(&pipeline("p", "QUEUED", &stages)).await.unwrap();
    world.local.let_pass(Duration::from_secs(60));
    let server = served(&world.local).await;
    let tell = async |stage: &str, action: &str, outcomes: Value| {
        let pipeline = arn("p").to_string();
        let told = json!({ "pipeline": pipeline, "stage": stage, "action": action, "outcomes": outcomes }).to_string();
        admin(server.address(), "POST", "outcomes", &told).await
    };
    let slow = json!({ "variables": { "IMAGE": "app:1" }, "summary": "built", "takes_seconds": 600 });
    let told = json!([{ "fails": "no network", "code": "BuildFailed" }, { "fails": "no space" }, slow]);
    assert_eq!(tell("Build", "Compile", told).await, (200, json!({})));
    for (code, message) in [("BuildFailed", "no network"), ("JobFailed", "no space")] {
        let id = world.start("p").await;
        assert_eq!(world.ends("p", &id).await, "Failed");
        let state = world.stage("p", "Build").await.action_states()[0].latest_execution().unwrap().clone();
        let error = state.error_details().unwrap();
        assert_eq!((error.code(), error.message()), (Some(code), Some(message)));
    }
    // The approval waits for PutApprovalResult, and the function for its own answer.
    assert_eq!(tell("Ask", "ok", json!([{ "awaits_answer": true }])).await.0, 200);
    assert_eq!(tell("Call", "check", json!([{ "awaits_answer": true }])).await.0, 200);
    let id = world.start("p").await;
    world.local.let_pass(Duration::from_secs(590));
    assert_eq!(world.actions("p", &id).await.last().unwrap(), "Build/Compile InProgress");
    world.local.let_pass(Duration::from_secs(20));
    let waiting = world.stage("p", "Ask").await.action_states()[0].latest_execution().unwrap().clone();
    let result = ApprovalResult::builder().summary("fine").status(ApprovalStatus::Approved).build().unwrap();
    let call = world.client.put_approval_result().pipeline_name("p").stage_name("Ask").action_name("ok");
    call.result(result).token(waiting.token().unwrap()).send().await.unwrap();
    world.local.let_pass(Duration::from_secs(10));
    let (_, called) = admin(server.address(), "GET", "invocations", "").await;
    assert_eq!(called[0]["function"], "arn:aws:lambda:eu-west-1:111111111111:function:check");
    let job = called[0]["event"]["CodePipeline.job"]["id"].as_str().unwrap();
    world.client.put_job_success_result().job_id(job).send().await.unwrap();
    assert_eq!(world.ends("p", &id).await, "Succeeded");
    // Without outcomes, it ends as if nothing had been told.
    for (stage, action) in [("Build", "Compile"), ("Ask", "ok"), ("Call", "check")] {
        assert_eq!(tell(stage, action, json!([])).await.0, 200);
    }
    let id = world.start("p").await;
    assert_eq!(world.ends("p", &id).await, "Succeeded");
    let (status, body) = tell("Build", "Compile", json!([{ "fails": "x", "awaits_answer": true }])).await;
    assert_eq!(status, 400);
    assert!(body["error"].as_str().unwrap().contains("leave out `fails` and `code`"), "{body}");
    let (status, body) = tell("Build", "Compile", json!([{ "fail": "x" }])).await;
    assert_eq!(status, 400);
    assert!(body["error"].as_str().unwrap().contains("unknown field `fail`"), "{body}");
}

#[tokio::test]
async fn the_interface_sets_switches_and_policies_of_organizations_buckets_and_keys() {
    let world = World::new();
    world.create(&pipeline("p", "QUEUED", &[stage("Build", &[build("Compile", 1)])])).await.unwrap();
    world.local.let_pass(Duration::from_secs(60));
    let server = served(&world.local).await;
    let set = async |method: &str, resource: &str, body: Value| {
        let (status, answer) = admin(server.address(), method, resource, &body.to_string()).await;
        assert_eq!(status, 200, "{answer}");
    };
    set("PUT", "undocumented", json!({ "invoke_waits": true, "session_name": { "fixed": "codepipeline" } })).await;
    let (_, switches) = admin(server.address(), "GET", "undocumented", "").await;
    assert_eq!(switches["invoke_waits"], true);
    assert_eq!(switches["invoke_shows_external_id"], true);
    assert_eq!(switches["session_name"], json!({ "fixed": "codepipeline" }));
    assert_eq!(admin(server.address(), "PUT", "undocumented", r#"{"invoke_wait":true}"#).await.0, 400);

    // A deployer can have fewer rights.
    let read = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "codepipeline:List*", "Resource": "*" }] });
    for (deployer, status) in [
        (json!("nobody"), "HTTP/1.1 400 "),
        (json!("read_only"), "HTTP/1.1 200 "),
        (json!({ "with": read }), "HTTP/1.1 200 "),
    ] {
        let told = json!({ "account": A, "deployer": deployer }).to_string();
        let (_, made) = admin(server.address(), "POST", "deployers", &told).await;
        let key = made["access_key_id"].as_str().unwrap();
        assert_eq!((&made["secret_access_key"], &made["session_token"]), (&json!("local"), &json!("local")));
        let signed = signed(&world.local).replace(&world.local.access_key(A).unwrap(), key);
        let request = list_pipelines(&format!("{signed}\r\nX-Amz-Security-Token: local"));
        let answer = raw(server.address(), request.as_bytes()).await;
        assert!(answer.starts_with(status), "{deployer} {answer}");
        let delete = request.replace("ListPipelines", "DeletePipeline");
        assert!(raw(server.address(), delete.as_bytes()).await.contains("AccessDeniedException"), "{deployer}");
    }

    let ends = async || {
        let id = world.start("p").await;
        world.ends("p", &id).await
    };
    let statement = |effect: &str, action: &str| json!({ "Version": "2012-10-17", "Statement": [{ "Effect": effect, "Action": action, "Resource": "*" }] });
    assert_eq!(ends().await, "Succeeded");
    let scps = json!([[statement("Allow", "*"), statement("Deny", "codebuild:*")]]);
    set("PUT", "organization", json!({ "account": A, "scps": scps.clone() })).await;
    assert_eq!(ends().await, "Failed");
    set("PUT", "organization", json!({ "account": A })).await;
    assert_eq!(ends().await, "Succeeded");
    // Where one kind is refused, the other stays as it is too.
    let half = json!({ "account": A, "scps": scps, "rcps": [[statement("Allow", "s3:*")]] }).to_string();
    assert_eq!(admin(server.address(), "PUT", "organization", &half).await.0, 400);
    assert_eq!(ends().await, "Succeeded");
    // A bucket of another account, which lets no one in.
    set("POST", "buckets", json!({ "account": B, "name": "artifacts" })).await;
    assert_eq!(ends().await, "Failed");
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "AWS": A },
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": "arn:aws:s3:::artifacts/*",
        }],
    });
    set("POST", "buckets", json!({ "account": B, "name": "artifacts", "policy": policy })).await;
    assert_eq!(ends().await, "Succeeded");
    // So does a key, once the artifacts are encrypted with it.
    let key = "arn:aws:kms:eu-west-1:222222222222:key/00000000-0000-0000-0000-000000000000";
    let mut declaration = pipeline("p", "QUEUED", &[stage("Build", &[build("Compile", 1)])]);
    declaration["artifactStore"]["encryptionKey"] = json!({ "id": key, "type": "KMS" });
    world.update(&declaration).await.unwrap();
    set("POST", "keys", json!({ "arn": key })).await;
    assert_eq!(ends().await, "Failed");
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": { "AWS": A }, "Action": "kms:*", "Resource": "*" }],
    });
    set("POST", "keys", json!({ "arn": key, "policy": policy })).await;
    assert_eq!(ends().await, "Succeeded");
    let (status, body) = admin(server.address(), "POST", "keys", r#"{"arn":"artifacts"}"#).await;
    assert_eq!((status, body), (400, json!({ "error": "ValidationException: artifacts is not the ARN of a key" })));
}

#[tokio::test]
async fn the_interface_shows_what_an_invoke_started_and_where_it_was_refused() {
    let local = as_the_console_left_it().unwrap();
    let topology = Topology::builder("release").add(passing::Release).build().unwrap();
    let session = local.connect(&topology).await.unwrap();
    session.apply(&session.plan(&topology).await.unwrap()).await.unwrap();
    // AWS may not show what was started.
    local.set_undocumented(|switches| switches.invoke_shows_external_id = false);
    let server = served(&local).await;
    let release: PipelineArn = RELEASE.parse().unwrap();
    let run = async || {
        let id = session.start_arn(release.clone()).await.unwrap().id().to_owned();
        local.let_pass(Duration::from_secs(600));
        id
    };
    let shown = async |id: &str| {
        let run = admin(server.address(), "GET", &format!("executions/{id}"), "").await.1;
        let action = run["actions"].as_array().unwrap().iter().rfind(|action| action["action"] == "ccc").unwrap();
        (action["invoke"]["started"]["pipeline"].clone(), action["refused"].clone())
    };
    let good = run().await;
    assert_eq!(shown(good.as_str()).await, (json!(DEPLOY), Value::Null));
    let told =
        json!({ "pipeline": RELEASE, "stage": "Build", "action": "ccc", "outcomes": [{ "fails": "no" }] }).to_string();
    assert_eq!(admin(server.address(), "POST", "outcomes", &told).await.0, 200);
    assert_eq!(shown(run().await.as_str()).await, (Value::Null, Value::Null));
    local.script(&release, "Build", "ccc", [Outcome::succeeds()]);
    let b = aws_sdk_codepipeline::Client::new(&local.sdk_config(B, "ap-northeast-1"));
    b.delete_pipeline().name(DEPLOY.rsplit(':').next().unwrap()).send().await.unwrap();
    assert_eq!(shown(run().await.as_str()).await, (Value::Null, json!("start")));
    assert_eq!(shown(good.as_str()).await.0, json!(DEPLOY));
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
    fn is_there() -> bool {
        let version = Command::new("aws").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        version.is_ok_and(|status| status.success())
    }

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
    if !Cli::is_there() {
        not_run("there is no AWS CLI");
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

/// A profile that assumes a role: the client compares the end of the session with its own clock.
#[tokio::test(flavor = "multi_thread")]
async fn the_aws_cli_assumes_the_role_of_a_profile_and_signs_its_requests() {
    if !Cli::is_there() {
        not_run("there is no AWS CLI");
        return;
    }
    let local = Local::new();
    local.catch_up();
    local.check_signatures(true);
    let server = served(&local).await;
    let trust = trust(&format!(r#"{{"AWS":"{A}"}}"#)).unwrap();
    local.put_role(&format!("arn:aws:iam::{B}:role/deployer").parse().unwrap(), &trust, &[]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let profiles = folder.path().join("config");
    let who = |secret: &str, profile: &str| {
        let key = local.access_key(A).unwrap();
        let region = "region = eu-west-1\n";
        let text = format!(
            "[profile a]\n{region}aws_access_key_id = {key}\naws_secret_access_key = {secret}\n\
             [profile b]\n{region}source_profile = a\nrole_arn = arn:aws:iam::{B}:role/deployer\n"
        );
        std::fs::write(&profiles, text).unwrap();
        let mut aws = Command::new("aws");
        aws.args(["sts", "get-caller-identity", "--profile", profile, "--query", "Arn", "--output", "text"]);
        // Whatever the environment says, it goes to this server and to no other.
        let address = format!("http://{}", server.address());
        for service in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"] {
            aws.env(service, &address);
        }
        aws.env("NO_PROXY", "127.0.0.1").env("AWS_EC2_METADATA_DISABLED", "true");
        aws.env_remove("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
        aws.env("AWS_CONFIG_FILE", &profiles).env("AWS_SHARED_CREDENTIALS_FILE", folder.path().join("none"));
        // Where it keeps sessions.
        aws.env("HOME", folder.path());
        let output = aws.output().unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    let found = who("local", "b");
    assert!(found.starts_with(&format!("arn:aws:sts::{B}:assumed-role/deployer/")), "{found}");
    let found = who("another", "a");
    assert!(found.contains("(SignatureDoesNotMatch)"), "{found}");
}

/// Documents that the article types.
fn service_trust_text() -> String {
    service_trust().unwrap().to_json()
}

fn pipeline_text(name: &str, account: &str, role: &str, second: &Value) -> String {
    json!({
        "name": name,
        "roleArn": format!("arn:aws:iam::{account}:role/{role}"),
        "artifactStore": { "type": "S3", "location": format!("artifacts-{account}") },
        "pipelineType": "V2",
        "executionMode": "QUEUED",
        "variables": [{ "name": "val1", "defaultValue": "none" }],
        "stages": [
            { "name": "Source", "actions": [{
                "name": "Source",
                "actionTypeId": { "category": "Source", "owner": "AWS", "provider": "CodeCommit", "version": "1" },
                "configuration": { "RepositoryName": "code", "BranchName": "main", "PollForSourceChanges": "false" },
                "outputArtifacts": [{ "name": "SourceArtifact" }],
            }] },
            { "name": "Second", "actions": [second] },
        ],
    })
    .to_string()
}

fn allow(actions: &[&str], resource: &str) -> String {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": actions, "Resource": resource }] })
        .to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_article_can_be_typed_with_the_aws_cli_from_the_first_role_to_the_run() {
    if !Cli::is_there() {
        not_run("there is no AWS CLI");
        return;
    }
    let local = Local::new();
    let server = served(&local).await;
    let cli = |account: &str| Cli { address: server.address(), key: local.access_key(account).unwrap() };
    let (a, b) = (cli(A), cli(B));
    let role = |cli: &Cli, name: &str, trust: &str| {
        cli.run(&["iam", "create-role", "--role-name", name, "--assume-role-policy-document", trust]).unwrap();
    };
    let policy = |cli: &Cli, role: &str, name: &str, document: &str| {
        let put = ["iam", "put-role-policy", "--role-name", role, "--policy-name", name, "--policy-document", document];
        cli.run(&put).unwrap();
    };
    let rights = allow(&["s3:*", "codecommit:*", "logs:*"], "*");
    for (cli, name) in [(&a, "service-a"), (&b, "service-b")] {
        role(cli, name, &service_trust_text());
        policy(cli, name, "rights", &rights);
    }
    let command = json!({
        "name": "Command",
        "actionTypeId": { "category": "Compute", "owner": "AWS", "provider": "Commands", "version": "1" },
        "commands": ["echo #{variables.val1}"],
        "inputArtifacts": [{ "name": "SourceArtifact" }],
    });
    let target = pipeline_text("target", B, "service-b", &command);
    b.run(&["codepipeline", "create-pipeline", "--pipeline", &target]).unwrap();
    let invoke = json!({
        "name": "ccc",
        "actionTypeId": { "category": "Invoke", "owner": "AWS", "provider": "CodePipeline", "version": "1" },
        "configuration": { "PipelineName": "target" },
    });
    let caller = pipeline_text("caller", A, "service-a", &invoke);
    a.run(&["codepipeline", "create-pipeline", "--pipeline", &caller]).unwrap();

    // The role in B, and get-pipeline, roleArn, update-pipeline in A.
    role(&b, "invoker", &trust(&format!(r#"{{"AWS":"arn:aws:iam::{A}:role/service-a"}}"#)).unwrap().to_json());
    let target_arn = format!("arn:aws:codepipeline:ap-northeast-1:{B}:target");
    policy(&b, "invoker", "start", &allow(&["codepipeline:StartPipelineExecution"], &target_arn));
    let invoker = format!("arn:aws:iam::{B}:role/invoker");
    let mut got = a.run(&["codepipeline", "get-pipeline", "--name", "caller"]).unwrap();
    let action = &mut got["pipeline"]["stages"][1]["actions"][0];
    action["roleArn"] = json!(invoker);
    action["configuration"]["Variables"] = json!(r##"[{"name":"val1","value":"#{variables.val1}"}]"##);
    let changed = got["pipeline"].to_string();
    let update = ["codepipeline", "update-pipeline", "--pipeline", &changed];
    let refused = a.run(&update).unwrap_err();
    assert!(
        refused.contains(&format!(
            "(InvalidStructureException) when calling the UpdatePipeline operation: arn:aws:iam::{A}:role/service-a is not authorized to perform AssumeRole on role {invoker}"
        )),
        "{refused}"
    );
    policy(&a, "service-a", "assume", &allow(&["sts:AssumeRole"], &invoker));
    assert_eq!(a.run(&update).unwrap()["pipeline"]["version"], json!(2));

    let start =
        ["codepipeline", "start-pipeline-execution", "--name", "caller", "--variables", "name=val1,value=hello"];
    a.run(&start).unwrap();
    assert_eq!(admin(server.address(), "POST", "clock", r#"{"advance_seconds":600}"#).await.0, 200);
    let runs = b.run(&["codepipeline", "list-pipeline-executions", "--pipeline-name", "target"]).unwrap();
    let run = &runs["pipelineExecutionSummaries"][0];
    assert_eq!(run["status"], json!("Succeeded"));
    let by = run["trigger"]["triggerDetail"].as_str().unwrap();
    assert!(by.starts_with(&format!("arn:aws:sts::{B}:assumed-role/invoker/")), "{by}");
    let id = run["pipelineExecutionId"].as_str().unwrap();
    let get = ["codepipeline", "get-pipeline-execution", "--pipeline-name", "target", "--pipeline-execution-id", id];
    let passed = &b.run(&get).unwrap()["pipelineExecution"]["variables"];
    assert_eq!(*passed, json!([{ "name": "val1", "resolvedValue": "hello" }]));
}

const TERRAFORM: &str = r#"
resource "aws_iam_role" "service" {
  name               = "tf-service"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "codepipeline.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
  tags = { team = "a" }
}

resource "aws_iam_role_policy" "rights" {
  role   = aws_iam_role.service.id
  name   = "rights"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:*", "codecommit:*", "codebuild:*"], Resource = "*" }]
  })
}

resource "aws_codepipeline" "release" {
  name          = "tf-release"
  role_arn      = aws_iam_role.service.arn
  pipeline_type = "V2"
  artifact_store {
    location = "tf-artifacts"
    type     = "S3"
  }
  stage {
    name = "Source"
    action {
      name             = "code"
      category         = "Source"
      owner            = "AWS"
      provider         = "CodeCommit"
      version          = "1"
      output_artifacts = ["Code"]
      configuration    = { RepositoryName = "code", BranchName = "main" }
    }
  }
  stage {
    name = "Build"
    action {
      name            = "build"
      category        = "Build"
      owner           = "AWS"
      provider        = "CodeBuild"
      version         = "1"
      input_artifacts = ["Code"]
      configuration   = { ProjectName = "build" }
    }
  }
}
"#;

/// Where Terraform's AWS provider may lie on this machine, so that nothing is fetched.
const PLUGINS: &str = "/opt/tf-plugins";

#[tokio::test(flavor = "multi_thread")]
async fn terraform_creates_finds_nothing_to_change_and_destroys() {
    let plugins = std::env::var("TF_PLUGINS").unwrap_or_else(|_| PLUGINS.to_owned());
    let version = Command::new("terraform").arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !version.is_ok_and(|status| status.success()) || !std::path::Path::new(&plugins).exists() {
        not_run("there is no Terraform, or no folder with its AWS provider (TF_PLUGINS)");
        return;
    }
    let local = Local::new();
    let server = served(&local).await;
    let endpoint = format!("http://{}", server.address());
    let folder = std::env::temp_dir().join(format!("codepipeline-xacct-terraform-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let provider = format!(
        "terraform {{\n  required_providers {{\n    aws = {{\n      source = \"hashicorp/aws\"\n    }}\n  }}\n}}\nprovider \"aws\" {{\n  region = \"eu-west-1\"\n  access_key = \"{}\"\n  secret_key = \"local\"\n  skip_metadata_api_check = true\n  endpoints {{\n    iam = \"{endpoint}\"\n    sts = \"{endpoint}\"\n    codepipeline = \"{endpoint}\"\n  }}\n}}\n",
        local.access_key(A).unwrap()
    );
    std::fs::write(folder.join("main.tf"), provider + TERRAFORM).unwrap();
    let terraform = |arguments: &[&str]| {
        let mut command = Command::new("terraform");
        command.args(arguments).arg("-no-color").current_dir(&folder).env_remove("AWS_PROFILE");
        let output = command.output().unwrap();
        let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        (output.status.code(), text)
    };
    let (code, text) = terraform(&["init", &format!("-plugin-dir={plugins}")]);
    assert_eq!(code, Some(0), "{text}");
    let (code, text) = terraform(&["apply", "-auto-approve"]);
    assert!(code == Some(0) && text.contains("3 added, 0 changed, 0 destroyed"), "{text}");
    // Exits with 2 if something differs.
    let (code, text) = terraform(&["plan", "-detailed-exitcode"]);
    assert_eq!(code, Some(0), "{text}");
    let arn = format!("arn:aws:codepipeline:eu-west-1:{A}:tf-release").parse().unwrap();
    assert_eq!(local.pipeline(&arn).unwrap().version, Some(1));
    let (code, text) = terraform(&["destroy", "-auto-approve"]);
    assert!(code == Some(0) && text.contains("3 destroyed"), "{text}");
    assert!(local.pipeline(&arn).is_none());
    std::fs::remove_dir_all(folder).unwrap();
}
