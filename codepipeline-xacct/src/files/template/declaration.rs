//! A pipeline of a template as the declaration of the API, with the bytes of the template.
//!
//! Properties are the members of the API with a capital letter; `ArtifactStores` is a list there, and what is not in the declaration of
//! the API is left out. CloudFormation takes numbers and booleans for texts, and texts for numbers.

use std::ops::Range;

use serde_json::{Map, Value, json};

use super::value::{Member, Members, Resolved, ResolvedKind};
use crate::core::check::symbol::shown;
use crate::core::check::unknown::{DECLARATION, NotKnown, Shape, empty, is_unknown};
use crate::core::finding::{Place, Segment};
use crate::core::ids::split_arn;
use crate::core::rules;
use crate::files::json_tree::{JsonKind, JsonMember, JsonMembers, JsonNode};

/// Properties of a pipeline that are not members of its declaration.
const BESIDE: [&str; 3] = ["DisableInboundStageTransitions", "RestartExecutionOnUpdate", TAGS];
/// The property with the tags.
const TAGS: &str = "Tags";

/// How an unknown value is handled where the rules can't read one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Open {
    /// It is left out, for checks.
    Left,
    /// Its symbol stays, for what says what is not known.
    Kept,
}

/// A declaration.
#[derive(Debug, Clone)]
pub(super) struct Converted {
    pub(super) value: Value,
    pub(super) tree: JsonNode,
    pub(super) not_known: NotKnown,
    /// The tags, as `create-pipeline` takes them.
    pub(super) tags: Option<Value>,
    /// Other properties that are not members of a declaration.
    pub(super) beside: Vec<(&'static str, Range<usize>)>,
}

/// The name of the API for a property: `RoleArn` is `roleArn`.
fn is_property(property: &str, member: &str) -> bool {
    let mut letters = member.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    property.chars().next() == first && property.get(1..) == Some(letters.as_str())
}

/// Converts the properties of a pipeline. `id` is its logical id, `key` where that is; `name` is the placeholder of its name if it has none,
/// `region` that of its Region; `partitions`: whether those of its ARNs are known.
pub(super) fn convert(
    id: &str,
    key: &Range<usize>,
    properties: &Resolved,
    name: &str,
    region: &str,
    open: Open,
    partitions: bool,
) -> Converted {
    let place = Place::pipeline(id);
    let keep = open == Open::Kept;
    let mut converter = Converter { not_known: NotKnown::default(), region: region.to_owned(), keep };
    let (mut value, mut tree) = converter.value(properties, DECLARATION, &place);
    // The partition of an ARN is often left open, and taken for the common one.
    if !partitions {
        converter.not_known.rules.push(rules::XA0411.code);
    }
    if let (Value::Object(members), JsonKind::Object(nodes)) = (&mut value, &mut tree.kind)
        && !members.contains_key("name")
    {
        members.insert("name".to_owned(), Value::from(name));
        nodes.push(JsonMember {
            name: "name".to_owned(),
            written: None,
            key: key.clone(),
            value: JsonNode { range: key.clone(), kind: JsonKind::Leaf },
        });
        converter.open(&place.key("name"));
    }
    let tags = properties.get(TAGS).map(|tags| tags.elements().iter().map(tag).collect());
    Converted { value, tree, not_known: converter.not_known, tags, beside: beside(properties) }
}

/// Whether a file writes out the partitions of all roles in a value.
pub(super) fn writes_partitions(value: &Resolved, text: &str) -> bool {
    match &value.kind {
        ResolvedKind::Map(members) => members.list.iter().all(|member| {
            let arn = member.value.scalar().filter(|_| member.name == "RoleArn").and_then(split_arn);
            let written = text.get(member.value.range.clone()).unwrap_or_default();
            arn.is_none_or(|arn| written.contains(&format!("arn:{}:", arn.partition)))
                && writes_partitions(&member.value, text)
        }),
        ResolvedKind::List(elements) => elements.iter().all(|element| writes_partitions(element, text)),
        _ => true,
    }
}

/// `{ Key, Value }` as `{ key, value }`.
fn tag(tag: &Resolved) -> Value {
    let member = |name: &str| tag.get(name).and_then(Resolved::scalar);
    json!({ "key": member("Key"), "value": member("Value") })
}

/// Properties that do something, and are neither members nor tags.
fn beside(properties: &Resolved) -> Vec<(&'static str, Range<usize>)> {
    let ResolvedKind::Map(members) = &properties.kind else { return Vec::new() };
    let acts = |value: &Resolved| !matches!(value.scalar(), Some("false")) && value.json() != json!([]);
    let listed = members.list.iter().filter_map(|member| {
        let name = BESIDE.iter().find(|name| **name == member.name && **name != TAGS)?;
        acts(&member.value).then(|| (*name, member.key.clone()))
    });
    listed.collect()
}

struct Converter {
    not_known: NotKnown,
    region: String,
    /// Whether symbols stay.
    keep: bool,
}

/// Where a member is, by the structure that it is in.
#[derive(Clone, Copy)]
struct Slot<'a> {
    structure: &'a str,
    member: &'a str,
    required: bool,
}

impl Converter {
    fn open(&mut self, place: &Place) {
        self.not_known.open.extend([place.clone(), place.value()]);
    }

    fn hole(&mut self, place: &Place) {
        self.not_known.holes.extend([place.clone(), place.value()]);
        self.open(place);
    }

    fn value(&mut self, resolved: &Resolved, shape: &'static Shape, place: &Place) -> (Value, JsonNode) {
        let range = resolved.range.clone();
        let leaf = |value: Value| (value, JsonNode { range: range.clone(), kind: JsonKind::Leaf });
        match (shape, &resolved.kind) {
            (Shape::Text, _) if resolved.scalar().is_some() => {
                let text = resolved.scalar().unwrap_or_default();
                if is_unknown(text) {
                    self.open(place);
                }
                leaf(Value::from(text))
            }
            (_, ResolvedKind::Text(text)) if is_unknown(text) => {
                self.hole(place);
                leaf(if self.keep { Value::from(text.as_str()) } else { empty(shape) })
            }
            (Shape::Integer, ResolvedKind::Text(text)) if text.parse::<i64>().is_ok() => {
                leaf(text.parse::<i64>().map_or(Value::Null, Value::from))
            }
            (Shape::List(inner), ResolvedKind::List(elements)) => self.list(elements, inner, place, range),
            (Shape::Map(inner), ResolvedKind::Map(members)) => {
                if members.open {
                    self.hole(place);
                }
                let mut map = Object::default();
                for member in &members.list {
                    let (value, node) = self.value(&member.value, inner, &place.key(&member.name));
                    map.insert(&member.name, member, value, node);
                }
                map.done(range)
            }
            (Shape::Structure(structure, known), ResolvedKind::Map(members)) => {
                self.structure(structure, known, members, place, range)
            }
            (Shape::Either(..), ResolvedKind::List(_)) => self.value(resolved, shape.choose(Shape::is_list), place),
            (Shape::Either(..), ResolvedKind::Map(_)) => self.value(resolved, shape.choose(Shape::is_object), place),
            (Shape::Either(..), _) => self.value(resolved, shape.choose(Shape::is_text), place),
            _ => plain(resolved),
        }
    }

    fn list(
        &mut self,
        elements: &[Resolved],
        inner: &'static Shape,
        place: &Place,
        range: Range<usize>,
    ) -> (Value, JsonNode) {
        let (mut values, mut nodes) = (Vec::new(), Vec::new());
        for element in elements {
            let is_text = matches!(inner, Shape::Text | Shape::Word(_));
            let unknown = element.scalar().is_some_and(is_unknown);
            // An artifact of an unknown name may be any that is read.
            let output = matches!(inner, Shape::Structure("OutputArtifact", _));
            let unnamed = element.get("Name").and_then(Resolved::scalar).is_some_and(is_unknown);
            if unknown && !is_text || output && unnamed {
                self.hole(place);
                // Which stage is the first is not known.
                if matches!(inner, Shape::Structure("StageDeclaration", _)) {
                    self.not_known.rules.extend([rules::XA0104.code, rules::XA0105.code]);
                }
                if !self.keep {
                    continue;
                }
            }
            let name = element.get("Name").and_then(Resolved::scalar).map(|name| self.title(name)).unwrap_or_default();
            let (value, node) = self.value(element, inner, &entry(place, values.len(), &name));
            values.push(value);
            nodes.push(node);
        }
        (Value::Array(values), JsonNode { range, kind: JsonKind::Array(nodes) })
    }

    fn structure(
        &mut self,
        structure: &str,
        known: &'static [(&'static str, bool, &'static Shape)],
        members: &Members,
        place: &Place,
        range: Range<usize>,
    ) -> (Value, JsonNode) {
        if members.open {
            self.hole(place);
        }
        let mut object = Object::default();
        let source = members.list.iter().any(|member| {
            member.name == "ActionTypeId"
                && member
                    .value
                    .get("Category")
                    .and_then(Resolved::scalar)
                    .is_none_or(|c| c == "Source" || is_unknown(c))
        });
        for member in &members.list {
            let found = known.iter().find(|(name, ..)| is_property(&member.name, name));
            let Some((name, required, shape)) = found.map(|(name, required, shape)| (*name, *required, *shape)) else {
                if structure == "PipelineDeclaration" && BESIDE.contains(&member.name.as_str()) {
                    continue;
                }
                let (value, node) = plain(&member.value);
                object.insert(&member.name, member, value, node);
                continue;
            };
            let slot = Slot { structure, member: name, required };
            let at = place.key(name);
            if (structure, name) == ("PipelineDeclaration", "artifactStores") {
                self.stores(member, shape, &at, place, &mut object);
            } else if !self.is_left_out(slot, &member.value, shape, &at, source) {
                let (mut value, node) = self.value(&member.value, shape, &at);
                if let (true, Some(text)) = (is_title(slot), value.as_str()) {
                    value = Value::from(self.title(text));
                }
                object.insert(name, member, value, node);
            }
        }
        object.done(range)
    }

    /// A name that messages say.
    fn title(&self, name: &str) -> String {
        if self.keep { name.to_owned() } else { shown(name) }
    }

    /// True for a member that is not known, and whose absence says the least.
    fn is_left_out(&mut self, slot: Slot<'_>, value: &Resolved, shape: &Shape, place: &Place, source: bool) -> bool {
        if matches!(value.kind, ResolvedKind::Absent) {
            // What is imported is a whole only where this is known.
            if self.keep {
                self.hole(place)
            } else {
                self.open(place)
            }
            return true;
        }
        let Some(text) = value.scalar().filter(|text| is_unknown(text)) else { return false };
        match (slot.structure, slot.member) {
            // Without it, an action runs in the Region of its pipeline.
            ("ActionDeclaration" | "RuleDeclaration", "region") if text == self.region => true,
            ("ActionDeclaration", "namespace") => {
                self.hole(place);
                !self.keep
            }
            ("PipelineVariableDeclaration", "name") => {
                let all = place.parent().and_then(|variable| variable.parent());
                self.hole(&all.unwrap_or_default());
                false
            }
            // A trigger or a revision may name it.
            ("ActionDeclaration", "name") if source => {
                self.hole(place);
                false
            }
            _ if !slot.required && !matches!(shape, Shape::Text) => {
                self.hole(place);
                !self.keep
            }
            _ => false,
        }
    }

    /// `[{ Region, ArtifactStore }]` as a map.
    fn stores(&mut self, member: &Member, shape: &'static Shape, place: &Place, pipeline: &Place, object: &mut Object) {
        let Shape::Map(inner) = shape else { return };
        let region = |store: &Resolved| store.get("Region").and_then(Resolved::scalar).map(str::to_owned);
        let stores = member.value.elements();
        let regions: Option<Vec<String>> = stores.iter().map(region).collect();
        let regions = regions.filter(|_| matches!(member.value.kind, ResolvedKind::List(_)));
        let is_open = regions.as_ref().is_none_or(|regions| regions.iter().any(|region| is_unknown(region)));
        if is_open {
            self.hole(place);
            // Whether there is a store, and for which Regions, can't be told either.
            self.hole(&pipeline.key("artifactStore"));
            let by_store = [&rules::XA0403, &rules::XA0404, &rules::XA0405, &rules::XA0415];
            self.not_known.rules.extend(by_store.map(|rule| rule.code));
        }
        let Some(regions) = regions.filter(|_| self.keep || !is_open) else {
            if self.keep {
                let (value, node) = plain(&member.value);
                object.insert("artifactStores", member, value, node);
            }
            return;
        };
        let mut map = Object::default();
        for (region, store) in regions.iter().zip(stores) {
            let place = place.key(region);
            let (value, node) = match store.get("ArtifactStore") {
                Some(store) => self.value(store, inner, &place),
                None => Object::default().done(store.range.clone()),
            };
            let key = store.get("Region").map_or(store.range.clone(), |region| region.range.clone());
            map.push(region, None, key, value, node);
        }
        let (value, node) = map.done(member.value.range.clone());
        object.insert("artifactStores", member, value, node);
    }
}

/// True for a name that messages say only to tell which stage, action or rule they are about.
fn is_title(slot: Slot<'_>) -> bool {
    slot.member == "name" && matches!(slot.structure, "StageDeclaration" | "ActionDeclaration" | "RuleDeclaration")
}

/// An object that is put together.
#[derive(Default)]
struct Object {
    members: Map<String, Value>,
    nodes: JsonMembers,
}

impl Object {
    fn insert(&mut self, name: &str, member: &Member, value: Value, node: JsonNode) {
        self.push(name, Some(member.name.clone()), member.key.clone(), value, node);
    }

    fn push(&mut self, name: &str, written: Option<String>, key: Range<usize>, value: Value, node: JsonNode) {
        self.members.insert(name.to_owned(), value);
        self.nodes.push(JsonMember { name: name.to_owned(), written, key, value: node });
    }

    fn done(self, range: Range<usize>) -> (Value, JsonNode) {
        (Value::Object(self.members), JsonNode { range, kind: JsonKind::Object(self.nodes) })
    }
}

/// A value as it is.
fn plain(resolved: &Resolved) -> (Value, JsonNode) {
    (resolved.json(), JsonNode { range: resolved.range.clone(), kind: JsonKind::Leaf })
}

/// The place of an entry of a list.
fn entry(place: &Place, index: usize, name: &str) -> Place {
    let parent = place.parent().unwrap_or_default();
    match (place.steps().last(), parent.steps().last()) {
        (Some(Segment::Key(key)), Some(Segment::Pipeline(_))) if &**key == "stages" => parent.stage(index, name),
        (Some(Segment::Key(key)), Some(Segment::Stage(..))) if &**key == "actions" => parent.action(index, name),
        _ => place.index(index),
    }
}
