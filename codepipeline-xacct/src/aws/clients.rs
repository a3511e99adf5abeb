//! Clients of the SDK, one set per account, and the guard that each belongs to its account.

use std::collections::BTreeMap;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::{SharedTimeSource, SystemTimeSource};
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use super::error::{AwsError, Error};
use crate::core::ids::{self, AccountId};
use crate::core::topology;
use crate::items::AccountItem;

/// How to reach each account.
#[derive(Debug, Clone, Default)]
pub struct Accounts {
    configs: BTreeMap<String, SdkConfig>,
}

impl Accounts {
    /// No account yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reaches an account with any configuration of the SDK.
    #[must_use]
    pub fn with<A: AccountItem>(self, config: SdkConfig) -> Self {
        self.with_id(A::ID, config)
    }

    /// Reaches an account, by its id, with any configuration of the SDK.
    #[must_use]
    pub fn with_id(mut self, id: &str, config: SdkConfig) -> Self {
        self.configs.insert(id.to_owned(), complete(&config));
        self
    }

    /// Reaches an account with a profile of the AWS configuration files.
    #[must_use = "the account is reached only by what is returned"]
    pub async fn profile<A: AccountItem>(self, name: &str) -> Self {
        // Named here, the profile counts more than credentials in the environment, which are those of one account.
        let provider = ProfileFileCredentialsProvider::builder()
            .configure(&ProviderConfig::default().with_http_client(https_client()))
            .profile_name(name)
            .build();
        let config = defaults().profile_name(name).credentials_provider(provider).load().await;
        self.with::<A>(config)
    }

    /// Reaches an account with a role that the credentials of `base` may assume.
    #[must_use = "the account is reached only by what is returned"]
    pub async fn assume_role<A: AccountItem>(self, base: &SdkConfig, role_arn: &str) -> Self {
        let base = complete(base);
        let provider = aws_config::sts::AssumeRoleProvider::builder(role_arn)
            .session_name("codepipeline-xacct")
            .configure(&base)
            .build()
            .await;
        let config = base.to_builder().credentials_provider(SharedCredentialsProvider::new(provider)).build();
        self.with::<A>(config)
    }

    /// Whether there is a client for an account.
    pub(super) fn reaches(&self, account: &AccountId) -> bool {
        self.configs.contains_key(account.as_str())
    }

    fn config(&self, account: &AccountId) -> Result<&SdkConfig, Error> {
        self.configs.get(account.as_str()).ok_or_else(|| Error::NoClient { account: account.to_string() })
    }

    /// CodePipeline of an account and a Region.
    pub(super) fn codepipeline(
        &self,
        account: &AccountId,
        region: &ids::Region,
    ) -> Result<aws_sdk_codepipeline::Client, Error> {
        let config = aws_sdk_codepipeline::config::Builder::from(self.config(account)?)
            .region(Region::new(region.to_string()))
            .build();
        Ok(aws_sdk_codepipeline::Client::from_conf(config))
    }

    /// IAM of an account. It has one endpoint per partition, which follows from any Region.
    pub(super) fn iam(&self, account: &AccountId) -> Result<aws_sdk_iam::Client, Error> {
        let config = self.config(account)?;
        let mut builder = aws_sdk_iam::config::Builder::from(config);
        if config.region().is_none() {
            builder = builder.region(Region::new("us-east-1"));
        }
        Ok(aws_sdk_iam::Client::from_conf(builder.build()))
    }

    /// Asks who the credentials of an account are, and refuses those of another account.
    pub(super) async fn guard(&self, account: &topology::Account) -> Result<(), Error> {
        let config = self.config(&account.id)?;
        let mut builder = aws_sdk_sts::config::Builder::from(config);
        if config.region().is_none() {
            builder = builder.region(Region::new("us-east-1"));
        }
        let sts = aws_sdk_sts::Client::from_conf(builder.build());
        let identity =
            sts.get_caller_identity().send().await.map_err(|e| {
                AwsError::new(&account.id, "GetCallerIdentity", format!("account `{}`", account.item), e)
            })?;
        let actual = identity.account().unwrap_or_default();
        if actual == account.id.as_str() {
            return Ok(());
        }
        Err(Error::WrongAccount {
            item: account.item.clone(),
            declared: account.id.clone(),
            actual: actual.to_owned(),
            caller: identity.arn().unwrap_or_default().to_owned(),
        })
    }
}

/// The SDK's defaults, with TLS that needs no C compiler.
fn defaults() -> aws_config::ConfigLoader {
    aws_config::defaults(BehaviorVersion::latest()).http_client(https_client())
}

/// A configuration that was put together by hand may lack what the provider of the role's credentials insists on.
fn complete(config: &SdkConfig) -> SdkConfig {
    let mut builder = config.to_builder();
    if config.time_source().is_none() {
        builder.set_time_source(Some(SharedTimeSource::new(SystemTimeSource::new())));
    }
    if config.sleep_impl().is_none() {
        builder.set_sleep_impl(Some(SharedAsyncSleep::new(TokioSleep::new())));
    }
    if config.http_client().is_none() {
        builder.set_http_client(Some(https_client()));
    }
    if config.behavior_version().is_none() {
        builder.set_behavior_version(Some(BehaviorVersion::latest()));
    }
    builder.build()
}

fn https_client() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new().tls_provider(tls::Provider::Rustls(CryptoMode::Ring)).build_https()
}
