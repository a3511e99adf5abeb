//! Buckets and keys that were put there, with their policies.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::core::ids::{AccountId, split_arn};
use crate::core::policy::evaluate::PolicedResource;
use crate::core::policy::{Document, DocumentKind};

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
    pub(super) policy: Document,
}

impl Resources {
    /// The bucket or the key that an ARN names, if it was put there: of an object, its bucket.
    pub(super) fn find<'a>(&'a self, arn: &'a str) -> Option<PolicedResource<'a>> {
        let parts = split_arn(arn)?;
        let (resource, kind) = match parts.service {
            "s3" => (self.buckets.get(parts.resource.split('/').next()?)?, DocumentKind::Bucket),
            "kms" => (self.keys.get(arn)?, DocumentKind::Key),
            _ => return None,
        };
        Some(PolicedResource { arn, account: &resource.account, kind, policy: &resource.policy, rcps: &[] })
    }
}
