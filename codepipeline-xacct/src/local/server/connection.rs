//! One request of a connection.

use std::io;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming as HyperBody};
use hyper::{Request, Response, StatusCode};

use super::admin;
use crate::local::answer::Outcome;
use crate::local::handle::Local;
use crate::local::wire::{BODY_LIMIT, Incoming};

/// How long a client may take for its body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a client waits that gets no answer, unless it goes away.
const NO_ANSWER: Duration = Duration::from_secs(600);

type Http = Response<Full<Bytes>>;

/// Answers a request. An error cuts the connection.
pub(super) async fn answer(local: Local, request: Request<HyperBody>) -> io::Result<Http> {
    let (head, mut body) = request.into_parts();
    let body = tokio::time::timeout(BODY_TIMEOUT, read(&mut body)).await??;
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(resource) = head.uri.path().strip_prefix("/_local/") {
        let content_type = header("content-type").unwrap_or_default();
        let (status, value) = admin::answer(&local, &head.method, resource, content_type, &body);
        return http(status, &[("content-type", "application/json".to_owned())], value.to_string().into_bytes());
    }
    let uri = head.uri.to_string();
    match local.aws.answer(&Incoming::new(&uri, header, &body)).await {
        Outcome::Answered(response) => http(response.status, &response.headers, response.body),
        Outcome::Cut => Err(io::ErrorKind::ConnectionAborted.into()),
        Outcome::TimedOut => {
            tokio::time::sleep(NO_ANSWER).await;
            Err(io::ErrorKind::TimedOut.into())
        }
    }
}

/// The body, or, if it is too large, more than the limit of it.
async fn read(body: &mut HyperBody) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(io::Error::other)?;
        if let Some(data) = frame.data_ref() {
            bytes.extend_from_slice(data);
        }
        if bytes.len() > BODY_LIMIT {
            break;
        }
    }
    Ok(bytes)
}

fn http(status: u16, headers: &[(&'static str, String)], body: Vec<u8>) -> io::Result<Http> {
    let status = StatusCode::from_u16(status).map_err(io::Error::other)?;
    let builder = Response::builder().status(status);
    let builder = headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, value));
    builder.body(Full::new(body.into())).map_err(io::Error::other)
}
