//! The policies of buckets and keys, and the grants of keys.
//!
//! Sources: S3 API Reference, "GetBucketPolicy"; KMS API Reference, "GetKeyPolicy" and "ListGrants"; S3 User Guide, "Making requests", for the style of the path.

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

use super::error::AwsError;
use super::other_services::OtherService;
use super::pages::all_pages;
use super::read::ReadError;
use super::session::Session;
use crate::core::ids::{AccountId, Region};
use crate::core::policy::{Document, KeyGrant};

/// The SHA-256 of an empty body, which S3 wants in a header.
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// The policy of a bucket. One that has none allows nothing.
pub(super) async fn bucket_policy(
    session: &Session,
    account: &AccountId,
    region: &Region,
    bucket: &str,
) -> Result<Document, ReadError> {
    let s3 = OtherService::new(session, account, region, "s3")?;
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
    match s3.called(write).await {
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
    let input = json!({ "KeyId": key, "PolicyName": "default" });
    let answer = of_key(session, account, region, "GetKeyPolicy", key, &input).await?;
    let policy = answer.get("Policy").and_then(Value::as_str).unwrap_or_default();
    document(account, format!("the policy of key `{key}`"), policy)
}

/// The grants of a key, by its ARN.
pub(super) async fn key_grants(
    session: &Session,
    account: &AccountId,
    region: &Region,
    key: &str,
) -> Result<Vec<KeyGrant>, ReadError> {
    let grants = all_pages(async |marker: Option<String>| {
        let mut input = json!({ "KeyId": key });
        if let (Some(marker), Some(members)) = (marker, input.as_object_mut()) {
            members.insert("Marker".to_owned(), marker.into());
        }
        let page = of_key(session, account, region, "ListGrants", key, &input).await?;
        let grants = page.get("Grants").and_then(Value::as_array).into_iter().flatten().filter_map(grant);
        let next = page.get("NextMarker").and_then(Value::as_str).map(str::to_owned);
        Ok::<_, ReadError>((grants.collect(), next))
    });
    grants.await
}

fn grant(entry: &Value) -> Option<KeyGrant> {
    let operations = entry.get("Operations")?.as_array()?.iter().filter_map(Value::as_str);
    Some(KeyGrant {
        grantee: entry.get("GranteePrincipal")?.as_str()?.to_owned(),
        operations: operations.map(str::to_owned).collect(),
        is_limited: entry.get("Constraints").and_then(Value::as_object).is_some_and(|limits| !limits.is_empty()),
    })
}

/// What KMS answers about a key.
async fn of_key(
    session: &Session,
    account: &AccountId,
    region: &Region,
    operation: &'static str,
    key: &str,
    input: &Value,
) -> Result<Value, ReadError> {
    let kms = OtherService::new(session, account, region, "kms")?;
    let answer = kms.json(format!("TrentService.{operation}"), input).await;
    Ok(answer.map_err(|error| AwsError::new(account, operation, key, error))?)
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
