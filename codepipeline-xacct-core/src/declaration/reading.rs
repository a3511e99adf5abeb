//! Reading structures of the API from text.

use std::fmt;

use serde_json::de::StrRead;

use crate::json::member::Member;
use crate::json::reader::fitted;

/// A text that is not a pipeline declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclarationError {
    /// Path of the member, for example `pipeline.stages[0].actions[1].runOrder`; empty when the text is not JSON.
    pub path: String,
    /// Line, counted from 1.
    pub line: usize,
    /// Column, counted from 1.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
}

impl DeclarationError {
    fn new(path: String, error: &serde_json::Error) -> Self {
        // serde_json repeats the position at the end of its text.
        let text = error.to_string();
        let message = text.split(" at line ").next().unwrap_or(&text).to_owned();
        // An end of file after a line break has column 0.
        Self { path, line: error.line(), column: error.column().max(1), message }
    }
}

impl fmt::Display for DeclarationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)?;
        if !self.path.is_empty() {
            write!(f, ", at `{}`", self.path)?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for DeclarationError {}

/// Reads any structure of the API from JSON, with the path and the position of what doesn't fit.
pub fn read<T: Member>(text: &str) -> Result<T, DeclarationError> {
    positioned(text, |path, deserializer| fitted(&T::SHAPE, path, deserializer)).map(|value| T::from_fitted(&value))
}

/// Reads a whole text; an error says where.
pub(super) fn positioned<T>(
    text: &str,
    read: impl FnOnce(&mut String, &mut serde_json::Deserializer<StrRead<'_>>) -> Result<T, serde_json::Error>,
) -> Result<T, DeclarationError> {
    let mut path = String::new();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = read(&mut path, &mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    value.map_err(|error| DeclarationError::new(path, &error))
}
