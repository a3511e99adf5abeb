//! What a topology exports does what the topology says: the real AWS CLI, cfn-lint and Terraform, where they are on the machine.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use codepipeline_xacct::core::declaration::DeclarationFile;
use codepipeline_xacct::core::export::Export;
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::core::topology::Ownership;
use codepipeline_xacct::local::{Local, Server};
use codepipeline_xacct::pipeline;
use codepipeline_xacct::{Topology, json_string};
use codepipeline_xacct_test_support::peers;
use serde_json::{Value, json};

const TOKEN: &str = r#"ghp_a"b\c$d&e"#;

pipeline! {
    account Tooling = "111111111111";
    account Prod = "222222222222";

    role DeployInvoker in Prod {
        name: "deploy-invoker",
        path: "/team/",
        trusts: [Tooling],
        starts: [Deploy, Replica],
        tags: { team: "shop" },
    }

    pipeline Deploy in Prod {
        name: "deploy",
        region: "eu-west-1",
        execution_mode: QUEUED,
        service_role: managed("deploy-service"),
        artifact_bucket: "deploy-artifacts",
        variables: { version: { default_value: "${none} %{none}", description: "what is deployed" } },

        stage "Source" {
            source "code": CodeCommit { repository: "deploy", branch: "main", poll: false, output: Code }
        }
        stage "Run" {
            on_failure: ROLLBACK,
            action "run": Build::CodeBuild { project_name: "deploy", input: Code, output: [Built] }
        }
    }

    pipeline Replica in Prod {
        name: "replica",
        region: "us-east-1",
        execution_mode: QUEUED,
        service_role: managed("replica-service"),
        artifact_bucket: "replica-artifacts",
        variables: { version },

        stage "Source" {
            source "code": CodeCommit { repository: "deploy", branch: "main", poll: false, output: Code }
        }
        stage "Run" {
            action "run": Build::CodeBuild { project_name: "deploy", input: Code }
        }
    }

    pipeline Release(token: &str) in Tooling {
        name: "release",
        region: "eu-west-1",
        execution_mode: QUEUED,
        service_role: managed("release-service"),
        artifact_buckets: {
            "eu-west-1": {
                location: "release-artifacts",
                encryption_key: "arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000000",
            },
            "us-east-1": "release-artifacts-us",
        },
        tags: { team: "shop" },

        stage "Source" {
            source "code": GitHub {
                owner: "acme",
                repo: "shop",
                branch: "main",
                oauth_token: (token),
                output: Code,
                namespace: Source,
            }
        }
        stage "Build" {
            before_entry: FAIL({
                hours: DeploymentWindow({ cron: "* * 9-17 ? * MON-FRI *", time_zone: "UTC" }),
            }),
            action "build": Build::CodeBuild {
                project_name: "shop",
                environment_variables: (format!(r#"[{{"name":"DB_PASSWORD","value":{}}}]"#, json_string(token))),
                input: Code,
            }
        }
        stage "Deploy" {
            invoke "deploy": Deploy { role: DeployInvoker, variables: { version: "#{Source.CommitId}" } }
            invoke "replica": Replica { role: DeployInvoker, variables: { version: "#{Source.CommitId}" } }
        }
    }
}

fn topology() -> Topology {
    Topology::builder("shop").add(Release::new(TOKEN)).add(Deploy).add(Replica).build().unwrap()
}

struct Folder(PathBuf);

impl Folder {
    fn of(name: &str, export: &Export) -> Self {
        let folder =
            Self(std::env::temp_dir().join(format!("codepipeline-xacct-export-{name}-{}", std::process::id())));
        for file in &export.files {
            let path = folder.0.join(&file.path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, &file.text).unwrap();
        }
        folder
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A file with a profile for each account.
fn profiles(local: &Local, folder: &Path) -> PathBuf {
    let profile = |name: &str, account: &str| {
        local.add_account(account).unwrap();
        let key = local.access_key(account).unwrap();
        format!("[profile {name}]\naws_access_key_id = {key}\naws_secret_access_key = local\n")
    };
    let path = folder.join("config");
    std::fs::write(&path, profile("tooling", "111111111111") + &profile("prod", "222222222222")).unwrap();
    path
}

pub(crate) fn is_there(program: &str, argument: &str, test: &str) -> bool {
    let status = Command::new(program).arg(argument).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let there = status.is_ok_and(|status| status.success());
    if !there {
        std::io::stderr().write_all(format!("NOT RUN: {test}: there is no `{program}`\n").as_bytes()).unwrap();
    }
    there
}

/// A command with nothing in its environment but local AWS and the profiles. Its AWS CLI is that of the peers.
fn command(program: &str, folder: &Path, server: &Server, config: &Path) -> Command {
    let mut command = Command::new(program);
    let endpoint = format!("http://{}", server.address());
    let path = std::env::var_os("PATH").unwrap();
    let peers = [peers::aws_cli().parent().unwrap().to_owned()];
    let path = std::env::join_paths(peers.into_iter().chain(std::env::split_paths(&path))).unwrap();
    command.current_dir(folder).env_clear().env("PATH", path).env("HOME", folder);
    command.env("AWS_ENDPOINT_URL", endpoint).env("AWS_CONFIG_FILE", config).env("AWS_EC2_METADATA_DISABLED", "true");
    command.env("AWS_SHARED_CREDENTIALS_FILE", folder.join("none"));
    command
}

/// Exit code, output and errors.
async fn ran(mut command: Command) -> (i32, String, String) {
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

async fn nothing_is_left_to_do(local: &Local, topology: &Topology) {
    let session = local.connect(topology).await.unwrap();
    let plan = session.plan(topology).await.unwrap();
    assert!(plan.is_empty(), "{plan:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_script_makes_everything_with_the_aws_cli_and_brings_it_up_to_date() {
    let (local, topology) = (Local::new(), topology());
    let export = topology.to_aws_cli().unwrap();
    let folder = Folder::of("cli", &export);
    let config = profiles(&local, &folder.0);
    let server = local.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
    let script = |environment: &[(&str, &str)]| {
        let mut command = command("bash", &folder.0, &server, &config);
        command.arg("apply.sh").env("PAUSE", "0").envs(environment.iter().copied());
        ran(command)
    };
    let profiles = [("PROFILE_111111111111", "tooling"), ("PROFILE_222222222222", "prod")];
    let all = [profiles[0], profiles[1], ("RELEASE_CODE_OAUTHTOKEN", TOKEN), ("RELEASE_BUILD_DB_PASSWORD", TOKEN)];

    let (code, _, said) = script(&profiles).await;
    assert_eq!((code, said.as_str()), (1, "error: set RELEASE_CODE_OAUTHTOKEN\n"));
    let swapped = [("PROFILE_111111111111", "prod"), ("PROFILE_222222222222", "prod"), all[2], all[3]];
    let (code, _, said) = script(&swapped).await;
    let wrong = "error: the credentials for account 111111111111 are those of 222222222222: set PROFILE_111111111111\n";
    assert_eq!((code, said.as_str()), (1, wrong));

    let (code, done, said) = script(&all).await;
    assert_eq!((code, said.as_str()), (0, ""), "{done}");
    assert!(done.ends_with("pipeline release of account 111111111111 in eu-west-1\n"), "{done}");
    assert_eq!(done.lines().count(), 7, "{done}");
    nothing_is_left_to_do(&local, &topology).await;

    // Again, where all is there.
    let (code, _, said) = script(&all).await;
    assert_eq!((code, said.as_str()), (0, ""));
    nothing_is_left_to_do(&local, &topology).await;

    // What belongs to others stays as it is.
    let other = Topology::builder("other").add(Release::new(TOKEN)).build().unwrap();
    let folder = Folder::of("cli-other", &other.to_aws_cli().unwrap());
    let mut again = command("bash", &folder.0, &server, &config);
    again.arg("apply.sh").env("PAUSE", "0").envs(all);
    let (code, _, said) = ran(again).await;
    assert_eq!(code, 1);
    assert!(said.contains(" exists and is not of topology other; FORCE=1 takes it over\n"), "{said}");
}

/// A program instead of the AWS CLI, for which nothing exists yet; it keeps what pipelines are created with.
const FAKE: &str = r#"#!/bin/sh
case "$*" in
  *get-caller-identity*tooling* | *tooling*get-caller-identity*) echo 111111111111 ;;
  *get-caller-identity*) echo 222222222222 ;;
  *get-role*) echo "(NoSuchEntity)" >&2; exit 1 ;;
  *get-pipeline*) echo "(PipelineNotFoundException)" >&2; exit 1 ;;
  *create-pipeline*) for word; do case $word in file://*) cat "${word#file://}" >> "$KEPT" ;; esac; done ;;
esac
"#;

#[test]
fn the_script_passes_a_secret_on_as_it_is_and_shows_it_to_nobody() {
    if !is_there("bash", "--version", "export to the AWS CLI with a secret") {
        return;
    }
    let folder = Folder::of("secret", &topology().to_aws_cli().unwrap());
    let (program, kept) = (folder.0.join("bin/aws"), folder.0.join("kept"));
    std::fs::create_dir_all(program.parent().unwrap()).unwrap();
    std::fs::write(&program, FAKE).unwrap();
    let made = Command::new("chmod").arg("+x").arg(&program).status().unwrap();
    assert!(made.success());
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let output = Command::new("bash")
        .args(["-c", "bash ./apply.sh; ls -A \"$TMPDIR\""])
        .current_dir(&folder.0)
        .env("PATH", path)
        .env("TMPDIR", program.parent().unwrap())
        .env("KEPT", &kept)
        .env("PROFILE_111111111111", "tooling")
        .env("RELEASE_CODE_OAUTHTOKEN", TOKEN)
        .env("RELEASE_BUILD_DB_PASSWORD", TOKEN)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert!(!said.contains("ghp_a"), "{said}");
    assert!(said.ends_with("in eu-west-1\naws\n"), "the file with the secret is gone: {said}");
    let kept = std::fs::read_to_string(kept).unwrap();
    let inputs: Vec<Value> = serde_json::Deserializer::from_str(&kept).into_iter().collect::<Result<_, _>>().unwrap();
    assert_eq!(inputs.len(), 3);
    let source = &inputs[2]["pipeline"]["stages"][0]["actions"][0];
    assert_eq!(source["configuration"]["OAuthToken"], json!(TOKEN));
    let build = &inputs[2]["pipeline"]["stages"][1]["actions"][0]["configuration"]["EnvironmentVariables"];
    let variables: Value = serde_json::from_str(build.as_str().unwrap()).unwrap();
    assert_eq!(variables, json!([{ "name": "DB_PASSWORD", "value": TOKEN }]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_templates_have_no_finding_of_cfn_lint() {
    let export = topology().to_cloudformation().unwrap();
    let folder = Folder::of("cfn", &export);
    let paths: Vec<&str> = export.files.iter().map(|file| file.path.as_str()).collect();
    let wanted = ["222222222222-us-east-1.json", "222222222222-eu-west-1.json", "111111111111-eu-west-1.json"];
    assert_eq!(paths.iter().collect::<BTreeSet<_>>(), wanted.iter().collect::<BTreeSet<_>>());
    assert_eq!(paths.last(), Some(&"111111111111-eu-west-1.json"), "what starts the others comes last");
    assert!(export.notes.contains(&format!("deploy in this order: {}", paths.join(", "))), "{:?}", export.notes);
    let program = peers::python().with_file_name("cfn-lint");
    let mut lint = Command::new(&program);
    lint.args(["--include-checks", "I", "--"]).args(&paths).current_dir(&folder.0);
    let (code, found, said) = ran(lint).await;
    assert_eq!((code, found.as_str(), said.as_str()), (0, "", ""));
    // It finds something where there is something.
    let broken = export.files[0].text.replace("\"Stages\"", "\"Stagez\"");
    std::fs::write(folder.0.join("broken.json"), broken).unwrap();
    let mut lint = Command::new(program);
    lint.arg("broken.json").current_dir(&folder.0);
    assert_ne!(ran(lint).await.0, 0);
}

fn template(export: &Export, path: &str) -> Value {
    serde_json::from_str(&export.files.iter().find(|file| file.path == path).unwrap().text).unwrap()
}

#[test]
fn a_template_asks_for_secrets_waits_for_roles_and_trusts_roles_that_may_not_exist_yet() {
    let export = topology().to_cloudformation().unwrap();
    let tooling = template(&export, "111111111111-eu-west-1.json");
    assert_eq!(tooling["Parameters"]["ReleaseCodeOAuthToken"], json!({ "Type": "String", "NoEcho": true }));
    let release = &tooling["Resources"]["PipelineRelease"];
    assert_eq!(release["DependsOn"], json!(["RoleReleaseService"]));
    let source = &release["Properties"]["Stages"][0]["Actions"][0];
    assert_eq!(source["Configuration"]["OAuthToken"], json!({ "Ref": "ReleaseCodeOAuthToken" }));
    let stores = release["Properties"]["ArtifactStores"].as_array().unwrap();
    assert_eq!(
        stores[1],
        json!({ "Region": "us-east-1", "ArtifactStore": { "Type": "S3", "Location": "release-artifacts-us" } })
    );
    let prod = template(&export, "222222222222-eu-west-1.json");
    let trust = &prod["Resources"]["RoleDeployInvoker"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0];
    assert_eq!(trust["Principal"], json!({ "AWS": "arn:aws:iam::111111111111:root" }));
    let service = "arn:aws:iam::111111111111:role/release-service";
    assert_eq!(trust["Condition"], json!({ "ArnEquals": { "aws:PrincipalArn": service } }));
}

/// Where Terraform's AWS provider may lie on this machine, so that nothing is fetched.
const PLUGINS: &str = "/opt/tf-plugins";

/// The folder of Terraform's AWS provider, where both are there.
pub(crate) fn plugins(test: &str) -> Option<String> {
    let plugins = std::env::var("TF_PLUGINS").unwrap_or_else(|_| PLUGINS.to_owned());
    if !is_there("terraform", "version", test) || !Path::new(&plugins).exists() {
        let message = format!("NOT RUN: {test} needs Terraform's AWS provider (TF_PLUGINS)\n");
        std::io::stderr().write_all(message.as_bytes()).unwrap();
        return None;
    }
    Some(plugins)
}

#[tokio::test(flavor = "multi_thread")]
async fn terraform_makes_what_the_topology_says_and_finds_nothing_to_change() {
    let Some(plugins) = plugins("export to Terraform") else { return };
    let (local, topology) = (Local::new(), topology());
    let export = topology.to_terraform().unwrap();
    let folder = Folder::of("terraform", &export);
    let config = profiles(&local, &folder.0);
    let server = local.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
    let terraform = |arguments: &[&str]| {
        let mut command = command("terraform", &folder.0, &server, &config);
        command.args(arguments).arg("-no-color").env("TF_VAR_secret_release_code_oauthtoken", TOKEN);
        command.env("TF_VAR_secret_release_build_db_password", TOKEN);
        command.env("TF_VAR_profile_111111111111", "tooling").env("TF_VAR_profile_222222222222", "prod");
        ran(command)
    };
    for arguments in [&["init", &format!("-plugin-dir={plugins}")][..], &["validate"], &["apply", "-auto-approve"]] {
        let (code, text, said) = terraform(arguments).await;
        assert_eq!(code, 0, "{arguments:?}: {text}{said}");
        assert!(!text.contains(TOKEN), "{text}");
    }
    nothing_is_left_to_do(&local, &topology).await;
    let (code, text, said) = terraform(&["plan", "-detailed-exitcode"]).await;
    assert_eq!(code, 0, "{text}{said}");
    let (code, text, said) = terraform(&["destroy", "-auto-approve"]).await;
    assert_eq!(code, 0, "{text}{said}");
}

#[test]
fn no_export_has_a_secret_and_each_says_what_it_leaves_out() {
    let owned = topology();
    for export in [owned.to_aws_cli(), owned.to_cloudformation(), owned.to_terraform()].map(Result::unwrap) {
        let text = format!("{export:?}");
        assert!(!text.contains("ghp_a"), "{text}");
        assert!(!export.notes.iter().any(|note| note.contains("not in it")), "{:?}", export.notes);
    }
    let others = Topology::builder("shop").add(Release::new(TOKEN)).external(Deploy).external(Replica).build().unwrap();
    let left: Vec<String> = others
        .pipelines()
        .iter()
        .filter(|pipeline| pipeline.ownership != Ownership::Managed)
        .map(|pipeline| format!("not in it: extern pipeline {}", pipeline.arn))
        .collect();
    assert_eq!(left.len(), 2);
    for export in [others.to_aws_cli(), others.to_cloudformation(), others.to_terraform()].map(Result::unwrap) {
        assert!(left.iter().all(|note| export.notes.contains(note)), "{:?}", export.notes);
        let all: String = export.files.iter().map(|file| file.text.as_str()).collect();
        assert!(left.iter().all(|note| all.contains(note)), "{all}");
        assert!(!export.files.iter().any(|file| file.path.contains("pipelines/eu-west-1/deploy")));
    }
}

#[test]
fn what_is_written_for_the_aws_cli_reads_as_what_was_declared() {
    let topology = topology();
    let export = topology.to_aws_cli().unwrap();
    let file = |path: String| &export.files.iter().find(|file| file.path == path).unwrap().text;
    for pipeline in topology.pipelines() {
        let (account, region, name) = (pipeline.arn.account(), pipeline.arn.region(), pipeline.arn.name());
        let folder = format!("{account}/pipelines/{region}/{name}");
        let read = DeclarationFile::from_json(file(format!("{folder}/create-pipeline.json"))).unwrap();
        let mut declared = pipeline.declaration.clone();
        for action in declared.actions_mut() {
            let token = action.configuration.as_mut().and_then(|keys| keys.get_mut("OAuthToken"));
            token.into_iter().for_each(|token| *token = "<RELEASE_CODE_OAUTHTOKEN>".to_owned());
            let password = action.configuration.as_mut().and_then(|keys| keys.get_mut("EnvironmentVariables"));
            let replaced = r#"[{"name":"DB_PASSWORD","value":"<RELEASE_BUILD_DB_PASSWORD>"}]"#;
            password.into_iter().for_each(|password| *password = replaced.to_owned());
        }
        assert_eq!(*read.declaration(), declared);
    }
    for role in topology.roles() {
        let folder = format!("{}/roles/{}", role.role.arn.account(), role.role.arn.name());
        let document = |name: &str| Document::from_json(file(format!("{folder}/{name}.json"))).unwrap();
        assert_eq!(Some(document("trust")), role.trust);
        assert_eq!(role.policy, role.policy.as_ref().map(|_| document("policy")));
    }
}
