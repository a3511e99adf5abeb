//! The session: how each account is reached, with its identity verified.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::{SharedTimeSource, SystemTimeSource};
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use futures_util::future::join_all;

use super::bounded::Bounded;
use super::error::{AwsError, NotConnected};
use crate::core::ids::{self, AccountId, IdError, RoleArn};
use crate::core::topology;
use crate::items;

/// How many requests are in flight at once in one account, by default.
const REQUESTS_AT_ONCE: usize = 16;

/// Clients for accounts. Clones share them.
///
/// One client is made per account, service and Region, and the requests of an account are bounded.
#[derive(Debug, Clone)]
pub struct Session {
    accounts: Arc<BTreeMap<AccountId, Connected>>,
}

/// The clients of an account.
#[derive(Debug)]
struct Connected {
    account: topology::Account,
    /// The ARN of whom the credentials belong to.
    caller: String,
    config: SdkConfig,
    iam: aws_sdk_iam::Client,
    codepipeline: Mutex<HashMap<ids::Region, aws_sdk_codepipeline::Client>>,
}

/// How each account will be reached.
#[derive(Debug, Default)]
#[must_use = "nothing is reached before `connect`"]
pub struct SessionBuilder {
    accounts: Vec<(Result<topology::Account, IdError>, Credentials)>,
    requests_at_once: Option<usize>,
}

#[derive(Debug)]
enum Credentials {
    Default,
    Profile(String),
    AssumeRole { base: Box<SdkConfig>, role: RoleArn },
    Config(Box<SdkConfig>),
}

impl Session {
    /// Begins a session.
    pub fn builder() -> SessionBuilder {
        SessionBuilder::default()
    }

    /// The accounts that are reached.
    pub fn accounts(&self) -> impl Iterator<Item = &topology::Account> {
        self.accounts.values().map(|connected| &connected.account)
    }

    /// Whether an account is reached.
    pub fn reaches(&self, account: &AccountId) -> bool {
        self.accounts.contains_key(account)
    }

    fn connected(&self, account: &AccountId) -> Result<&Connected, NotConnected> {
        self.accounts.get(account).ok_or_else(|| NotConnected(account.clone()))
    }

    /// The ARN of whom the credentials of an account belong to.
    pub(super) fn caller(&self, account: &AccountId) -> Option<&str> {
        self.accounts.get(account).map(|connected| connected.caller.as_str())
    }

    /// CodePipeline of an account and a Region.
    pub(super) fn codepipeline(
        &self,
        account: &AccountId,
        region: &ids::Region,
    ) -> Result<aws_sdk_codepipeline::Client, NotConnected> {
        let connected = self.connected(account)?;
        // A client in the map is complete, even if another thread panicked.
        let mut clients = connected.codepipeline.lock().unwrap_or_else(PoisonError::into_inner);
        let client = clients.entry(region.clone()).or_insert_with(|| {
            let config = aws_sdk_codepipeline::config::Builder::from(&connected.config)
                .region(Region::new(region.to_string()))
                .build();
            aws_sdk_codepipeline::Client::from_conf(config)
        });
        Ok(client.clone())
    }

    /// The partition that an account lives in.
    pub(super) fn partition(&self, account: &AccountId) -> Result<&ids::Partition, NotConnected> {
        Ok(&self.connected(account)?.account.partition)
    }

    /// IAM of an account.
    pub(super) fn iam(&self, account: &AccountId) -> Result<&aws_sdk_iam::Client, NotConnected> {
        Ok(&self.connected(account)?.iam)
    }
}

impl SessionBuilder {
    /// Reaches an account with a profile of the AWS configuration files.
    pub fn profile<A: items::AccountItem>(mut self, name: impl Into<String>) -> Self {
        self.accounts.push((account_of::<A>(), Credentials::Profile(name.into())));
        self
    }

    /// Reaches an account with a role that the credentials of `base` may assume.
    pub fn assume_role<A: items::AccountItem>(mut self, base: &SdkConfig, role: RoleArn) -> Self {
        self.accounts.push((account_of::<A>(), Credentials::AssumeRole { base: Box::new(base.clone()), role }));
        self
    }

    /// Reaches an account with any configuration of the SDK.
    pub fn config<A: items::AccountItem>(mut self, config: SdkConfig) -> Self {
        self.accounts.push((account_of::<A>(), Credentials::Config(Box::new(config))));
        self
    }

    /// Reaches an account that is only known at run time with a profile of the AWS configuration files.
    pub fn account_profile(mut self, account: topology::Account, name: impl Into<String>) -> Self {
        self.accounts.push((Ok(account), Credentials::Profile(name.into())));
        self
    }

    /// Reaches an account that is only known at run time with the credentials of the environment.
    pub fn account_default(mut self, account: topology::Account) -> Self {
        self.accounts.push((Ok(account), Credentials::Default));
        self
    }

    /// Reaches an account that is only known at run time with any configuration of the SDK.
    pub fn account(mut self, account: topology::Account, config: SdkConfig) -> Self {
        self.accounts.push((Ok(account), Credentials::Config(Box::new(config))));
        self
    }

    /// How many requests are in flight at once in one account; 16 by default.
    pub fn requests_at_once(mut self, requests: usize) -> Self {
        self.requests_at_once = Some(requests.max(1));
        self
    }

    /// Loads the credentials and asks all accounts at once who they are. Credentials of another account, and those that
    /// don't work, are reported together. If an account is given twice, the last one counts.
    pub async fn connect(self) -> Result<Session, ConnectError> {
        let at_once = self.requests_at_once.unwrap_or(REQUESTS_AT_ONCE);
        let mut accounts = BTreeMap::new();
        let mut failures = Vec::new();
        for (account, credentials) in self.accounts {
            match account {
                Ok(account) => drop(accounts.insert(account.id.clone(), (account, credentials))),
                Err(error) => failures.push(ConnectFailure::NotAnAccount(error)),
            }
        }
        let https = Https::default();
        let connecting =
            accounts.into_values().map(|(account, credentials)| connect(account, credentials, at_once, &https));
        let mut connected = BTreeMap::new();
        for result in join_all(connecting).await {
            match result {
                Ok(account) => drop(connected.insert(account.account.id.clone(), account)),
                Err(failure) => failures.push(failure),
            }
        }
        if failures.is_empty() { Ok(Session { accounts: Arc::new(connected) }) } else { Err(ConnectError { failures }) }
    }
}

fn account_of<A: items::AccountItem>() -> Result<topology::Account, IdError> {
    items::AccountConst::of::<A>().to_account()
}

/// Makes the clients of an account, and refuses credentials of another one.
async fn connect(
    account: topology::Account,
    credentials: Credentials,
    at_once: usize,
    https: &Https,
) -> Result<Connected, ConnectFailure> {
    let config = credentials.load(https).await;
    let http = config.http_client().unwrap_or_else(|| https.client());
    // A request that waits for its permit, or until AWS throttles no more, sends nothing meanwhile.
    let stalled = StalledStreamProtectionConfig::enabled().upload_enabled(false).build();
    let mut builder = config.to_builder().http_client(Bounded::new(http, at_once)).stalled_stream_protection(stalled);
    if config.region().is_none() {
        // IAM and STS have one endpoint per partition, which follows from any of its Regions.
        builder.set_region(Some(Region::new(any_region(&account.partition))));
    }
    let config = builder.build();
    let sts = aws_sdk_sts::Client::new(&config);
    let identity = sts.get_caller_identity().send().await.map_err(|e| ConnectFailure::Aws {
        item: account.item.clone(),
        error: Box::new(AwsError::new(&account.id, "GetCallerIdentity", format!("account `{}`", account.item), e)),
    })?;
    let actual = identity.account().unwrap_or_default();
    if actual != account.id.as_str() {
        return Err(ConnectFailure::WrongAccount {
            item: account.item,
            declared: account.id,
            actual: actual.to_owned(),
            caller: identity.arn().unwrap_or_default().to_owned(),
        });
    }
    let caller = identity.arn().unwrap_or_default().to_owned();
    Ok(Connected { iam: aws_sdk_iam::Client::new(&config), account, caller, config, codepipeline: Mutex::default() })
}

fn any_region(partition: &ids::Partition) -> &'static str {
    match partition.as_str() {
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        _ => "us-east-1",
    }
}

impl Credentials {
    async fn load(self, https: &Https) -> SdkConfig {
        match self {
            Credentials::Default => {
                aws_config::defaults(BehaviorVersion::latest()).http_client(https.client()).load().await
            }
            Credentials::Profile(name) => {
                // Named here, the profile overrides credentials in the environment, which belong to a single account.
                let provider = ProfileFileCredentialsProvider::builder()
                    .configure(&ProviderConfig::default().with_http_client(https.client()))
                    .profile_name(&name)
                    .build();
                let loader = aws_config::defaults(BehaviorVersion::latest()).http_client(https.client());
                loader.profile_name(name).credentials_provider(provider).load().await
            }
            Credentials::AssumeRole { base, role } => {
                let base = complete(&base, https);
                let provider = aws_config::sts::AssumeRoleProvider::builder(role.to_string())
                    .session_name("codepipeline-xacct")
                    .configure(&base)
                    .build()
                    .await;
                base.to_builder().credentials_provider(SharedCredentialsProvider::new(provider)).build()
            }
            Credentials::Config(config) => complete(&config, https),
        }
    }
}

/// A configuration that was put together by hand may lack what the clients require.
fn complete(config: &SdkConfig, https: &Https) -> SdkConfig {
    let mut builder = config.to_builder();
    if config.time_source().is_none() {
        builder.set_time_source(Some(SharedTimeSource::new(SystemTimeSource::new())));
    }
    if config.sleep_impl().is_none() {
        builder.set_sleep_impl(Some(SharedAsyncSleep::new(TokioSleep::new())));
    }
    if config.http_client().is_none() {
        builder.set_http_client(Some(https.client()));
    }
    if config.behavior_version().is_none() {
        builder.set_behavior_version(Some(BehaviorVersion::latest()));
    }
    builder.build()
}

/// The HTTPS client shared by accounts without their own, with TLS that needs no C compiler; made on first use.
#[derive(Debug, Default)]
struct Https(OnceLock<SharedHttpClient>);

impl Https {
    fn client(&self) -> SharedHttpClient {
        let build = || {
            let provider = tls::Provider::Rustls(CryptoMode::Ring);
            aws_smithy_http_client::Builder::new().tls_provider(provider).build_https()
        };
        self.0.get_or_init(build).clone()
    }
}

/// The accounts that could not be reached, or whose credentials belong to another account. Nothing was written.
#[derive(Debug)]
#[non_exhaustive]
pub struct ConnectError {
    /// One failure for each of these accounts.
    pub failures: Vec<ConnectFailure>,
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, failure) in self.failures.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{failure}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConnectError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.failures.first().map(|failure| failure as _)
    }
}

/// Why an account could not be reached.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectFailure {
    /// Its credentials don't work, or STS could not be reached.
    #[error("{error}")]
    Aws {
        /// The name of the account's item.
        item: String,
        /// What the SDK reported.
        #[source]
        error: Box<AwsError>,
    },
    /// Its credentials belong to another account.
    #[error(
        "the credentials for account `{item}` ({declared}) belong to account {actual} (`{caller}`)\n  help: give `{item}` a profile or a role of account {declared}; nothing was written"
    )]
    WrongAccount {
        /// The name of the account's item.
        item: String,
        /// The id that is declared.
        declared: AccountId,
        /// The id that `sts:GetCallerIdentity` returned.
        actual: String,
        /// The ARN that the credentials belong to.
        caller: String,
    },
    /// A constant of a hand-written account item is not valid.
    #[error(transparent)]
    NotAnAccount(IdError),
}
