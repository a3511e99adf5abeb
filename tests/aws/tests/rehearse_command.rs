//! `rehearse` of a program that deploys a topology.

use codepipeline_xacct::Topology;
use codepipeline_xacct::aws::Session;
use codepipeline_xacct::cli::{Console, run_in};
use codepipeline_xacct::local::Local;
use codepipeline_xacct::rehearsal::Rehearsal;
use codepipeline_xacct_aws_tests::*;

async fn ran(session: Session, args: &[&str]) -> (u8, String, String) {
    let topology = Topology::builder("release").add(passing::Release).build();
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let console = Console { stdout: &mut stdout, stderr: &mut stderr, stdin: None };
    let args = ["release", "rehearse"].iter().chain(args).map(Into::into);
    let code = run_in(topology, session, args, console).await;
    (code, String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

/// No account is reached.
async fn alone(args: &[&str]) -> (u8, String, String) {
    ran(Session::builder().connect().await.unwrap(), args).await
}

#[tokio::test]
async fn a_rehearsal_needs_no_account_and_ends_with_0() {
    let (code, stdout, stderr) = alone(&["-v", "val1=hello"]).await;
    assert_eq!((code, stderr.as_str()), (0, ""));
    let expected = r#"rehearsal of topology release: succeeded; 2 runs, 4 of 4 hops exercised, 5 s on the virtual clock

✓ Release in 111111111111 with val1="hello": Succeeded
  ✓ Build / ccc: CodePipeline → AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1 → hoge0316-crossaccount-pipeline → hoge1005command
    ✓ Deploy in 222222222222 with val1="hello": Succeeded

assumed, since it is not ours
  role AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1: has the trust and the permissions that the topology needs
  pipeline hoge0315pipeline1: has the stages, actions and variables that the topology names, and a source
  bucket codepipeline-ap-northeast-1-222222222222: exists
  source Deploy / Source / Source: what CodeCommit reads exists
  action Deploy / Run / Command: succeeds
"#;
    assert_eq!(stdout, expected);
}

#[tokio::test]
async fn a_rehearsal_that_fails_ends_with_1() {
    let (code, stdout, stderr) = alone(&["--outcome", "Run/Command=fail:exit status 1"]).await;
    assert_eq!((code, stderr.as_str()), (1, ""));
    assert!(stdout.starts_with("rehearsal of topology release: failed; "), "{stdout}");
    assert!(stdout.contains("      ✗ Run / Command\n        JobFailed: exit status 1\n"), "{stdout}");
}

#[tokio::test]
async fn json_is_the_whole_report() {
    let (code, stdout, _) = alone(&["--format", "json", "--outcome", "Deploy/Run/Command=fail"]).await;
    let rehearsal: Rehearsal = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, rehearsal.failures.len()), (1, 1));
    assert_eq!(rehearsal.failures[0].place, "Deploy / Run / Command");
}

#[tokio::test]
async fn what_the_accounts_hold_is_read_on_request() {
    let accounts = as_the_console_left_it().unwrap();
    let topology = Topology::builder("release").add(passing::Release).build().unwrap();
    let session = accounts.connect(&topology).await.unwrap();
    let (code, stdout, _) = ran(session, &["--from-accounts"]).await;
    assert_eq!(code, 0);
    assert!(stdout.contains("✓ Deploy in 222222222222 with val1=\"aaa\": Succeeded\n"), "{stdout}");
    let empty = Local::new().connect(&topology).await.unwrap();
    let (code, stdout, _) = ran(empty, &["--from-accounts"]).await;
    assert_eq!(code, 1);
    assert!(
        stdout.contains(&format!("XA1001: pipeline `Release` does not exist: there is no `{RELEASE}`\n")),
        "{stdout}"
    );
}

#[tokio::test]
async fn wrong_arguments_are_explained() {
    let (code, _, stderr) = alone(&["--outcome", "Run/Comand=fail"]).await;
    assert_eq!(
        (code, stderr.as_str()),
        (1, "error: there is no action `Run/Comand` to rehearse\n  help: write `Run/Command`\n")
    );
    let (code, _, stderr) = alone(&["--outcome", "Run/Command=explode"]).await;
    assert_eq!(code, 1);
    assert!(
        stderr.contains("`explode` is neither `fail`, `fail:MESSAGE`, `succeed` nor `succeed:NAME=VALUE;…`"),
        "{stderr}"
    );
}
