//! Bounds how many requests are in flight at once, and slows down where AWS throttles.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use tokio::sync::Semaphore;
use tracing::debug;

/// How often a request is sent again while AWS throttles. After that the SDK decides.
const SENT_AGAIN: u32 = 10;
/// The first pause; each one is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// An HTTP client that sends a request only once it has a permit. All clients of an account share its permits. A request that is throttled keeps
/// its permit while it waits, so that fewer are sent: of hundreds that only waited for themselves, some would always come too early.
#[derive(Debug, Clone)]
pub(super) struct Bounded {
    inner: SharedHttpClient,
    permits: Arc<Semaphore>,
}

impl Bounded {
    pub(super) fn new(inner: SharedHttpClient, at_once: usize) -> Self {
        Self { inner, permits: Arc::new(Semaphore::new(at_once)) }
    }
}

impl HttpClient for Bounded {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(BoundedConnector {
            inner: self.inner.http_connector(settings, components),
            permits: Arc::clone(&self.permits),
        })
    }
}

#[derive(Debug)]
struct BoundedConnector {
    inner: SharedHttpConnector,
    permits: Arc<Semaphore>,
}

impl HttpConnector for BoundedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (inner, permits) = (self.inner.clone(), Arc::clone(&self.permits));
        HttpConnectorFuture::new(async move {
            let _permit = permits.acquire().await.map_err(|closed| ConnectorError::other(closed.into(), None))?;
            let mut pause = FIRST_PAUSE;
            for _ in 0..SENT_AGAIN {
                // What can't be sent twice is a stream.
                let Some(copy) = request.try_clone() else { break };
                let response = read_if_refused(inner.call(copy).await?).await?;
                if !is_throttled(&response) {
                    return Ok(response);
                }
                debug!(?pause, "throttled");
                tokio::time::sleep(spread(pause)).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            inner.call(request).await
        })
    }
}

/// The response with its whole body, if AWS refused the request; all others are left to the SDK.
async fn read_if_refused(mut response: HttpResponse) -> Result<HttpResponse, ConnectorError> {
    if response.status().is_success() {
        return Ok(response);
    }
    let body = std::mem::replace(response.body_mut(), SdkBody::empty());
    let bytes = ByteStream::new(body).collect().await.map_err(|error| ConnectorError::io(error.into()))?;
    *response.body_mut() = SdkBody::from(bytes.into_bytes());
    Ok(response)
}

/// Whether the code of the error is that of throttling: `Throttling` of IAM and STS, `ThrottlingException` of CodePipeline.
fn is_throttled(response: &HttpResponse) -> bool {
    if response.status().as_u16() == 429 {
        return true;
    }
    let text = response.body().bytes().map(String::from_utf8_lossy).unwrap_or_default();
    let codes = ["<Code>Throttling</Code>", "\"ThrottlingException\"", "#ThrottlingException\""];
    !response.status().is_success() && codes.iter().any(|code| text.contains(code))
}

/// From a half of the pause to all of it, so that requests don't come all at once again.
fn spread(pause: Duration) -> Duration {
    // Each state of the hasher is different.
    let half = pause / 2;
    let thousandths = u32::try_from(RandomState::new().hash_one(pause) % 1000).unwrap_or_default();
    half + half * thousandths / 1000
}
