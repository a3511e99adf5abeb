//! Files and the standard input, read as text.

use std::fmt;
use std::fs;
use std::io::{self, Read};
use std::path::Path;

use crate::files::Unreadable;

/// Why a file can't be checked.
#[derive(Debug)]
pub(super) struct InputProblem {
    pub(super) file: String,
    /// Line and column; `None` if the file can't be opened.
    pub(super) position: Option<(usize, usize)>,
    pub(super) message: String,
}

impl InputProblem {
    pub(super) fn io(file: &str, error: &io::Error) -> Self {
        Self { file: file.to_owned(), position: None, message: format!("this can't be read: {error}") }
    }
}

impl InputProblem {
    /// An option that names no file.
    pub(super) fn of_option((option, message): (String, String)) -> Self {
        Self { file: option, position: None, message }
    }
}

impl From<Unreadable> for InputProblem {
    fn from(unreadable: Unreadable) -> Self {
        let Unreadable { file, line, column, message } = unreadable;
        Self { file, position: Some((line, column)), message }
    }
}

impl fmt::Display for InputProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, position, message } = self;
        match position {
            Some((line, column)) => write!(f, "{file}:{line}:{column}: {message}"),
            None => write!(f, "{file}: {message}"),
        }
    }
}

/// The name of a file for messages, and its text.
pub(super) type NamedText = Result<(String, String), InputProblem>;

/// The text of a file, or of the standard input if the path is `-`.
pub(super) fn text_of(path: &Path, stdin: &mut dyn Read) -> NamedText {
    if is_stdin(path) { text_of_stdin(stdin) } else { text_of_file(path) }
}

pub(super) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

pub(super) fn text_of_stdin(stdin: &mut dyn Read) -> NamedText {
    let mut bytes = Vec::new();
    let read = stdin.read_to_end(&mut bytes).map(|_| bytes);
    text_from("<stdin>".to_owned(), read)
}

pub(super) fn text_of_file(path: &Path) -> NamedText {
    text_from(path.display().to_string(), fs::read(path))
}

fn text_from(name: String, bytes: io::Result<Vec<u8>>) -> NamedText {
    let bytes = bytes.map_err(|error| InputProblem::io(&name, &error))?;
    let text = String::from_utf8(bytes).map_err(|error| no_utf8(&name, error.as_bytes(), error.utf8_error()))?;
    Ok((name, text))
}

fn no_utf8(file: &str, bytes: &[u8], error: std::str::Utf8Error) -> InputProblem {
    let (valid, _) = bytes.split_at_checked(error.valid_up_to()).unwrap_or_default();
    let valid = String::from_utf8_lossy(valid);
    let line = valid.split('\n').count();
    let column = valid.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    // Older PowerShells write UTF-16 for `>`.
    let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let message = if utf16 { "this is UTF-16, not UTF-8" } else { "this is not UTF-8" };
    InputProblem { file: file.to_owned(), position: Some((line, column)), message: message.to_owned() }
}
