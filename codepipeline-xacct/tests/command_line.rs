//! The program as it is called: exit codes, standard input, and the text that the README shows.
#![allow(clippy::unwrap_used, missing_docs)]

use std::io::Write;
use std::process::{Command, Output, Stdio};

/// Runs `cargo xacct` with a text on its standard input.
fn xacct(arguments: &[&str], stdin: &str) -> Output {
    let mut process = Command::new(env!("CARGO_BIN_EXE_cargo-xacct"))
        .arg("xacct")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Who complains about its arguments doesn't read.
    let _ = process.stdin.take().unwrap().write_all(stdin.as_bytes());
    process.wait_with_output().unwrap()
}

/// A pipeline that starts another one, as `get-pipeline` prints it.
fn release(target: &str) -> String {
    let action = |name: &str, category: &str, provider: &str, rest: &str| {
        format!(
            r#"        {{
          "name": "{name}",
          "actionTypeId": {{ "category": "{category}", "owner": "AWS", "provider": "{provider}", "version": "1" }},
{rest}
        }}"#
        )
    };
    let source = action(
        "code",
        "Source",
        "CodeCommit",
        r#"          "configuration": { "RepositoryName": "shop", "BranchName": "main" },
          "outputArtifacts": [{ "name": "Code" }]"#,
    );
    let start = action(
        "deploy",
        "Invoke",
        "CodePipeline",
        &format!(
            r#"          "runOrder": 1,
          "roleArn": "arn:aws:iam::222222222222:role/deploy-invoker",
          "configuration": {{
              "PipelineName": "{target}"
          }}"#
        ),
    );
    format!(
        r#"{{
  "pipeline": {{
    "name": "release",
    "roleArn": "arn:aws:iam::111111111111:role/release-service",
    "artifactStore": {{ "type": "S3", "location": "release-artifacts" }},
    "pipelineType": "V2",
    "version": 1,
    "stages": [
      {{
        "name": "Source",
        "actions": [
{source}
        ]
      }},
      {{
        "name": "Deploy",
        "actions": [
{start}
        ]
      }}
    ]
  }},
  "metadata": {{ "pipelineArn": "arn:aws:codepipeline:eu-west-1:111111111111:release" }}
}}
"#
    )
}

#[test]
fn a_right_pipeline_is_0() {
    let output = xacct(&["check", "--deny-warnings", "-"], &release("deploy"));
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "no findings in 1 file\n");
}

#[test]
fn an_error_is_1_and_reads_as_the_readme_shows_it() {
    let folder = std::env::temp_dir().join(format!("codepipeline-xacct-command-line-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("release.json"), release("arn:aws:codepipeline:eu-west-1:222222222222:deploy")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-xacct"))
        .args(["xacct", "check", "release.json"])
        .current_dir(&folder)
        .output()
        .unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(include_str!("../../README.md").contains(&format!("```text\n{text}```")), "{text}");
}

#[test]
fn what_can_not_be_read_is_2() {
    for (arguments, stdin) in [(&["check", "-"][..], "{"), (&["check", "no such file"], ""), (&["check"], "")] {
        assert_eq!(xacct(arguments, stdin).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn a_broken_chain_is_1_and_reads_as_the_readme_shows_it() {
    let output = xacct(&["wiring", "-"], include_str!("../../examples/wiring.json"));
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(include_str!("../../README.md").contains(&format!("```text\n{text}```")), "{text}");
}

#[test]
fn a_rule_is_explained() {
    let output = xacct(&["explain", "xa0701"], "");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("error[XA0701]: `PipelineName` is not the bare name of a pipeline\n"), "{text}");
    assert!(text.contains(
        "source: https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-PipelineInvoke.html"
    ));
}
