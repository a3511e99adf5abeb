//! JSON files with declarations, and where everything stands in them.
//!
//! [`SourceFile::parse`] reads the output of `get-pipeline`, the input of `create-pipeline` or a bare declaration, and
//! [`SourceFile::locate`] turns the place of a finding into line, column and path.

pub mod chain;

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde_json::Value;

use crate::core::check::files::{self, DeclarationInput, Home};
use crate::core::finding::{Finding, Place, Segment, Severity};
use crate::core::rules;

/// The members of which a declaration, or the document around it, has at least one.
const MEMBERS: [&str; 3] = ["pipeline", "stages", "name"];

/// Why a text is no declaration.
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

/// Where something stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// The bytes of [`SourceFile::text`].
    pub offset: Range<usize>,
    /// Path in the JSON, for example `pipeline.stages[1].actions[0].configuration.Variables`.
    pub path: String,
}

/// A file with the declaration of a pipeline.
#[derive(Debug, Clone)]
pub struct SourceFile {
    name: String,
    text: String,
    value: Value,
    /// Where each line starts.
    lines: Vec<usize>,
    ascii: bool,
    /// Positions, absent where the two parsers disagree.
    root: Option<Node>,
}

impl SourceFile {
    /// Reads a text; the name is for messages.
    pub fn parse(name: impl Into<String>, text: String) -> Result<Self, Unreadable> {
        let name = name.into();
        // A byte order mark is no JSON, but Windows tools write one.
        let text = match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        };
        // First, since it has the limit of nesting.
        let value: Value = match serde_json::from_str(&text) {
            Ok(value) => value,
            Err(error) => return Err(no_json(name, &text, &error)),
        };
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let root = positions(&text);
        let ascii = text.is_ascii();
        let file = Self { name, text, value, lines, ascii, root };
        match file.no_declaration() {
            Some(why) => {
                let start = file.text.len() - file.text.trim_start().len();
                let (line, column) = file.position(start);
                let message = format!("this is no declaration of a pipeline: {why}");
                Err(Unreadable { file: file.name, line, column, message })
            }
            None => Ok(file),
        }
    }

    /// The name that it was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text, without its byte order mark.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The whole value.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The declaration: member `pipeline` of the document, or the whole of a bare one.
    pub fn declaration(&self) -> &Value {
        self.value.get("pipeline").unwrap_or(&self.value)
    }

    /// Where a place of the declaration stands. What the file doesn't have is located at what is around it.
    pub fn locate(&self, place: &Place) -> Location {
        let mut walk = Walk::new(self.root.as_ref());
        let mut steps = place.steps().iter().peekable();
        while let Some(step) = steps.next() {
            match step {
                Segment::Pipeline(_) => {
                    let beside = matches!(steps.peek(), Some(Segment::Key(name)) if self.stands_beside(name));
                    if self.is_document() && !beside {
                        walk.member("pipeline");
                    }
                    walk.title();
                }
                Segment::Stage(index, _) => {
                    walk.member("stages");
                    walk.element(*index);
                    walk.title();
                }
                Segment::Action(index, _) => {
                    walk.member("actions");
                    walk.element(*index);
                    walk.title();
                }
                Segment::Key(name) => walk.member(name),
                Segment::Index(index) => walk.element(*index),
                Segment::Value => walk.whole(),
                // They don't stand in the file of a pipeline.
                Segment::Topology(_) | Segment::Account(_) | Segment::Role(_) => {}
            }
        }
        self.location(walk.mark, walk.path)
    }

    /// Members that stand more than once in one object: the name, and where the second one stands.
    pub fn duplicates(&self) -> impl Iterator<Item = (String, Location)> {
        let mut found = Vec::new();
        if let Some(root) = &self.root {
            self.collect_duplicates(root, "", &mut found);
        }
        found.into_iter()
    }

    /// Line and column of a byte of the text.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|start| *start <= offset);
        let start = self.lines.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let before = self.text.get(start..offset).unwrap_or_default();
        // Counting the characters of one long line for each of many findings would take its time.
        let characters = if self.ascii { before.len() } else { before.chars().count() };
        (line, characters + 1)
    }

    fn is_document(&self) -> bool {
        self.value.get("pipeline").is_some()
    }

    /// True for members of the document around a declaration.
    fn stands_beside(&self, name: &str) -> bool {
        matches!(name, "metadata" | "tags") && self.declaration().get(name).is_none() && self.value.get(name).is_some()
    }

    fn no_declaration(&self) -> Option<String> {
        let kind = match &self.value {
            Value::Object(members) if MEMBERS.iter().any(|name| members.contains_key(*name)) => return None,
            Value::Object(_) => {
                return Some("it has none of the members `pipeline`, `stages` and `name`".to_owned());
            }
            Value::Array(_) => "an array",
            Value::String(_) => "a string",
            Value::Number(_) => "a number",
            Value::Bool(_) => "a boolean",
            Value::Null => "null",
        };
        Some(format!("it is {kind}, not an object"))
    }

    fn location(&self, offset: Range<usize>, path: String) -> Location {
        let (line, column) = self.position(offset.start);
        Location { line, column, offset, path }
    }

    fn collect_duplicates(&self, node: &Node, path: &str, found: &mut Vec<(String, Location)>) {
        match &node.kind {
            Kind::Leaf => {}
            Kind::Array(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    self.collect_duplicates(element, &element_path(path, index), found);
                }
            }
            Kind::Object(members) => {
                let mut times: HashMap<&str, usize> = HashMap::new();
                for member in &members.list {
                    let path = member_path(path, &member.name);
                    let times = times.entry(&member.name).or_default();
                    *times += 1;
                    if *times == 2 {
                        found.push((member.name.clone(), self.location(member.key.clone(), path.clone())));
                    }
                    self.collect_duplicates(&member.value, &path, found);
                }
            }
        }
    }
}

/// A value and its bytes.
#[derive(Debug, Clone)]
struct Node {
    range: Range<usize>,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    Object(Members),
    Array(Vec<Node>),
    Leaf,
}

#[derive(Debug, Clone)]
struct Members {
    list: Vec<Member>,
    /// Where each name stands last, which is what counts.
    by_name: HashMap<String, usize>,
}

#[derive(Debug, Clone)]
struct Member {
    name: String,
    key: Range<usize>,
    value: Node,
}

impl Node {
    fn new(value: &ast::Value<'_>) -> Self {
        let kind = match value {
            ast::Value::Object(object) => {
                let list: Vec<Member> = object.properties.iter().map(Member::new).collect();
                let by_name = list.iter().enumerate().map(|(index, member)| (member.name.clone(), index)).collect();
                Kind::Object(Members { list, by_name })
            }
            ast::Value::Array(array) => Kind::Array(array.elements.iter().map(Node::new).collect()),
            _ => Kind::Leaf,
        };
        Self { range: range(value), kind }
    }

    /// A member; of several with one name, the last counts.
    fn member(&self, name: &str) -> Option<&Member> {
        match &self.kind {
            Kind::Object(members) => members.list.get(*members.by_name.get(name)?),
            Kind::Array(_) | Kind::Leaf => None,
        }
    }

    fn element(&self, index: usize) -> Option<&Node> {
        match &self.kind {
            Kind::Array(elements) => elements.get(index),
            Kind::Object(_) | Kind::Leaf => None,
        }
    }
}

impl Member {
    fn new(property: &ast::ObjectProp<'_>) -> Self {
        Self { name: property.name.as_str().to_owned(), key: range(&property.name), value: Node::new(&property.value) }
    }
}

fn range(ranged: &impl Ranged) -> Range<usize> {
    ranged.start()..ranged.end()
}

/// The way down to a place.
struct Walk<'a> {
    /// What stands here; nothing once the place goes further than the file.
    node: Option<&'a Node>,
    mark: Range<usize>,
    path: String,
}

impl<'a> Walk<'a> {
    fn new(root: Option<&'a Node>) -> Self {
        let mut walk = Self { node: root, mark: 0..0, path: String::new() };
        walk.title();
        walk
    }

    /// To a member, with its key as the mark.
    fn member(&mut self, name: &str) {
        self.path = member_path(&self.path, name);
        let next = self.node.and_then(|node| node.member(name)).map(|member| (member.key.clone(), &member.value));
        self.go(next);
    }

    /// To an element, with the whole of it as the mark.
    fn element(&mut self, index: usize) {
        self.path = element_path(&self.path, index);
        let next = self.node.and_then(|node| node.element(index)).map(|element| (element.range.clone(), element));
        self.go(next);
    }

    /// Marks the name of what stands here, or else where it begins.
    fn title(&mut self) {
        let Some(node) = self.node else { return };
        let begin = node.range.start..node.range.start + 1;
        self.mark = match &node.kind {
            Kind::Object(_) => node.member("name").map_or(begin, |name| name.value.range.clone()),
            Kind::Array(_) => begin,
            Kind::Leaf => node.range.clone(),
        };
    }

    /// Marks the whole of what stands here.
    fn whole(&mut self) {
        if let Some(node) = self.node {
            self.mark = node.range.clone();
        }
    }

    fn go(&mut self, next: Option<(Range<usize>, &'a Node)>) {
        match (self.node, next) {
            (_, Some((mark, node))) => {
                self.mark = mark;
                self.node = Some(node);
            }
            (Some(node), None) => {
                // What stands inside of a text is located at the text, not at its key.
                if matches!(node.kind, Kind::Leaf) {
                    self.mark = node.range.clone();
                }
                self.node = None;
            }
            (None, None) => {}
        }
    }
}

fn member_path(path: &str, name: &str) -> String {
    let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    match (plain, path.is_empty()) {
        (true, true) => name.to_owned(),
        (true, false) => format!("{path}.{name}"),
        (false, _) => format!("{path}[{}]", Value::from(name)),
    }
}

fn element_path(path: &str, index: usize) -> String {
    format!("{path}[{index}]")
}

fn positions(text: &str) -> Option<Node> {
    let strict = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let parsed = parse_to_ast(text, &CollectOptions::default(), &strict).ok()?;
    parsed.value.as_ref().map(Node::new)
}

/// Members of any JSON text that stand in an object that has them already.
pub(crate) fn duplicates(text: &str) -> Vec<Place> {
    let mut found = Vec::new();
    if let Some(root) = positions(text) {
        duplicates_in(&root, &Place::default(), &mut found);
    }
    found
}

fn duplicates_in(node: &Node, place: &Place, found: &mut Vec<Place>) {
    match &node.kind {
        Kind::Leaf => {}
        Kind::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                duplicates_in(element, &place.index(index), found);
            }
        }
        Kind::Object(members) => {
            for (index, member) in members.list.iter().enumerate() {
                let place = place.key(&member.name);
                if members.by_name.get(&member.name) != Some(&index) {
                    found.push(place.clone());
                }
                duplicates_in(&member.value, &place, found);
            }
        }
    }
}

/// Why a text is no JSON.
pub(crate) fn no_json(file: String, text: &str, error: &serde_json::Error) -> Unreadable {
    let said = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    let message = said.strip_suffix(&position).unwrap_or(&said).to_owned();
    // serde_json counts bytes, and 0 for an end of file behind a line break.
    let line = text.split('\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
    let starts = line.bytes().take(error.column()).filter(|byte| (byte & 0b1100_0000) != 0b1000_0000);
    Unreadable { file, line: error.line().max(1), column: starts.count().max(1), message }
}

/// A finding and where it stands.
#[derive(Debug, Clone)]
pub struct Located<'a> {
    /// The file.
    pub source: &'a SourceFile,
    /// Where in the file.
    pub location: Location,
    /// Stable code of the rule.
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// How to fix it.
    pub help: Option<String>,
}

impl Located<'_> {
    /// `file:line:column: error[XA0109]: what is wrong; help: how to fix it`, in one line.
    pub fn in_one_line(&self) -> String {
        let Self { source, location, code, severity, message, help } = self;
        let mut text =
            format!("{}:{}:{}: {severity}[{code}]: {message}", source.name(), location.line, location.column);
        if let Some(help) = help {
            text.push_str("; help: ");
            text.push_str(help);
        }
        text.replace(['\n', '\r'], " ")
    }
}

/// Checks files as one set; the findings are in the order of the files, and in each file from its beginning to its end.
pub fn check<'a>(sources: &'a [SourceFile], home: &Home) -> Vec<Located<'a>> {
    let inputs: Vec<_> =
        sources.iter().map(|source| DeclarationInput { item: item(source), value: source.value() }).collect();
    let mut all = Vec::new();
    for (source, findings) in sources.iter().zip(files::check(&inputs, home)) {
        let found = findings.into_iter().map(|finding| {
            let Finding { code, severity, place, message, help, .. } = finding;
            Located { source, location: source.locate(&place), code, severity, message, help }
        });
        let twice = source.duplicates().map(|(name, location)| Located {
            source,
            location,
            code: rules::XA0004.code,
            severity: rules::XA0004.effect.severity(),
            message: format!("member `{name}` stands here twice; only the last counts"),
            help: None,
        });
        let mut own: Vec<_> = found.chain(twice).collect();
        own.sort_by_key(|located| located.location.offset.start);
        all.extend(own);
    }
    all
}

/// The name of the pipeline, or else of the file.
fn item(source: &SourceFile) -> &str {
    source.declaration().get("name").and_then(Value::as_str).unwrap_or(source.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = r#"{
  "pipeline": {
    "name": "deploy",
    "stages": [
      { "actions": [] },
      {
        "name": "Büild",
        "actions": [
          { "name": "ccc", "configuration": { "Variables": "[{}]", "a.b": [1, "ä"] }, "region": "x" }
        ]
      }
    ]
  },
  "metadata": { "pipelineArn": "arn" }
}"#;

    fn file(text: &str) -> SourceFile {
        SourceFile::parse("x.json", text.to_owned()).unwrap()
    }

    fn refused(text: &str) -> String {
        SourceFile::parse("x.json", text.to_owned()).unwrap_err().to_string()
    }

    /// Line, column, the marked text and the path.
    fn found(text: &str, place: &Place) -> (usize, usize, String, String) {
        let file = file(text);
        let at = file.locate(place);
        (at.line, at.column, file.text()[at.offset].to_owned(), at.path)
    }

    fn expect(place: &Place, line: usize, column: usize, marked: &str, path: &str) {
        assert_eq!(found(DOCUMENT, place), (line, column, marked.to_owned(), path.to_owned()), "{place}");
    }

    fn pipeline() -> Place {
        Place::pipeline("deploy")
    }

    fn action() -> Place {
        pipeline().stage(1, "Büild").action(0, "ccc")
    }

    #[test]
    fn pipelines_stages_and_actions_are_their_names() {
        expect(&pipeline(), 3, 13, "\"deploy\"", "pipeline");
        expect(&pipeline().stage(1, "Büild"), 7, 17, "\"Büild\"", "pipeline.stages[1]");
        expect(&action(), 9, 21, "\"ccc\"", "pipeline.stages[1].actions[0]");
        expect(&pipeline().stage(0, ""), 5, 7, "{", "pipeline.stages[0]");
    }

    #[test]
    fn members_are_their_keys_and_values_are_values() {
        let path = "pipeline.stages[1].actions[0].configuration";
        let configuration = action().key("configuration");
        expect(&configuration, 9, 28, "\"configuration\"", path);
        expect(&configuration.key("Variables").value(), 9, 60, "\"[{}]\"", &format!("{path}.Variables"));
        expect(&configuration.key("a.b").index(1), 9, 79, "\"ä\"", &format!("{path}[\"a.b\"][1]"));
        expect(&configuration.key("a.b").index(0).value(), 9, 76, "1", &format!("{path}[\"a.b\"][0]"));
        // Columns are characters, not bytes.
        expect(&action().key("region").value(), 9, 97, "\"x\"", "pipeline.stages[1].actions[0].region");
    }

    #[test]
    fn what_is_missing_is_located_at_what_is_around_it() {
        let action_path = "pipeline.stages[1].actions[0]";
        expect(&action().key("roleArn").value(), 9, 21, "\"ccc\"", &format!("{action_path}.roleArn"));
        let inside = action().key("configuration").key("Variables").key("val1").value();
        expect(&inside, 9, 60, "\"[{}]\"", &format!("{action_path}.configuration.Variables.val1"));
        let missing = action().key("configuration").key("PipelineName").key("x");
        expect(&missing, 9, 28, "\"configuration\"", &format!("{action_path}.configuration.PipelineName.x"));
        let past = pipeline().stage(7, "Test").action(2, "ddd").key("region");
        expect(&past, 4, 5, "\"stages\"", "pipeline.stages[7].actions[2].region");
    }

    #[test]
    fn metadata_and_tags_may_stand_around_the_declaration() {
        expect(&pipeline().key("metadata"), 14, 3, "\"metadata\"", "metadata");
        expect(&pipeline().key("metadata").key("pipelineArn").value(), 14, 32, "\"arn\"", "metadata.pipelineArn");
        expect(&pipeline().key("tags"), 3, 13, "\"deploy\"", "pipeline.tags");
        let inside = r#"{"pipeline": {"name": "x", "tags": 1}, "tags": 2}"#;
        assert_eq!(found(inside, &pipeline().key("tags").value()), (1, 36, "1".to_owned(), "pipeline.tags".to_owned()));
    }

    #[test]
    fn a_bare_declaration_has_no_prefix() {
        let text = r#"{"stages": [{"name": "S"}], "name": "x"}"#;
        assert_eq!(found(text, &pipeline()), (1, 37, "\"x\"".to_owned(), String::new()));
        assert_eq!(found(text, &pipeline().stage(0, "S")), (1, 22, "\"S\"".to_owned(), "stages[0]".to_owned()));
    }

    #[test]
    fn of_members_with_one_name_the_last_counts() {
        let text = "{\"name\": \"a\",\n \"name\": \"b\", \"stages\": [{\"x\": 1, \"y\": 2, \"x\": 3, \"x\": 4}]}";
        assert_eq!(found(text, &pipeline()).2, "\"b\"");
        let duplicates: Vec<_> =
            file(text).duplicates().map(|(name, at)| format!("{name} {}:{} {}", at.line, at.column, at.path)).collect();
        assert_eq!(duplicates, ["name 2:2 name", "x 2:43 stages[0].x"]);
        assert_eq!(file(DOCUMENT).duplicates().count(), 0);
    }

    #[test]
    fn escapes_in_names_are_resolved() {
        let text = r#"{"n\u0061me": "x", "st\u00e4ges": {"\"": 1}}"#;
        assert_eq!(found(text, &pipeline()).2, "\"x\"");
        let quoted = found(text, &pipeline().key("stäges").key("\""));
        assert_eq!((quoted.2.as_str(), quoted.3.as_str()), (r#""\"""#, r#"["stäges"]["\""]"#));
    }

    #[test]
    fn line_ends_of_windows_and_a_byte_order_mark_are_fine() {
        let text = "\u{feff}{\r\n  \"name\": \"x\"\r\n}";
        assert_eq!(found(text, &pipeline()), (2, 11, "\"x\"".to_owned(), String::new()));
    }

    #[test]
    fn text_that_is_no_json_is_refused_where_it_ends() {
        assert_eq!(refused(""), "x.json:1:1: EOF while parsing a value");
        assert_eq!(refused("{\"name\": \"x\",}"), "x.json:1:14: trailing comma");
        assert_eq!(refused("{\n\"näme\": \"ä\" ?}"), "x.json:2:13: expected `,` or `}`");
        assert_eq!(refused("{\"name\": 'x'}"), "x.json:1:10: expected value");
        assert_eq!(refused("{\"name\": \"x\"} // end"), "x.json:1:15: trailing characters");
        assert_eq!(refused("{\"name\": \"x\",\n"), "x.json:2:1: EOF while parsing a value");
    }

    #[test]
    fn json_that_is_no_declaration_is_refused() {
        let none = "this is no declaration of a pipeline: it has none of the members `pipeline`, `stages` and `name`";
        assert_eq!(refused("\n {\"Resources\": {}}"), format!("x.json:2:2: {none}"));
        assert_eq!(refused("[]"), "x.json:1:1: this is no declaration of a pipeline: it is an array, not an object");
        assert_eq!(refused("null"), "x.json:1:1: this is no declaration of a pipeline: it is null, not an object");
    }

    #[test]
    fn deep_nesting_is_refused_before_it_hurts() {
        let text = format!("{{\"name\": {}", "[".repeat(100_000));
        assert!(refused(&text).ends_with("recursion limit exceeded"));
        let deep = format!("{{\"name\": {}{}}}", "[".repeat(120), "]".repeat(120));
        assert!(file(&deep).root.is_some());
    }

    #[test]
    fn both_parsers_agree_on_strict_json() {
        for value in
            ["0", "-0", "1e5", "-1.5E-3", "true", "null", "\"\\ud83d\\ude00\\/\\b\"", "[ ]", "{ }", "\"\u{7f}\""]
        {
            assert!(file(&format!("\t{{\"name\" :\r\n{value} }}\n")).root.is_some(), "{value}");
        }
    }

    #[test]
    fn without_positions_everything_stands_at_the_beginning() {
        let blind = SourceFile { root: None, ..file(DOCUMENT) };
        let at = blind.locate(&action().key("region"));
        assert_eq!((at.line, at.column, at.offset), (1, 1, 0..0));
        assert_eq!(at.path, "pipeline.stages[1].actions[0].region");
        assert_eq!(blind.duplicates().count(), 0);
    }
}
