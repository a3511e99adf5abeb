//! `cargo xacct start`, `follow` and `stop` of pipelines that no program here has, as they are called for accounts.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::path::Path;
use std::process::Command;

use codepipeline_xacct::core::declaration::{PipelineDocument, read};
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::local::{Local, Server};
use serde_json::{Value, json};

const RELEASE: &str = "arn:aws:codepipeline:eu-west-1:111111111111:release";
const SERVICE: &str = "arn:aws:iam::111111111111:role/release-service";

/// Exit code, output and errors.
type Ran = (i32, String, String);

/// A pipeline of another team that waits for an approval; local AWS on a port, and a file with the profile of its account.
struct World {
    _local: Local,
    server: Server,
    folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let local = Local::new();
        let document = |statement: Value| {
            Document::from_json(&json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()).unwrap()
        };
        let codepipeline = json!({ "Service": "codepipeline.amazonaws.com" });
        let trust = document(json!({ "Effect": "Allow", "Principal": codepipeline, "Action": "sts:AssumeRole" }));
        let all = document(json!({ "Effect": "Allow", "Action": "*", "Resource": "*" }));
        local.put_role(&SERVICE.parse().unwrap(), &trust, &[("all", &all)]).unwrap();
        let source = json!({
            "name": "code",
            "actionTypeId": { "category": "Source", "owner": "AWS", "provider": "CodeCommit", "version": "1" },
            "configuration": { "RepositoryName": "shop", "BranchName": "main", "PollForSourceChanges": "false" },
            "outputArtifacts": [{ "name": "Code" }],
        });
        let ask = json!({
            "name": "approve",
            "actionTypeId": { "category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1" },
        });
        let document = json!({ "pipeline": {
            "name": "release",
            "roleArn": SERVICE,
            "pipelineType": "V2",
            "artifactStore": { "type": "S3", "location": "artifacts" },
            "stages": [{ "name": "Source", "actions": [source] }, { "name": "Ask", "actions": [ask] }],
        }});
        let document: PipelineDocument = read(&document.to_string()).unwrap();
        local.put_pipeline(&RELEASE.parse().unwrap(), &document).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let key = local.access_key("111111111111").unwrap();
        let profile = format!("[profile tooling]\naws_access_key_id = {key}\naws_secret_access_key = local\n");
        std::fs::write(folder.path().join("config"), profile).unwrap();
        let server = local.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
        Self { _local: local, server, folder }
    }

    async fn run(&self, arguments: &[&str]) -> Ran {
        let file = |name: &str| Path::join(self.folder.path(), name);
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-xacct"));
        command.arg("xacct").args(arguments).env_clear().current_dir(self.folder.path());
        command.env("AWS_ENDPOINT_URL", format!("http://{}", self.server.address()));
        command.env("AWS_CONFIG_FILE", file("config")).env("AWS_SHARED_CREDENTIALS_FILE", file("credentials"));
        command.env("AWS_EC2_METADATA_DISABLED", "true");
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipeline_is_started_followed_and_stopped_by_its_arn() {
    let world = World::new().await;
    let profile = ["--account-profile", "111111111111=tooling"];
    let (code, id, errors) = world.run(&[&["start", RELEASE, "--no-wait"], &profile[..]].concat()).await;
    assert_eq!(code, 0, "{errors}");
    let id = id.trim();
    assert_eq!(errors, format!("started execution {id} of {RELEASE}\n"));
    let of = ["--pipeline", RELEASE, "--account-profile", "111111111111=tooling"];
    let (code, text, errors) = world.run(&[&["stop", id, "--abandon", "--reason", "test"], &of[..]].concat()).await;
    assert_eq!((code, text), (0, format!("stopping execution {id} of {RELEASE}\n")), "{errors}");
    let (code, text, errors) = world.run(&[&["follow", id, "--format", "json"], &of[..]].concat()).await;
    assert_eq!((code, errors.as_str()), (1, ""), "{text}");
    let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!((&last["type"], &last["execution"]), (&json!("run"), &json!(id)), "{text}");
}

/// An id that no execution has.
const NO_EXECUTION: &str = "00000000-0000-0000-0000-000000000000";

#[tokio::test(flavor = "multi_thread")]
async fn without_an_arn_and_without_credentials_the_option_is_named() {
    let world = World::new().await;
    let (code, text, errors) = world.run(&["follow", NO_EXECUTION]).await;
    assert_eq!((code, text.as_str()), (2, ""));
    assert!(errors.contains("--pipeline <ARN>"), "{errors}");
    let (code, _, errors) = world.run(&["stop", NO_EXECUTION, "--pipeline", RELEASE]).await;
    assert_eq!(code, 1, "{errors}");
    assert!(errors.starts_with("error: "), "{errors}");
}
