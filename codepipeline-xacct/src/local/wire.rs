//! Requests and responses as they are sent: awsQuery for IAM and STS, awsJson 1.1 for CodePipeline.

use std::collections::BTreeMap;

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use serde_json::Value;

use super::refusal::Refusal;
use crate::core::policy::evaluate::Caller;

/// The parts of a request that all services have.
pub(super) struct Call {
    pub(super) caller: Caller,
    /// The access key, to which a session's own policies belong.
    pub(super) key: String,
    pub(super) region: String,
    pub(super) operation: String,
}

/// The parameters of an awsQuery request.
pub(super) struct Parameters(BTreeMap<String, String>);

impl Parameters {
    pub(super) fn parse(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// `Tags.member.1.Key` and `Tags.member.1.Value`, …
    pub(super) fn tags(&self) -> Vec<(String, String)> {
        (1..)
            .map_while(|i| {
                let key = self.get(&format!("Tags.member.{i}.Key"))?;
                Some((key.to_owned(), self.get(&format!("Tags.member.{i}.Value")).unwrap_or_default().to_owned()))
            })
            .collect()
    }

    /// `{name}.member.1`, …
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        (1..).map_while(|i| self.get(&format!("{name}.member.{i}")).map(str::to_owned)).collect()
    }
}

/// What the signature contains: `Credential=<key>/<date>/<region>/<service>/aws4_request`.
pub(super) struct Scope {
    pub(super) key: String,
    pub(super) region: String,
    pub(super) service: String,
}

impl Scope {
    pub(super) fn of(request: &HttpRequest) -> Self {
        let header = request.headers().get("authorization").unwrap_or_default();
        let credential = header.split("Credential=").nth(1).and_then(|rest| rest.split([',', ' ']).next());
        let mut parts = credential.unwrap_or_default().split('/');
        let key = parts.next().unwrap_or_default().to_owned();
        let region = parts.nth(1).unwrap_or_default().to_owned();
        let service = parts.next().unwrap_or_default().to_owned();
        Self { key, region, service }
    }
}

pub(super) type Answer = Result<HttpResponse, ConnectorError>;

fn response(status: u16, content_type: &str, request_id: &str, body: String) -> Answer {
    let status = StatusCode::try_from(status).map_err(|error| ConnectorError::other(error.into(), None))?;
    let mut response = HttpResponse::new(status, SdkBody::from(body));
    response.headers_mut().insert("content-type", content_type.to_owned());
    response.headers_mut().insert("x-amzn-requestid", request_id.to_owned());
    Ok(response)
}

pub(super) fn json_response(result: Result<Value, Refusal>, request_id: &str) -> Answer {
    let (status, body) = match result {
        Ok(value) => (200, value),
        Err(refusal) => (refusal.status, serde_json::json!({ "__type": refusal.code, "message": refusal.message })),
    };
    response(status, "application/x-amz-json-1.1", request_id, body.to_string())
}

pub(super) fn xml_response(result: Result<String, Refusal>, operation: &str, request_id: &str) -> Answer {
    let (status, body) = match result {
        Ok(inner) => (
            200,
            format!(
                "<{operation}Response><{operation}Result>{inner}</{operation}Result><ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation}Response>"
            ),
        ),
        Err(refusal) => (
            refusal.status,
            format!(
                "<ErrorResponse><Error><Type>Sender</Type>{}{}</Error><RequestId>{request_id}</RequestId></ErrorResponse>",
                element("Code", &refusal.code),
                element("Message", &refusal.message)
            ),
        ),
    };
    response(status, "text/xml", request_id, body)
}

/// An XML element with text.
pub(super) fn element(name: &str, text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    format!("<{name}>{escaped}</{name}>")
}
