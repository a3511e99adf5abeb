//! What the server answers to requests that are broken, too large or too slow, and that others don't notice.

use std::net::SocketAddr;
use std::time::Duration;

use codepipeline_xacct::local::{Local, Server};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

const A: &str = "111111111111";
const MB: usize = 1024 * 1024;
const JSON: &str = "application/x-amz-json-1.1";
const FORM: &str = "application/x-www-form-urlencoded";

async fn served() -> (Server, String) {
    let local = Local::new();
    local.add_account(A).unwrap();
    let key = local.access_key(A).unwrap();
    (local.serve(([127, 0, 0, 1], 0).into()).await.unwrap(), key)
}

/// All that the server sends for some bytes, until it closes the connection.
async fn raw(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    rest(&mut stream).await
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

fn head(key: &str, service: &str, operation: &str, content_type: &str, length: usize) -> String {
    let target = if service == "codepipeline" {
        format!("x-amz-target: CodePipeline_20150709.{operation}\r\n")
    } else {
        String::new()
    };
    format!(
        "POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: {content_type}\r\n{target}authorization: AWS4-HMAC-SHA256 Credential={key}/20260101/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=0\r\ncontent-length: {length}\r\n\r\n"
    )
}

fn list_pipelines(key: &str) -> String {
    head(key, "codepipeline", "ListPipelines", JSON, 2) + "{}"
}

/// Status and body.
fn parts(answer: &str) -> (u16, &str) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body)
}

fn local_head(method: &str, resource: &str, length: usize) -> String {
    format!(
        "{method} /_local/{resource} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    )
}

#[tokio::test]
async fn broken_requests_and_unknown_operations_are_errors_of_aws() {
    let (server, key) = served().await;
    let codepipeline = |operation: &str, body: &str| head(&key, "codepipeline", operation, JSON, body.len()) + body;
    let iam = |body: &str| head(&key, "iam", "", FORM, body.len()) + body;
    for (request, status, code) in [
        (codepipeline("ListPipelines", "{"), 400, "SerializationException"),
        (codepipeline("ListPipelines", "[]"), 400, "SerializationException"),
        (codepipeline("ListPipelines", "\u{1}"), 400, "SerializationException"),
        (codepipeline("ListPipelines", &"[".repeat(100_000)), 400, "SerializationException"),
        (codepipeline("Nonsense", "{}"), 400, "UnknownOperationException"),
        (codepipeline("", "{}"), 400, "UnknownOperationException"),
        (head("AKIANOBODY", "codepipeline", "ListPipelines", JSON, 2) + "{}", 400, "UnrecognizedClientException"),
        (head(&key, "s3", "ListBuckets", JSON, 2) + "{}", 400, "NotSupportedByLocalAws"),
        (iam("Action=Nonsense&Version=2010-05-08"), 400, "InvalidAction"),
        (iam("Version=2010-05-08"), 400, "MissingAction"),
        (iam("%"), 400, "MissingAction"),
        (iam("Action=ListRoles&Version=1999-01-01"), 400, "InvalidAction"),
        (iam("Action=ListRoles&Version=2010-05-08").replacen("POST", "PUT", 1), 400, "InvalidAction"),
        (codepipeline("ListPipelines", "{}").replacen("POST", "GET", 1), 400, "UnknownOperationException"),
        (codepipeline("ListPipelines", "{}").replacen("POST", "PUT", 1), 400, "UnknownOperationException"),
    ] {
        let answer = raw(server.address(), request.as_bytes()).await;
        let (got, body) = parts(&answer);
        let start = &request[..request.len().min(300)];
        assert!(got == status && body.contains(code), "{start}\n{got} {body}");
    }
    let answer = raw(server.address(), list_pipelines(&key).as_bytes()).await;
    assert_eq!(parts(&answer), (200, r#"{"pipelines":[]}"#));
}

#[tokio::test]
async fn bodies_over_1_mb_are_too_large_for_every_service_and_for_the_interface() {
    let (server, key) = served().await;
    let address = server.address();
    let body = "x".repeat(5 * MB);
    let json = raw(address, (head(&key, "codepipeline", "ListPipelines", JSON, body.len()) + &body).as_bytes()).await;
    let (status, text) = parts(&json);
    assert_eq!(status, 413);
    let text: Value = serde_json::from_str(text).unwrap();
    assert_eq!(text["__type"], json!("RequestEntityTooLargeException"));
    let query = raw(address, (head(&key, "iam", "", FORM, body.len()) + &body).as_bytes()).await;
    let (status, text) = parts(&query);
    assert!(status == 413 && text.contains("<Code>RequestEntityTooLarge</Code>"), "{status} {text}");
    let own = raw(address, (local_head("POST", "accounts", body.len()) + &body).as_bytes()).await;
    assert_eq!(parts(&own), (413, r#"{"error":"the body is larger than 1 MB"}"#));
    // One of exactly 1 MB is read.
    let body = " ".repeat(MB - 2) + "{}";
    let full = raw(address, (head(&key, "codepipeline", "ListPipelines", JSON, body.len()) + &body).as_bytes()).await;
    assert_eq!(parts(&full).0, 200);
    let full = raw(address, (local_head("POST", "accounts", body.len()) + &body).as_bytes()).await;
    assert_eq!(parts(&full), (400, r#"{"error":"`id` is missing, or is not a string"}"#));
}

#[tokio::test]
async fn a_state_of_more_than_1_mb_can_be_put_and_got() {
    let (server, key) = served().await;
    let address = server.address();
    let state = raw(address, local_head("GET", "state", 0).as_bytes()).await;
    let (status, state) = parts(&state);
    assert_eq!(status, 200);
    let padded = " ".repeat(2 * MB) + state;
    let put = raw(address, (local_head("PUT", "state", padded.len()) + &padded).as_bytes()).await;
    assert_eq!(parts(&put), (200, "{}"));
    let foreign = raw(address, (local_head("PUT", "state", 2) + "{}").as_bytes()).await;
    let expected =
        json!({ "error": "this is not the state of a local AWS: `format` is not `codepipeline-xacct local AWS`" });
    assert_eq!(parts(&foreign), (400, expected.to_string().as_str()));
    assert_eq!(parts(&raw(address, list_pipelines(&key).as_bytes()).await).0, 200);
}

/// On tokio's paused clock the time-outs come at once, when nothing else is left to do.
#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_send_its_body_is_told_so() {
    let (server, key) = served().await;
    let late = raw(server.address(), head(&key, "codepipeline", "ListPipelines", JSON, 10).as_bytes()).await;
    let (status, text) = parts(&late);
    assert_eq!(status, 408);
    assert!(text.contains(r#""__type":"RequestTimeoutException""#), "{text}");
    let late = raw(server.address(), head(&key, "sts", "", FORM, 10).as_bytes()).await;
    let (status, text) = parts(&late);
    assert!(status == 408 && text.contains("<Code>RequestTimeout</Code>"), "{status} {text}");
    let late = raw(server.address(), local_head("POST", "clock", 10).as_bytes()).await;
    assert_eq!(parts(&late), (408, r#"{"error":"the body did not come in 30 seconds"}"#));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_send_its_headers_is_disconnected() {
    let (server, _) = served().await;
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(b"POST / HTTP/1.1\r\nhost:").await.unwrap();
    assert_eq!(rest(&mut stream).await, "");
}

#[tokio::test]
async fn headers_that_are_too_large_are_refused() {
    let (server, key) = served().await;
    let many: String = (0..200).map(|n| format!("x-{n}: 1\r\n")).collect();
    let answer = raw(server.address(), format!("GET / HTTP/1.1\r\nhost: localhost\r\n{many}\r\n").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    assert_eq!(parts(&raw(server.address(), list_pipelines(&key).as_bytes()).await).0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_200_connections_at_once_with_broken_requests_among_them_each_gets_its_own_answer() {
    let (server, key) = served().await;
    let address = server.address();
    let requests: Vec<_> = (0..200)
        .map(|n| {
            let (request, expected) = match n % 4 {
                0 => (list_pipelines(&key), "HTTP/1.1 200 "),
                1 => (head(&key, "codepipeline", "Nonsense", JSON, 2) + "{}", "HTTP/1.1 400 "),
                2 => ("nonsense\r\n\r\n".to_owned(), "HTTP/1.1 400 "),
                _ => (local_head("GET", "nonsense", 0), "HTTP/1.1 404 "),
            };
            tokio::spawn(async move { (raw(address, request.as_bytes()).await, expected) })
        })
        .collect();
    for request in requests {
        let (answer, expected) = request.await.unwrap();
        assert!(answer.starts_with(expected), "{expected}: {answer}");
    }
}

/// The next event of a stream of events.
async fn event(stream: &mut TcpStream, read: &mut String) -> Value {
    loop {
        if let Some((_, behind)) = read.split_once("event: accounts\ndata: ")
            && let Some((event, behind)) = behind.split_once("\n\n")
        {
            let value = serde_json::from_str(event).unwrap();
            *read = behind.to_owned();
            return value;
        }
        let mut bytes = [0; 4096];
        let length = timeout(Duration::from_secs(10), stream.read(&mut bytes)).await.unwrap().unwrap();
        assert_ne!(length, 0, "the stream ended: {read}");
        read.push_str(std::str::from_utf8(&bytes[..length]).unwrap());
    }
}

#[tokio::test]
async fn events_tell_each_change_to_at_most_20_and_end_with_the_server() {
    let (server, _) = served().await;
    let address = server.address();
    let mut watching = Vec::new();
    for _ in 0..20 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(local_head("GET", "events", 0).as_bytes()).await.unwrap();
        let mut read = String::new();
        let first = event(&mut stream, &mut read).await;
        assert_eq!(first["accounts"].as_array().unwrap().len(), 1);
        watching.push((stream, read));
    }
    let one_more = raw(address, local_head("GET", "events", 0).as_bytes()).await;
    assert_eq!(parts(&one_more), (503, r#"{"error":"20 clients watch already"}"#));
    assert_eq!(parts(&raw(address, local_head("POST", "events", 0).as_bytes()).await).0, 405);
    let body = r#"{"id":"333333333333"}"#;
    raw(address, (local_head("POST", "accounts", body.len()) + body).as_bytes()).await;
    for (stream, read) in &mut watching {
        let next = event(stream, read).await;
        assert_eq!(next["accounts"][1]["id"], json!("333333333333"));
    }
    timeout(Duration::from_secs(3), server.shutdown()).await.unwrap();
    let (mut stream, _) = watching.remove(0);
    assert!(!rest(&mut stream).await.contains("event: "));
}

#[tokio::test]
async fn the_page_is_only_for_browsers_and_lets_no_other_script_in() {
    let (server, key) = served().await;
    let browser = "GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\naccept: text/html,*/*\r\n\r\n";
    let page = raw(server.address(), browser.as_bytes()).await;
    assert!(page.starts_with("HTTP/1.1 200 ") && page.contains("<title>Local AWS</title>"), "{page}");
    let policy = page.lines().find_map(|line| line.strip_prefix("content-security-policy: ")).unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    // One file, from nowhere else.
    let (_, text) = parts(&page);
    for outside in [" src=", "@import", "url(", "https://"] {
        assert!(!text.contains(outside), "{outside}");
    }
    let request = format!(
        "GET /?Action=GetCallerIdentity&Version=2011-06-15 HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\naccept: text/html\r\nauthorization: AWS4-HMAC-SHA256 Credential={key}/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0\r\n\r\n"
    );
    let answer = raw(server.address(), request.as_bytes()).await;
    assert!(parts(&answer).1.contains(&format!("<Account>{A}</Account>")), "{answer}");
}
