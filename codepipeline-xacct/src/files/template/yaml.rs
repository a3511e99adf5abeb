//! YAML as a tree, with the short forms of CloudFormation's functions as their long ones.

use std::collections::HashMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};

use super::node::{DEPTH, Entry, Node, NodeKind};
use crate::files::unreadable::Unreadable;

/// How many values a document may have, with those that its aliases repeat.
pub(super) const MOST: usize = 2_000_000;

/// Reads one document.
pub(super) fn read(name: &str, text: &str) -> Result<Node, Unreadable> {
    let bytes = Bytes::of(text);
    let mut reader = Reader { text, bytes, stack: Vec::new(), anchors: HashMap::new(), count: 0, root: None };
    let unreadable = |(line, column, message): (usize, usize, String)| Unreadable {
        file: name.to_owned(),
        line: line.max(1),
        column,
        message,
    };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| unreadable(scanned(&error)))?;
        let at = (span.start.line(), span.start.col() + 1);
        reader.event(event, span).map_err(|message| unreadable((at.0, at.1, message)))?;
    }
    reader.root.ok_or_else(|| unreadable((1, 1, "there is nothing in it".to_owned())))
}

fn scanned(error: &ScanError) -> (usize, usize, String) {
    (error.marker().line(), error.marker().col() + 1, format!("this is not YAML: {}", error.info()))
}

/// The bytes of characters: the parser counts characters.
struct Bytes {
    /// Absent where each character is a byte.
    starts: Option<Vec<usize>>,
    len: usize,
}

impl Bytes {
    fn of(text: &str) -> Self {
        let starts = (!text.is_ascii()).then(|| text.char_indices().map(|(at, _)| at).collect());
        Self { starts, len: text.len() }
    }

    fn at(&self, character: usize) -> usize {
        match &self.starts {
            Some(starts) => starts.get(character).copied().unwrap_or(self.len),
            None => character.min(self.len),
        }
    }
}

/// A list or a map that is not at its end yet.
struct Open {
    start: usize,
    anchor: usize,
    function: Option<String>,
    kind: OpenKind,
}

enum OpenKind {
    List(Vec<Node>),
    Map(Vec<Entry>, Option<(String, Range<usize>)>),
}

struct Reader<'t> {
    text: &'t str,
    bytes: Bytes,
    stack: Vec<Open>,
    anchors: HashMap<usize, (Node, (usize, usize))>,
    count: usize,
    root: Option<Node>,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), String> {
        let range = self.range(span);
        match event {
            Event::DocumentStart(_) if self.root.is_some() => Err("a template is one document".to_owned()),
            Event::Scalar(text, style, anchor, tag) => {
                let key = matches!(self.stack.last(), Some(Open { kind: OpenKind::Map(_, None), .. }));
                let kind = match tag.as_deref() {
                    None if style == ScalarStyle::Plain && !key => plain(&text),
                    Some(tag) if tag.is_yaml_core_schema() && tag.suffix != "str" => plain(&text),
                    _ => NodeKind::Text(text.into_owned()),
                };
                let node = called(function(tag.as_deref()), Node { range, kind });
                self.done(node, anchor)
            }
            Event::SequenceStart(anchor, tag) => {
                self.open(range.start, anchor, tag.as_deref(), OpenKind::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                self.open(range.start, anchor, tag.as_deref(), OpenKind::Map(Vec::new(), None))
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(open) = self.stack.pop() else { return Ok(()) };
                let kind = match open.kind {
                    OpenKind::List(elements) => NodeKind::List(elements),
                    OpenKind::Map(entries, _) => NodeKind::Map(merged(entries)),
                };
                let end = range.start.max(open.start);
                let range = self.trimmed(open.start..end);
                self.done(called(open.function, Node { range, kind }), open.anchor)
            }
            Event::Alias(anchor) => {
                let (node, (size, depth)) = self.anchors.get(&anchor).ok_or("there is no such anchor")?;
                self.count += size;
                if self.count > MOST {
                    return Err(too_many());
                }
                if self.stack.len() * 2 + depth > DEPTH {
                    return Err(TOO_DEEP.to_owned());
                }
                let node = node.clone();
                self.done(node, 0)
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {
                Ok(())
            }
        }
    }

    fn open(&mut self, start: usize, anchor: usize, tag: Option<&Tag>, kind: OpenKind) -> Result<(), String> {
        // Its function is a map around it.
        if self.stack.len() * 2 >= DEPTH {
            return Err(TOO_DEEP.to_owned());
        }
        self.stack.push(Open { start, anchor, function: function(tag), kind });
        Ok(())
    }

    fn done(&mut self, node: Node, anchor: usize) -> Result<(), String> {
        self.count += 1;
        if self.count > MOST {
            return Err(too_many());
        }
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), node.extent()));
        }
        match self.stack.last_mut().map(|open| &mut open.kind) {
            None => self.root = Some(node),
            Some(OpenKind::List(elements)) => elements.push(node),
            Some(OpenKind::Map(entries, waiting)) => match waiting.take() {
                Some((name, key)) => entries.push(Entry { name, key, value: node }),
                None => {
                    let name = node.scalar().ok_or("this is not a template: a key has to be a text, and a text that begins with `{` has to be in quotes")?;
                    *waiting = Some((name.to_owned(), node.range));
                }
            },
        }
        Ok(())
    }

    fn range(&self, span: Span) -> Range<usize> {
        let start = self.bytes.at(span.start.index());
        self.trimmed(start..self.bytes.at(span.end.index()).max(start))
    }

    /// Without the blanks at the end.
    fn trimmed(&self, range: Range<usize>) -> Range<usize> {
        let text = self.text.get(range.clone()).unwrap_or_default();
        range.start..range.start + text.trim_end().len()
    }
}

const TOO_DEEP: &str = "this is nested too deeply";

fn too_many() -> String {
    format!("this has more than {MOST} values, with what its aliases repeat")
}

/// The function of a short form: `!Sub` is `Fn::Sub`.
fn function(tag: Option<&Tag>) -> Option<String> {
    let tag = tag.filter(|tag| tag.handle == "!" && !tag.suffix.is_empty())?;
    Some(match tag.suffix.as_str() {
        plain @ ("Ref" | "Condition") => plain.to_owned(),
        name => format!("Fn::{name}"),
    })
}

fn called(function: Option<String>, node: Node) -> Node {
    match function {
        None => node,
        Some(name) => {
            let range = node.range.clone();
            Node { range: range.clone(), kind: NodeKind::Map(vec![Entry { name, key: range, value: node }]) }
        }
    }
}

/// A map with what `<<` takes over; what is written out counts.
fn merged(entries: Vec<Entry>) -> Vec<Entry> {
    if !entries.iter().any(|entry| entry.name == "<<") {
        return entries;
    }
    let (merges, own): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.name == "<<");
    let maps = merges.into_iter().flat_map(|entry| match entry.value.kind {
        NodeKind::List(maps) => maps,
        kind => vec![Node { range: entry.value.range, kind }],
    });
    let mut taken: Vec<Entry> = Vec::new();
    for map in maps {
        if let NodeKind::Map(entries) = map.kind {
            let new: Vec<Entry> = entries
                .into_iter()
                .filter(|entry| !own.iter().chain(&taken).any(|known| known.name == entry.name))
                .collect();
            taken.extend(new);
        }
    }
    taken.into_iter().chain(own).collect()
}

/// A scalar without quotes, as YAML 1.1 reads it, which CloudFormation does.
fn plain(text: &str) -> NodeKind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => NodeKind::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => NodeKind::Bool(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => NodeKind::Bool(false),
        _ => {
            let number = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
            match number && text.parse::<f64>().is_ok() {
                true => NodeKind::Number(text.to_owned()),
                false => NodeKind::Text(text.to_owned()),
            }
        }
    }
}
