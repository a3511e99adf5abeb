//! Where the credentials of an account come from.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use tokio::sync::OnceCell;

use crate::core::ids::RoleArn;

/// Where the credentials of an account come from.
///
/// ```
/// # use codepipeline_xacct::aws::{AssumedRole, Credentials};
/// let ana = Credentials::profile("tooling").mfa("arn:aws:iam::111111111111:mfa/ana");
/// let role = AssumedRole::new("arn:aws:iam::222222222222:role/deployer".parse()?).external_id("release");
/// let prod = ana.clone().assume(role);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Clones share what is loaded: here, `ana` and `prod` ask for one code of the MFA device.
#[derive(Clone)]
#[must_use = "nothing is reached without a session that has them"]
pub struct Credentials {
    pub(super) source: Source,
    pub(super) loaded: Arc<OnceCell<SdkConfig>>,
}

#[derive(Clone)]
pub(super) enum Source {
    Environment,
    Profile(String),
    WebIdentity { role: RoleArn, token_file: PathBuf },
    Role { from: Box<Credentials>, role: AssumedRole },
    Mfa { from: Box<Credentials>, device: String },
    Config(Box<SdkConfig>),
}

impl Credentials {
    fn new(source: Source) -> Self {
        Self { source, loaded: Arc::default() }
    }

    /// The default chain of the SDK: environment variables, the default profile, the role of the machine or the container.
    pub fn environment() -> Self {
        Self::new(Source::Environment)
    }

    /// A profile of the AWS configuration files. Credentials in the environment, which belong to a single account, don't override it.
    pub fn profile(name: impl Into<String>) -> Self {
        Self::new(Source::Profile(name.into()))
    }

    /// A role that is assumed with the token of an OpenID Connect provider, as a CI service or Kubernetes puts it into a file.
    pub fn web_identity(role: RoleArn, token_file: impl Into<PathBuf>) -> Self {
        Self::new(Source::WebIdentity { role, token_file: token_file.into() })
    }

    /// A role that these credentials assume. Chains of roles are made by calling this again.
    pub fn assume(self, role: impl Into<AssumedRole>) -> Self {
        Self::new(Source::Role { from: Box::new(self), role: role.into() })
    }

    /// The same user, signed in with an MFA device: its ARN, or its serial number. The code is asked for when the session
    /// connects, by [`SessionBuilder::mfa_code`](super::super::SessionBuilder::mfa_code); after `sts:GetSessionToken`
    /// these credentials last for twelve hours, those of a root user for one.
    pub fn mfa(self, device: impl Into<String>) -> Self {
        Self::new(Source::Mfa { from: Box::new(self), device: device.into() })
    }

    /// The profile whose credentials these are, where nothing is assumed with them.
    pub(in crate::aws) fn profile_name(&self) -> Option<&str> {
        match &self.source {
            Source::Profile(name) => Some(name),
            _ => None,
        }
    }

    /// Whether a person has to be asked for a code first.
    pub(super) fn asks_for_code(&self) -> bool {
        match &self.source {
            Source::Mfa { .. } => true,
            Source::Role { from, .. } => from.asks_for_code(),
            Source::Environment | Source::Profile(_) | Source::WebIdentity { .. } | Source::Config(_) => false,
        }
    }
}

/// Without what is loaded, and without the configuration of the SDK: a provider in it may show what it holds.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Source::Environment => f.write_str("Environment"),
            Source::Profile(name) => f.debug_tuple("Profile").field(name).finish(),
            Source::WebIdentity { role, token_file } => {
                f.debug_struct("WebIdentity").field("role", role).field("token_file", token_file).finish()
            }
            Source::Role { from, role } => f.debug_struct("Role").field("from", from).field("role", role).finish(),
            Source::Mfa { from, device } => f.debug_struct("Mfa").field("from", from).field("device", device).finish(),
            Source::Config(_) => f.write_str("Config"),
        }
    }
}

/// Any configuration of the SDK.
impl From<SdkConfig> for Credentials {
    fn from(config: SdkConfig) -> Self {
        Self::new(Source::Config(Box::new(config)))
    }
}

/// A role to assume, and what is passed when it is assumed.
#[derive(Clone)]
#[must_use = "a role is assumed by credentials"]
pub struct AssumedRole {
    pub(super) role: RoleArn,
    pub(super) external_id: Option<String>,
    pub(super) session_name: Option<String>,
    pub(super) duration: Option<Duration>,
}

impl AssumedRole {
    /// A role to assume.
    pub fn new(role: RoleArn) -> Self {
        Self { role, external_id: None, session_name: None, duration: None }
    }

    /// The external id that the trust policy of the role asks for.
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.external_id = Some(id.into());
        self
    }

    /// The name of the session, as CloudTrail shows it; `codepipeline-xacct` by default.
    pub fn session_name(mut self, name: impl Into<String>) -> Self {
        self.session_name = Some(name.into());
        self
    }

    /// How long the credentials last: from 15 minutes to the maximum of the role, and at most an hour if another role assumes it.
    pub fn duration(mut self, duration: Duration) -> Self {
        self.duration = Some(duration);
        self
    }
}

impl From<RoleArn> for AssumedRole {
    fn from(role: RoleArn) -> Self {
        Self::new(role)
    }
}

/// Without the external id, which not everybody should know.
impl fmt::Debug for AssumedRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { role, session_name, duration, .. } = self;
        f.debug_struct("AssumedRole")
            .field("role", role)
            .field("session_name", session_name)
            .field("duration", duration)
            .finish_non_exhaustive()
    }
}
