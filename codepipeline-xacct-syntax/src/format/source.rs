//! The text of a call: where each token is, and the comments between them.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};

/// A comment that is not documentation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Comment {
    pub(super) start: usize,
    pub(super) text: String,
    /// True where it follows something on its line.
    pub(super) trailing: bool,
}

/// A call in its file.
pub(super) struct CallSource<'a> {
    pub(super) text: &'a str,
    /// Start and end of the tokens; a group is its delimiters.
    tokens: BTreeMap<usize, usize>,
    /// The closing delimiter of each opening one.
    closing: BTreeMap<usize, usize>,
    comments: Vec<Comment>,
}

impl<'a> CallSource<'a> {
    pub(super) fn new(text: &'a str, call: &Group) -> Self {
        let mut source = Self { text, tokens: BTreeMap::new(), closing: BTreeMap::new(), comments: Vec::new() };
        source.read(call);
        let ends: Vec<(usize, usize)> = source.tokens.iter().map(|(start, end)| (*start, *end)).collect();
        for pair in ends.windows(2) {
            if let [(_, end), (start, _)] = pair {
                let gap = text.get(*end..*start).unwrap_or_default();
                source.comments.extend(
                    comments_in(gap).into_iter().map(|comment| Comment { start: end + comment.start, ..comment }),
                );
            }
        }
        source
    }

    fn read(&mut self, group: &Group) {
        let (open, close) = (group.span_open().byte_range(), group.span_close().byte_range());
        self.closing.insert(open.start, close.start);
        self.tokens.insert(open.start, open.end);
        self.tokens.insert(close.start, close.end);
        for token in group.stream() {
            match token {
                // Only macros make groups without delimiters; a file has none.
                TokenTree::Group(inner) if inner.delimiter() != Delimiter::None => {
                    // A doc comment is an attribute whose tokens all are the comment.
                    let first = inner.stream().into_iter().next().map(|token| token.span().byte_range());
                    if first != Some(inner.span().byte_range()) {
                        self.read(&inner);
                    }
                }
                token => {
                    let range = token.span().byte_range();
                    self.tokens.insert(range.start, range.end);
                }
            }
        }
    }

    /// The comments, in order, regardless of line endings.
    pub(super) fn comments(&self) -> Vec<String> {
        self.comments.iter().map(|comment| comment.text.replace("\r\n", "\n")).collect()
    }

    /// The comments between two places.
    pub(super) fn comments_within(&self, from: usize, to: usize) -> &[Comment] {
        let first = self.comments.partition_point(|comment| comment.start < from);
        let last = self.comments.partition_point(|comment| comment.start < to);
        self.comments.get(first..last.max(first)).unwrap_or_default()
    }

    /// Where a token begins.
    pub(super) fn start(&self, span: Span) -> usize {
        span.byte_range().start
    }

    /// The text of a token.
    pub(super) fn token(&self, span: Span) -> &'a str {
        self.text.get(span.byte_range()).unwrap_or_default()
    }

    /// Where the group that begins at a place ends: its closing delimiter.
    pub(super) fn close(&self, open: usize) -> usize {
        self.closing.get(&open).copied().unwrap_or(open)
    }

    /// Where the token after a place begins.
    pub(super) fn next(&self, from: usize) -> usize {
        self.tokens.range(from..).next().map_or(self.text.len(), |(start, _)| *start)
    }

    /// Where the token before a place begins.
    pub(super) fn previous(&self, before: usize) -> usize {
        self.tokens.range(..before).next_back().map_or(0, |(start, _)| *start)
    }

    /// True where a line ends right after an opening delimiter.
    pub(super) fn breaks_behind(&self, open: usize) -> bool {
        let behind = self.text.get(open + 1..).unwrap_or_default();
        let blank = behind.len() - behind.trim_start_matches([' ', '\t', '\r']).len();
        behind.get(blank..).is_some_and(|rest| rest.starts_with('\n'))
    }

    /// True where there is a blank line before a place.
    pub(super) fn blank_before(&self, place: usize) -> bool {
        let before = self.text.get(..place).unwrap_or_default();
        let gap = before.get(before.trim_end().len()..).unwrap_or_default();
        gap.matches('\n').count() > 1
    }
}

/// The comments in a gap between two tokens, with places in it.
fn comments_in(gap: &str) -> Vec<Comment> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(offset) = gap.get(at..).and_then(|rest| rest.find('/')) {
        let start = at + offset;
        let rest = gap.get(start..).unwrap_or_default();
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_length(rest)
        } else {
            at = start + 1;
            continue;
        };
        let text = rest.get(..length).unwrap_or_default().trim_end().to_owned();
        let line = gap.get(..start).unwrap_or_default();
        found.push(Comment { start, text, trailing: !line.contains('\n') });
        at = start + length;
    }
    found
}

/// Block comments nest.
fn block_length(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth = depth.saturating_sub(1);
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The comments of a text, with those in its Rust expressions.
pub(super) fn comments(text: &str) -> Vec<String> {
    let wrapped = format!("{{{text}}}");
    let Ok(stream) = wrapped.parse::<TokenStream>() else { return Vec::new() };
    match stream.into_iter().next() {
        Some(TokenTree::Group(group)) => CallSource::new(&wrapped, &group).comments(),
        _ => Vec::new(),
    }
}

/// The tokens of a call, without the commas that may be left out, regardless of line endings.
pub(super) fn words(stream: TokenStream) -> Vec<String> {
    let mut words = Vec::new();
    for token in stream {
        match token {
            TokenTree::Group(group) => {
                words.push(format!("{:?}", group.delimiter()));
                words.extend(self::words(group.stream()));
                words.push("end".to_owned());
            }
            TokenTree::Punct(punct) if punct.as_char() == ',' => {}
            token => words.push(token.to_string().replace("\r\n", "\n")),
        }
    }
    words
}
