//! Sessions of roles.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::core::policy::Document;

/// What a session of a role has beyond its role and name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct RoleSession {
    /// The unique id of the role: a role that is recreated with the same name is a different one.
    pub(super) role_id: String,
    /// Session policies; `None` where none are passed.
    pub(super) policies: Option<Vec<Document>>,
    pub(super) tags: IndexMap<String, String>,
    /// The keys of the tags that a session made with this one inherits.
    pub(super) transitive: Vec<String>,
    pub(super) source_identity: Option<String>,
    /// In milliseconds since 1970.
    pub(super) expires: i64,
}
