//! Formats calls of `pipeline!` in a Rust file. What is outside of them stays as it is; comments and Rust expressions are kept.
//!
//! A group (a body, a map, a list) is written in one line where it was begun in one line and fits; else each of its entries has a
//! line of its own. Blank lines between entries are kept, one at most.

mod layout;
mod source;

use std::fmt;
use std::ops::Range;

use proc_macro2::{Delimiter, Group, LineColumn, TokenStream, TokenTree, token_stream};

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

/// Forgets where tokens stood that were read in this thread before, whose spans become invalid. Spans count in 32 bits what a
/// thread has read: a program that formats many files calls this before each.
pub fn forget_spans() {
    proc_macro2::extra::invalidate_current_thread_spans();
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

/// The groups behind `pipeline!`. What a `macro_rules!` writes is a template, and none of ours.
fn find_calls(stream: TokenStream) -> Vec<Group> {
    /// A group that is being read; a file may nest them deeper than functions may call themselves.
    struct Open {
        rest: token_stream::IntoIter,
        template: bool,
        /// The words before.
        words: [String; 2],
        /// Behind `macro_rules`.
        rules: bool,
    }
    let open = |stream: TokenStream, template| Open {
        rest: stream.into_iter(),
        template,
        words: Default::default(),
        rules: false,
    };
    let mut found = Vec::new();
    let mut groups = vec![open(stream, false)];
    while let Some(top) = groups.last_mut() {
        let word = match top.rest.next() {
            None => {
                groups.pop();
                continue;
            }
            Some(TokenTree::Group(group)) => {
                let call = top.words == ["pipeline", "!"] && !top.template;
                let template = top.template || top.rules && group.delimiter() != Delimiter::None;
                top.rules &= group.delimiter() == Delimiter::None;
                top.words = Default::default();
                if call {
                    found.push(group);
                } else {
                    groups.push(open(group.stream(), template));
                }
                continue;
            }
            Some(TokenTree::Ident(ident)) => ident.to_string(),
            Some(TokenTree::Punct(punct)) => punct.to_string(),
            Some(TokenTree::Literal(_)) => String::new(),
        };
        top.rules |= word == "macro_rules";
        let [_, last] = std::mem::take(&mut top.words);
        top.words = [last, word];
    }
    found
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
