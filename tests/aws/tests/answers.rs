//! Every answer of IAM and STS on local AWS, compared with the service models of AWS: no member that the model doesn't
//! know, and none lacking that it requires. `fixtures/answers.py` writes what the models say.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use aws_config::SdkConfig;
use aws_sdk_iam::types::{PolicyScopeType, Tag};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use codepipeline_xacct::local::Local;
use codepipeline_xacct_aws_tests::*;
use serde_json::Value;

const ACCOUNT: &str = "111111111111";

/// Local AWS, with the answers that succeed kept.
#[derive(Debug, Clone)]
struct Recorder {
    local: Local,
    answers: Arc<Mutex<Vec<String>>>,
}

impl HttpClient for Recorder {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Recorder {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (answer, answers) = (self.local.call(request), Arc::clone(&self.answers));
        HttpConnectorFuture::new(async move {
            let answer = answer.await?;
            if answer.status().is_success() {
                let body = answer.body().bytes().unwrap_or_default();
                answers.lock().unwrap().push(String::from_utf8(body.to_vec()).unwrap());
            }
            Ok(answer)
        })
    }
}

/// An element: its name and what is in it.
#[derive(Debug)]
struct Element {
    name: String,
    children: Vec<Element>,
}

/// Reads the elements up to the end of the one that they are in. Local AWS writes no attributes.
fn elements(text: &mut &str) -> Vec<Element> {
    let mut found = Vec::new();
    while let Some((_, rest)) = text.split_once('<') {
        let (name, rest) = rest.split_once('>').unwrap();
        *text = rest;
        if name.starts_with('/') {
            break;
        }
        found.push(Element { name: name.to_owned(), children: elements(text) });
    }
    found
}

/// What differs between an element and the model.
fn differences(element: &Element, model: &Value, place: &str, found: &mut Vec<String>) {
    let names = || element.children.iter().map(|child| child.name.as_str());
    if let Some(members) = model["members"].as_object() {
        for required in model["required"].as_array().unwrap() {
            if !names().any(|name| name == required) {
                found.push(format!("{place} lacks {required}"));
            }
        }
        if names().collect::<BTreeSet<_>>().len() != element.children.len() {
            found.push(format!("{place} has a member twice"));
        }
        for child in &element.children {
            let place = format!("{place}.{}", child.name);
            match members.get(&child.name) {
                Some(model) => differences(child, model, &place, found),
                None => found.push(format!("{place} is not in the model")),
            }
        }
    } else if model.get("list").is_some() {
        for child in &element.children {
            if child.name != "member" {
                found.push(format!("{place} has {} in a list", child.name));
            }
            differences(child, &model["list"], place, found);
        }
    } else if model.get("map").is_some() {
        for child in &element.children {
            let parts: Vec<&str> = child.children.iter().map(|part| part.name.as_str()).collect();
            if (child.name.as_str(), parts.as_slice()) != ("entry", &["key", "value"]) {
                found.push(format!("{place} has {} with {parts:?} in a map", child.name));
            }
        }
    } else if let Some(child) = element.children.first() {
        found.push(format!("{place} is a text and has {}", child.name));
    }
}

fn compared(answer: &str, models: &Value) -> (String, Vec<String>) {
    let mut rest = answer;
    let response = elements(&mut rest).pop().unwrap();
    let operation = response.name.strip_suffix("Response").unwrap().to_owned();
    let mut found = Vec::new();
    for child in &response.children {
        match child.name.strip_suffix("Result") {
            Some(name) if name == operation => differences(child, &models[&operation], &operation, &mut found),
            _ if child.name == "ResponseMetadata" => {}
            _ => found.push(format!("{operation} has {}", child.name)),
        }
    }
    (operation, found)
}

fn models() -> Value {
    serde_json::from_str(include_str!("fixtures/answers.json")).unwrap()
}

fn allow(action: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"*"}}]}}"#)
}

/// Calls every operation with all that makes its answer longer.
async fn call_everything(config: &SdkConfig) {
    let iam = aws_sdk_iam::Client::new(config);
    let trust = trust(&format!(r#"{{"AWS":"{ACCOUNT}"}}"#)).unwrap().to_json();
    let tag = Tag::builder().key("team").value("blue").build().unwrap();
    let create = iam.create_policy().policy_name("Limit").policy_document(allow("*")).description("limits");
    let arn = create.tags(tag.clone()).send().await.unwrap().policy.unwrap().arn.unwrap();
    for name in ["One", "Two"] {
        let create = iam.create_role().role_name(name).assume_role_policy_document(&trust).description("a role");
        create.permissions_boundary(&arn).tags(tag.clone()).send().await.unwrap();
        let put = iam.put_role_policy().role_name(name).policy_name("p").policy_document(allow("s3:*"));
        put.send().await.unwrap();
        iam.attach_role_policy().role_name(name).policy_arn(&arn).send().await.unwrap();
    }
    let role = iam.get_role().role_name("One").send().await.unwrap().role.unwrap().arn;
    iam.update_role().role_name("One").description("x").send().await.unwrap();
    iam.update_role_description().role_name("One").description("y").send().await.unwrap();
    iam.update_assume_role_policy().role_name("One").policy_document(&trust).send().await.unwrap();
    iam.list_roles().max_items(1).send().await.unwrap();
    iam.list_instance_profiles_for_role().role_name("One").send().await.unwrap();
    iam.get_role_policy().role_name("One").policy_name("p").send().await.unwrap();
    iam.list_role_policies().role_name("One").send().await.unwrap();
    iam.list_attached_role_policies().role_name("One").send().await.unwrap();
    iam.list_entities_for_policy().policy_arn(&arn).max_items(1).send().await.unwrap();
    iam.tag_role().role_name("One").tags(tag.clone()).send().await.unwrap();
    iam.list_role_tags().role_name("One").send().await.unwrap();
    iam.untag_role().role_name("One").tag_keys("team").send().await.unwrap();
    iam.tag_policy().policy_arn(&arn).tags(tag).send().await.unwrap();
    iam.list_policy_tags().policy_arn(&arn).send().await.unwrap();
    iam.untag_policy().policy_arn(&arn).tag_keys("team").send().await.unwrap();
    iam.get_policy().policy_arn(&arn).send().await.unwrap();
    iam.list_policies().scope(PolicyScopeType::Local).send().await.unwrap();
    iam.create_policy_version().policy_arn(&arn).policy_document(allow("iam:*")).send().await.unwrap();
    iam.set_default_policy_version().policy_arn(&arn).version_id("v2").send().await.unwrap();
    iam.list_policy_versions().policy_arn(&arn).max_items(1).send().await.unwrap();
    iam.get_policy_version().policy_arn(&arn).version_id("v1").send().await.unwrap();
    iam.delete_policy_version().policy_arn(&arn).version_id("v1").send().await.unwrap();
    iam.list_account_aliases().send().await.unwrap();
    iam.get_account_summary().send().await.unwrap();
    let simulate = iam.simulate_principal_policy().policy_source_arn(&role).action_names("s3:GetObject");
    simulate.resource_arns("arn:aws:s3:::b/k").send().await.unwrap();
    iam.simulate_custom_policy().policy_input_list(allow("s3:*")).action_names("s3:GetObject").send().await.unwrap();

    let sts = aws_sdk_sts::Client::new(config);
    sts.get_caller_identity().send().await.unwrap();
    let session = sts.assume_role().role_arn(&role).role_session_name("one").send().await.unwrap();
    let key = session.credentials.unwrap().access_key_id;
    sts.get_access_key_info().access_key_id(key).send().await.unwrap();

    iam.put_role_permissions_boundary().role_name("One").permissions_boundary(&arn).send().await.unwrap();
    for name in ["One", "Two"] {
        iam.delete_role_permissions_boundary().role_name(name).send().await.unwrap();
        iam.delete_role_policy().role_name(name).policy_name("p").send().await.unwrap();
        iam.detach_role_policy().role_name(name).policy_arn(&arn).send().await.unwrap();
        iam.delete_role().role_name(name).send().await.unwrap();
    }
    iam.delete_policy().policy_arn(&arn).send().await.unwrap();
}

#[tokio::test]
async fn every_answer_has_the_members_of_the_service_model() {
    let local = Local::new();
    local.add_account(ACCOUNT).unwrap();
    let recorder = Recorder { local: local.clone(), answers: Arc::default() };
    let config = local.sdk_config(ACCOUNT, "us-east-1").into_builder().http_client(recorder.clone()).build();
    call_everything(&config).await;
    let models = models();
    let answers = recorder.answers.lock().unwrap();
    let compared: Vec<_> = answers.iter().map(|answer| compared(answer, &models)).collect();
    let found: Vec<&String> = compared.iter().flat_map(|(_, found)| found).collect();
    assert!(found.is_empty(), "{found:#?}");
    let called: BTreeSet<&str> = compared.iter().map(|(operation, _)| operation.as_str()).collect();
    let all: BTreeSet<&str> = models.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(called, all);
}

/// What a parameter that this version doesn't know leads to: the answer, or the code and text of the error.
async fn with_parameter(config: &SdkConfig, operation: &str, parameter: &'static str) -> Result<(), (String, String)> {
    use aws_sdk_iam::error::ProvideErrorMetadata;
    let iam = aws_sdk_iam::Client::new(config);
    let add = move |request: &mut HttpRequest| {
        let body = [request.body().bytes().unwrap(), parameter.as_bytes()].join(&b'&');
        *request.body_mut() = body.into();
    };
    let refused = |error: &dyn ProvideErrorMetadata| {
        (error.code().unwrap_or_default().to_owned(), error.message().unwrap_or_default().to_owned())
    };
    match operation {
        "CreateRole" => {
            let trust = service_trust().unwrap().to_json();
            let call = iam.create_role().role_name("Kept").assume_role_policy_document(trust);
            let answer = call.customize().mutate_request(add).send().await;
            answer.map(drop).map_err(|error| refused(&error))
        }
        "UpdateRole" => {
            let answer = iam.update_role().role_name("Kept").customize().mutate_request(add).send().await;
            answer.map(drop).map_err(|error| refused(&error))
        }
        _ => {
            let answer = iam.delete_role().role_name("Kept").customize().mutate_request(add).send().await;
            answer.map(drop).map_err(|error| refused(&error))
        }
    }
}

#[tokio::test]
async fn a_role_keeps_members_that_are_new_and_everything_else_that_is_new_is_refused() {
    let local = Local::new();
    local.add_account(ACCOUNT).unwrap();
    let recorder = Recorder { local: local.clone(), answers: Arc::default() };
    let config = local.sdk_config(ACCOUNT, "us-east-1").into_builder().http_client(recorder.clone()).build();
    with_parameter(&config, "CreateRole", "Colour=red").await.unwrap();
    with_parameter(&config, "UpdateRole", "Shape=round").await.unwrap();
    aws_sdk_iam::Client::new(&config).get_role().role_name("Kept").send().await.unwrap();
    let answer = recorder.answers.lock().unwrap().last().unwrap().clone();
    assert!(answer.contains("<Colour>red</Colour><Shape>round</Shape>"), "{answer}");
    let refused = |parameter: &str, operation: &str| {
        let message = format!("local AWS does not support the parameter `{parameter}` of iam:{operation}");
        Err(("NotSupportedByLocalAws".to_owned(), message))
    };
    let nested = with_parameter(&config, "UpdateRole", "Colour.member.1=red").await;
    assert_eq!(nested, refused("Colour.member.1", "UpdateRole"));
    assert_eq!(with_parameter(&config, "DeleteRole", "Colour=red").await, refused("Colour", "DeleteRole"));
}

#[test]
fn a_member_too_many_and_one_too_few_are_found() {
    let answer = "<GetRoleResponse><GetRoleResult><Role><Path>/</Path><RoleName>x</RoleName><RoleId>x</RoleId>\
                  <Arn><a>x</a></Arn><Colour>red</Colour><Tags><Tag></Tag></Tags></Role></GetRoleResult></GetRoleResponse>";
    let (operation, found) = compared(answer, &models());
    assert_eq!(operation, "GetRole");
    assert_eq!(
        found,
        [
            "GetRole.Role lacks \"CreateDate\"",
            "GetRole.Role.Arn is a text and has a",
            "GetRole.Role.Colour is not in the model",
            "GetRole.Role.Tags has Tag in a list",
            "GetRole.Role.Tags lacks \"Key\"",
            "GetRole.Role.Tags lacks \"Value\"",
        ]
    );
}
