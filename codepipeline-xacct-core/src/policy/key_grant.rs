//! Grants of KMS keys.

use serde::{Deserialize, Serialize};

use super::document::Statement;

/// A grant of a key. Source: KMS API Reference, "GrantListEntry".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyGrant {
    /// Who may use the key.
    pub grantee: String,
    /// What for, as `Decrypt`.
    pub operations: Vec<String>,
    /// True if it is limited to some encryption contexts.
    pub is_limited: bool,
}

impl KeyGrant {
    /// The statement of a key policy that lets the grantee do the same. Source: KMS Developer Guide, "Grants in AWS KMS".
    pub fn statement(&self) -> Statement {
        let actions: Vec<String> = self.operations.iter().map(|operation| format!("kms:{operation}")).collect();
        let actions: Vec<&str> = actions.iter().map(String::as_str).collect();
        Statement::allow(&actions, vec!["*".to_owned()]).for_principals("AWS", vec![self.grantee.clone()])
    }
}
