//! Artifact buckets and their keys.

use crate::core::declaration::fixed_values::{ARTIFACT_STORE_TYPE, ENCRYPTION_KEY_TYPE};
use crate::core::declaration::{ArtifactStore, EncryptionKey};

/// An artifact bucket, in the account of the pipeline and in the Region in which it is used. A string is a bucket without a key
/// of its own.
#[derive(Debug, Clone)]
#[must_use]
pub struct Bucket {
    pub(super) store: ArtifactStore,
    /// True if a second key took the place of the first.
    pub(super) key_replaced: bool,
}

impl Bucket {
    /// A bucket by its name.
    pub fn new(name: impl Into<String>) -> Self {
        let store =
            ArtifactStore { r#type: ARTIFACT_STORE_TYPE.to_owned(), location: name.into(), ..Default::default() };
        Self { store, key_replaced: false }
    }

    /// A customer-managed KMS key: its ARN if artifacts cross accounts, else its id, ARN or alias.
    ///
    /// Source: CodePipeline User Guide, `pipelines-create-cross-account`.
    pub fn encryption_key(mut self, key: impl Into<String>) -> Self {
        let key = EncryptionKey { id: key.into(), r#type: ENCRYPTION_KEY_TYPE.to_owned(), ..Default::default() };
        self.key_replaced |= self.store.encryption_key.replace(key).is_some();
        self
    }
}

impl<N: Into<String>> From<N> for Bucket {
    fn from(name: N) -> Self {
        Self::new(name)
    }
}
