//! Requests that no service can answer get the error of AWS, in the protocol of the request.

use aws_sdk_codepipeline::error::ProvideErrorMetadata;
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use codepipeline_xacct::local::Local;
use codepipeline_xacct_aws_tests::trust;
use serde_json::Value;

const JSON: &str = "application/x-amz-json-1.1";
const FORM: &str = "application/x-www-form-urlencoded";
const LIST: &str = "CodePipeline_20150709.ListPipelines";

fn signed(key: &str, service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential={key}/20260101/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
    )
}

/// Status, body and content type of the answer.
async fn send(headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> (u16, Vec<u8>, String) {
    let local = Local::new();
    local.add_account("111111111111").unwrap();
    let _ = local.sdk_config("111111111111", "eu-west-1");
    let mut request = HttpRequest::new(SdkBody::from(body.into()));
    request.set_method("POST").unwrap();
    request.set_uri("http://localhost/").unwrap();
    for (name, value) in headers {
        request.headers_mut().insert((*name).to_owned(), (*value).to_owned());
    }
    let response = local.call(request).await.unwrap();
    let content_type = response.headers().get("content-type").unwrap().to_owned();
    (response.status().as_u16(), response.body().bytes().unwrap().to_vec(), content_type)
}

/// Status, code and message of an awsJson error.
async fn json(headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> (u16, String, String) {
    let (status, body, content_type) = send(headers, body).await;
    assert_eq!(content_type, JSON);
    let error: Value = serde_json::from_slice(&body).unwrap();
    (status, error["__type"].as_str().unwrap().to_owned(), error["message"].as_str().unwrap().to_owned())
}

/// Status and code of an awsQuery error.
async fn query(headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> (u16, String) {
    let (status, body, content_type) = send(headers, body).await;
    assert_eq!(content_type, "text/xml");
    let text = String::from_utf8(body).unwrap();
    let code = text.split_once("<Code>").unwrap().1.split_once("</Code>").unwrap().0.to_owned();
    (status, code)
}

async fn list(body: &[u8]) -> (u16, String, String) {
    let signed = signed("AKIALOCAL111111111111", "codepipeline");
    json(&[("authorization", &signed), ("content-type", JSON), ("x-amz-target", LIST)], body).await
}

#[tokio::test]
async fn a_wrong_signature_is_refused_where_signatures_are_checked() {
    let local = Local::new();
    local.add_account("111111111111").unwrap();
    let with = |secret: &str| {
        let key = local.access_key("111111111111").unwrap();
        let credentials = aws_credential_types::Credentials::new(key, secret, None, None, "test");
        let provider = aws_credential_types::provider::SharedCredentialsProvider::new(credentials);
        local.sdk_config("111111111111", "eu-west-1").into_builder().credentials_provider(provider).build()
    };
    let codes = async |secret: &str| {
        let config = with(secret);
        let pipelines = aws_sdk_codepipeline::Client::new(&config).list_pipelines().send().await;
        let roles = aws_sdk_iam::Client::new(&config).list_roles().path_prefix("/a b/").send().await;
        let who = aws_sdk_sts::Client::new(&config).get_caller_identity().send().await;
        let code = |code: Option<&str>| code.unwrap_or("?").to_owned();
        [
            pipelines.err().map(|error| code(error.code())),
            roles.err().map(|error| code(error.code())),
            who.err().map(|error| code(error.code())),
        ]
    };
    let does_not_match = Some("SignatureDoesNotMatch".to_owned());
    assert_eq!(codes("another").await, [None, None, None]);
    local.check_signatures(true);
    assert_eq!(codes("local").await, [None, None, None]);
    assert_eq!(
        codes("another").await,
        [Some("InvalidSignatureException".to_owned()), does_not_match.clone(), does_not_match]
    );
    // Sessions have the same secret, and a key that is not known is an error of its own.
    let trust = trust(r#"{"AWS":"111111111111"}"#).unwrap();
    local.put_role(&"arn:aws:iam::111111111111:role/r".parse().unwrap(), &trust, &[]).unwrap();
    let sts = aws_sdk_sts::Client::new(&with("local"));
    let call = sts.assume_role().role_arn("arn:aws:iam::111111111111:role/r").role_session_name("one");
    let made = call.send().await.unwrap().credentials.unwrap();
    let made = aws_credential_types::Credentials::new(
        made.access_key_id(),
        made.secret_access_key(),
        Some(made.session_token().to_owned()),
        None,
        "test",
    );
    let provider = aws_credential_types::provider::SharedCredentialsProvider::new(made);
    let config = with("local").into_builder().credentials_provider(provider).build();
    aws_sdk_sts::Client::new(&config).get_caller_identity().send().await.unwrap();
    let nobody = aws_credential_types::Credentials::new("AKIANOBODY", "local", None, None, "test");
    let provider = aws_credential_types::provider::SharedCredentialsProvider::new(nobody);
    let config = with("local").into_builder().credentials_provider(provider).build();
    let error = aws_sdk_codepipeline::Client::new(&config).list_pipelines().send().await.unwrap_err();
    assert_eq!(error.code(), Some("UnrecognizedClientException"));
}

#[tokio::test]
async fn json_that_cannot_be_read_is_a_serialization_exception() {
    for body in [&b"{"[..], b"[]", b"1", b"null", b"\"x\"", b"{\"a\":\"\xff\"}", "[".repeat(10_000).as_bytes()] {
        let (status, code, _) = list(body).await;
        assert_eq!((status, code.as_str()), (400, "SerializationException"), "{}", String::from_utf8_lossy(body));
    }
}

#[tokio::test]
async fn members_of_another_type_are_a_serialization_exception() {
    let signed = signed("AKIALOCAL111111111111", "codepipeline");
    for (operation, body, message) in [
        ("GetPipeline", r#"{"name":5}"#, "NUMBER_VALUE can not be converted to a String"),
        ("GetPipeline", r#"{"name":["p"]}"#, "Start of list found where not expected."),
        ("GetPipeline", r#"{"name":{}}"#, "Start of structure or map found where not expected."),
        ("ListPipelines", r#"{"nextToken":true}"#, "TRUE_VALUE can not be converted to a String"),
        ("ListPipelines", r#"{"maxResults":1.5}"#, "NUMBER_VALUE can not be converted to an Integer"),
        (
            "ListPipelineExecutions",
            r#"{"pipelineName":"p","filter":5}"#,
            "NUMBER_VALUE can not be converted to a structure",
        ),
        (
            "ListPipelineExecutions",
            r#"{"pipelineName":"p","filter":{"succeededInStage":{"stageName":false}}}"#,
            "FALSE_VALUE can not be converted to a String",
        ),
        ("StartPipelineExecution", r#"{"name":"p","variables":"x"}"#, "STRING_VALUE can not be converted to a list"),
        (
            "StartPipelineExecution",
            r#"{"name":"p","variables":[1]}"#,
            "NUMBER_VALUE can not be converted to a structure",
        ),
        (
            "StartPipelineExecution",
            r#"{"name":"p","variables":[{"name":"v","value":5}]}"#,
            "NUMBER_VALUE can not be converted to a String",
        ),
        ("StopPipelineExecution", r#"{"abandon":"yes"}"#, "STRING_VALUE can not be converted to a Boolean"),
        ("UntagResource", r#"{"resourceArn":"a","tagKeys":[1]}"#, "NUMBER_VALUE can not be converted to a String"),
        ("PutJobSuccessResult", r#"{"jobId":"j","outputVariables":[]}"#, "Start of list found where not expected."),
    ] {
        let target = format!("CodePipeline_20150709.{operation}");
        let headers = [("authorization", signed.as_str()), ("content-type", JSON), ("x-amz-target", target.as_str())];
        let (status, code, found) = json(&headers, body).await;
        assert_eq!((status, code.as_str(), found.as_str()), (400, "SerializationException", message), "{body}");
    }
}

#[tokio::test]
async fn members_that_are_not_known_are_ignored() {
    let signed = signed("AKIALOCAL111111111111", "codepipeline");
    let headers = [("authorization", signed.as_str()), ("content-type", JSON), ("x-amz-target", LIST)];
    let (status, body, _) = send(&headers, r#"{"unheardOf":{"x":[1]}}"#).await;
    assert_eq!((status, body.as_slice()), (200, &br#"{"pipelines":[]}"#[..]));
}

#[tokio::test]
async fn an_operation_that_does_not_exist_is_not_one_that_is_not_supported() {
    let signed = signed("AKIALOCAL111111111111", "codepipeline");
    for (target, code) in [
        ("CodePipeline_20150709.Nonsense", "UnknownOperationException"),
        ("Other_20150709.ListPipelines", "UnknownOperationException"),
        ("", "UnknownOperationException"),
        ("CodePipeline_20150709.PollForThirdPartyJobs", "NotSupportedByLocalAws"),
    ] {
        let headers = [("authorization", signed.as_str()), ("content-type", JSON), ("x-amz-target", target)];
        let answer = json(&headers, "{}").await;
        assert_eq!((answer.0, answer.1.as_str()), (400, code), "{target}");
    }
    let no_target = json(&[("authorization", &signed), ("content-type", JSON)], "{}").await;
    assert_eq!((no_target.0, no_target.1.as_str()), (400, "UnknownOperationException"));
    let not_json =
        json(&[("authorization", &signed), ("content-type", "text/plain"), ("x-amz-target", LIST)], "{}").await;
    assert_eq!((not_json.0, not_json.1.as_str()), (400, "UnknownOperationException"));
}

#[tokio::test]
async fn query_errors_have_the_codes_of_iam_and_sts() {
    for service in ["iam", "sts"] {
        let signed = signed("AKIALOCAL111111111111", service);
        let headers = [("authorization", signed.as_str()), ("content-type", FORM)];
        assert_eq!(query(&headers, "Action=Nonsense&Version=1").await, (400, "InvalidAction".to_owned()));
        assert_eq!(query(&headers, "Version=1").await, (400, "MissingAction".to_owned()));
        assert_eq!(query(&headers, &b"Action=\xff"[..]).await, (404, "MalformedQueryString".to_owned()));
    }
    let headers = [("content-type", FORM)];
    assert_eq!(query(&headers, "Action=ListRoles").await, (403, "MissingAuthenticationToken".to_owned()));
    let headers = [("authorization", "AWS4-HMAC-SHA256 nonsense"), ("content-type", FORM)];
    assert_eq!(query(&headers, "Action=ListRoles").await, (403, "IncompleteSignature".to_owned()));
    let unknown = signed("AKIANOBODY", "iam");
    let headers = [("authorization", unknown.as_str()), ("content-type", FORM)];
    assert_eq!(query(&headers, "Action=ListRoles").await, (403, "InvalidClientTokenId".to_owned()));
}

#[tokio::test]
async fn json_errors_have_the_codes_of_codepipeline() {
    let target = ("x-amz-target", LIST);
    let answer = json(&[("content-type", JSON), target], "{}").await;
    assert_eq!((answer.0, answer.1.as_str()), (400, "MissingAuthenticationTokenException"));
    let answer = json(&[("content-type", JSON), target, ("authorization", "Bearer x")], "{}").await;
    assert_eq!((answer.0, answer.1.as_str()), (400, "IncompleteSignatureException"));
    let unknown = signed("AKIANOBODY", "codepipeline");
    let answer = json(&[("content-type", JSON), target, ("authorization", &unknown)], "{}").await;
    assert_eq!((answer.0, answer.1.as_str()), (400, "UnrecognizedClientException"));
}

#[tokio::test]
async fn what_needs_no_signature_is_refused_by_its_name() {
    let unsigned = |operation: &str| format!("Action={operation}&Version=2011-06-15");
    let refused = query(&[], unsigned("AssumeRoleWithWebIdentity")).await;
    assert_eq!(refused, (400, "NotSupportedByLocalAws".to_owned()));
    assert_eq!(query(&[], unsigned("AssumeRole")).await, (403, "MissingAuthenticationToken".to_owned()));
}

#[tokio::test]
async fn a_body_over_a_megabyte_is_too_large() {
    let body = format!(r#"{{"x":"{}"}}"#, "y".repeat(1024 * 1024));
    let (status, code, _) = list(body.as_bytes()).await;
    assert_eq!((status, code.as_str()), (413, "RequestEntityTooLargeException"));
}

#[tokio::test]
async fn a_service_that_local_aws_does_not_have_is_named() {
    let signed = signed("AKIALOCAL111111111111", "s3");
    let headers = [("authorization", signed.as_str()), ("content-type", FORM)];
    assert_eq!(query(&headers, "").await, (400, "NotSupportedByLocalAws".to_owned()));
}

#[tokio::test]
async fn cbor_is_refused_in_cbor() {
    let signed = signed("AKIALOCAL111111111111", "codepipeline");
    let headers =
        [("authorization", signed.as_str()), ("content-type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor")];
    let (status, body, content_type) = send(&headers, &b"\xa0"[..]).await;
    assert_eq!((status, content_type.as_str()), (400, "application/cbor"));
    let start = b"\xa2\x7a\x00\x00\x00\x06__type\x7a\x00\x00\x00\x16NotSupportedByLocalAws\x7a\x00\x00\x00\x07message";
    assert_eq!(&body[..start.len()], start);
}
