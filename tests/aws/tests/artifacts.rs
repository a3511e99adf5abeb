//! Artifacts on local AWS: who may read and write them where the bucket and the key have policies of their own.

use std::time::Duration;

use crate::world::{ACCOUNT, SERVICE, World, arn, build, pipeline, stage};
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct_aws_tests::trust;
use serde_json::{Value, json};

const KEY: &str = "arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000000";
const DEPLOYER: &str = "arn:aws:iam::222222222222:role/deployer";

fn document(value: &Value) -> Document {
    Document::from_json(&json!({ "Version": "2012-10-17", "Statement": value }).to_string()).unwrap()
}

fn bucket_policy(principals: &Value) -> Document {
    document(&json!([{
        "Effect": "Allow",
        "Principal": { "AWS": principals },
        "Action": ["s3:GetObject", "s3:PutObject"],
        "Resource": "arn:aws:s3:::artifacts/*",
    }]))
}

fn key_policy(principals: &Value) -> Document {
    document(&json!([
        { "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111111111111:root" }, "Action": "kms:*", "Resource": "*" },
        { "Effect": "Allow", "Principal": { "AWS": principals }, "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": "*" },
    ]))
}

/// A pipeline in A whose build runs with a role in B that may do everything.
async fn world() -> World {
    let world = World::new();
    let all = document(&json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }]));
    let trusted = trust(&format!(r#"{{"AWS":"{SERVICE}"}}"#)).unwrap();
    world.local.put_role(&DEPLOYER.parse().unwrap(), &trusted, &[("all", &all)]).unwrap();
    let mut action = build("Compile", 1);
    action["roleArn"] = json!(DEPLOYER);
    let mut declaration = pipeline("p", "QUEUED", &[stage("Build", &[action])]);
    declaration["artifactStore"]["encryptionKey"] = json!({ "id": KEY, "type": "KMS" });
    world.create(&declaration).await.unwrap();
    world
}

/// The error of the last action.
async fn error(world: &World) -> Option<String> {
    world.local.let_pass(Duration::from_secs(60));
    world.start("p").await;
    world.local.let_pass(Duration::from_secs(60));
    let answer = world.client.list_action_executions().pipeline_name("p").send().await.unwrap();
    let result = answer.action_execution_details()[0].output().unwrap().execution_result().unwrap();
    result.error_details().map(|error| format!("{}: {}", error.code().unwrap(), error.message().unwrap()))
}

#[tokio::test]
async fn a_bucket_lets_in_other_accounts_only_by_its_policy() {
    let world = world().await;
    // As long as the bucket was not put there, everybody has their own.
    assert_eq!(error(&world).await, None);
    world.local.put_bucket(ACCOUNT, "artifacts", None).unwrap();
    let denied = error(&world).await.unwrap();
    assert!(
        denied.starts_with("AccessDenied: User: arn:aws:sts::222222222222:assumed-role/deployer/")
            && denied.contains("is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::artifacts/")
            && denied.contains("no resource-based policy allows the s3:GetObject action"),
        "{denied}"
    );
    world.local.put_bucket(ACCOUNT, "artifacts", Some(&bucket_policy(&json!(DEPLOYER)))).unwrap();
    assert_eq!(error(&world).await, None);
}

#[tokio::test]
async fn a_key_lets_in_other_accounts_only_by_its_policy() {
    let world = world().await;
    world
        .local
        .put_bucket(ACCOUNT, "artifacts", Some(&bucket_policy(&json!("arn:aws:iam::222222222222:root"))))
        .unwrap();
    world.local.put_key(KEY, Some(&key_policy(&json!("arn:aws:iam::333333333333:root")))).unwrap();
    let denied = error(&world).await.unwrap();
    assert!(denied.contains(&format!("is not authorized to perform: kms:Decrypt on resource: {KEY}")), "{denied}");
    world.local.put_key(KEY, Some(&key_policy(&json!("arn:aws:iam::222222222222:root")))).unwrap();
    assert_eq!(error(&world).await, None);
    // Without its statement for the account, a key lets no one in.
    world.local.put_key(KEY, None).unwrap();
    assert!(error(&world).await.unwrap().contains("kms:GenerateDataKey"), "the source of A writes with the key");
}

#[tokio::test]
async fn an_action_writes_all_of_its_output_artifacts() {
    let world = World::new();
    let mut made = build("Compile", 1);
    made["outputArtifacts"] = json!([{ "name": "Images" }, { "name": "Pages" }]);
    let read = |artifact: &str| {
        let mut action = build(&format!("Read{artifact}"), 2);
        action["inputArtifacts"] = json!([{ "name": artifact }]);
        action
    };
    let actions = [made, read("Images"), read("Pages")];
    world.create(&pipeline("p", "QUEUED", &[stage("Build", &actions)])).await.unwrap();
    world.local.let_pass(Duration::from_secs(60));
    let answer = world.client.list_action_executions().pipeline_name("p").send().await.unwrap();
    let details = answer.action_execution_details().iter();
    let statuses: Vec<_> = details.map(|detail| (detail.action_name().unwrap(), detail.status().unwrap())).collect();
    assert_eq!(statuses.len(), 4, "{statuses:?}");
    assert!(statuses.iter().all(|(_, status)| status.as_str() == "Succeeded"), "{statuses:?}");
}

#[tokio::test]
async fn a_resource_control_policy_limits_who_uses_a_bucket_and_a_key() {
    let world = world().await;
    world.local.put_bucket(ACCOUNT, "artifacts", Some(&bucket_policy(&json!(DEPLOYER)))).unwrap();
    world.local.put_key(KEY, Some(&key_policy(&json!(DEPLOYER)))).unwrap();
    assert_eq!(error(&world).await, None);
    for action in ["s3:GetObject", "kms:Decrypt"] {
        let deny = document(&json!([{
            "Effect": "Deny",
            "Principal": "*",
            "Action": action,
            "Resource": "*",
            "Condition": { "StringNotEquals": { "aws:PrincipalAccount": ACCOUNT } },
        }]));
        world.local.put_rcps(&ACCOUNT.parse().unwrap(), &[vec![deny]]).unwrap();
        let denied = error(&world).await.unwrap();
        assert!(
            denied.contains(action) && denied.contains("an explicit deny in a resource control policy"),
            "{denied}"
        );
    }
}

#[tokio::test]
async fn a_role_made_anew_is_not_the_one_that_a_bucket_and_a_key_let_in() {
    let world = world().await;
    let iam = aws_sdk_iam::Client::new(&world.local.sdk_config("222222222222", "us-east-1"));
    let renew = async || {
        iam.delete_role_policy().role_name("deployer").policy_name("all").send().await.unwrap();
        iam.delete_role().role_name("deployer").send().await.unwrap();
        let all = document(&json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }]));
        let trusted = trust(&format!(r#"{{"AWS":"{SERVICE}"}}"#)).unwrap();
        world.local.put_role(&DEPLOYER.parse().unwrap(), &trusted, &[("all", &all)]).unwrap();
    };
    world.local.put_bucket(ACCOUNT, "artifacts", Some(&bucket_policy(&json!(DEPLOYER)))).unwrap();
    world.local.put_key(KEY, Some(&key_policy(&json!(DEPLOYER)))).unwrap();
    assert_eq!(error(&world).await, None);
    renew().await;
    assert!(error(&world).await.unwrap().contains("s3:GetObject"));
    world.local.put_bucket(ACCOUNT, "artifacts", Some(&bucket_policy(&json!([DEPLOYER])))).unwrap();
    assert!(error(&world).await.unwrap().contains("kms:Decrypt"));
    world.local.put_key(KEY, Some(&key_policy(&json!(DEPLOYER)))).unwrap();
    assert_eq!(error(&world).await, None);
}

#[tokio::test]
async fn policies_and_arns_that_aws_refuses_are_refused() {
    let world = World::new();
    let without_principal = document(&json!([{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*" }]));
    let error = world.local.put_bucket(ACCOUNT, "artifacts", Some(&without_principal)).unwrap_err();
    assert_eq!(error.code, "MalformedPolicyDocument");
    for wrong in [arn("p").to_string(), "artifacts".to_owned(), KEY.replace("key/", "alias/")] {
        assert_eq!(world.local.put_key(&wrong, None).unwrap_err().code, "ValidationException");
    }
    assert_eq!(world.local.put_bucket("1", "artifacts", None).unwrap_err().code, "ValidationException");
}
