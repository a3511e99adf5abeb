//! The session: how each account is reached, with its identity verified.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::{fmt, io};

use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::{Region, SdkConfig};

use super::at_once;
use super::bounded::Bounded;
use super::credentials::{Credentials, LoadError, Loading};
use super::error::{AwsError, NotConnected};
use crate::core::ids::{self, AccountId, IdError};
use crate::core::ordered::map;
use crate::core::topology;
use crate::items;

/// How many requests are in flight at once in one account, by default.
const REQUESTS_AT_ONCE: usize = 16;

/// Clients for accounts. Clones share them.
///
/// One client is made per account, service and Region, and the requests of an account are bounded.
#[derive(Clone)]
pub struct Session {
    accounts: Arc<BTreeMap<AccountId, Connected>>,
    /// Why others are not reached, of those that were asked for.
    not_reached: Arc<BTreeMap<AccountId, String>>,
}

/// Without the clients: a provider of credentials in them may show what it holds.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("accounts", &self.accounts().collect::<Vec<_>>()).finish_non_exhaustive()
    }
}

/// The clients of an account.
struct Connected {
    account: topology::Account,
    /// The ARN of whom the credentials belong to.
    caller: String,
    /// The profile that they come from.
    profile: Option<String>,
    config: SdkConfig,
    iam: aws_sdk_iam::Client,
    codepipeline: Mutex<HashMap<ids::Region, aws_sdk_codepipeline::Client>>,
}

/// How each account will be reached.
#[derive(Default)]
#[must_use = "nothing is reached before `connect`"]
pub struct SessionBuilder {
    accounts: Vec<(Result<topology::Account, IdError>, Credentials)>,
    requests_at_once: Option<usize>,
    loading: Loading,
    goes_without: bool,
}

impl fmt::Debug for SessionBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionBuilder").field("accounts", &self.accounts).finish_non_exhaustive()
    }
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

    /// The accounts that could not be reached, with the reason; only in a session that goes without them.
    pub(super) fn not_reached(&self) -> impl Iterator<Item = (&AccountId, &str)> {
        self.not_reached.iter().map(|(account, why)| (account, why.as_str()))
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

    /// How an account is reached.
    pub(super) fn config(&self, account: &AccountId) -> Result<&SdkConfig, NotConnected> {
        Ok(&self.connected(account)?.config)
    }

    /// The partition that an account lives in.
    pub(super) fn partition(&self, account: &AccountId) -> Result<&ids::Partition, NotConnected> {
        Ok(&self.connected(account)?.account.partition)
    }

    /// The accounts whose credentials are those of a profile, with its name.
    pub(super) fn profiles(&self) -> impl Iterator<Item = (&AccountId, &str)> {
        self.accounts.iter().filter_map(|(account, connected)| Some((account, connected.profile.as_deref()?)))
    }

    /// IAM of an account.
    pub(super) fn iam(&self, account: &AccountId) -> Result<&aws_sdk_iam::Client, NotConnected> {
        Ok(&self.connected(account)?.iam)
    }
}

impl SessionBuilder {
    /// Reaches an account with a profile of the AWS configuration files.
    pub fn profile<A: items::AccountItem>(self, name: impl Into<String>) -> Self {
        self.credentials::<A>(Credentials::profile(name))
    }

    /// Reaches an account with any credentials, or any configuration of the SDK.
    pub fn credentials<A: items::AccountItem>(mut self, credentials: impl Into<Credentials>) -> Self {
        self.accounts.push((items::AccountConst::of::<A>().to_account(), credentials.into()));
        self
    }

    /// The same for an account that is only known at run time.
    pub fn account(mut self, account: topology::Account, credentials: impl Into<Credentials>) -> Self {
        self.accounts.push((Ok(account), credentials.into()));
        self
    }

    /// Who is asked for the code of an MFA device, which is given. It is called while the session connects, before anything is in
    /// flight, once for each device; it may block.
    pub fn mfa_code(mut self, ask: impl Fn(&str) -> io::Result<String> + Send + Sync + 'static) -> Self {
        self.loading.mfa_code = Some(Box::new(ask));
        self
    }

    /// How many requests are in flight at once in one account; 16 by default.
    pub fn requests_at_once(mut self, requests: usize) -> Self {
        self.requests_at_once = Some(requests.max(1));
        self
    }

    /// Goes without the accounts that can't be reached, as long as one is; for what only reads. A [diagnosis](Session::doctor) says why nothing is
    /// known of them.
    pub fn go_without(mut self) -> Self {
        self.goes_without = true;
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
        let goes_without = self.goes_without && failures.is_empty();
        let loading = self.loading;
        let mut ready = Vec::new();
        // People are asked one after the other, and before requests whose time would run out meanwhile.
        for (account, credentials) in accounts.into_values() {
            match loading.ask(&credentials, &account.partition).await {
                Ok(()) => ready.push((account, credentials)),
                Err(error) => failures.push(ConnectFailure::no_credentials(&account, error)),
            }
        }
        if !failures.is_empty() && !goes_without {
            return Err(ConnectError { failures });
        }
        let connecting =
            ready.into_iter().map(|(account, credentials)| connect(account, credentials, at_once, &loading));
        let mut connected = BTreeMap::new();
        for result in at_once::all(connecting).await {
            match result {
                Ok(account) => drop(connected.insert(account.account.id.clone(), account)),
                Err(failure) => failures.push(failure),
            }
        }
        if !failures.is_empty() && (!goes_without || connected.is_empty()) {
            return Err(ConnectError { failures });
        }
        let why = |failure: &ConnectFailure| failure.to_string().lines().next().unwrap_or_default().to_owned();
        let not_reached = failures.iter().filter_map(|failure| Some((failure.account()?.clone(), why(failure))));
        Ok(Session { accounts: Arc::new(connected), not_reached: Arc::new(map(not_reached)) })
    }
}

/// Makes the clients of an account, and refuses credentials of a different account.
async fn connect(
    account: topology::Account,
    credentials: Credentials,
    at_once: usize,
    loading: &Loading,
) -> Result<Connected, ConnectFailure> {
    let loaded = loading.load(&credentials, &account.partition).await;
    let config = loaded.map_err(|error| ConnectFailure::no_credentials(&account, error))?;
    let http = config.http_client().unwrap_or_else(|| loading.https());
    // A request that waits for its permit, or until AWS throttles no more, sends nothing meanwhile.
    let stalled = StalledStreamProtectionConfig::enabled().upload_enabled(false).build();
    let config =
        config.to_builder().http_client(Bounded::new(http, at_once)).stalled_stream_protection(stalled).build();
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
    let profile = credentials.profile_name().map(str::to_owned);
    let (iam, codepipeline) = (aws_sdk_iam::Client::new(&config), Mutex::default());
    Ok(Connected { iam, account, caller, profile, config, codepipeline })
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
    #[error("{error}{}", error.help())]
    Aws {
        /// The name of the account's item.
        item: String,
        /// What the SDK reported.
        #[source]
        error: Box<AwsError>,
    },
    /// It has no credentials, for example because the code of an MFA device was wrong.
    #[error("account {} has no credentials: {why}\n  help: connect again; nothing was written", named(item, id))]
    NoCredentials {
        /// The name of the account's item.
        item: String,
        /// Its id.
        id: AccountId,
        /// What is missing.
        why: String,
    },
    /// Its credentials belong to another account.
    #[error(
        "the credentials for account {} belong to account {actual} (`{caller}`)\n  help: give `{item}` a profile or a role of account {declared}; nothing was written",
        named(item, declared)
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

/// An account by its name and its id; the id alone where no program names it.
fn named(item: &str, id: &AccountId) -> String {
    if item == id.as_str() { format!("`{id}`") } else { format!("`{item}` ({id})") }
}

impl ConnectFailure {
    /// The account that could not be reached.
    fn account(&self) -> Option<&AccountId> {
        match self {
            Self::Aws { error, .. } => Some(&error.account),
            Self::NoCredentials { id, .. } => Some(id),
            Self::WrongAccount { declared, .. } => Some(declared),
            Self::NotAnAccount(_) => None,
        }
    }

    fn no_credentials(account: &topology::Account, error: LoadError) -> Self {
        Self::NoCredentials { item: account.item.clone(), id: account.id.clone(), why: error.to_string() }
    }
}
