//! Local AWS without network and without runtime: a request is answered at once.

use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use codepipeline_xacct::local::Local;
use futures_util::FutureExt;
use serde_json::{Value, json};

pub const ACCOUNT: &str = "111111111111";
const KEY: &str = "AKIALOCAL111111111111";

pub struct Aws {
    pub local: Local,
}

impl Aws {
    pub fn new() -> Self {
        let local = Local::new();
        local.add_account(ACCOUNT).unwrap();
        assert_eq!(local.access_key(ACCOUNT).unwrap(), KEY);
        Self { local }
    }

    /// Status and body of an answer.
    fn send(&self, service: &str, headers: &[(&str, &str)], body: Vec<u8>) -> (u16, String) {
        let mut request = HttpRequest::new(SdkBody::from(body));
        request.set_method("POST").unwrap();
        request.set_uri("http://localhost/").unwrap();
        let signed =
            format!("AWS4-HMAC-SHA256 Credential={KEY}/20260101/eu-west-1/{service}/aws4_request, Signature=0");
        request.headers_mut().insert("authorization", signed);
        for (name, value) in headers {
            request.headers_mut().insert(name.to_string(), value.to_string());
        }
        let response = self.local.call(request).now_or_never().expect("answers at once").expect("answers");
        let body = String::from_utf8(response.body().bytes().unwrap().to_vec()).expect("text");
        (response.status().as_u16(), body)
    }

    /// A request to CodePipeline: status and body of the answer, which is an object, or has a code.
    pub fn json(&self, operation: &str, body: impl Into<Vec<u8>>) -> (u16, Value) {
        let target = format!("CodePipeline_20150709.{operation}");
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target.as_str())];
        let (status, body) = self.send("codepipeline", &headers, body.into());
        let answer: Value = serde_json::from_str(&body).expect("JSON");
        let fits = match status {
            200 => answer.is_object(),
            400 | 413 => answer["__type"].is_string() && answer["message"].is_string(),
            _ => false,
        };
        assert!(fits, "{operation}: {status} {answer}");
        (status, answer)
    }

    /// A request to IAM or STS: status and body of the answer, which is an element of the operation, or an error with a code.
    pub fn query(&self, service: &str, body: impl Into<Vec<u8>>) -> (u16, String) {
        let (status, body) = self.send(service, &[("content-type", "application/x-www-form-urlencoded")], body.into());
        let fits = match status {
            200 => body.contains("Response>") && body.contains("<RequestId>"),
            400 | 403 | 404 | 409 | 413 => body.starts_with("<ErrorResponse><Error>") && body.contains("<Code>"),
            _ => false,
        };
        assert!(fits, "{status} {body}");
        (status, body)
    }

    /// Makes a role that anybody in the account, or CodePipeline, may assume, and that may do everything.
    pub fn role(&self, name: &str, principal: Value) {
        let trust = document(json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" }));
        let all = document(json!({ "Effect": "Allow", "Action": "*", "Resource": "*" }));
        let create = form(&[("Action", "CreateRole"), ("RoleName", name), ("AssumeRolePolicyDocument", &trust)]);
        assert_eq!(self.query("iam", create).0, 200);
        let put = [("Action", "PutRolePolicy"), ("RoleName", name), ("PolicyName", "all"), ("PolicyDocument", &all)];
        assert_eq!(self.query("iam", form(&put)).0, 200);
    }

    /// Makes the pipeline `p` with a source, an approval and a function.
    pub fn pipeline(&self) {
        assert_eq!(self.json("CreatePipeline", json!({ "pipeline": declaration("QUEUED") }).to_string()).0, 200);
    }
}

pub fn document(statement: Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
}

pub fn form(parameters: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
}

pub fn declaration(mode: &str) -> Value {
    let kind = |category: &str, provider: &str| json!({ "category": category, "owner": "AWS", "provider": provider, "version": "1" });
    let source = json!({
        "name": "code",
        "actionTypeId": kind("Source", "CodeCommit"),
        "configuration": { "RepositoryName": "code", "BranchName": "main", "PollForSourceChanges": "false" },
        "outputArtifacts": [{ "name": "Code" }],
    });
    let call = json!({
        "name": "call",
        "actionTypeId": kind("Invoke", "Lambda"),
        "configuration": { "FunctionName": "check" },
        "runOrder": 2,
    });
    json!({
        "name": "p",
        "roleArn": format!("arn:aws:iam::{ACCOUNT}:role/service"),
        "pipelineType": "V2",
        "executionMode": mode,
        "artifactStore": { "type": "S3", "location": "artifacts" },
        "stages": [
            { "name": "Source", "actions": [source] },
            { "name": "Ship", "actions": [{ "name": "ok", "actionTypeId": kind("Approval", "Manual") }, call] },
        ],
    })
}
