//! Members that can only have one value, and the names of values that the API declares as plain strings.
//!
//! Source: CodePipeline API Reference, `ArtifactStore`, `EncryptionKey`, `BlockerDeclaration`, `PipelineTriggerDeclaration`,
//! `RuleTypeId` and `EnvironmentVariable`.

use super::{Other, RuleTypeId};

/// `type` of an artifact store.
pub const ARTIFACT_STORE_TYPE: &str = "S3";

/// `type` of an encryption key.
pub const ENCRYPTION_KEY_TYPE: &str = "KMS";

/// `type` of a blocker.
pub const BLOCKER_TYPE: &str = "Schedule";

/// `providerType` of a trigger, and the provider of the source actions that have triggers.
pub const TRIGGER_PROVIDER: &str = "CodeStarSourceConnection";

/// `type` of an environment variable whose value is that of a secret.
pub const SECRET_VARIABLE_TYPE: &str = "SECRETS_MANAGER";

impl RuleTypeId {
    /// The type of the rules of a provider.
    pub fn of_provider(provider: &str) -> Self {
        Self {
            category: "Rule".to_owned(),
            owner: Some("AWS".to_owned()),
            provider: provider.to_owned(),
            version: Some("1".to_owned()),
            other: Other::new(),
        }
    }
}
