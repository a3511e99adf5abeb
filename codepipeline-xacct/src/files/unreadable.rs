//! Why a text can't be read.

use std::fmt;

/// Why a text is not a declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Name of the file.
    pub file: String,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)
    }
}

impl std::error::Error for Unreadable {}

/// Why a text is not JSON.
pub(crate) fn no_json(file: String, text: &str, error: &serde_json::Error) -> Unreadable {
    let said = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    let message = said.strip_suffix(&position).unwrap_or(&said).to_owned();
    // serde_json counts bytes, and the column of an end of file after a line break is 0.
    let line = text.split('\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
    let starts = line.bytes().take(error.column()).filter(|byte| (byte & 0b1100_0000) != 0b1000_0000);
    Unreadable { file, line: error.line().max(1), column: starts.count().max(1), message }
}
