//! Jobs of custom actions and of Lambda functions, as workers and functions see them. Every answer is compared with the service model.

use std::time::Duration;

use crate::world::{ACCOUNT, REGION, World, arn, build, pipeline, refused, stage, type_id};
use aws_sdk_codepipeline::types::{
    ActionCategory, ActionConfigurationProperty, ActionOwner, ActionTypeId, ArtifactDetails, CurrentRevision,
    ExecutionDetails, FailureDetails, FailureType, Job, StageRetryMode,
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::local::{Deployer, Outcome};
use serde_json::{Value, json};

const NOWHERE: &str = "00000000-0000-4000-8000-ffffffffffff";

fn lambda() -> Value {
    json!({
        "name": "check",
        "actionTypeId": type_id("Invoke/AWS/Lambda/1"),
        "configuration": { "FunctionName": "check", "UserParameters": "#{variables.who}" },
        "inputArtifacts": [{ "name": "In" }],
        "outputArtifacts": [{ "name": "Checked" }],
        "namespace": "Check",
    })
}

fn reading() -> Value {
    let mut deploy = build("Deploy", 1);
    deploy["configuration"]["EnvironmentVariables"] = json!(r##"[{"name":"v","value":"#{Check.Version}"}]"##);
    deploy
}

/// A pipeline whose stage `Check` has a Lambda function that waits for its answer, with the id of an execution in it.
async fn calling() -> (World, String) {
    let world = World::new();
    let stages = [stage("Check", &[lambda()]), stage("Ship", &[reading()])];
    world.create(&pipeline("p", "QUEUED", &stages)).await.unwrap();
    world.local.let_pass(Duration::from_secs(60));
    world.local.await_answer(&arn("p"), "Check", "check");
    let id = world.start("p").await;
    world.local.let_pass(Duration::from_secs(60));
    (world, id)
}

fn called(world: &World) -> Vec<(String, Value)> {
    let all = world.local.invocations();
    all.into_iter()
        .map(|it| (it.function, serde_json::from_str::<Value>(&it.event).unwrap()["CodePipeline.job"].clone()))
        .collect()
}

fn code<E: ProvideErrorMetadata + std::fmt::Debug>(result: Result<(), E>) -> String {
    refused(&result.unwrap_err()).0
}

async fn succeed(
    world: &World,
    job: &str,
) -> Result<(), aws_sdk_codepipeline::operation::put_job_success_result::PutJobSuccessResultError> {
    let call = world.client.put_job_success_result().job_id(job);
    call.send().await.map(drop).map_err(|error| error.into_service_error())
}

async fn fail(
    world: &World,
    job: &str,
    message: &str,
) -> Result<(), aws_sdk_codepipeline::operation::put_job_failure_result::PutJobFailureResultError> {
    let details = FailureDetails::builder().r#type(FailureType::ConfigurationError).message(message).build().unwrap();
    let call = world.client.put_job_failure_result().job_id(job).failure_details(details);
    call.send().await.map(drop).map_err(|error| error.into_service_error())
}

#[tokio::test]
async fn a_function_is_told_its_job_and_answers_with_variables() {
    let (world, id) = calling().await;
    assert_eq!(world.actions("p", &id).await.last().unwrap(), "Check/check InProgress");
    let [(function, job)] = &called(&world)[..] else { panic!("one function is called") };
    assert_eq!(*function, format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:check"));
    assert_eq!(job["accountId"], ACCOUNT);
    let data = &job["data"];
    assert_eq!(
        data["actionConfiguration"]["configuration"],
        json!({ "FunctionName": "check", "UserParameters": "nobody" })
    );
    let members: Vec<&String> = data.as_object().unwrap().keys().collect();
    assert_eq!(members, ["actionConfiguration", "inputArtifacts", "outputArtifacts", "artifactCredentials"]);
    assert_eq!(data["inputArtifacts"][0]["name"], "In");
    assert_eq!(data["inputArtifacts"][0]["revision"], "local-CommitId");
    assert_eq!(data["outputArtifacts"][0]["location"]["s3Location"]["bucketName"], "artifacts");
    // What the function may do with its credentials is what the service role may do.
    let key = data["artifactCredentials"]["accessKeyId"].as_str().unwrap();
    let credentials = aws_credential_types::Credentials::new(key, "local", Some("local".to_owned()), None, "test");
    let provider = aws_credential_types::provider::SharedCredentialsProvider::new(credentials);
    let config = world.local.sdk_config(ACCOUNT, REGION).to_builder().credentials_provider(provider).build();
    let who = aws_sdk_sts::Client::new(&config).get_caller_identity().send().await.unwrap();
    assert!(who.arn().unwrap().starts_with("arn:aws:sts::111111111111:assumed-role/service/"));

    let job = job["id"].as_str().unwrap();
    let told = world.client.get_job_details().job_id(job).send().await.unwrap().job_details.unwrap();
    let context = told.data().unwrap().pipeline_context().unwrap();
    assert_eq!((context.pipeline_name(), context.pipeline_execution_id()), (Some("p"), Some(id.as_str())));
    assert_eq!(context.stage().unwrap().name(), Some("Check"));
    let details = ExecutionDetails::builder().summary("all good").external_execution_id("run-7").percent_complete(100);
    // Each look gives the same credentials, and is not a change.
    assert_eq!(called(&world)[0].1["data"]["artifactCredentials"]["accessKeyId"], key);
    assert!(!format!("{:?}", world.local.invocations()).contains(key), "{{:?}} has no secrets");
    let call = world.client.put_job_success_result().job_id(job).output_variables("Version", "1.2.3");
    // A variable may be called as a member is.
    let call = call.output_variables("result", "ok").output_variables("tags", "a,b");
    call.execution_details(details.build()).send().await.unwrap();
    assert_eq!(world.ends("p", &id).await, "Succeeded");
    let answer = world.client.list_action_executions().pipeline_name("p").send().await.unwrap();
    let [deploy, check, ..] = answer.action_execution_details() else { panic!("{answer:?}") };
    let sent = deploy.input().unwrap().resolved_configuration().unwrap();
    assert_eq!(sent["EnvironmentVariables"], r#"[{"name":"v","value":"1.2.3"}]"#);
    let result = check.output().unwrap().execution_result().unwrap();
    assert_eq!(result.external_execution_id(), Some("run-7"));
    assert_eq!(result.external_execution_summary(), Some("all good"));
    let state = world.stage("p", "Check").await.action_states()[0].latest_execution().unwrap().clone();
    assert_eq!((state.percent_complete(), state.summary()), (Some(100), Some("all good")));
    assert_eq!(code(succeed(&world, job).await), "InvalidJobStateException");
    assert_eq!(code(fail(&world, job, "late").await), "InvalidJobStateException");
    assert!(called(&world).is_empty());
}

#[tokio::test]
async fn a_function_that_answers_without_a_variable_has_none() {
    let (world, id) = calling().await;
    let job = called(&world)[0].1["id"].as_str().unwrap().to_owned();
    succeed(&world, &job).await.unwrap();
    assert_eq!(world.ends("p", &id).await, "Failed");
    assert_eq!(world.actions("p", &id).await.last().unwrap(), "Ship/Deploy Failed");
}

#[tokio::test]
async fn a_function_goes_on_with_its_token() {
    let (world, id) = calling().await;
    let first = called(&world)[0].1.clone();
    let job = first["id"].as_str().unwrap();
    let call = world.client.put_job_success_result().job_id(job).continuation_token("build-7");
    let both = call.clone().output_variables("Version", "1").send().await.unwrap_err().into_service_error();
    assert_eq!(refused(&both).0, "ValidationException");
    call.send().await.unwrap();
    assert_eq!(world.status("p", &id).await, "InProgress");
    let [(_, second)] = &called(&world)[..] else { panic!("it is called again") };
    assert_eq!(second["data"]["continuationToken"], "build-7");
    assert_ne!(second["id"], first["id"]);
    let call = world.client.put_job_success_result().job_id(second["id"].as_str().unwrap());
    call.output_variables("Version", "2").send().await.unwrap();
    assert_eq!(world.ends("p", &id).await, "Succeeded");
}

#[tokio::test]
async fn a_function_that_fails_or_never_answers_fails_its_action() {
    let (world, id) = calling().await;
    let job = called(&world)[0].1["id"].as_str().unwrap().to_owned();
    let details = FailureDetails::builder().r#type(FailureType::JobFailed).message("m".repeat(5001)).build().unwrap();
    let call = world.client.put_job_failure_result().job_id(&job).failure_details(details);
    assert_eq!(refused(&call.send().await.unwrap_err().into_service_error()).0, "ValidationException");
    fail(&world, &job, "no such bucket").await.unwrap();
    assert_eq!(world.ends("p", &id).await, "Failed");
    let state = world.stage("p", "Check").await.action_states()[0].latest_execution().unwrap().clone();
    let error = state.error_details().unwrap();
    assert_eq!((error.code(), error.message()), (Some("ConfigurationError"), Some("no such bucket")));
    // A retry calls it again, and a day later it has run too long.
    let retry = world.client.retry_stage_execution().pipeline_name("p").stage_name("Check").pipeline_execution_id(&id);
    retry.retry_mode(StageRetryMode::FailedActions).send().await.unwrap();
    world.local.let_pass(Duration::from_secs(10));
    let again = called(&world)[0].1["id"].as_str().unwrap().to_owned();
    assert_ne!(again, job);
    world.local.let_pass(Duration::from_secs(24 * 3600));
    assert_eq!(world.status("p", &id).await, "Failed");
    assert_eq!(code(succeed(&world, &again).await), "InvalidJobStateException");
    // The answer to a job of an execution that was stopped comes too late.
    let id = world.start("p").await;
    world.local.let_pass(Duration::from_secs(10));
    let job = called(&world)[0].1["id"].as_str().unwrap().to_owned();
    let call = world.client.stop_pipeline_execution().pipeline_name("p").pipeline_execution_id(&id).abandon(true);
    call.send().await.unwrap();
    assert_eq!(world.ends("p", &id).await, "Stopped");
    assert_eq!(code(succeed(&world, &job).await), "InvalidJobStateException");
}

#[tokio::test]
async fn a_function_needs_the_right_to_answer_and_an_account_sees_its_own_jobs() {
    let (world, id) = calling().await;
    let job = called(&world)[0].1["id"].as_str().unwrap().to_owned();
    let statement = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"codepipeline:PutJobFailureResult","Resource":"*"}]}"#;
    let deployer = Deployer::With(Document::from_json(statement).unwrap());
    let config = world.local.sdk_config_as(ACCOUNT, REGION, &deployer).unwrap();
    let function = World { local: world.local.clone(), client: aws_sdk_codepipeline::Client::new(&config) };
    assert_eq!(code(succeed(&function, &job).await), "AccessDeniedException");
    let other = World { local: world.local.clone(), client: World::client_of(&world.local, "222222222222") };
    world.local.add_account("222222222222").unwrap();
    assert_eq!(code(succeed(&other, &job).await), "JobNotFoundException");
    assert_eq!(code(succeed(&world, NOWHERE).await), "JobNotFoundException");
    fail(&function, &job, "no").await.unwrap();
    assert_eq!(world.ends("p", &id).await, "Failed");
}

fn forge() -> ActionTypeId {
    let id = ActionTypeId::builder().category(ActionCategory::Build).owner(ActionOwner::Custom);
    id.provider("Forge").version("1").build().unwrap()
}

/// A pipeline with two builds of a custom type.
async fn forging() -> World {
    let world = World::new();
    let property = |name: &str, secret: bool, queryable: bool| {
        let property = ActionConfigurationProperty::builder().name(name).required(true).key(false).secret(secret);
        property.queryable(queryable).build().unwrap()
    };
    let counts = ArtifactDetails::builder().minimum_count(0).maximum_count(5).build();
    let call = world.client.create_custom_action_type().category(ActionCategory::Build).provider("Forge").version("1");
    let call = call.input_artifact_details(counts.clone()).output_artifact_details(counts);
    let call = call.configuration_properties(property("Password", true, false));
    call.configuration_properties(property("Project", false, true)).send().await.unwrap();
    let custom = |name: &str, order: i64| {
        let mut action = build(name, order);
        action["actionTypeId"] = type_id("Build/Custom/Forge/1");
        action["configuration"] = json!({ "Password": "hunter2", "Project": name });
        action
    };
    let stages = [stage("Build", &[custom("one", 1), custom("two", 1)])];
    world.create(&pipeline("p", "QUEUED", &stages)).await.unwrap();
    world.local.let_pass(Duration::from_secs(60));
    world
}

async fn poll(world: &World, query: Option<(&str, &str)>) -> Result<Vec<Job>, String> {
    let call = world.client.poll_for_jobs().action_type_id(forge());
    let call = query.into_iter().fold(call, |call, (key, value)| call.query_param(key, value));
    let sent = call.send().await;
    sent.map(|answer| answer.jobs.unwrap()).map_err(|error| refused(&error.into_service_error()).0)
}

#[tokio::test]
async fn a_custom_action_succeeds_unless_it_waits_for_a_worker() {
    let world = forging().await;
    assert_eq!(world.runs("p").await, ["CreatePipeline Succeeded"]);
    assert!(poll(&world, None).await.unwrap().is_empty());
}

#[tokio::test]
async fn one_worker_polls_takes_and_does_a_job() {
    let world = forging().await;
    for action in ["one", "two"] {
        world.local.await_answer(&arn("p"), "Build", action);
    }
    let id = world.start("p").await;
    world.local.let_pass(Duration::from_secs(10));
    assert_eq!(poll(&world, None).await.unwrap().len(), 2);
    assert!(called(&world).is_empty());
    let limited = world.client.poll_for_jobs().action_type_id(forge()).max_batch_size(1).send().await.unwrap();
    assert_eq!(limited.jobs().len(), 1);
    let jobs = poll(&world, Some(("Project", "two"))).await.unwrap();
    let [job] = &jobs[..] else { panic!("{jobs:?}") };
    assert_eq!(poll(&world, Some(("Password", "hunter2"))).await.unwrap_err(), "ValidationException");
    let data = job.data().unwrap();
    assert_eq!(data.action_type_id(), Some(&forge()));
    let configuration = data.action_configuration().unwrap().configuration().unwrap();
    assert_eq!(configuration["Password"], "hunter2", "a worker sees secrets");
    assert_eq!(data.pipeline_context().unwrap().action().unwrap().name(), Some("two"));

    let job_id = job.id().unwrap();
    assert_eq!(code(succeed(&world, job_id).await), "InvalidJobStateException", "nobody has taken it");
    let take = |nonce: &str| world.client.acknowledge_job().job_id(job_id).nonce(nonce).send();
    let wrong = take("0").await.unwrap_err().into_service_error();
    assert_eq!(refused(&wrong).0, "InvalidNonceException");
    let nonce = job.nonce().unwrap();
    assert_eq!(take(nonce).await.unwrap().status().unwrap().as_str(), "InProgress");
    let again = take(nonce).await.unwrap_err().into_service_error();
    assert_eq!(refused(&again).0, "InvalidNonceException");
    assert_eq!(poll(&world, None).await.unwrap().len(), 1, "what is taken is not offered");
    succeed(&world, job_id).await.unwrap();
    assert_eq!(world.status("p", &id).await, "InProgress");
    let rest = poll(&world, None).await.unwrap();
    let (job, nonce) = (rest[0].id().unwrap(), rest[0].nonce().unwrap());
    world.client.acknowledge_job().job_id(job).nonce(nonce).send().await.unwrap();
    let call = world.client.put_job_success_result().job_id(job).continuation_token("half");
    call.execution_details(ExecutionDetails::builder().percent_complete(50).build()).send().await.unwrap();
    let state = world.stage("p", "Build").await;
    let one = state.action_states().iter().find(|state| state.action_name() == Some("one")).unwrap();
    assert_eq!(one.latest_execution().unwrap().percent_complete(), Some(50));
    // The continuation is another job, which has to be taken.
    let rest = poll(&world, None).await.unwrap();
    let (job, nonce) = (rest[0].id().unwrap(), rest[0].nonce().unwrap());
    assert_eq!(rest[0].data().unwrap().continuation_token(), Some("half"));
    world.client.acknowledge_job().job_id(job).nonce(nonce).send().await.unwrap();
    fail(&world, job, "broken").await.unwrap();
    assert_eq!(world.ends("p", &id).await, "Failed");
}

#[tokio::test]
async fn a_custom_source_says_what_it_read() {
    let world = World::new();
    let counts = |most: i32| ArtifactDetails::builder().minimum_count(0).maximum_count(most).build();
    let call = world.client.create_custom_action_type().category(ActionCategory::Source).provider("Shelf").version("1");
    call.input_artifact_details(counts(0)).output_artifact_details(counts(1)).send().await.unwrap();
    let mut declaration = pipeline("p", "QUEUED", &[stage("Build", &[build("Compile", 1)])]);
    let source = &mut declaration["stages"][0]["actions"][0];
    source["actionTypeId"] = type_id("Source/Custom/Shelf/1");
    source["configuration"] = json!({});
    world.create(&declaration).await.unwrap();
    world.local.let_pass(Duration::from_secs(60));
    world.local.script(&arn("p"), "Source", "Source", [Outcome::awaits_answer()]);
    let id = world.start("p").await;
    world.local.let_pass(Duration::from_secs(10));
    let mut kind = forge();
    kind.category = ActionCategory::Source;
    kind.provider = "Shelf".to_owned();
    let polled = world.client.poll_for_jobs().action_type_id(kind).send().await.unwrap();
    let job = &polled.jobs()[0];
    world.client.acknowledge_job().job_id(job.id().unwrap()).nonce(job.nonce().unwrap()).send().await.unwrap();
    let read = CurrentRevision::builder().revision("r7").change_identifier("c7").build().unwrap();
    world.client.put_job_success_result().job_id(job.id().unwrap()).current_revision(read).send().await.unwrap();
    assert_eq!(world.ends("p", &id).await, "Succeeded");
    let listed = world.client.list_pipeline_executions().pipeline_name("p").max_results(1).send().await.unwrap();
    let read = &listed.pipeline_execution_summaries()[0].source_revisions()[0];
    assert_eq!((read.action_name(), read.revision_id()), ("Source", Some("r7")));
}

#[tokio::test]
async fn polling_is_authorized_per_action_type() {
    let world = forging().await;
    let of = |resource: &str| {
        let statement = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"codepipeline:PollForJobs","Resource":"{resource}"}}]}}"#
        );
        let deployer = Deployer::With(Document::from_json(&statement).unwrap());
        let config = world.local.sdk_config_as(ACCOUNT, REGION, &deployer).unwrap();
        World { local: world.local.clone(), client: aws_sdk_codepipeline::Client::new(&config) }
    };
    let kind = |name: &str| format!("arn:aws:codepipeline:{REGION}:{ACCOUNT}:actiontype:Custom/Build/{name}/1");
    assert!(poll(&of(&kind("Forge")), None).await.is_ok());
    assert_eq!(poll(&of(&kind("Other")), None).await.unwrap_err(), "AccessDeniedException");
    let mut unknown = forge();
    unknown.version = "2".to_owned();
    let sent = world.client.poll_for_jobs().action_type_id(unknown).send().await;
    assert_eq!(refused(&sent.unwrap_err().into_service_error()).0, "ActionTypeNotFoundException");
    let mut of_aws = forge();
    of_aws.owner = ActionOwner::Aws;
    let sent = world.client.poll_for_jobs().action_type_id(of_aws).send().await;
    assert_eq!(refused(&sent.unwrap_err().into_service_error()).0, "ValidationException");
}
