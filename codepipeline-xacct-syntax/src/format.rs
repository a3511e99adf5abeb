//! Formats calls of `pipeline!` in a Rust file. What is outside of them stays as it is; comments and Rust expressions are kept.
//!
//! A group (a body, a map, a list) is written in one line where it was begun in one line and fits; else each of its entries has a
//! line of its own. Blank lines between entries are kept, one at most.

mod layout;
mod source;

use std::fmt;
use std::ops::Range;

use proc_macro2::{Delimiter, Group, LineColumn, TokenStream, TokenTree};

use crate::errors::Errors;
use crate::parse;
use source::Source;

/// A file that was formatted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formatted {
    /// The whole text.
    pub text: String,
    /// Calls that do not parse, and stay as they are.
    pub skipped: Vec<Problem>,
}

/// Why something is not formatted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message.lines().next().unwrap_or_default())
    }
}

impl Problem {
    fn at(place: LineColumn, message: impl Into<String>) -> Self {
        Self { line: place.line, column: place.column + 1, message: message.into() }
    }
}

/// What rustfmt reads of its configuration, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// The most characters of a line that the formatter makes.
    pub max_width: usize,
    /// Tabs for indents.
    pub hard_tabs: bool,
    /// The columns of an indent.
    pub tab_spaces: usize,
}

/// rustfmt's own.
impl Default for Style {
    fn default() -> Self {
        Self { max_width: 100, hard_tabs: false, tab_spaces: 4 }
    }
}

impl Style {
    /// What a line begins with, for an indent in columns.
    fn pad(&self, columns: usize) -> String {
        let tabs = if self.hard_tabs { columns.checked_div(self.tab_spaces).unwrap_or_default() } else { 0 };
        format!("{}{}", "\t".repeat(tabs), " ".repeat(columns - tabs * self.tab_spaces))
    }
}

/// Formats every call of `pipeline!` in a file.
pub fn file(text: &str, style: &Style) -> Result<Formatted, Problem> {
    // Offsets of spans count from behind it.
    let (mark, rest) = match text.strip_prefix('\u{feff}') {
        Some(rest) => ("\u{feff}", rest),
        None => ("", text),
    };
    let stream: TokenStream =
        rest.parse().map_err(|error: proc_macro2::LexError| Problem::at(error.span().start(), "this is no Rust"))?;
    let mut calls = Vec::new();
    find_calls(stream, false, &mut calls);
    let mut formatted = String::from(mark);
    let mut skipped = Vec::new();
    let mut written = 0;
    for call in calls {
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

/// The groups behind `pipeline!`. What a `macro_rules!` writes is a template, and none of ours.
fn find_calls(stream: TokenStream, template: bool, found: &mut Vec<Group>) {
    let (mut before, mut last): (Option<String>, Option<String>) = (None, None);
    let mut rules = false;
    for token in stream {
        let word = token.to_string();
        if let TokenTree::Group(group) = &token {
            let called = last.as_deref() == Some("!") && before.as_deref() == Some("pipeline");
            let of_rules = rules && group.delimiter() != Delimiter::None;
            if called && !template {
                found.push(group.clone());
            } else {
                find_calls(group.stream(), template || of_rules, found);
            }
            rules &= group.delimiter() == Delimiter::None;
        } else if word == "macro_rules" {
            rules = true;
        }
        before = last.replace(if matches!(token, TokenTree::Group(_)) { String::new() } else { word });
    }
}

fn body(text: &str, call: &Group, inside: &Range<usize>, style: &Style) -> Result<String, Problem> {
    let mut errors = Errors::default();
    let file = parse::file(call.stream(), &mut errors);
    if let Some((span, message)) = errors.iter().next() {
        return Err(Problem::at(span.start(), message));
    }
    let source = Source::new(text, call);
    let mut body = layout::body(&source, &file, inside, style);
    if text.get(inside.clone()).is_some_and(|before| before.contains("\r\n")) {
        body = body.replace("\r\n", "\n").replace('\n', "\r\n");
    }
    // Nothing may be lost, whatever this formatter gets wrong.
    let kept = match body.parse::<TokenStream>() {
        Ok(after) => {
            source::words(after) == source::words(call.stream()) && source::comments(&body) == source.comments()
        }
        Err(_) => false,
    };
    if kept {
        Ok(body)
    } else {
        Err(Problem::at(call.span_open().start(), "this call can't be formatted without loss; please report it"))
    }
}
