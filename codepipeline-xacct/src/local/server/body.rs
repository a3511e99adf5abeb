//! The responses of the server.

use std::convert::Infallible;
use std::io;

use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Response, StatusCode};

/// A response, whole or as a stream.
pub(super) type Http = Response<UnsyncBoxBody<Bytes, Infallible>>;

pub(super) fn whole(status: u16, headers: &[(&'static str, String)], body: impl Into<Bytes>) -> io::Result<Http> {
    response(status, headers, Full::new(body.into()).boxed_unsync())
}

pub(super) fn json(status: u16, value: &serde_json::Value) -> io::Result<Http> {
    whole(status, &[("content-type", "application/json".to_owned())], value.to_string())
}

pub(super) fn response(
    status: u16,
    headers: &[(&'static str, String)],
    body: UnsyncBoxBody<Bytes, Infallible>,
) -> io::Result<Http> {
    let status = StatusCode::from_u16(status).map_err(io::Error::other)?;
    let builder = Response::builder().status(status);
    let builder = headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, value));
    builder.body(body).map_err(io::Error::other)
}
