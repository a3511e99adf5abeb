//! The values of arguments.

use std::fs;
use std::path::Path;

use super::exit::Failure;

/// `NAME=VALUE`
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected two parts joined by `=`")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// The text of a file.
pub(super) fn text_of(file: &Path) -> Result<String, Failure> {
    fs::read_to_string(file).map_err(|error| format!("{}: this can't be read: {error}", file.display()).into())
}
