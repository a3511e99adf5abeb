//! An account with a service role, and a client every answer of which is compared with the service model.

use aws_sdk_codepipeline::Client;
use aws_sdk_codepipeline::error::ProvideErrorMetadata;
use aws_sdk_codepipeline::operation::get_pipeline_state::GetPipelineStateOutput;
use aws_sdk_codepipeline::types::{
    ArtifactStore, ArtifactStoreType, PipelineDeclaration, StageDeclaration, StageState,
};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use codepipeline_xacct::core::ids::PipelineArn;
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::local::Local;
use codepipeline_xacct_aws_tests::service_trust;
use serde_json::{Value, json};

mod model;

pub const ACCOUNT: &str = "111111111111";
pub const REGION: &str = "eu-west-1";
pub const SERVICE: &str = "arn:aws:iam::111111111111:role/service";

/// Code and message of an error.
pub type Refused = (String, String);

/// Local AWS, and a client that compares.
pub struct World {
    pub local: Local,
    pub client: Client,
}

#[derive(Debug, Clone)]
struct Compared(Local);

impl HttpClient for Compared {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Compared {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let operation = request.headers().get("x-amz-target").unwrap().rsplit('.').next().unwrap().to_owned();
        let answer = self.0.call(request);
        HttpConnectorFuture::new(async move {
            let answer = answer.await?;
            let body: Value = serde_json::from_slice(answer.body().bytes().unwrap()).unwrap();
            let wrong = model::compare(&operation, answer.status().as_u16(), &body);
            assert!(wrong.is_empty(), "{operation}: {wrong:?} in {body:#}");
            Ok(answer)
        })
    }
}

pub fn refused(error: &impl ProvideErrorMetadata) -> Refused {
    (error.code().unwrap_or_default().to_owned(), error.message().unwrap_or_default().to_owned())
}

pub fn arn(name: &str) -> PipelineArn {
    format!("arn:aws:codepipeline:{REGION}:{ACCOUNT}:{name}").parse().unwrap()
}

impl World {
    /// The service role may do everything.
    pub fn new() -> Self {
        let local = Local::new();
        let all = Document::from_json(
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
        );
        let role = SERVICE.parse().unwrap();
        local.put_role(&role, &service_trust().unwrap(), &[("all", &all.unwrap())]).unwrap();
        let client = Self::client_of(&local, ACCOUNT);
        Self { local, client }
    }

    pub fn client_of(local: &Local, account: &str) -> Client {
        let config = local.sdk_config(account, REGION).to_builder();
        Client::new(&config.http_client(SharedHttpClient::new(Compared(local.clone()))).build())
    }

    /// CreatePipeline with a declaration in JSON; what the SDK's own types make of it would be sent the same way.
    pub async fn create(&self, declaration: &Value) -> Result<PipelineDeclaration, Refused> {
        self.create_with(json!({ "pipeline": declaration })).await
    }

    pub async fn create_with(&self, input: Value) -> Result<PipelineDeclaration, Refused> {
        let call = self.client.create_pipeline().pipeline(any()).customize();
        let sent = call.mutate_request(move |request| *request.body_mut() = input.to_string().into()).send().await;
        sent.map(|answer| answer.pipeline.unwrap()).map_err(|error| refused(&error.into_service_error()))
    }

    pub async fn update(&self, declaration: &Value) -> Result<PipelineDeclaration, Refused> {
        let input = json!({ "pipeline": declaration }).to_string();
        let call = self.client.update_pipeline().pipeline(any()).customize();
        let sent = call.mutate_request(move |request| *request.body_mut() = input.clone().into()).send().await;
        sent.map(|answer| answer.pipeline.unwrap()).map_err(|error| refused(&error.into_service_error()))
    }

    pub async fn start(&self, name: &str) -> String {
        self.client.start_pipeline_execution().name(name).send().await.unwrap().pipeline_execution_id.unwrap()
    }

    pub async fn status(&self, name: &str, id: &str) -> String {
        let call = self.client.get_pipeline_execution().pipeline_name(name).pipeline_execution_id(id);
        call.send().await.unwrap().pipeline_execution.unwrap().status.unwrap().as_str().to_owned()
    }

    /// The status at which an execution ends, in at most some seconds.
    pub async fn ends(&self, name: &str, id: &str) -> String {
        for _ in 0..100 {
            let status = self.status(name, id).await;
            if !["InProgress", "Stopping"].contains(&status.as_str()) {
                return status;
            }
        }
        panic!("{name} {id} does not end: {:#?}", self.state(name).await);
    }

    pub async fn state(&self, name: &str) -> GetPipelineStateOutput {
        self.client.get_pipeline_state().name(name).send().await.unwrap()
    }

    pub async fn stage(&self, name: &str, stage: &str) -> StageState {
        self.state(name).await.stage_states().iter().find(|s| s.stage_name() == Some(stage)).unwrap().clone()
    }

    /// The actions of an execution from the oldest, as `stage/action status`.
    pub async fn actions(&self, name: &str, id: &str) -> Vec<String> {
        let filter = aws_sdk_codepipeline::types::ActionExecutionFilter::builder().pipeline_execution_id(id).build();
        let call = self.client.list_action_executions().pipeline_name(name).filter(filter);
        let details = call.send().await.unwrap().action_execution_details.unwrap();
        let one = |d: &aws_sdk_codepipeline::types::ActionExecutionDetail| {
            format!("{}/{} {}", d.stage_name().unwrap(), d.action_name().unwrap(), d.status().unwrap().as_str())
        };
        details.iter().rev().map(one).collect()
    }

    /// The trigger types of all executions of a pipeline, with their status, from the oldest.
    pub async fn runs(&self, name: &str) -> Vec<String> {
        let answer = self.client.list_pipeline_executions().pipeline_name(name).send().await.unwrap();
        let one = |e: &aws_sdk_codepipeline::types::PipelineExecutionSummary| {
            format!("{} {}", e.trigger().unwrap().trigger_type().unwrap().as_str(), e.status().unwrap().as_str())
        };
        answer.pipeline_execution_summaries().iter().rev().map(one).collect()
    }
}

/// A declaration that the SDK's types accept.
fn any() -> PipelineDeclaration {
    let stage = StageDeclaration::builder().name("S").set_actions(Some(Vec::new())).build().unwrap();
    let store = ArtifactStore::builder().r#type(ArtifactStoreType::S3).location("bucket").build().unwrap();
    PipelineDeclaration::builder().name("any").role_arn(SERVICE).artifact_store(store).stages(stage).build().unwrap()
}

/// A pipeline whose first stage reads a source into the artifact `In`.
pub fn pipeline(name: &str, mode: &str, stages: &[Value]) -> Value {
    let source = json!({
        "name": "Source",
        "actionTypeId": type_id("Source/AWS/CodeCommit/1"),
        "configuration": { "RepositoryName": "code", "BranchName": "main", "PollForSourceChanges": "false" },
        "outputArtifacts": [{ "name": "In" }],
        "namespace": "Src",
    });
    let mut all = vec![json!({ "name": "Source", "actions": [source] })];
    all.extend_from_slice(stages);
    json!({
        "name": name,
        "roleArn": SERVICE,
        "pipelineType": "V2",
        "executionMode": mode,
        "artifactStore": { "type": "S3", "location": "artifacts" },
        "variables": [{ "name": "who", "defaultValue": "nobody" }],
        "stages": all,
    })
}

pub fn type_id(text: &str) -> Value {
    let parts: Vec<&str> = text.split('/').collect();
    json!({ "category": parts[0], "owner": parts[1], "provider": parts[2], "version": parts[3] })
}

pub fn stage(name: &str, actions: &[Value]) -> Value {
    json!({ "name": name, "actions": actions })
}

/// A build that reads `In` and writes an artifact with its name.
pub fn build(name: &str, order: i64) -> Value {
    json!({
        "name": name,
        "actionTypeId": type_id("Build/AWS/CodeBuild/1"),
        "configuration": { "ProjectName": "project" },
        "inputArtifacts": [{ "name": "In" }],
        "outputArtifacts": [{ "name": format!("{name}Out") }],
        "namespace": format!("{name}Vars"),
        "runOrder": order,
    })
}

pub fn approval(name: &str) -> Value {
    json!({ "name": name, "actionTypeId": type_id("Approval/AWS/Manual/1") })
}

/// A rule that compares a variable of the pipeline.
pub fn check(name: &str, operator: &str, value: &str) -> Value {
    json!({
        "name": name,
        "ruleTypeId": { "category": "Rule", "owner": "AWS", "provider": "VariableCheck", "version": "1" },
        "configuration": { "Variable": "#{variables.who}", "Operator": operator, "Value": value },
    })
}

pub fn conditions(result: &str, rules: &[Value]) -> Value {
    json!({ "conditions": [{ "result": result, "rules": rules }] })
}
