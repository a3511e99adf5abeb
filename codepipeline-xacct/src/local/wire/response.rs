//! A response, in the protocol of its request.

use serde_json::{Value, json};

use super::protocol::Protocol;
use super::xml::element;
use crate::local::refusal::Refusal;

/// What an operation returned.
pub(crate) enum Output {
    Json(Value),
    /// What is inside of `<{operation}Result>`.
    Xml {
        operation: String,
        inner: String,
    },
}

/// A response.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// The code of an error.
    pub(crate) error: Option<String>,
}

impl Response {
    pub(crate) fn new(protocol: Protocol, result: Result<Output, Refusal>, request_id: &str) -> Self {
        let id = element("RequestId", request_id);
        let (status, error, body) = match result {
            Ok(Output::Json(value)) => (200, None, value.to_string().into_bytes()),
            Ok(Output::Xml { operation, inner }) => {
                let result = format!("<{operation}Result>{inner}</{operation}Result>");
                let metadata = format!("<ResponseMetadata>{id}</ResponseMetadata>");
                let text = format!("<{operation}Response>{result}{metadata}</{operation}Response>");
                (200, None, text.into_bytes())
            }
            Err(refusal) => (refusal.status, Some(refusal.code.clone()), error_body(protocol, &refusal, &id)),
        };
        let mut headers = vec![("x-amzn-requestid", request_id.to_owned())];
        headers.extend(match protocol {
            Protocol::Json => vec![("content-type", "application/x-amz-json-1.1".to_owned())],
            Protocol::Rest if error.is_none() => vec![("content-type", "application/json".to_owned())],
            Protocol::Query | Protocol::Rest => vec![("content-type", "text/xml".to_owned())],
            Protocol::Cbor => {
                vec![("content-type", "application/cbor".to_owned()), ("smithy-protocol", "rpc-v2-cbor".to_owned())]
            }
        });
        Self { status, headers, body, error }
    }
}

fn error_body(protocol: Protocol, refusal: &Refusal, id: &str) -> Vec<u8> {
    match protocol {
        Protocol::Json => json!({ "__type": refusal.code, "message": refusal.message }).to_string().into_bytes(),
        Protocol::Query => {
            let kind = if refusal.status < 500 { "Sender" } else { "Receiver" };
            let parts = [element("Type", kind), element("Code", &refusal.code), element("Message", &refusal.message)];
            format!("<ErrorResponse><Error>{}</Error>{id}</ErrorResponse>", parts.concat()).into_bytes()
        }
        Protocol::Rest => {
            let parts = [element("Code", &refusal.code), element("Message", &refusal.message)];
            format!("<Error>{}{id}</Error>", parts.concat()).into_bytes()
        }
        Protocol::Cbor => {
            // A map of two pairs.
            let mut body = vec![0xa2];
            for text in ["__type", &refusal.code, "message", &refusal.message] {
                cbor_text(&mut body, text);
            }
            body
        }
    }
}

/// A text string of RFC 8949, with its length in 4 bytes.
fn cbor_text(body: &mut Vec<u8>, text: &str) {
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    body.push(0x7a);
    body.extend(length.to_be_bytes());
    body.extend(text.as_bytes());
}
