//! Managed policies and their versions.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::core::policy::Document;

/// A managed policy, of an account or of AWS.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StoredPolicy {
    pub(super) arn: String,
    pub(super) name: String,
    pub(super) path: String,
    /// `ANPA…`.
    pub(super) id: String,
    pub(super) description: Option<String>,
    pub(super) tags: IndexMap<String, String>,
    pub(super) created: i64,
    pub(super) updated: i64,
    /// From the oldest.
    pub(super) versions: Vec<PolicyVersion>,
    /// The number of the version that counts.
    pub(super) default: u64,
    /// The highest number that a version had. Numbers are not used twice.
    pub(super) latest: u64,
}

/// A version of a managed policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PolicyVersion {
    pub(super) number: u64,
    pub(super) document: String,
    pub(super) created: i64,
}

impl PolicyVersion {
    /// `v1`.
    pub(super) fn id(&self) -> String {
        format!("v{}", self.number)
    }
}

impl StoredPolicy {
    /// The default version, which is the one that counts.
    pub(super) fn document(&self) -> Option<Document> {
        let version = self.versions.iter().find(|version| version.number == self.default)?;
        Document::from_json(&version.document).ok()
    }

    /// Adds a version.
    pub(super) fn add(&mut self, document: String, created: i64, default: bool) -> PolicyVersion {
        self.latest += 1;
        let version = PolicyVersion { number: self.latest, document, created };
        self.versions.push(version.clone());
        if default {
            self.default = version.number;
            self.updated = created;
        }
        version
    }
}
