//! What files have to import.

use serde_json::Value;

use super::roles::{self, GivenRole};
use crate::files::source_file::SourceFile;
use crate::files::unreadable::Unreadable;

/// What was read, as one set.
#[derive(Debug, Default)]
pub(crate) struct Given {
    /// Declarations of pipelines.
    pub(crate) pipelines: Vec<SourceFile>,
    /// Roles, and policies of roles.
    pub(super) roles: Vec<GivenRole>,
}

impl Given {
    /// Adds a text: output of get-pipeline, get-role, get-role-policy or get-account-authorization-details, input of create-pipeline, a
    /// bare declaration, or a chain of roles as `cargo xacct wiring` takes it.
    pub(crate) fn add(&mut self, name: String, text: String) -> Result<(), Unreadable> {
        let plain = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let roles = serde_json::from_str::<Value>(plain).ok().and_then(|value| roles::read(&value));
        match roles {
            Some(Ok(roles)) => self.roles.extend(roles),
            Some(Err(message)) => return Err(Unreadable { file: name, line: 1, column: 1, message }),
            None => self.pipelines.push(SourceFile::parse(name, text)?),
        }
        Ok(())
    }
}
