//! `start` and `follow` on the command line: lines, JSON, exit codes, and how to continue.

use codepipeline_xacct::aws::Session;
use codepipeline_xacct::cli::{Console, run_in};
use codepipeline_xacct::local::Local;
use codepipeline_xacct::{Findings, Topology};
use codepipeline_xacct_aws_tests::*;
use serde_json::Value;

fn topology() -> Result<Topology, Findings> {
    Topology::builder("release").add(passing::Release).build()
}

/// Exit code, output and errors.
async fn ran(session: &Session, args: &[&str]) -> (u8, String, String) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let console = Console { stdout: &mut stdout, stderr: &mut stderr, stdin: None };
    let args = std::iter::once("release").chain(args.iter().copied()).map(Into::into);
    let code = run_in(topology(), session.clone(), args, console).await;
    (code, String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

async fn applied() -> (Local, Session) {
    let local = as_the_console_left_it().unwrap();
    let session = local.connect(&topology().unwrap()).await.unwrap();
    session.apply(&session.plan(&topology().unwrap()).await.unwrap()).await.unwrap();
    (local, session)
}

/// A session that reaches A only.
async fn only_a(local: &Local) -> Session {
    Session::builder()
        .credentials::<Tooling>(local.sdk_config("111111111111", "ap-northeast-1"))
        .connect()
        .await
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn without_a_terminal_each_change_is_a_line_and_the_tree_comes_last() {
    let (_, session) = applied().await;
    let (code, stdout, stderr) = ran(&session, &["start", "Release"]).await;
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert!(stdout.starts_with(&format!("{RELEASE} Succeeded, val1=aaa\n")), "{stdout}");
    let lines: Vec<&str> = stderr.lines().collect();
    assert!(lines[0].starts_with("started execution "), "{stderr}");
    let has = |text: &str| lines.iter().position(|line| line.starts_with(text)).unwrap_or_else(|| panic!("{stderr}"));
    let started =
        has(&format!("hoge0315pipeline1 (111111111111, ap-northeast-1): Build / ccc: started {DEPLOY}, execution "));
    let command = has("hoge1005command (222222222222, ap-northeast-1): Run / Command: Succeeded (1 s)");
    assert!(started < command);
    assert!(!stderr.contains('\x1b') && !stdout.contains('\x1b'));
}

#[tokio::test(start_paused = true)]
async fn json_is_one_object_per_line_and_the_run_is_the_last() {
    let (local, session) = applied().await;
    local.fail(&DEPLOY.parse().unwrap(), "Run", "Command", "it broke");
    let (code, stdout, _) = ran(&session, &["start", "Release", "--format", "json"]).await;
    assert_eq!(code, 1);
    let lines: Vec<Value> = stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let started = lines.iter().find(|line| line["type"] == "started").unwrap();
    assert_eq!((&started["target"], &started["found"]), (&DEPLOY.into(), &"shown_id".into()));
    let failed = lines.iter().find(|line| !line["error"].is_null()).unwrap();
    assert_eq!((&failed["type"], &failed["error"]["message"]), (&"action".into(), &"it broke".into()));
    assert_eq!((&failed["depth"], &failed["pipeline"]), (&1.into(), &DEPLOY.into()));
    let run = lines.last().unwrap();
    assert_eq!((&run["type"], &run["outcome"], &run["status"]), (&"run".into(), &"failed".into(), &"Succeeded".into()));
    let invoked = &run["actions"].as_array().unwrap().iter().find(|a| !a["invoked"].is_null()).unwrap()["invoked"];
    assert_eq!((&invoked["state"], &invoked["run"]["status"]), (&"execution".into(), &"Failed".into()));
    assert_eq!(run["causes"][0]["message"], "JobFailed: it broke");
    let (code, stdout, _) = ran(&session, &["start", "Release", "--no-wait", "--format", "json"]).await;
    let started: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, &started["type"], &started["pipeline"]), (0, &"run".into(), &RELEASE.into()));
    assert!(started["execution"].is_string() && started["outcome"] == "running", "{stdout}");
}

#[tokio::test(start_paused = true)]
async fn what_was_not_seen_ends_with_3() {
    let (local, _) = applied().await;
    let (code, stdout, _) = ran(&only_a(&local).await, &["start", "Release"]).await;
    assert_eq!(code, 3, "{stdout}");
    assert!(stdout.contains("not followed: there is no client for account 222222222222"), "{stdout}");
}

#[tokio::test(start_paused = true)]
async fn an_execution_is_followed_by_its_id() {
    let (_, session) = applied().await;
    let (code, id, _) = ran(&session, &["start", "Release", "--no-wait"]).await;
    assert_eq!(code, 0);
    let id = id.trim();
    let (code, stdout, stderr) = ran(&session, &["follow", id, "--timeout", "0"]).await;
    assert_eq!(code, 3, "{stdout}{stderr}");
    assert!(
        stderr.ends_with(&format!(
            "the run continues, but is no longer followed\n  help: `follow {id} --pipeline {RELEASE}` follows it again\n"
        )),
        "{stderr}"
    );
    for args in
        [["follow", id].as_slice(), &["follow", id, "--pipeline", RELEASE], &["follow", id, "--pipeline", "Release"]]
    {
        let (code, stdout, _) = ran(&session, args).await;
        assert!(code == 0 && stdout.contains(id), "{stdout}");
    }
    let (code, _, stderr) = ran(&session, &["follow", "00000000-0000-0000-0000-000000000000"]).await;
    assert_eq!(code, 1);
    assert_eq!(
        stderr,
        "error: no pipeline of the topology has execution 00000000-0000-0000-0000-000000000000; it has hoge0315pipeline1, hoge1005command\n"
    );
    let errors = [
        ("00000000-0000-0000-0000-000000000000", format!("error: pipeline `{RELEASE}` has no execution")),
        ("5a1c", "`5a1c` is not the id of an execution".to_owned()),
    ];
    for (unknown, error) in errors {
        let (code, stdout, stderr) = ran(&session, &["follow", unknown, "--pipeline", "Release"]).await;
        assert_eq!((code, stdout.as_str()), (1, ""));
        assert!(stderr.contains(&error), "{stderr}");
    }
}
