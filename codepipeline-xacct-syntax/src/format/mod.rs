//! Formats calls of `pipeline!` in a Rust file. Everything else stays as it is; comments and Rust expressions are kept.
//!
//! A group (a body, a map, a list) is written on one line if it was started on one line and fits; else each of its
//! entries has its own line. Blank lines between entries are kept, one at most.

mod calls;
mod layout;
mod source;
mod style;

use std::fmt;
use std::ops::Range;

use proc_macro2::{Group, LineColumn, TokenStream};

use crate::errors::Errors;
use crate::parse;
use calls::find_calls;
use source::CallSource;

pub use style::Style;

/// A file that was formatted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formatted {
    /// The whole text.
    pub text: String,
    /// Calls that do not parse, and stay as they are.
    pub skipped: Vec<FormatError>,
}

/// Why something is not formatted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormatError {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message.lines().next().unwrap_or_default())
    }
}

impl FormatError {
    fn at(place: LineColumn, message: impl Into<String>) -> Self {
        Self { line: place.line, column: place.column + 1, message: message.into() }
    }
}

/// Forgets the positions of the tokens that this thread has read; their spans become invalid. Spans are 32-bit offsets
/// into everything that a thread has read, so a program that formats many files calls this before each.
pub fn forget_spans() {
    proc_macro2::extra::invalidate_current_thread_spans();
}

/// Formats every call of `pipeline!` in a file.
pub fn file(text: &str, style: &Style) -> Result<Formatted, FormatError> {
    // Offsets of spans start after the byte order mark.
    let (mark, rest) = match text.strip_prefix('\u{feff}') {
        Some(rest) => ("\u{feff}", rest),
        None => ("", text),
    };
    let stream: TokenStream = rest
        .parse()
        .map_err(|error: proc_macro2::LexError| FormatError::at(error.span().start(), "this is not Rust"))?;
    let mut formatted = String::from(mark);
    let mut skipped = Vec::new();
    let mut written = 0;
    for call in find_calls(stream) {
        let inside = call.span_open().byte_range().end..call.span_close().byte_range().start;
        match body(rest, &call, &inside, style) {
            Ok(body) => {
                formatted.push_str(rest.get(written..inside.start).unwrap_or_default());
                formatted.push_str(&body);
                written = inside.end;
            }
            Err(problem) => skipped.push(problem),
        }
    }
    formatted.push_str(rest.get(written..).unwrap_or_default());
    Ok(Formatted { text: formatted, skipped })
}

fn body(text: &str, call: &Group, inside: &Range<usize>, style: &Style) -> Result<String, FormatError> {
    let mut errors = Errors::default();
    let file = parse::file(call.stream(), &mut errors);
    if let Some((span, message)) = errors.iter().next() {
        return Err(FormatError::at(span.start(), message));
    }
    if let Some(span) = errors.left_open() {
        return Err(FormatError::at(span.start(), "this is not a value"));
    }
    let source = CallSource::new(text, call);
    let mut body = layout::body(&source, &file, inside, style);
    if text.get(inside.clone()).is_some_and(|before| before.contains("\r\n")) {
        body = body.replace("\r\n", "\n").replace('\n', "\r\n");
    }
    // Even if this formatter has a bug, nothing may be lost.
    let kept = match body.parse::<TokenStream>() {
        Ok(after) => {
            source::words(after) == source::words(call.stream()) && source::comments(&body) == source.comments()
        }
        Err(_) => false,
    };
    if kept {
        Ok(body)
    } else {
        Err(FormatError::at(call.span_open().start(), "this call can't be formatted without loss; please report it"))
    }
}
