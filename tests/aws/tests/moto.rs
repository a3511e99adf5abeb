//! The same apply path against an independent server, read back by an independent client.
//!
//! moto enforces no trust and runs no pipelines, so this tests our requests and not the wiring. Server and client are
//! installed into a virtual environment under `target/` from `peers/requirements.txt`.

use std::path::Path;
use std::process::Command;

use crate::moto_server::Server;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use codepipeline_xacct::aws::{self, Session};
use codepipeline_xacct::core::ids::RoleArn;
use codepipeline_xacct::core::plan::{APPLIED_TAG, Intent, Plan};
use codepipeline_xacct::{Topology, pipeline};
use codepipeline_xacct_test_support::peers::{folder, python, run};
use serde_json::{Value, json};

pipeline! {
    pub account Tooling = "111111111111";
    pub account Prod = "222222222222";

    pub role Invoker in Prod {
        name: "invoker",
        path: "/delivery/",
        trusts: [Tooling],
        starts: [Deploy],
        tags: { team: "b" },
    }

    pub pipeline Deploy in Prod {
        name: "deploy",
        region: "eu-west-1",
        service_role: managed("deploy-service"),
        artifact_bucket: "deploy-artifacts",
        variables: { version },

        stage "Source" {
            source "Source": S3 { s3_bucket: "code", s3_object_key: "code.zip", poll: false, output: Code }
        }
        stage "Approve" {
            action "Approve": Manual { timeout_in_minutes: 60 }
        }
    }

    pub pipeline Release(message: &str) in Tooling {
        name: "release",
        region: "eu-west-1",
        service_role: managed("service-role/release-service"),
        artifact_bucket: "release-artifacts",
        variables: { version: "1" },
        tags: { team: "a" },

        stage "Source" {
            source "Source": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            on_failure: RETRY(FAILED_ACTIONS),
            action "Build": CodeBuild { project_name: "build", input: Code }
            action "Notify": Manual { custom_data: (message), run_order: 2 }
        }
        stage "Deploy" {
            invoke "deploy": Deploy { role: Invoker, variables: { version: "#{variables.version}" } }
        }
    }
}

impl Server {
    fn config(&self) -> SdkConfig {
        let credentials = Credentials::new("test", "test", None, None, "test");
        let http = aws_smithy_http_client::Builder::new().tls_provider(tls::Provider::Rustls(CryptoMode::Ring));
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .endpoint_url(&self.endpoint)
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(http.build_https())
            .build()
    }

    /// Gives the action role a permissions boundary.
    fn bound(&self, python: &Path, document: &Value) {
        let script = folder().join("bound.py");
        run(Command::new(python).arg(script).args([&self.endpoint, "222222222222", "invoker", &document.to_string()]));
    }

    fn read_back(&self, python: &Path) -> Value {
        let script = folder().join("read_back.py");
        let printed = run(Command::new(python).arg(script).args([&self.endpoint, "111111111111", "222222222222"]));
        let mut held: Value = serde_json::from_str(&printed).unwrap();
        for account in held.as_object_mut().unwrap().values_mut() {
            for (kind, begins) in [("roles", "1/trust="), ("pipelines", "1/version=")] {
                for found in account[kind].as_object_mut().unwrap().values_mut() {
                    // Only a plan reads its digests.
                    let applied = found["tags"].as_object_mut().unwrap().remove(APPLIED_TAG).unwrap();
                    assert!(applied.as_str().unwrap().starts_with(begins), "{applied}");
                }
            }
        }
        held
    }
}

fn topology(message: &str) -> Topology {
    Topology::builder("delivery").add(Release::new(message)).build().unwrap()
}

async fn plan(topology: &Topology, session: &Session) -> Plan {
    session.plan(topology).await.unwrap()
}

async fn apply(topology: &Topology, session: &Session) {
    let first = plan(topology, session).await;
    session.apply(&first).await.unwrap();
    let second = plan(topology, session).await;
    assert!(second.is_empty(), "the second plan is not empty:\n{second}");
}

#[tokio::test]
async fn an_independent_server_and_an_independent_reader_agree() {
    let python = python();
    let server = Server::start(&python);
    let base = aws::Credentials::from(server.config());
    let deployer = |account: &str| format!("arn:aws:iam::{account}:role/deployer").parse::<RoleArn>().unwrap();
    let session = Session::builder()
        .credentials::<Tooling>(base.clone().assume(deployer("111111111111")))
        .credentials::<Prod>(base.assume(deployer("222222222222")))
        .connect()
        .await
        .unwrap();

    apply(&topology("first"), &session).await;
    assert_eq!(server.read_back(&python), expected("first", 1));

    // A boundary is read, and the hops are proven with it.
    server.bound(&python, &document(json!([statement(json!("codepipeline:*"), "*")])));
    assert!(plan(&topology("first"), &session).await.is_empty());

    let changed = topology("second");
    let update = plan(&changed, &session).await;
    let steps: Vec<_> = update.steps().iter().map(ToString::to_string).collect();
    assert_eq!(steps, ["~ pipeline release (eu-west-1): tags", "~ pipeline release (eu-west-1)"]);
    apply(&changed, &session).await;
    assert_eq!(server.read_back(&python), expected("second", 2));

    server.bound(&python, &document(json!([statement(json!("s3:*"), "*")])));
    let error = session.plan(&changed).await.unwrap_err().to_string();
    assert!(
        error.contains("may not start pipeline `arn:aws:codepipeline:eu-west-1:222222222222:deploy` because no permissions boundary allows the codepipeline:StartPipelineExecution action"),
        "{error}"
    );

    let destroy = session.plan(&changed).intent(Intent::Destroy).await.unwrap();
    session.apply(&destroy).await.unwrap();
    let empty = |id: &str| json!({ "identity": id, "roles": {}, "pipelines": {} });
    let nothing = json!({ "111111111111": empty("111111111111"), "222222222222": empty("222222222222") });
    assert_eq!(server.read_back(&python), nothing);
}

fn statement(action: Value, resource: &str) -> Value {
    json!({ "Effect": "Allow", "Action": action, "Resource": resource })
}

fn bucket(bucket: &str, account: &str) -> [Value; 2] {
    let condition = json!({ "StringEquals": { "aws:ResourceAccount": account } });
    let on = |action: Value, resource: String| json!({ "Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition });
    [
        on(
            json!(["s3:GetBucketVersioning", "s3:GetBucketAcl", "s3:GetBucketLocation"]),
            format!("arn:aws:s3:::{bucket}"),
        ),
        on(
            json!(["s3:PutObject", "s3:PutObjectAcl", "s3:GetObject", "s3:GetObjectVersion"]),
            format!("arn:aws:s3:::{bucket}/*"),
        ),
    ]
}

fn document(statements: Value) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn trust(principal: Value) -> Value {
    document(json!([{ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" }]))
}

fn tags(item: &str, more: &[(&str, &str)]) -> Value {
    let mut tags = json!({ "codepipeline-xacct:topology": "delivery", "codepipeline-xacct:item": item });
    for (key, value) in more {
        tags[*key] = json!(value);
    }
    tags
}

/// What both accounts hold.
fn expected(message: &str, version: i64) -> Value {
    let mut expected = declared(message, version);
    for account in expected.as_object_mut().unwrap().values_mut() {
        for found in account["pipelines"].as_object_mut().unwrap().values_mut() {
            for stage in found["pipeline"]["stages"].as_array_mut().unwrap() {
                stage["actions"].as_array_mut().unwrap().iter_mut().for_each(add_defaults);
            }
        }
    }
    expected
}

/// The defaults that moto adds to an action, as the service does.
fn add_defaults(action: &mut Value) {
    let defaults = json!({ "runOrder": 1, "configuration": {}, "inputArtifacts": [], "outputArtifacts": [] });
    for (key, value) in defaults.as_object().unwrap() {
        action.as_object_mut().unwrap().entry(key.clone()).or_insert(value.clone());
    }
}

/// What is declared, in the form of the AWS APIs.
fn declared(message: &str, version: i64) -> Value {
    let [release_bucket, release_objects] = bucket("release-artifacts", "111111111111");
    let [deploy_bucket, deploy_objects] = bucket("deploy-artifacts", "222222222222");
    let service = json!({ "Service": "codepipeline.amazonaws.com" });
    json!({
        "111111111111": {
            "identity": "111111111111",
            "roles": {
                "release-service": {
                    "arn": "arn:aws:iam::111111111111:role/service-role/release-service",
                    "path": "/service-role/",
                    "trust": trust(service.clone()),
                    "tags": tags("release-service", &[]),
                    "policies": { "codepipeline-xacct-delivery": document(json!([
                        release_bucket,
                        release_objects,
                        statement(
                            json!(["codecommit:CancelUploadArchive", "codecommit:GetBranch", "codecommit:GetCommit",
                                   "codecommit:GetUploadArchiveStatus", "codecommit:UploadArchive"]),
                            "arn:aws:codecommit:eu-west-1:111111111111:code",
                        ),
                        statement(
                            json!(["codebuild:BatchGetBuilds", "codebuild:StartBuild"]),
                            "arn:aws:codebuild:eu-west-1:111111111111:project/build",
                        ),
                        statement(json!("sts:AssumeRole"), "arn:aws:iam::222222222222:role/delivery/invoker"),
                    ]))},
                },
            },
            "pipelines": {
                "release": {
                    "tags": tags("Release", &[("team", "a")]),
                    "pipeline": {
                        "name": "release",
                        "roleArn": "arn:aws:iam::111111111111:role/service-role/release-service",
                        "artifactStore": { "type": "S3", "location": "release-artifacts" },
                        "pipelineType": "V2",
                        "variables": [{ "name": "version", "defaultValue": "1" }],
                        "version": version,
                        "stages": [
                            { "name": "Source", "actions": [{
                                "name": "Source",
                                "actionTypeId": { "category": "Source", "owner": "AWS", "provider": "CodeCommit", "version": "1" },
                                "configuration": { "RepositoryName": "code", "BranchName": "main" },
                                "outputArtifacts": [{ "name": "Code" }],
                                "namespace": "Source",
                            }]},
                            { "name": "Build",
                              "onFailure": { "result": "RETRY", "retryConfiguration": { "retryMode": "FAILED_ACTIONS" } },
                              "actions": [
                                { "name": "Build",
                                  "actionTypeId": { "category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1" },
                                  "configuration": { "ProjectName": "build" },
                                  "inputArtifacts": [{ "name": "Code" }] },
                                { "name": "Notify",
                                  "actionTypeId": { "category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1" },
                                  "runOrder": 2,
                                  "configuration": { "CustomData": message } },
                            ]},
                            { "name": "Deploy", "actions": [{
                                "name": "deploy",
                                "actionTypeId": { "category": "Invoke", "owner": "AWS", "provider": "CodePipeline", "version": "1" },
                                "configuration": {
                                    "PipelineName": "deploy",
                                    "Variables": "[{\"name\":\"version\",\"value\":\"#{variables.version}\"}]",
                                },
                                "roleArn": "arn:aws:iam::222222222222:role/delivery/invoker",
                                "region": "eu-west-1",
                            }]},
                        ],
                    },
                },
            },
        },
        "222222222222": {
            "identity": "222222222222",
            "roles": {
                "invoker": {
                    "arn": "arn:aws:iam::222222222222:role/delivery/invoker",
                    "path": "/delivery/",
                    "trust": trust(json!({ "AWS": "arn:aws:iam::111111111111:role/service-role/release-service" })),
                    "tags": tags("Invoker", &[("team", "b")]),
                    "policies": { "codepipeline-xacct-delivery": document(json!([statement(
                        json!("codepipeline:StartPipelineExecution"),
                        "arn:aws:codepipeline:eu-west-1:222222222222:deploy",
                    )]))},
                },
                "deploy-service": {
                    "arn": "arn:aws:iam::222222222222:role/deploy-service",
                    "path": "/",
                    "trust": trust(service),
                    "tags": tags("deploy-service", &[]),
                    "policies": { "codepipeline-xacct-delivery": document(json!([
                        deploy_bucket,
                        deploy_objects,
                        statement(
                            json!(["s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectTagging", "s3:GetObjectVersionTagging"]),
                            "arn:aws:s3:::code/code.zip",
                        ),
                        statement(json!(["s3:GetBucketVersioning", "s3:GetBucketAcl", "s3:GetBucketLocation"]), "arn:aws:s3:::code"),
                    ]))},
                },
            },
            "pipelines": {
                "deploy": {
                    "tags": tags("Deploy", &[]),
                    "pipeline": {
                        "name": "deploy",
                        "roleArn": "arn:aws:iam::222222222222:role/deploy-service",
                        "artifactStore": { "type": "S3", "location": "deploy-artifacts" },
                        "pipelineType": "V2",
                        "variables": [{ "name": "version" }],
                        "version": 1,
                        "stages": [
                            { "name": "Source", "actions": [{
                                "name": "Source",
                                "actionTypeId": { "category": "Source", "owner": "AWS", "provider": "S3", "version": "1" },
                                "configuration": { "S3Bucket": "code", "S3ObjectKey": "code.zip", "PollForSourceChanges": "false" },
                                "outputArtifacts": [{ "name": "Code" }],
                            }]},
                            { "name": "Approve", "actions": [{
                                "name": "Approve",
                                "actionTypeId": { "category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1" },
                                "timeoutInMinutes": 60,
                            }]},
                        ],
                    },
                },
            },
        },
    })
}
