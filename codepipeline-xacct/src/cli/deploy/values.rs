//! The values of arguments.

use crate::core::topology::Subject;

/// `NAME=VALUE`
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected two parts joined by `=`")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// An ARN.
pub(super) fn subject(text: &str) -> Result<Subject, String> {
    if let Ok(role) = text.parse() {
        return Ok(Subject::Role(role));
    }
    text.parse().map(Subject::Pipeline).map_err(|_| "expected the ARN of a role or a pipeline".to_owned())
}
