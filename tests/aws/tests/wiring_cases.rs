//! The chains of roles that the documentation decides, replayed as calls: IAM keeps their documents, and a run of the pipeline assumes
//! the roles and starts the target.

use std::time::Duration;

use aws_sdk_codepipeline::types::{ActionExecutionFilter, StageRetryMode};
use aws_sdk_iam::error::ProvideErrorMetadata;
use codepipeline_xacct::core::ids::{AccountId, PipelineArn, RoleArn};
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::local::{Local, Outcome};
use codepipeline_xacct_aws_tests::{service_trust, trust};
use codepipeline_xacct_test_support::chains::{self, Chain};
use serde_json::{Value, json};

use crate::world::{REGION, World, build, pipeline, refused, stage, type_id};

/// An allow for everything.
fn everything() -> Document {
    let all = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    Document::from_json(all).unwrap()
}

/// Two accounts, or one, with the roles and pipelines that chains name.
struct Base {
    service: RoleArn,
    action: RoleArn,
    target: PipelineArn,
    source: PipelineArn,
    /// Local AWS in which the stage with the invoke action has failed, and can be retried.
    state: String,
    execution: String,
}

fn member<T: std::str::FromStr>(input: &Value, pointer: &str) -> Option<T> {
    input.pointer(pointer)?.as_str()?.parse().ok()
}

impl Base {
    /// A base with the ARNs of a chain.
    async fn of(input: &Value) -> Self {
        let service: RoleArn = member(input, "/service_role/arn").unwrap();
        let action: RoleArn = member(input, "/action_role/arn").unwrap();
        let target: PipelineArn = member(input, "/target_pipeline_arn").unwrap();
        let source: PipelineArn = member(input, "/source_pipeline_arn").unwrap();
        let local = Local::new();
        local.set_request_time(Duration::ZERO);
        let all = everything();
        local.put_role(&service, &service_trust().unwrap(), &[("all", &all)]).unwrap();
        let account = trust(&format!(r#"{{"AWS":"{}"}}"#, service.account())).unwrap();
        local.put_role(&action, &account, &[("all", &all)]).unwrap();
        let own: RoleArn = format!("arn:aws:iam::{}:role/own", target.account()).parse().unwrap();
        local.put_role(&own, &service_trust().unwrap(), &[("all", &all)]).unwrap();

        let world =
            |account: &AccountId| World { local: local.clone(), client: World::client_of(&local, account.as_str()) };
        let mut started = pipeline(target.name().as_str(), "PARALLEL", &[stage("Build", &[build("Compile", 1)])]);
        started["roleArn"] = json!(own.to_string());
        world(target.account()).create(&started).await.unwrap();
        let invoke = json!({
            "name": "call",
            "actionTypeId": type_id("Invoke/AWS/CodePipeline/1"),
            "roleArn": action.to_string(),
            "configuration": { "PipelineName": target.name().as_str() },
        });
        let mut starts = pipeline(source.name().as_str(), "QUEUED", &[stage("Call", &[invoke])]);
        starts["roleArn"] = json!(service.to_string());
        local.script(&source, "Call", "call", [Outcome::fails("before the case")]);
        world(source.account()).create(&starts).await.unwrap();
        local.let_pass(Duration::from_secs(60));
        let listed = world(source.account()).client.list_pipeline_executions().pipeline_name(source.name().as_str());
        let execution = listed.send().await.unwrap().pipeline_execution_summaries()[0].clone();
        assert_eq!(execution.status().unwrap().as_str(), "Failed");
        let execution = execution.pipeline_execution_id.unwrap();
        // From here on the action runs.
        local.script(&source, "Call", "call", []);
        Self { service, action, target, source, state: local.to_json().unwrap(), execution }
    }

    fn is_of(&self, input: &Value) -> bool {
        member(input, "/service_role/arn").as_ref() == Some(&self.service)
            && member(input, "/action_role/arn").as_ref() == Some(&self.action)
            && member(input, "/target_pipeline_arn").as_ref() == Some(&self.target)
    }
}

/// What becomes of a chain.
#[derive(Debug, Clone, PartialEq)]
enum Replayed {
    /// IAM refused a document: code and message.
    Refused(String, String),
    /// Each hop that was reached, and whether it was allowed.
    Ran([Option<bool>; 3]),
    /// Local AWS does not decide it.
    Undecided(String),
}

/// Code and message with which IAM refuses a call.
macro_rules! put {
    ($call:expr) => {
        if let Err(error) = $call.send().await {
            let error = error.into_service_error();
            let (code, message) = (error.code().unwrap_or_default(), error.message().unwrap_or_default());
            return Err((code.to_owned(), message.to_owned()));
        }
    };
}

/// Gives a role the documents of a chain, with calls to IAM.
async fn put(local: &Local, arn: &RoleArn, role: &Value) -> Result<(), (String, String)> {
    let iam = aws_sdk_iam::Client::new(&local.sdk_config(arn.account().as_str(), REGION));
    let name = arn.name().as_str();
    put!(iam.delete_role_policy().role_name(name).policy_name("all"));
    put!(iam.update_assume_role_policy().role_name(name).policy_document(role["trust"].to_string()));
    for (index, policy) in role["policies"].as_array().into_iter().flatten().enumerate() {
        let document = policy.get("document").unwrap_or(policy).to_string();
        put!(iam.put_role_policy().role_name(name).policy_name(format!("p{index}")).policy_document(document));
    }
    if let Some(boundary) = role.get("permissions_boundary") {
        put!(iam.create_policy().policy_name(format!("{name}-limit")).policy_document(boundary.to_string()));
        let limit = format!("arn:aws:iam::{}:policy/{name}-limit", arn.account());
        put!(iam.put_role_permissions_boundary().role_name(name).permissions_boundary(limit));
    }
    for (key, value) in role["tags"].as_object().into_iter().flatten() {
        let tag = aws_sdk_iam::types::Tag::builder().key(key).value(value.as_str().unwrap()).build().unwrap();
        put!(iam.tag_role().role_name(name).tags(tag));
    }
    Ok(())
}

/// The levels of policies of an organization.
fn levels(input: &Value, pointer: &str) -> Vec<Vec<Document>> {
    let document = |document: &Value| Document::from_json(&document.to_string()).unwrap();
    let levels = input.pointer(pointer).and_then(Value::as_array).into_iter().flatten();
    levels.map(|level| level.as_array().unwrap().iter().map(document).collect()).collect()
}

async fn replayed(base: &Base, input: &Value) -> Replayed {
    let local = Local::from_json(&base.state).unwrap();
    local.set_request_time(Duration::ZERO);
    for (arn, role) in [(&base.service, &input["service_role"]), (&base.action, &input["action_role"])] {
        if let Err((code, message)) = put(&local, arn, role).await {
            return Replayed::Refused(code, message);
        }
    }
    let source = World::client_of(&local, base.source.account().as_str());
    let retry = source.retry_stage_execution().pipeline_name(base.source.name().as_str()).stage_name("Call");
    let retry = retry.pipeline_execution_id(&base.execution).retry_mode(StageRetryMode::FailedActions);
    retry.send().await.unwrap();

    // The policies of the organization come last, and go first: they are for the administrators too.
    for (account, whose) in [(base.source.account(), "source"), (base.target.account(), "target")] {
        let (scps, rcps) = (levels(input, &format!("/scps/{whose}")), levels(input, &format!("/rcps/{whose}")));
        for put in [
            (!scps.is_empty()).then(|| local.put_scps(account, &scps)),
            (!rcps.is_empty()).then(|| local.put_rcps(account, &rcps)),
        ] {
            if let Some(Err(error)) = put {
                return Replayed::Refused(error.code, error.message);
            }
        }
    }
    local.let_pass(Duration::from_secs(10));
    for account in [base.source.account(), base.target.account()] {
        local.put_scps(account, &[]).unwrap();
        local.put_rcps(account, &[]).unwrap();
    }
    let filter = ActionExecutionFilter::builder().pipeline_execution_id(&base.execution).build();
    let listed = source.list_action_executions().pipeline_name(base.source.name().as_str()).filter(filter);
    let newest = match listed.send().await {
        Ok(listed) => listed.action_execution_details()[0].clone(),
        Err(error) => panic!("{:?}", refused(&error.into_service_error())),
    };
    let error = newest.output().and_then(|output| output.execution_result()?.error_details().cloned());
    let Some(error) = error else {
        assert_eq!(newest.status().unwrap().as_str(), "Succeeded");
        return Replayed::Ran([Some(true); 3]);
    };
    let message = error.message.unwrap();
    match error.code.as_deref() {
        Some("NotSupportedByLocalAws") => Replayed::Undecided(message),
        Some("InvalidRole") => Replayed::Ran([Some(false), None, None]),
        _ if message.contains("not authorized to perform: sts:AssumeRole") => {
            Replayed::Ran([Some(true), Some(false), None])
        }
        _ if message.contains("not authorized to perform: codepipeline:StartPipelineExecution") => {
            Replayed::Ran([Some(true), Some(true), Some(false)])
        }
        _ => panic!("{message}"),
    }
}

/// Whether calls can make what a chain has: local AWS has ids of its own, and CodePipeline says what its requests are.
fn can_be_made(input: &Value) -> bool {
    let given = ["/context", "/session_policies", "/service_role/unique_id", "/action_role/unique_id"];
    given.iter().all(|pointer| input.pointer(pointer).is_none())
}

/// Whether IAM refuses a document for something beside it: a principal that doesn't exist, or a quota that can be raised.
fn is_not_of_the_document(code: &str, message: &str) -> bool {
    message.starts_with("Invalid principal") || ["LimitExceeded", "NotSupportedByLocalAws"].contains(&code)
}

/// Whether it became what the documentation says.
fn is_right(chain: &Chain, replayed: &Replayed) -> bool {
    match replayed {
        Replayed::Refused(..) => chain.valid != Some(true),
        Replayed::Undecided(_) => true,
        Replayed::Ran(hops) => {
            let right = |(hop, expected): (&Option<bool>, &String)| match expected.as_str() {
                "allowed" => *hop != Some(false),
                "denied" => *hop != Some(true),
                _ => true,
            };
            chain.valid != Some(false) && hops.iter().zip(&chain.expect).all(right)
        }
    }
}

#[tokio::test]
async fn the_verdicts_of_the_documentation_are_those_of_runs() {
    let all = chains::all();
    let mut bases: Vec<Base> = Vec::new();
    let (mut wrong, mut decided, mut undecided) = (Vec::new(), 0, 0);
    for chain in &all {
        let input = chain.input();
        if bases.len() < 2 && can_be_made(&input) && !bases.iter().any(|base| base.is_of(&input)) {
            bases.push(Base::of(&input).await);
        }
        let Some(base) = bases.iter().find(|base| base.is_of(&input) && can_be_made(&input)) else { continue };
        let replayed = replayed(base, &input).await;
        match &replayed {
            Replayed::Refused(code, message) if is_not_of_the_document(code, message) => continue,
            Replayed::Undecided(_) => undecided += 1,
            _ => decided += 1,
        }
        if !is_right(chain, &replayed) {
            wrong.push(format!("{}: {}: {:?} {:?}: {replayed:?}", chain.id, chain.about, chain.expect, chain.valid));
        }
    }
    assert!(wrong.is_empty(), "{} of {decided} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(decided > 700, "{decided} were decided, {undecided} were not");
}
