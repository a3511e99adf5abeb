//! What an invoke action passes is limited as what StartPipelineExecution passes.

use crate::world::{ACCOUNT, REGION, World, arn, build, pipeline, refused, stage, type_id};
use aws_sdk_codepipeline::Client;
use aws_sdk_codepipeline::types::{ActionExecutionFilter, PipelineVariable};
use codepipeline_xacct::local::Outcome;
use serde_json::{Value, json};

/// A world whose answers are not compared: a configuration may be longer than the service model says.
fn world() -> World {
    let local = World::new().local;
    let client = Client::new(&local.sdk_config(ACCOUNT, REGION));
    World { local, client }
}

/// The error of the invoke action of an execution of `caller`, if it failed.
async fn error(world: &World, id: &str) -> Option<(String, String)> {
    let filter = ActionExecutionFilter::builder().pipeline_execution_id(id).build();
    let answer = world.client.list_action_executions().pipeline_name("caller").filter(filter).send().await.unwrap();
    let result = answer.action_execution_details()[0].output()?.execution_result()?.error_details()?.clone();
    Some((result.code?, result.message?))
}

/// Code and message with which an invoke action with a configuration fails.
async fn invoked(configuration: &Value) -> Option<(String, String)> {
    let world = world();
    world.create(&pipeline("target", "PARALLEL", &[stage("Build", &[build("Compile", 1)])])).await.unwrap();
    let mut all = json!({ "PipelineName": "target" });
    all.as_object_mut().unwrap().extend(configuration.as_object().unwrap().clone());
    let call = json!({ "name": "call", "actionTypeId": type_id("Invoke/AWS/CodePipeline/1"), "configuration": all });
    world.create(&pipeline("caller", "PARALLEL", &[stage("Call", &[call])])).await.unwrap();
    let id = world.start("caller").await;
    world.ends("caller", &id).await;
    error(&world, &id).await
}

#[tokio::test]
async fn an_invoke_passes_no_more_than_a_start() {
    let variable = |value: &str| json!({ "Variables": json!([{ "name": "who", "value": value }]).to_string() });
    let revision = |kind: &str, value: &str| {
        let entry = json!({ "actionName": "Source", "revisionType": kind, "revisionValue": value });
        json!({ "SourceRevisions": json!([entry]).to_string() })
    };
    assert_eq!(invoked(&variable(&"x".repeat(1000))).await, None);
    assert_eq!(invoked(&revision("COMMIT_ID", &"c".repeat(1500))).await, None);
    let many: Vec<Value> = (0..51).map(|number| json!({ "name": format!("v{number}"), "value": "x" })).collect();
    for (wrong, constraint) in [
        (variable(&"x".repeat(1001)), "Member must have length less than or equal to 1000"),
        (variable(""), "Member must have length greater than or equal to 1"),
        (json!({ "Variables": "[]" }), "Member must have length greater than or equal to 1"),
        (json!({ "Variables": json!(many).to_string() }), "Member must have length less than or equal to 50"),
        (json!({ "Variables": r#"[{"name":"who"}]"# }), "Value null at 'variables.1.member.value'"),
        (json!({ "Variables": "{}" }), "Variables is not a JSON array: {}"),
        (revision("COMMIT_ID", &"c".repeat(1501)), "Member must have length less than or equal to 1500"),
        (revision("COMMIT_ID", ""), "Member must have length greater than or equal to 1"),
        (revision("BRANCH", "main"), "Member must satisfy enum value set"),
    ] {
        let (code, message) = invoked(&wrong).await.unwrap();
        assert_eq!(code, "ValidationException", "{wrong}");
        assert!(message.contains(constraint), "{wrong}: {message}");
    }
}

#[tokio::test]
async fn a_configuration_may_not_resolve_to_more_than_100_kb() {
    for (length, fails) in [(50_000, false), (60_000, true)] {
        let world = world();
        let mut compile = build("Compile", 1);
        let twice = "#{Src.CommitId}#{Src.CommitId}";
        let variables = json!([{ "name": "NOTE", "value": twice, "type": "PLAINTEXT" }]).to_string();
        compile["configuration"]["EnvironmentVariables"] = json!(variables);
        world.create(&pipeline("p", "QUEUED", &[stage("Build", &[compile])])).await.unwrap();
        let told = Outcome::succeeds().variable("CommitId", "c".repeat(length));
        world.local.script(&arn("p"), "Source", "Source", [told]);
        world.local.let_pass(std::time::Duration::from_secs(60));
        let id = world.start("p").await;
        assert_eq!(world.ends("p", &id).await, if fails { "Failed" } else { "Succeeded" }, "{length}");
    }
}

#[tokio::test]
async fn a_start_has_the_same_limits() {
    let world = World::new();
    world.create(&pipeline("target", "PARALLEL", &[stage("Build", &[build("Compile", 1)])])).await.unwrap();
    let start = async |value: &str| {
        let variable = PipelineVariable::builder().name("who").value(value).build().unwrap();
        let sent = world.client.start_pipeline_execution().name("target").variables(variable).send().await;
        sent.map(drop).map_err(|error| refused(&error.into_service_error()).0)
    };
    assert_eq!(start(&"x".repeat(1000)).await, Ok(()));
    assert_eq!(start(&"x".repeat(1001)).await, Err("ValidationException".to_owned()));
}
