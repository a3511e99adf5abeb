//! Members that can only have one value, and the names of values that the API declares as plain strings.
//!
//! Source: CodePipeline API Reference, `ArtifactStore`, `EncryptionKey`, `BlockerDeclaration`, `PipelineTriggerDeclaration`,
//! `RuleTypeId` and `EnvironmentVariable`.

use super::defaults::ENVIRONMENT_VARIABLE_TYPE;
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

/// `type` of the environment variables that CodePipeline runs commands with.
pub const VARIABLE_TYPES: [&str; 2] = [ENVIRONMENT_VARIABLE_TYPE, SECRET_VARIABLE_TYPE];

/// `type` in the environment variables of a CodeBuild action. Source: CodePipeline User Guide, "CodeBuild action reference".
pub const BUILD_VARIABLE_TYPES: [&str; 3] = [ENVIRONMENT_VARIABLE_TYPE, "PARAMETER_STORE", SECRET_VARIABLE_TYPE];

/// Results of the conditions before the entry of a stage. Source: CodePipeline User Guide, "Configure conditions for a stage".
pub const BEFORE_ENTRY_RESULTS: &[&str] = &["FAIL", "SKIP"];

/// Results of the conditions on the success of a stage. Source: as above.
pub const ON_SUCCESS_RESULTS: &[&str] = &["ROLLBACK", "FAIL"];

/// Results of the conditions on the failure of a stage. On RETRY, when the stage failed, sources differ. Source: as above.
pub const ON_FAILURE_RESULTS: &[&str] = &["ROLLBACK"];

/// What happens when a stage fails without conditions. Source: CodePipeline API Reference, `FailureConditions`.
pub const FAILURE_RESULTS: &[&str] = &["ROLLBACK", "RETRY"];

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
