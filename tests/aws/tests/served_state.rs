//! The state of local AWS: all that survives a restart of AWS survives a file, and a file that is not a state is left alone.

use std::path::PathBuf;
use std::time::Duration;

use aws_sdk_codepipeline::types::{
    ActionCategory, ActionConfigurationProperty, ArtifactDetails, StageTransitionType, Tag,
};
use codepipeline_xacct::Topology;
use codepipeline_xacct::core::ids::PipelineArn;
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::local::{Local, Outcome, StateError};
use codepipeline_xacct_aws_tests::*;
use serde_json::{Value, json};

const A: &str = "111111111111";
const B: &str = "222222222222";
const REGION: &str = "ap-northeast-1";

/// A file of a test, removed at its end.
struct File(PathBuf);

impl File {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("codepipeline-xacct-{name}-{}.json", std::process::id())))
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn name(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap()
}

fn pipelines(local: &Local, account: &str) -> aws_sdk_codepipeline::Client {
    aws_sdk_codepipeline::Client::new(&local.sdk_config(account, REGION))
}

fn iam(local: &Local, account: &str) -> aws_sdk_iam::Client {
    aws_sdk_iam::Client::new(&local.sdk_config(account, REGION))
}

fn allow_all() -> Document {
    Document::from_json(r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#)
        .unwrap()
}

/// The article's pipelines, deployed.
async fn deployed() -> Local {
    let local = as_the_console_left_it().unwrap();
    let topology = Topology::builder("release").add(passing::Release).build().unwrap();
    let session = local.connect(&topology).await.unwrap();
    session.apply(&session.plan(&topology).await.unwrap()).await.unwrap();
    local
}

#[tokio::test]
async fn all_that_the_accounts_hold_is_there_again() {
    let local = deployed().await;
    let (a, b) = (pipelines(&local, A), pipelines(&local, B));
    let got = a.get_pipeline().name(name(RELEASE)).send().await.unwrap().pipeline.unwrap();
    let before = got.version().unwrap();
    a.update_pipeline().pipeline(got).send().await.unwrap();
    let tag = Tag::builder().key("team").value("a").build().unwrap();
    a.tag_resource().resource_arn(RELEASE).tags(tag).send().await.unwrap();
    let started = a.start_pipeline_execution().name(name(RELEASE)).send().await.unwrap().pipeline_execution_id.unwrap();
    local.let_pass(Duration::from_secs(600));
    b.disable_stage_transition()
        .pipeline_name(name(DEPLOY))
        .stage_name("Run")
        .transition_type(StageTransitionType::Inbound)
        .reason("frozen")
        .send()
        .await
        .unwrap();
    let secret = ActionConfigurationProperty::builder().name("Token").required(true).key(false).secret(true);
    let artifacts = || ArtifactDetails::builder().minimum_count(0).maximum_count(1).build();
    a.create_custom_action_type()
        .category(ActionCategory::Build)
        .provider("Mine")
        .version("1")
        .configuration_properties(secret.build().unwrap())
        .input_artifact_details(artifacts())
        .output_artifact_details(artifacts())
        .send()
        .await
        .unwrap();
    let policy = iam(&local, A).create_policy().policy_name("rights").policy_document(allow_all().to_json());
    let policy = policy.send().await.unwrap().policy.unwrap().arn.unwrap();
    let version = iam(&local, A).create_policy_version().policy_arn(&policy).policy_document(allow_all().to_json());
    version.set_as_default(true).send().await.unwrap();
    local.put_scps(&A.parse().unwrap(), &[vec![allow_all()]]).unwrap();
    local.put_bucket(A, "artifacts", None).unwrap();
    local.put_key(&format!("arn:aws:kms:{REGION}:{A}:key/one"), None).unwrap();

    let file = File::new("state-all");
    local.save(&file.0).unwrap();
    let loaded = Local::load(&file.0).unwrap();
    assert_eq!(loaded.to_json().unwrap(), local.to_json().unwrap());

    let (a, b) = (pipelines(&loaded, A), pipelines(&loaded, B));
    let got = a.get_pipeline().name(name(RELEASE)).send().await.unwrap().pipeline.unwrap();
    assert_eq!(got.version(), Some(before + 1));
    let earlier = a.get_pipeline().name(name(RELEASE)).version(before).send().await.unwrap();
    assert_eq!(earlier.pipeline.unwrap().version(), Some(before));
    let tags = a.list_tags_for_resource().resource_arn(RELEASE).send().await.unwrap().tags.unwrap();
    assert!(tags.iter().any(|tag| (tag.key(), tag.value()) == ("team", "a")), "{tags:?}");
    let execution = a.get_pipeline_execution().pipeline_name(name(RELEASE)).pipeline_execution_id(started);
    let execution = execution.send().await.unwrap().pipeline_execution.unwrap();
    assert_eq!(execution.status().unwrap().as_str(), "Succeeded");
    let state = b.get_pipeline_state().name(name(DEPLOY)).send().await.unwrap();
    let run = state.stage_states().iter().find(|stage| stage.stage_name() == Some("Run")).unwrap();
    let transition = run.inbound_transition_state().unwrap();
    assert_eq!((transition.enabled(), transition.disabled_reason()), (false, Some("frozen")));
    let versions = iam(&loaded, A).list_policy_versions().policy_arn(&policy).send().await.unwrap().versions.unwrap();
    let versions: Vec<_> = versions.iter().map(|v| (v.version_id().unwrap(), v.is_default_version())).collect();
    assert_eq!(versions, [("v2", true), ("v1", false)]);
}

#[tokio::test]
async fn an_execution_that_runs_goes_on_where_it_is_loaded() {
    let local = deployed().await;
    let release: PipelineArn = RELEASE.parse().unwrap();
    local.script(&release, "Source", "Source", [Outcome::succeeds().takes(Duration::from_secs(3600))]);
    let started = pipelines(&local, A).start_pipeline_execution().name(name(RELEASE)).send().await.unwrap();
    let started = started.pipeline_execution_id.unwrap();
    local.let_pass(Duration::from_secs(60));
    let loaded = Local::from_json(&local.to_json().unwrap()).unwrap();
    let status = async || {
        let get = pipelines(&loaded, A).get_pipeline_execution().pipeline_name(name(RELEASE));
        let got = get.pipeline_execution_id(&started).send().await.unwrap().pipeline_execution.unwrap();
        got.status().unwrap().as_str().to_owned()
    };
    assert_eq!(status().await, "InProgress");
    loaded.let_pass(Duration::from_secs(3000));
    assert_eq!(status().await, "InProgress");
    loaded.let_pass(Duration::from_secs(1200));
    assert_eq!(status().await, "Succeeded");
    // The other one has not moved.
    let get =
        pipelines(&local, A).get_pipeline_execution().pipeline_name(name(RELEASE)).pipeline_execution_id(&started);
    let got = get.send().await.unwrap().pipeline_execution.unwrap();
    assert_eq!(got.status().unwrap().as_str(), "InProgress");
}

#[tokio::test]
async fn how_an_action_ends_is_still_known_after_a_restart() {
    let local = deployed().await;
    local.let_pass(Duration::from_secs(600));
    // The article retries the stage once.
    let outcomes = [Outcome::fails("gone"), Outcome::fails("gone"), Outcome::succeeds()];
    local.script(&RELEASE.parse().unwrap(), "Source", "Source", outcomes);
    let loaded = Local::from_json(&local.to_json().unwrap()).unwrap();
    assert_eq!(loaded.to_json().unwrap(), local.to_json().unwrap());
    for status in ["Failed", "Succeeded"] {
        let started = pipelines(&loaded, A).start_pipeline_execution().name(name(RELEASE)).send().await.unwrap();
        loaded.let_pass(Duration::from_secs(600));
        let get = pipelines(&loaded, A).get_pipeline_execution().pipeline_name(name(RELEASE));
        let got = get.pipeline_execution_id(started.pipeline_execution_id().unwrap()).send().await.unwrap();
        assert_eq!(got.pipeline_execution().unwrap().status().unwrap().as_str(), status);
    }
}

#[tokio::test]
async fn a_session_is_still_one_after_a_restart_and_expires_when_it_would_have() {
    let local = Local::new();
    local.add_account(A).unwrap();
    let role = format!("arn:aws:iam::{A}:role/worker");
    let trusted = trust(&format!(r#"{{"AWS":"arn:aws:iam::{A}:root"}}"#)).unwrap();
    local.put_role(&role.parse().unwrap(), &trusted, &[("all", &allow_all())]).unwrap();
    let sts = aws_sdk_sts::Client::new(&local.sdk_config(A, REGION));
    let assumed =
        sts.assume_role().role_arn(&role).role_session_name("one").duration_seconds(900).send().await.unwrap();
    let given = assumed.credentials.unwrap();
    let loaded = Local::from_json(&local.to_json().unwrap()).unwrap();
    let credentials = aws_credential_types::Credentials::new(
        given.access_key_id(),
        given.secret_access_key(),
        Some(given.session_token().to_owned()),
        None,
        "test",
    );
    let config = loaded.sdk_config(A, REGION).to_builder();
    let config =
        config.credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(credentials));
    let sts = aws_sdk_sts::Client::new(&config.build());
    let caller = sts.get_caller_identity().send().await.unwrap();
    assert_eq!(caller.arn(), Some(format!("arn:aws:sts::{A}:assumed-role/worker/one").as_str()));
    loaded.let_pass(Duration::from_secs(900));
    let expired = sts.get_caller_identity().send().await.unwrap_err().into_service_error();
    assert_eq!(expired.meta().code(), Some("ExpiredToken"));
}

#[test]
fn a_state_that_is_put_in_place_of_another_keeps_what_only_tests_have() {
    let local = Local::new();
    local.add_account(A).unwrap();
    local.set_undocumented(|switches| switches.invoke_waits = true);
    local.fail(&RELEASE.parse().unwrap(), "Source", "Source", "no");
    let other = Local::new();
    other.add_account(B).unwrap();
    local.replace(&other.to_json().unwrap()).unwrap();
    assert_eq!(local.accounts().iter().map(ToString::to_string).collect::<Vec<_>>(), [B]);
    local.set_undocumented(|switches| assert!(switches.invoke_waits));
    // How an action ends is in a state.
    assert_eq!(local.to_json().unwrap(), other.to_json().unwrap());
}

#[test]
fn a_file_that_is_no_state_is_an_error_with_its_place_and_stays_as_it_is() {
    let good = Local::new();
    good.add_account(A).unwrap();
    let good = good.to_json().unwrap();
    let cut: String = good.lines().take(6).collect::<Vec<_>>().join("\n");
    let role = good.replace("\"accounts\": {", "\"accounts\": {\n\"12\": {},");
    for (text, expected) in [
        ("", "line 1, column 0: EOF while parsing a value"),
        ("{\"a\": 1,}", "line 1, column 9: trailing comma"),
        ("[]", "this is not the state of a local AWS: `format` is not `codepipeline-xacct local AWS`"),
        ("{\"pipeline\": {}}", "this is not the state of a local AWS: `format` is not `codepipeline-xacct local AWS`"),
        (
            "{\"format\": \"codepipeline-xacct local AWS\", \"version\": 9}",
            "the state has version 9, and this version of codepipeline-xacct reads version 1",
        ),
        ("{\"format\": \"codepipeline-xacct local AWS\", \"version\": 1}", "line 1, column 56: missing field `state`"),
        (cut.as_str(), "line 6, column 17: EOF while parsing an object"),
        (role.as_str(), "line 8, column 4: `12` is not an account id of 12 digits"),
    ] {
        let file = File::new("state-broken");
        std::fs::write(&file.0, text).unwrap();
        let error = Local::load(&file.0).unwrap_err();
        assert_eq!(error.to_string(), format!("{}: {expected}", file.0.display()), "{text}");
        assert_eq!(std::fs::read_to_string(&file.0).unwrap(), text);
        let local = Local::new();
        let before = local.to_json().unwrap();
        local.replace(text).unwrap_err();
        assert_eq!(local.to_json().unwrap(), before);
    }
    let missing = File::new("state-missing");
    assert!(
        matches!(Local::load(&missing.0).unwrap_err(), StateError::File { error, .. } if matches!(*error, StateError::Io(_)))
    );
}

#[tokio::test]
async fn a_state_with_a_wrong_clock_is_an_error_and_a_counter_that_is_too_low_gives_no_id_twice() {
    let local = deployed().await;
    let start = async |local: &Local| {
        let call = pipelines(local, A).start_pipeline_execution().name(name(RELEASE));
        call.send().await.unwrap().pipeline_execution_id.unwrap()
    };
    let given = start(&local).await;
    let state: Value = serde_json::from_str(&local.to_json().unwrap()).unwrap();
    let with = |member: &str, value: Value| {
        let mut changed = state.clone();
        changed["state"][member] = value;
        Local::from_json(&changed.to_string())
    };
    for clock in [i64::MIN, -1, 253_402_300_800_000, i64::MAX] {
        let error = with("clock", json!(clock)).unwrap_err().to_string();
        assert_eq!(
            error,
            format!("`clock` is {clock}, which is not a time between 1970 and 9999 in milliseconds since 1970")
        );
    }
    for counter in [0, u64::MAX, u64::MAX - 1] {
        let loaded = with("counter", json!(counter)).unwrap();
        let another = start(&loaded).await;
        assert!(another > given && another.len() == given.len(), "{counter}: {another} after {given}");
    }
}

#[tokio::test]
async fn whatever_number_of_a_state_is_wrong_nothing_panics() {
    fn numbers(value: &Value, at: &str, all: &mut Vec<String>) {
        match value {
            Value::Number(_) => all.push(at.to_owned()),
            Value::Object(members) => {
                members.iter().for_each(|(key, member)| {
                    numbers(member, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), all);
                });
            }
            Value::Array(entries) => {
                entries.iter().enumerate().for_each(|(index, entry)| numbers(entry, &format!("{at}/{index}"), all));
            }
            _ => {}
        }
    }
    let local = deployed().await;
    let release: PipelineArn = RELEASE.parse().unwrap();
    pipelines(&local, A).start_pipeline_execution().name(name(RELEASE)).send().await.unwrap();
    local.script(&release, "Source", "Source", [Outcome::succeeds().takes(Duration::from_secs(3600))]);
    pipelines(&local, A).start_pipeline_execution().name(name(RELEASE)).send().await.unwrap();
    let state: Value = serde_json::from_str(&local.to_json().unwrap()).unwrap();
    let mut all = Vec::new();
    numbers(&state["state"], "", &mut all);
    assert!(all.len() > 20, "{all:?}");
    for place in all {
        for wrong in [json!(i64::MIN), json!(i64::MAX), json!(u64::MAX)] {
            let mut changed = state.clone();
            *changed["state"].pointer_mut(&place).unwrap() = wrong;
            let Ok(loaded) = Local::from_json(&changed.to_string()) else { continue };
            loaded.let_pass(Duration::from_secs(7200));
            let client = pipelines(&loaded, A);
            // Only the panic would be wrong.
            let _ = client.start_pipeline_execution().name(name(RELEASE)).send().await;
            let _ = client.get_pipeline_state().name(name(RELEASE)).send().await;
            let _ = client.list_pipeline_executions().pipeline_name(name(RELEASE)).send().await;
            let _ = client.list_action_executions().pipeline_name(name(RELEASE)).send().await;
            let _ = iam(&loaded, A).list_roles().send().await;
            loaded.let_pass(Duration::from_secs(7200));
        }
    }
}

#[test]
fn of_saves_at_once_the_newest_state_is_in_the_file() {
    let (local, file) = (Local::new(), File::new("state-at-once"));
    std::thread::scope(|scope| {
        for first in [1, 2, 3] {
            let (local, file) = (local.clone(), &file.0);
            scope.spawn(move || {
                for number in 0..20 {
                    local.add_account(&format!("{first}{number:011}")).unwrap();
                    local.save(file).unwrap();
                }
            });
        }
    });
    assert_eq!(std::fs::read_to_string(&file.0).unwrap(), local.to_json().unwrap());
}

#[cfg(unix)]
#[test]
fn a_saved_file_is_its_owners_alone_and_replaces_the_earlier_one_at_once() {
    use std::os::unix::fs::PermissionsExt as _;
    let file = File::new("state-mode");
    std::fs::write(&file.0, "earlier").unwrap();
    std::fs::set_permissions(&file.0, std::fs::Permissions::from_mode(0o644)).unwrap();
    let earlier = std::fs::File::open(&file.0).unwrap();
    Local::new().save(&file.0).unwrap();
    assert_eq!(std::fs::metadata(&file.0).unwrap().permissions().mode() & 0o777, 0o600);
    // A reader of the earlier file still reads it whole.
    assert_eq!(std::io::read_to_string(earlier).unwrap(), "earlier");
    Local::load(&file.0).unwrap();
    let nowhere = file.0.join("no/folder.json");
    assert!(matches!(Local::new().save(nowhere).unwrap_err(), StateError::File { .. }));
}
