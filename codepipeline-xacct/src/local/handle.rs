//! The handle of local AWS: adds things, looks at them, and makes the configuration of clients.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;

use super::answer::{Aws, Reply};
use super::faults::Faults;
use super::recorder::RecordedCall;
use super::refusal::Refusal;
use super::services::iam::put_role;
use super::store::Store;
use super::trust::trust;
use super::wire::{Incoming, Response, SECRET, SESSION_TOKEN};
use crate::aws::{ConnectError, Session};
use crate::core::ids::{AccountId, IdError, RoleArn};
use crate::core::policy::Document;
use crate::core::topology::Topology;

/// In-process AWS. Clones share their state.
#[derive(Clone, Default)]
pub struct Local {
    pub(super) aws: Arc<Aws>,
}

/// Without what the accounts hold, which has secrets.
impl fmt::Debug for Local {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Local").finish_non_exhaustive()
    }
}

/// Why something could not be added to local AWS.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct LocalError {
    /// The error code that AWS would return.
    pub code: String,
    /// The message that AWS would return.
    pub message: String,
}

impl Local {
    /// AWS without accounts.
    pub fn new() -> Self {
        Self::default()
    }

    pub(super) fn store(&self) -> MutexGuard<'_, Store> {
        self.aws.store()
    }

    pub(super) fn look(&self) -> MutexGuard<'_, Store> {
        self.aws.look()
    }

    /// The accounts that are open.
    pub fn accounts(&self) -> BTreeSet<AccountId> {
        self.look().accounts.keys().cloned().collect()
    }

    /// Changes whenever something may have changed.
    #[cfg(feature = "serve")]
    pub(crate) fn changes(&self) -> tokio::sync::watch::Receiver<u64> {
        self.aws.changes.subscribe()
    }

    /// Opens an account.
    pub fn add_account(&self, id: &str) -> Result<(), IdError> {
        let id: AccountId = id.parse()?;
        self.store().add_account(id);
        Ok(())
    }

    /// Whether signatures are verified; by default they are not. The secret of every access key is `local`.
    pub fn check_signatures(&self, check: bool) {
        self.aws.checks_signatures.store(check, Ordering::Relaxed);
    }

    /// The access key of an administrator of an account. Its secret is `local`.
    pub fn access_key(&self, account: &str) -> Result<String, IdError> {
        let id: AccountId = account.parse()?;
        Ok(self.store().administrator_key(id.as_str()))
    }

    /// A configuration of the SDK with the credentials of an administrator of an account.
    pub fn sdk_config(&self, account: &str, region: &str) -> SdkConfig {
        let key = self.store().administrator_key(account);
        self.config(&key, region)
    }

    /// A configuration of the SDK with an access key.
    pub(super) fn config(&self, key: &str, region: &str) -> SdkConfig {
        let token = self.look().session(key).map(|_| SESSION_TOKEN.to_owned());
        let credentials = Credentials::new(key, SECRET, token, None, "codepipeline-xacct local AWS");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(SharedHttpClient::new(self.clone()))
            .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
            .build()
    }

    /// Opens the accounts of a topology and connects to them.
    pub async fn connect(&self, topology: &Topology) -> Result<Session, ConnectError> {
        let accounts = topology.accounts().iter().fold(Session::builder(), |session, account| {
            self.store().add_account(account.id.clone());
            session.account(account.clone(), self.sdk_config(account.id.as_str(), "us-east-1"))
        });
        accounts.connect().await
    }

    /// Adds a role that exists before the program runs: its trust policy and its inline policies.
    pub fn put_role(&self, arn: &RoleArn, trust: &Document, policies: &[(&str, &Document)]) -> Result<(), LocalError> {
        let mut store = self.store();
        store.add_account(arn.account().clone());
        let policies = policies.iter().map(|(name, document)| ((*name).to_owned(), document.to_json()));
        put_role(&mut store, arn, &trust.to_json(), policies.collect()).map_err(LocalError::from)
    }

    /// The trust policy of a role, as GetRole returns it.
    pub fn trust(&self, arn: &RoleArn) -> Option<Document> {
        let store = self.look();
        store.role(arn).map(|record| trust(&store, record))
    }

    /// The inline policies of a role, by their names.
    pub fn policies(&self, arn: &RoleArn) -> Option<Vec<(String, Document)>> {
        let store = self.look();
        let inline = store.role(arn)?.inline.iter();
        Some(inline.filter_map(|(name, text)| Some((name.clone(), Document::from_json(text).ok()?))).collect())
    }

    /// Faults on demand.
    pub fn faults(&self) -> &Faults {
        &self.aws.faults
    }

    /// The calls that were answered, the last 10 000.
    pub fn calls(&self) -> Vec<RecordedCall> {
        self.aws.recorder.calls()
    }

    /// Forgets the calls so far.
    pub fn clear_calls(&self) {
        self.aws.recorder.clear();
    }
}

impl From<Refusal> for LocalError {
    fn from(refusal: Refusal) -> Self {
        Self { code: refusal.code, message: refusal.message }
    }
}

impl HttpClient for Local {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Local {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let aws = Arc::clone(&self.aws);
        HttpConnectorFuture::new(async move {
            let body = request.body().bytes().unwrap_or_default();
            let incoming = Incoming::new(request.method(), request.uri(), |name| request.headers().get(name), body);
            match aws.answer(&incoming).await {
                Reply::Answered(response) => http_response(response),
                Reply::Cut => Err(ConnectorError::io("the connection was cut".into())),
                Reply::TimedOut => Err(ConnectorError::timeout("no answer in time".into())),
            }
        })
    }
}

fn http_response(response: Response) -> Result<HttpResponse, ConnectorError> {
    let status = StatusCode::try_from(response.status).map_err(|error| ConnectorError::other(error.into(), None))?;
    let mut http = HttpResponse::new(status, SdkBody::from(response.body));
    for (name, value) in response.headers {
        http.headers_mut().insert(name, value);
    }
    Ok(http)
}
