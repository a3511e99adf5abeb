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
    fn io(file: &str, error: &io::Error) -> Self {
        Self { file: file.to_owned(), position: None, message: format!("this can't be read: {error}") }
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
pub(super) fn text_of(path: &Path, stdin: &mut dyn Read) -> Result<(String, String), InputProblem> {
    let (name, bytes) = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        ("<stdin>".to_owned(), stdin.read_to_end(&mut bytes).map(|_| bytes))
    } else {
        (path.display().to_string(), fs::read(path))
    };
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
