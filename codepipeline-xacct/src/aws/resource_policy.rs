//! The policies of buckets and keys.
//!
//! The SDKs of S3 and KMS would be as much again to compile as all of the SDK that is used here, for one call each. So the client of
//! CodePipeline makes these calls: its endpoint is that of the other service, for which the SDK then signs; interceptors write the request and keep the
//! body of the response. Credentials, retries and what a session is configured with stay the SDK's.
//!
//! Sources: S3 API Reference, "GetBucketPolicy"; KMS API Reference, "GetKeyPolicy"; S3 User Guide, "Making requests", for the style of the path.

use aws_sdk_codepipeline::Client;
use aws_sdk_codepipeline::config::Builder;
use aws_sdk_codepipeline::config::endpoint::{DefaultResolver, EndpointFuture, Params, ResolveEndpoint};
use aws_sdk_codepipeline::operation::list_pipelines::ListPipelinesError;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::http::HttpError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::endpoint::EndpointAuthScheme;
use serde_json::{Value, json};

use super::error::AwsError;
use super::passthrough::KeepBody;
use super::read::ReadError;
use super::session::Session;
use crate::core::ids::{AccountId, Region};
use crate::core::policy::Document;

/// The SHA-256 of an empty body, which S3 wants in a header.
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// The endpoint of another service than CodePipeline, in the same Region and of the same kind.
#[derive(Debug)]
struct OfService {
    service: &'static str,
    codepipeline: DefaultResolver,
}

impl ResolveEndpoint for OfService {
    fn resolve_endpoint<'a>(&'a self, params: &'a Params) -> EndpointFuture<'a> {
        EndpointFuture::new(async move {
            let endpoint = ResolveEndpoint::resolve_endpoint(&self.codepipeline, params).await?;
            let url = endpoint.url().replacen("://codepipeline", &format!("://{}", self.service), 1);
            let region = params.region().unwrap_or_default().to_owned();
            let scheme = EndpointAuthScheme::with_capacity("sigv4", 2);
            let scheme = scheme.put("signingName", self.service.to_owned()).put("signingRegion", region);
            Ok(endpoint.into_builder().url(url).auth_scheme(scheme).build())
        })
    }
}

/// The policy of a bucket. One that has none allows nothing.
pub(super) async fn bucket_policy(
    session: &Session,
    account: &AccountId,
    region: &Region,
    bucket: &str,
) -> Result<Document, ReadError> {
    let client = client(session, account, region, "s3")?;
    let path = format!("/{bucket}?policy");
    let write = move |mut request: HttpRequest| {
        let url = format!("{}{path}", request.uri().trim_end_matches('/'));
        request.set_method("GET")?;
        request.set_uri(url)?;
        let headers = request.headers_mut();
        for name in ["content-type", "content-length", "x-amz-target"] {
            headers.remove(name);
        }
        headers.insert("x-amz-content-sha256", EMPTY);
        *request.body_mut() = SdkBody::empty();
        Ok(request)
    };
    match called(&client, write).await {
        Ok(text) => document(account, format!("the policy of bucket `{bucket}`"), &text),
        Err(error) => {
            // The SDK of CodePipeline expects JSON, and doesn't find code and message in it.
            let body = error.raw_response().and_then(|answer| answer.body().bytes());
            let body = body.and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default().to_owned();
            let code = element(&body, "Code");
            if code == Some("NoSuchBucketPolicy") {
                return Ok(Document::new(Vec::new()));
            }
            let mut error = AwsError::new(account, "GetBucketPolicy", format!("bucket {bucket}"), error);
            if let Some(code) = code {
                error.code = Some(code.to_owned());
                error.message = element(&body, "Message").unwrap_or_default().to_owned();
                error.request_id = element(&body, "RequestId").map(str::to_owned);
            }
            Err(error.into())
        }
    }
}

/// The policy of a key, by its ARN.
pub(super) async fn key_policy(
    session: &Session,
    account: &AccountId,
    region: &Region,
    key: &str,
) -> Result<Document, ReadError> {
    let client = client(session, account, region, "kms")?;
    let body = json!({ "KeyId": key, "PolicyName": "default" }).to_string();
    let write = move |mut request: HttpRequest| {
        let headers = request.headers_mut();
        headers.insert("x-amz-target", "TrentService.GetKeyPolicy");
        headers.insert("content-length", body.len().to_string());
        *request.body_mut() = SdkBody::from(body.as_str());
        Ok(request)
    };
    let text = called(&client, write).await.map_err(|error| AwsError::new(account, "GetKeyPolicy", key, error))?;
    let answer: Value = serde_json::from_str(&text).unwrap_or_default();
    let policy = answer.get("Policy").and_then(Value::as_str).unwrap_or_default();
    document(account, format!("the policy of key `{key}`"), policy)
}

fn client(session: &Session, account: &AccountId, region: &Region, service: &'static str) -> Result<Client, ReadError> {
    let endpoint = OfService { service, codepipeline: DefaultResolver::new() };
    let config = Builder::from(session.config(account)?).region(aws_config::Region::new(region.to_string()));
    Ok(Client::from_conf(config.endpoint_resolver(endpoint).build()))
}

/// Makes a call with another request, and returns the body of the response.
async fn called(
    client: &Client,
    write: impl Fn(HttpRequest) -> Result<HttpRequest, HttpError> + Send + Sync + 'static,
) -> Result<String, SdkError<ListPipelinesError, HttpResponse>> {
    let kept = KeepBody::default();
    client.list_pipelines().customize().map_request(write).interceptor(kept.clone()).send().await?;
    Ok(kept.text())
}

fn document(account: &AccountId, what: String, text: &str) -> Result<Document, ReadError> {
    Document::from_json(text).map_err(|error| ReadError::Answer {
        account: account.clone(),
        what,
        why: error.to_string(),
    })
}

/// The text of an element in an error of S3: `<Error><Code>AccessDenied</Code>…`.
fn element<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = body.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(text, _)| text)
}
