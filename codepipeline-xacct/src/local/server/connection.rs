//! One request of a connection.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::Request;
use hyper::body::Incoming as HyperBody;
use serde_json::json;
use tokio::sync::{Semaphore, watch};

use super::body::{Http, json, whole};
use super::{admin, browser, events, page};
use crate::local::answer::Reply;
use crate::local::handle::Local;
use crate::local::wire::{BODY_LIMIT, Incoming};

/// How long a client may take for its body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// How much of a body that is too large is read, so that the client reads why.
const DISCARDED: usize = 64 * 1024 * 1024;
/// How long a client waits that gets no answer, unless it goes away.
const NO_ANSWER: Duration = Duration::from_secs(600);
/// How many watch the events at once.
const WATCHERS: usize = 20;

/// What all connections share.
#[derive(Clone)]
pub(super) struct Shared {
    local: Local,
    /// Only this machine can reach the server.
    is_loopback: bool,
    stopped: watch::Receiver<bool>,
    watchers: Arc<Semaphore>,
}

impl Shared {
    pub(super) fn new(local: Local, address: IpAddr, stopped: watch::Receiver<bool>) -> Self {
        Self { local, is_loopback: address.is_loopback(), stopped, watchers: Arc::new(Semaphore::new(WATCHERS)) }
    }

    /// Answers a request. An error cuts the connection.
    pub(super) async fn answer(self, request: Request<HyperBody>) -> io::Result<Http> {
        let (head, mut body) = request.into_parts();
        let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
        let resource = head.uri.path().strip_prefix("/_local/");
        let limit = resource.map_or(BODY_LIMIT, admin::limit);
        let body = match tokio::time::timeout(BODY_TIMEOUT, read(&mut body, limit)).await {
            Ok(body) => Some(body?),
            Err(_) => None,
        };
        let is_page = page::is_asked_for(&head);
        if (resource.is_some() || is_page)
            && let Some(why) = browser::refused(&head, self.is_loopback)
        {
            return json(403, &json!({ "error": why }));
        }
        if let Some(resource) = resource {
            return match body {
                None => json(
                    408,
                    &json!({ "error": format!("the body did not come in {} seconds", BODY_TIMEOUT.as_secs()) }),
                ),
                Some(body) if body.len() > limit => {
                    json(413, &json!({ "error": format!("the body is larger than {} MB", limit / 1024 / 1024) }))
                }
                Some(_) if resource == "events" && head.method == hyper::Method::GET => self.events(),
                Some(body) => {
                    let content_type = header("content-type").unwrap_or_default();
                    let (status, value) = admin::answer(&self.local, &head.method, resource, content_type, &body).await;
                    json(status, &value)
                }
            };
        }
        if is_page {
            return page::page();
        }
        let uri = head.uri.to_string();
        let incoming = match &body {
            Some(body) => Incoming::new(head.method.as_str(), &uri, header, body),
            None => Incoming::new(head.method.as_str(), &uri, header, &[]).without_its_body(),
        };
        match self.local.aws.answer(&incoming).await {
            Reply::Answered(response) => whole(response.status, &response.headers, response.body),
            Reply::Cut => Err(io::ErrorKind::ConnectionAborted.into()),
            Reply::TimedOut => {
                tokio::time::sleep(NO_ANSWER).await;
                Err(io::ErrorKind::TimedOut.into())
            }
        }
    }

    fn events(self) -> io::Result<Http> {
        match self.watchers.try_acquire_owned() {
            Ok(place) => events::events(self.local, self.stopped, place),
            Err(_) => json(503, &json!({ "error": format!("{WATCHERS} clients watch already") })),
        }
    }
}

/// The body, or, if it is too large, more than the limit of it.
async fn read(body: &mut HyperBody, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(io::Error::other)?;
        let Some(data) = frame.data_ref() else { continue };
        if length <= limit {
            bytes.extend_from_slice(data);
        }
        length += data.len();
        if length > limit.max(DISCARDED) {
            break;
        }
    }
    Ok(bytes)
}
