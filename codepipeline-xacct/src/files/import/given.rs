//! What a file has to import.

use serde_json::Value;

use super::roles::{self, GivenRole};
use crate::files::source_file::SourceFile;
use crate::files::unreadable::Unreadable;

/// A file.
#[derive(Debug, Clone)]
pub(crate) enum Given {
    /// The declaration of a pipeline.
    Pipeline(Box<SourceFile>),
    /// Roles, and policies of roles.
    Roles(Vec<GivenRole>),
}

/// Reads a text: output of get-pipeline, get-role, get-role-policy or get-account-authorization-details, input of create-pipeline, a bare
/// declaration, or a chain of roles as `cargo xacct wiring` takes it.
pub(crate) fn read(name: String, text: String) -> Result<Given, Unreadable> {
    let plain = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let roles = serde_json::from_str::<Value>(plain).ok().and_then(|value| roles::read(&value));
    match roles {
        Some(Ok(roles)) => Ok(Given::Roles(roles)),
        Some(Err(message)) => Err(Unreadable { file: name, line: 1, column: 1, message }),
        None => SourceFile::parse(name, text).map(|source| Given::Pipeline(Box::new(source))),
    }
}
