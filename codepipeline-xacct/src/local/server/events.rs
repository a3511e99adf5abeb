//! `/_local/events`: what the accounts hold, again after each change.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use futures_util::stream::unfold;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Bytes, Frame};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::sleep;

use super::body::{Http, response};
use super::view::view;
use crate::local::handle::Local;

/// What happens within this time is one event.
const PAUSE: Duration = Duration::from_millis(100);
/// After this time without a change, a comment shows whether the client is still there.
const IDLE: Duration = Duration::from_secs(15);

struct Watcher {
    local: Local,
    changes: watch::Receiver<u64>,
    stopped: watch::Receiver<bool>,
    begun: bool,
    /// Its place among those that watch.
    _place: OwnedSemaphorePermit,
}

/// The stream of events, until the server stops or the client goes.
pub(super) fn events(local: Local, stopped: watch::Receiver<bool>, place: OwnedSemaphorePermit) -> io::Result<Http> {
    let changes = local.changes();
    let watcher = Watcher { local, changes, stopped, begun: false, _place: place };
    let frames = unfold(watcher, |mut watcher| async move {
        let text = watcher.next().await?;
        Some((Ok::<_, Infallible>(Frame::data(Bytes::from(text))), watcher))
    });
    let headers = [("content-type", "text/event-stream".to_owned()), ("cache-control", "no-store".to_owned())];
    response(200, &headers, StreamBody::new(frames).boxed_unsync())
}

impl Watcher {
    async fn next(&mut self) -> Option<String> {
        if self.begun {
            tokio::select! {
                changed = self.changes.changed() => changed.ok()?,
                _ = self.stopped.wait_for(|stopped| *stopped) => return None,
                () = sleep(IDLE) => return Some(": idle\n\n".to_owned()),
            }
            sleep(PAUSE).await;
        }
        self.begun = true;
        self.changes.borrow_and_update();
        let accounts = view(&self.local.look());
        Some(format!("event: accounts\ndata: {accounts}\n\n"))
    }
}
