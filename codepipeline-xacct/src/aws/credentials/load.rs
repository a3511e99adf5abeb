//! Loads credentials: makes the configuration of the SDK that has them.

use std::fs::File;
use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::OnceLock;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::web_identity_token::{StaticConfiguration, WebIdentityTokenCredentialsProvider};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::{SharedTimeSource, SystemTimeSource};
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use super::source::{AssumedRole, Credentials, Source};
use crate::aws::error::unanswered;
use crate::core::ids::Partition;

/// The name of the sessions of roles, unless another is given.
const SESSION_NAME: &str = "codepipeline-xacct";

/// Asks a person for the code of an MFA device.
pub(crate) type MfaPrompt = Box<dyn Fn(&str) -> io::Result<String> + Send + Sync>;

/// What loading shares: the HTTPS client of accounts without their own, and who is asked for codes.
#[derive(Default)]
pub(crate) struct Loading {
    pub(crate) mfa_code: Option<MfaPrompt>,
    https: OnceLock<SharedHttpClient>,
}

/// Why an account has no credentials.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    #[error("token file `{}` can't be read: {why}", file.display())]
    NoToken { file: PathBuf, why: io::Error },
    #[error("no MFA prompt is configured to ask for the code of device `{0}`")]
    NoPrompt(String),
    #[error("there is no code of MFA device `{device}`: {why}")]
    NoCode { device: String, why: String },
    #[error("MFA device `{device}`: {why}")]
    Refused { device: String, why: String },
}

impl Loading {
    /// With TLS that needs no C compiler; made on first use.
    pub(crate) fn https(&self) -> SharedHttpClient {
        let build = || {
            let provider = tls::Provider::Rustls(CryptoMode::Ring);
            aws_smithy_http_client::Builder::new().tls_provider(provider).build_https()
        };
        self.https.get_or_init(build).clone()
    }

    /// Asks for the code that these credentials need, if they do.
    pub(crate) async fn ask(&self, credentials: &Credentials, partition: &Partition) -> Result<(), LoadError> {
        if credentials.asks_for_code() { self.load(credentials, partition).await.map(drop) } else { Ok(()) }
    }

    /// The configuration that has the credentials. Nothing is asked of AWS yet, except for those of an MFA device.
    pub(crate) fn load<'a>(
        &'a self,
        credentials: &'a Credentials,
        partition: &'a Partition,
    ) -> Pin<Box<dyn Future<Output = Result<SdkConfig, LoadError>> + Send + 'a>> {
        Box::pin(async move {
            let loaded = credentials.loaded.get_or_try_init(|| self.load_source(&credentials.source, partition));
            loaded.await.cloned()
        })
    }

    async fn load_source(&self, source: &Source, partition: &Partition) -> Result<SdkConfig, LoadError> {
        let defaults = || aws_config::defaults(BehaviorVersion::latest()).http_client(self.https());
        let config = match source {
            Source::Environment => defaults().load().await,
            Source::Profile(name) => {
                // For a profile that assumes a role.
                let region = any_region(partition);
                let provider = ProfileFileCredentialsProvider::builder()
                    .configure(&ProviderConfig::default().with_http_client(self.https()).with_region(region))
                    .profile_name(name)
                    .build();
                defaults().profile_name(name).credentials_provider(provider).load().await
            }
            Source::WebIdentity { role, token_file } => {
                // The SDK reads it with the first call, and doesn't say which file it is.
                if let Err(why) = File::open(token_file) {
                    return Err(LoadError::NoToken { file: token_file.clone(), why });
                }
                let provider = WebIdentityTokenCredentialsProvider::builder()
                    .static_configuration(StaticConfiguration {
                        web_identity_token_file: token_file.clone(),
                        role_arn: role.to_string(),
                        session_name: SESSION_NAME.to_owned(),
                    })
                    .configure(
                        &ProviderConfig::default()
                            .with_http_client(self.https())
                            .with_region(any_region(role.partition())),
                    )
                    .build();
                defaults().credentials_provider(provider).load().await
            }
            Source::Role { from, role } => assumed(self.load(from, partition).await?, role).await,
            Source::Mfa { from, device } => self.with_mfa(self.load(from, partition).await?, device).await?,
            Source::Config(config) => config.as_ref().clone(),
        };
        Ok(self.complete(&config, partition))
    }

    /// Only a user with long-term credentials has an MFA device, so that GetSessionToken comes before any role.
    async fn with_mfa(&self, config: SdkConfig, device: &str) -> Result<SdkConfig, LoadError> {
        let Some(mfa_code) = &self.mfa_code else { return Err(LoadError::NoPrompt(device.to_owned())) };
        let no_code = |why: String| LoadError::NoCode { device: device.to_owned(), why };
        let refused = |why: String| LoadError::Refused { device: device.to_owned(), why };
        let code = mfa_code(device).map_err(|error| no_code(error.to_string()))?;
        let code = code.trim();
        if code.is_empty() {
            return Err(no_code("nothing was given".to_owned()));
        }
        let sts = aws_sdk_sts::Client::new(&config);
        let answer = sts.get_session_token().serial_number(device).token_code(code).send().await;
        let answer =
            answer.map_err(|error| match error.as_service_error().and_then(|error| error.meta().message()) {
                Some(message) => refused(message.to_owned()),
                None => refused(unanswered(&error)),
            })?;
        let keys = answer.credentials().ok_or_else(|| refused("STS answered without credentials".to_owned()))?;
        let keys = aws_credential_types::Credentials::new(
            keys.access_key_id(),
            keys.secret_access_key(),
            Some(keys.session_token().to_owned()),
            (*keys.expiration()).try_into().ok(),
            "GetSessionToken",
        );
        Ok(config.to_builder().credentials_provider(SharedCredentialsProvider::new(keys)).build())
    }

    /// A configuration that was put together by hand may lack what the clients require.
    fn complete(&self, config: &SdkConfig, partition: &Partition) -> SdkConfig {
        let mut builder = config.to_builder();
        if config.time_source().is_none() {
            builder.set_time_source(Some(SharedTimeSource::new(SystemTimeSource::new())));
        }
        if config.sleep_impl().is_none() {
            builder.set_sleep_impl(Some(SharedAsyncSleep::new(TokioSleep::new())));
        }
        if config.http_client().is_none() {
            builder.set_http_client(Some(self.https()));
        }
        if config.behavior_version().is_none() {
            builder.set_behavior_version(Some(BehaviorVersion::latest()));
        }
        if config.region().is_none() {
            builder.set_region(any_region(partition));
        }
        builder.build()
    }
}

async fn assumed(base: SdkConfig, role: &AssumedRole) -> SdkConfig {
    let mut builder = aws_config::sts::AssumeRoleProvider::builder(role.role.to_string())
        .session_name(role.session_name.as_deref().unwrap_or(SESSION_NAME));
    if let Some(id) = &role.external_id {
        builder = builder.external_id(id);
    }
    if let Some(duration) = role.duration {
        builder = builder.session_length(duration);
    }
    let provider = builder.configure(&base).build().await;
    base.to_builder().credentials_provider(SharedCredentialsProvider::new(provider)).build()
}

/// A Region of a partition. IAM and STS have one endpoint per partition, which follows from any of its Regions.
fn any_region(partition: &Partition) -> Option<Region> {
    partition.any_region().map(Region::new)
}
