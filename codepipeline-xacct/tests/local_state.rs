//! `cargo xacct local --state`: what the accounts hold is there again after a restart.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

struct Served {
    process: Child,
    address: String,
}

impl Served {
    fn start(arguments: &[&str]) -> Self {
        let mut process = command(arguments).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let (_, behind) = line.split_once("http://").unwrap();
        let address = behind.split_once(' ').unwrap().0.to_owned();
        Self { process, address }
    }

    fn request(&self, method: &str, resource: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        let request = format!(
            "{method} /_local/{resource} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split_once("\r\n\r\n").unwrap().1.to_owned()
    }

    /// What AWS answers to the administrator of 111111111111.
    fn aws(&self, service: &str, operation: &str, body: &str) -> String {
        let kind = if service == "codepipeline" { "x-amz-json-1.1" } else { "x-www-form-urlencoded" };
        let length = body.len();
        let request = format!(
            "POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/{kind}\r\nx-amz-target: CodePipeline_20150709.{operation}\r\nauthorization: AWS4-HMAC-SHA256 Credential=AKIALOCAL111111111111/20260101/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=0\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{operation}: {answer}");
        answer.split_once("\r\n\r\n").unwrap().1.to_owned()
    }

    /// A pipeline with a source and an approval.
    fn pipeline_with_approval(&self) {
        let trust = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22codepipeline.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%7D";
        let all = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22%2A%22%2C%22Resource%22%3A%22%2A%22%7D%7D";
        let create = format!("Action=CreateRole&Version=2010-05-08&RoleName=service&AssumeRolePolicyDocument={trust}");
        self.aws("iam", "CreateRole", &create);
        let put =
            format!("Action=PutRolePolicy&Version=2010-05-08&RoleName=service&PolicyName=all&PolicyDocument={all}");
        self.aws("iam", "PutRolePolicy", &put);
        let pipeline = r#"{"pipeline":{"name":"p","roleArn":"arn:aws:iam::111111111111:role/service","pipelineType":"V2",
            "artifactStore":{"type":"S3","location":"artifacts"},"stages":[
            {"name":"Source","actions":[{"name":"Source","outputArtifacts":[{"name":"In"}],
             "actionTypeId":{"category":"Source","owner":"AWS","provider":"CodeCommit","version":"1"},
             "configuration":{"RepositoryName":"code","BranchName":"main"}}]},
            {"name":"Approve","actions":[{"name":"ok",
             "actionTypeId":{"category":"Approval","owner":"AWS","provider":"Manual","version":"1"}}]}]}}"#;
        self.aws("codepipeline", "CreatePipeline", pipeline);
    }

    /// Lets time pass until an answer has a text.
    fn wait_for(&self, operation: &str, body: &str, text: &str) -> String {
        for _ in 0..20 {
            self.request("POST", "clock", r#"{"advance_seconds":60}"#);
            let answer = self.aws("codepipeline", operation, body);
            if answer.contains(text) {
                return answer;
            }
        }
        panic!("{operation} has no {text}: {}", self.aws("codepipeline", operation, body));
    }

    fn end(mut self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.process.id().to_string()]).status().unwrap();
        assert!(sent.success());
        assert!(self.process.wait().unwrap().success());
    }
}

/// A test that fails leaves no server behind.
impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-xacct"));
    command.args(["local", "--port", "0"]).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn in_folder(test: impl FnOnce(&Path)) {
    let folder = tempfile::tempdir().unwrap();
    test(folder.path());
}

/// Milliseconds since 1970, on the clock of a server and on the real one.
fn clocks(served: &Served) -> (u128, u128) {
    let answer = served.request("GET", "clock", "");
    let milliseconds = answer.strip_prefix(r#"{"milliseconds":"#).unwrap().strip_suffix('}').unwrap().parse().unwrap();
    (milliseconds, SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis())
}

#[test]
fn the_clock_is_not_behind_the_real_one_and_can_be_ahead() {
    let served = Served::start(&[]);
    let (begun, now) = clocks(&served);
    // A machine under load may stop for a while; a clock that begins at a time of its own is years behind.
    assert!(begun.abs_diff(now) < 60_000, "{begun} {now}");
    std::thread::sleep(Duration::from_millis(2_500));
    let (later, now) = clocks(&served);
    assert!(later > begun && later.abs_diff(now) < 60_000, "{later} {now}");
    served.request("POST", "clock", r#"{"advance_seconds":3600}"#);
    let (ahead, now) = clocks(&served);
    assert!(ahead > now + 3_500_000);
    served.end("-TERM");
}

#[test]
fn requests_take_no_time_and_the_clock_goes_on_after_it_was_advanced() {
    let served = Served::start(&[]);
    for _ in 0..120 {
        served.aws("sts", "", "Action=GetCallerIdentity&Version=2011-06-15");
    }
    let (after, now) = clocks(&served);
    assert!(after.abs_diff(now) < 60_000, "{after} {now}");
    served.request("POST", "clock", r#"{"advance_seconds":3600}"#);
    let (before, _) = clocks(&served);
    std::thread::sleep(Duration::from_millis(2_500));
    let (later, _) = clocks(&served);
    assert!((1_000..60_000).contains(&(later - before)), "{before} {later}");
    served.end("-TERM");
}

#[test]
fn an_approval_waits_for_put_approval_result_and_unattended_for_nobody() {
    let served = Served::start(&[]);
    served.pipeline_with_approval();
    let state = served.wait_for("GetPipelineState", r#"{"name":"p"}"#, "\"token\"");
    let token = state.split_once("\"token\":\"").unwrap().1.split_once('"').unwrap().0;
    let result = format!(
        r#"{{"pipelineName":"p","stageName":"Approve","actionName":"ok","token":"{token}","result":{{"summary":"","status":"Approved"}}}}"#
    );
    assert!(served.aws("codepipeline", "PutApprovalResult", &result).contains("approvedAt"));
    served.wait_for("ListPipelineExecutions", r#"{"pipelineName":"p"}"#, "Succeeded");
    served.end("-TERM");
    let served = Served::start(&["--unattended"]);
    served.pipeline_with_approval();
    served.wait_for("ListPipelineExecutions", r#"{"pipelineName":"p"}"#, "Succeeded");
    served.end("-TERM");
}

#[test]
fn an_outcome_that_was_told_is_still_known_after_a_restart() {
    in_folder(|folder| {
        let path = folder.join("state.json");
        let state = ["--state", path.to_str().unwrap()];
        let served = Served::start(&state);
        let told = r#"{"pipeline":"arn:aws:codepipeline:eu-west-1:111111111111:p","stage":"Approve","action":"ok","outcomes":[{"fails":"no"}]}"#;
        served.request("POST", "outcomes", told);
        served.end("-TERM");
        let served = Served::start(&state);
        served.pipeline_with_approval();
        served.wait_for("ListPipelineExecutions", r#"{"pipelineName":"p"}"#, "Failed");
        served.end("-TERM");
    });
}

#[test]
fn accounts_addresses_and_signatures_are_as_the_arguments_say() {
    let mut process =
        command(&["--account", "333333333333", "--address", "0.0.0.0", "--check-signatures"]).spawn().unwrap();
    let mut stdout = BufReader::new(process.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    let port = line.split_once("http://0.0.0.0:").unwrap().1.split_once(' ').unwrap().0.to_owned();
    let mut served = Served { process, address: format!("127.0.0.1:{port}") };
    let accounts = served.request("GET", "accounts", "");
    assert_eq!(accounts.matches("\"id\"").count(), 1);
    let key = accounts.split_once(r#""access_key_id":""#).unwrap().1.split_once('"').unwrap().0.to_owned();
    let mut stream = TcpStream::connect(&served.address).unwrap();
    let request = format!(
        "POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/x-amz-json-1.1\r\nx-amz-target: CodePipeline_20150709.ListPipelines\r\nauthorization: AWS4-HMAC-SHA256 Credential={key}/20260101/eu-west-1/codepipeline/aws4_request, SignedHeaders=host, Signature=0\r\ncontent-length: 2\r\n\r\n{{}}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("InvalidSignatureException"), "{answer}");
    let mut stderr = served.process.stderr.take().unwrap();
    served.end("-TERM");
    let mut warning = String::new();
    stderr.read_to_string(&mut warning).unwrap();
    assert_eq!(warning, "warning: anybody who can reach 0.0.0.0 can do everything here\n");
}

#[test]
fn what_was_added_is_there_after_each_kind_of_end() {
    in_folder(|folder| {
        let path = folder.join("state.json");
        let state = ["--state", path.to_str().unwrap()];
        let served = Served::start(&state);
        assert!(served.request("GET", "accounts", "").contains("222222222222"));
        served.request("POST", "accounts", r#"{"id":"333333333333"}"#);
        served.end("-TERM");
        let served = Served::start(&state);
        assert!(served.request("GET", "accounts", "").contains("333333333333"));
        served.request("POST", "accounts", r#"{"id":"444444444444"}"#);
        served.end("-INT");
        // Beside those of the file, the accounts that are named.
        let served = Served::start(&["--state", path.to_str().unwrap(), "--account", "555555555555"]);
        let ids = served.request("GET", "accounts", "").matches("\"id\"").count();
        assert_eq!(ids, 5);
        served.end("-TERM");
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), 1, "no temporary file stays");
    });
}

#[test]
fn what_was_added_is_there_after_a_crash_a_little_later() {
    in_folder(|folder| {
        let path = folder.join("state.json");
        let state = ["--state", path.to_str().unwrap()];
        let mut served = Served::start(&state);
        served.request("POST", "accounts", r#"{"id":"333333333333"}"#);
        let begun = Instant::now();
        while !std::fs::read_to_string(&path).unwrap().contains("333333333333") {
            assert!(begun.elapsed() < Duration::from_secs(20), "it is not saved");
            std::thread::sleep(Duration::from_millis(100));
        }
        served.process.kill().unwrap();
        served.process.wait().unwrap();
        let served = Served::start(&state);
        assert!(served.request("GET", "accounts", "").contains("333333333333"));
        served.end("-TERM");
    });
}

#[test]
fn a_file_of_something_else_is_an_error_and_stays_as_it_is() {
    in_folder(|folder| {
        let path = folder.join("package.json");
        let text = "{\n  \"name\": \"web\"\n}\n";
        std::fs::write(&path, text).unwrap();
        let output = run(&["--state", path.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(2));
        let expected = format!(
            "error: {}: this is not the state of a local AWS: `format` is not `codepipeline-xacct local AWS`\n",
            path.display()
        );
        assert_eq!(String::from_utf8(output.stderr).unwrap(), expected);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        let nowhere = folder.join("no/state.json");
        let output = run(&["--state", nowhere.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8(output.stderr).unwrap().starts_with(&format!("error: {}: ", nowhere.display())));
    });
}
