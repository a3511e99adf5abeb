//! Buckets and keys that were put there, with their policies and grants.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::core::ids::{AccountId, split_arn};
use crate::core::policy::{Document, DocumentKind, KeyGrant};

/// What has a policy of its own.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Resources {
    /// By name, which is unique among all accounts.
    pub(super) buckets: BTreeMap<String, Resource>,
    /// By ARN.
    pub(super) keys: BTreeMap<String, Resource>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Resource {
    pub(super) account: AccountId,
    /// With role ARNs replaced by the ids of the roles.
    pub(super) policy: Document,
    /// Of a key.
    #[serde(default)]
    pub(super) grants: Vec<KeyGrant>,
}

impl Resources {
    /// The bucket or the key that an ARN names, if it was put there, with the kind of its policy: of an object, its bucket.
    pub(super) fn find(&self, arn: &str) -> Option<(&Resource, DocumentKind)> {
        let parts = split_arn(arn)?;
        match parts.service {
            "s3" => Some((self.buckets.get(parts.resource.split('/').next()?)?, DocumentKind::Bucket)),
            "kms" => Some((self.keys.get(arn)?, DocumentKind::Key)),
            _ => None,
        }
    }
}
