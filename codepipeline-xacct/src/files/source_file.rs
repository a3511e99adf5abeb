//! A file with a declaration, and where everything is in it.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use super::json_tree::{JsonKind, JsonNode, positions};
#[cfg(feature = "cli")]
use super::spelling::Spelling;
use super::unreadable::{Unreadable, no_json};
use super::walk::{Walk, element_path};
use crate::core::check::files::Home;
use crate::core::check::unknown::NotKnown;
use crate::core::finding::{Place, Segment};
use crate::core::member_path::member_path;

/// A declaration, or the document around it, has at least one of these members.
const MEMBERS: [&str; 3] = ["pipeline", "stages", "name"];

/// A place in a file.
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
    text: Arc<str>,
    value: OnceLock<Value>,
    /// Where each line starts, worked out for the first position.
    lines: Arc<OnceLock<Lines>>,
    /// Positions, worked out for the first finding; absent where the two parsers disagree.
    root: OnceLock<Option<JsonNode>>,
    /// Whether a member appears twice in its object.
    repeated: bool,
    /// Of a declaration that a template has.
    part: Option<Part>,
}

/// A declaration as a part of a template.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// What the template calls the pipeline.
    pub(super) id: String,
    /// How it names members.
    #[cfg(feature = "cli")]
    pub(super) spelling: Spelling,
    /// The path to its members.
    pub(super) path: String,
    /// What isn't known of it.
    pub(super) not_known: NotKnown,
    /// Where it is, if that is known.
    pub(super) home: Home,
    /// The condition under which it is made.
    pub(super) condition: Option<String>,
    /// Whether conditions have no say in its name.
    pub(super) one_name: bool,
    /// Whether it is there already, as in a state of Terraform.
    pub(super) exists: bool,
    /// Its tags, as `create-pipeline` takes them.
    #[cfg(feature = "cli")]
    pub(super) tags: Option<Value>,
    /// What the template says about it that no declaration has, and where.
    #[cfg(feature = "cli")]
    pub(super) beside: Vec<(&'static str, Range<usize>)>,
}

#[derive(Debug, Clone)]
struct Lines {
    starts: Vec<usize>,
    /// Whether each character of the text is a byte.
    ascii: bool,
}

impl Lines {
    fn of(text: &str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { starts, ascii: text.is_ascii() }
    }
}

impl SourceFile {
    /// Reads a text; the name is for messages.
    pub fn parse(name: impl Into<String>, text: String) -> Result<Self, Unreadable> {
        let name = name.into();
        // A byte order mark is not JSON, but Windows tools write one.
        let text = match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        };
        // First, since this parser limits the depth.
        let value: Value = match serde_json::from_str(&text) {
            Ok(value) => value,
            Err(error) => return Err(no_json(name, &text, &error)),
        };
        // Each member has its colon, but a value keeps only the last one with each name.
        let repeated = colons(&text) > members(&value);
        let no_declaration = no_declaration(&value);
        let (value, root) = (OnceLock::from(value), OnceLock::new());
        let file = Self { name, text: text.into(), value, lines: Arc::default(), root, repeated, part: None };
        match no_declaration {
            Some(why) => {
                let start = file.text.len() - file.text.trim_start().len();
                let (line, column) = file.position(start);
                let message = format!("this is not the declaration of a pipeline: {why}");
                Err(Unreadable { file: file.name, line, column, message })
            }
            None => Ok(file),
        }
    }

    /// The name that it was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of the file, with the address of the resource that is a part of it, if the file is not a text that people write.
    pub(crate) fn title(&self) -> String {
        match self.part.as_ref().filter(|part| part.path == part.id) {
            Some(part) => format!("{} ({})", self.name, part.id),
            None => self.name.clone(),
        }
    }

    /// `file:line:column` of a place of the declaration.
    pub(crate) fn at_place(&self, place: &Place) -> String {
        self.at(self.locate(place).offset.start)
    }

    /// The same of a byte of the text.
    pub(crate) fn at(&self, offset: usize) -> String {
        let (line, column) = self.position(offset);
        format!("{}:{line}:{column}", self.title())
    }

    /// The text, without its byte order mark.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The whole value.
    pub fn value(&self) -> &Value {
        // The text was read once already.
        self.value.get_or_init(|| serde_json::from_str(&self.text).unwrap_or_default())
    }

    /// A text without a declaration of its own.
    #[cfg(feature = "cli")]
    pub(super) fn of_text(name: &str, text: &str) -> Self {
        let (value, root) = (OnceLock::from(Value::Null), OnceLock::from(None));
        Self {
            name: name.to_owned(),
            text: text.into(),
            value,
            lines: Arc::default(),
            root,
            repeated: false,
            part: None,
        }
    }

    /// A declaration that is a part of this text: its value, and where that is.
    #[cfg(feature = "cli")]
    pub(super) fn part(&self, part: Part, value: Value, tree: JsonNode) -> Self {
        let (value, root) = (OnceLock::from(value), OnceLock::from(Some(tree)));
        Self { value, root, part: Some(part), ..self.clone() }
    }

    /// Whether something of the declaration begins at a byte.
    #[cfg(feature = "cli")]
    pub(super) fn has(&self, offset: usize) -> bool {
        self.root().is_some_and(|root| root.begins_at(offset))
    }

    /// Of a declaration that a template has.
    pub(super) fn in_template(&self) -> Option<&Part> {
        self.part.as_ref()
    }

    /// Forgets the value, which takes many times the room of its text, until it is asked for again.
    #[cfg(feature = "cli")]
    pub(crate) fn forget_value(&mut self) {
        if self.part.is_none() {
            self.value = OnceLock::new();
        }
    }

    /// The declaration: member `pipeline` of the document, or the whole of a bare one.
    pub fn declaration(&self) -> &Value {
        self.value().get("pipeline").unwrap_or(self.value())
    }

    /// Where a place of the declaration is in the file. A place that the file doesn't have is located at the value around it.
    pub fn locate(&self, place: &Place) -> Location {
        let path = self.part.as_ref().map_or("", |part| &part.path);
        let mut walk = Walk::new(self.root(), path);
        let mut steps = place.steps().iter().peekable();
        while let Some(step) = steps.next() {
            match step {
                Segment::Pipeline(_) => {
                    let beside = matches!(steps.peek(), Some(Segment::Key(name)) if self.is_beside(name));
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
                // The file of a pipeline has none of these.
                Segment::Topology(_) | Segment::Account(_) | Segment::Role(_) => {}
            }
        }
        self.location(walk.mark, walk.path)
    }

    /// Members that appear more than once in one object: the name, and the place of the second one.
    pub fn duplicates(&self) -> impl Iterator<Item = (String, Location)> {
        let mut found = Vec::new();
        if self.repeated
            && let Some(root) = self.root()
        {
            self.collect_duplicates(root, "", &mut found);
        }
        found.into_iter()
    }

    /// Line and column of a byte of the text.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let Lines { starts, ascii } = self.lines.get_or_init(|| Lines::of(&self.text));
        let line = starts.partition_point(|start| *start <= offset);
        let start = starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let before = self.text.get(start..offset).unwrap_or_default();
        // Counting the characters of a long line for each of many findings would be slow.
        let characters = if *ascii { before.len() } else { before.chars().count() };
        (line, characters + 1)
    }

    fn root(&self) -> Option<&JsonNode> {
        self.root.get_or_init(|| positions(&self.text)).as_ref()
    }

    fn is_document(&self) -> bool {
        self.value().get("pipeline").is_some()
    }

    /// True for members of the document around a declaration.
    fn is_beside(&self, name: &str) -> bool {
        matches!(name, "metadata" | "tags")
            && self.declaration().get(name).is_none()
            && self.value().get(name).is_some()
    }

    /// A place by its bytes.
    pub(super) fn location(&self, offset: Range<usize>, path: String) -> Location {
        let (line, column) = self.position(offset.start);
        Location { line, column, offset, path }
    }

    fn collect_duplicates(&self, node: &JsonNode, path: &str, found: &mut Vec<(String, Location)>) {
        match &node.kind {
            JsonKind::Leaf => {}
            JsonKind::Array(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    self.collect_duplicates(element, &element_path(path, index), found);
                }
            }
            JsonKind::Object(members) => {
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

/// Why a value is not a declaration.
fn no_declaration(value: &Value) -> Option<String> {
    let kind = match value {
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

/// The colons of a JSON text that are not in strings.
fn colons(text: &str) -> usize {
    let mut count = 0;
    let (mut in_string, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => in_string = !in_string,
            b':' if !in_string => count += 1,
            _ => {}
        }
    }
    count
}

/// The members of all objects in a value.
fn members(value: &Value) -> usize {
    match value {
        Value::Object(object) => object.len() + object.values().map(members).sum::<usize>(),
        Value::Array(list) => list.iter().map(members).sum(),
        _ => 0,
    }
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
        let none =
            "this is not the declaration of a pipeline: it has none of the members `pipeline`, `stages` and `name`";
        assert_eq!(refused("\n {\"Resources\": {}}"), format!("x.json:2:2: {none}"));
        assert_eq!(
            refused("[]"),
            "x.json:1:1: this is not the declaration of a pipeline: it is an array, not an object"
        );
        assert_eq!(refused("null"), "x.json:1:1: this is not the declaration of a pipeline: it is null, not an object");
    }

    #[test]
    fn deep_nesting_is_refused_before_it_hurts() {
        let text = format!("{{\"name\": {}", "[".repeat(100_000));
        assert!(refused(&text).ends_with("recursion limit exceeded"));
        let deep = format!("{{\"name\": {}{}}}", "[".repeat(120), "]".repeat(120));
        assert!(file(&deep).root().is_some());
    }

    #[cfg(feature = "cli")]
    #[test]
    fn a_forgotten_value_is_read_again() {
        let kept = file(DOCUMENT);
        let mut forgotten = kept.clone();
        forgotten.forget_value();
        assert_eq!(forgotten.locate(&action()), kept.locate(&action()));
        assert_eq!(forgotten.value(), kept.value());
    }

    #[test]
    fn both_parsers_agree_on_strict_json() {
        for value in
            ["0", "-0", "1e5", "-1.5E-3", "true", "null", "\"\\ud83d\\ude00\\/\\b\"", "[ ]", "{ }", "\"\u{7f}\""]
        {
            assert!(file(&format!("\t{{\"name\" :\r\n{value} }}\n")).root().is_some(), "{value}");
        }
    }

    #[test]
    fn without_positions_everything_stands_at_the_beginning() {
        let blind = SourceFile { root: OnceLock::from(None), ..file(DOCUMENT) };
        let at = blind.locate(&action().key("region"));
        assert_eq!((at.line, at.column, at.offset), (1, 1, 0..0));
        assert_eq!(at.path, "pipeline.stages[1].actions[0].region");
        assert_eq!(blind.duplicates().count(), 0);
    }
}
