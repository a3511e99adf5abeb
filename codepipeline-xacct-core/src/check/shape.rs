//! The shape of a declaration in JSON: members that are missing, unknown or of the wrong type.
//!
//! What doesn't fit is replaced by something empty that does, so that everything else is checked as well, and becomes a
//! hole, about which nothing else is reported. Source: the service model of CodePipeline.

use serde_json::{Map, Value};

use crate::declaration::PipelineDeclaration;
use crate::finding::{Finding, MISSING, Place, Segment};
use crate::json::member::Member;
use crate::json::shape::Shape;
use crate::rules;
use crate::suggest::{misspelt, nearest};

/// Members that the service model requires, but that a declaration may lack while it is still being built.
const REQUIRED: &[(&str, &str)] = &[
    ("PipelineDeclaration", "roleArn"),
    ("PipelineDeclaration", "stages"),
    ("StageDeclaration", "actions"),
    ("ConditionSet", "conditions"),
];

/// The result of reading a declaration.
#[derive(Debug, Default)]
pub(super) struct ReadDeclaration {
    pub(super) declaration: PipelineDeclaration,
    pub(super) findings: Vec<Finding>,
    pub(super) holes: Vec<Place>,
    /// Members that are missing: their empty values are not reported.
    pub(super) open: Vec<Place>,
}

/// Reads a declaration, no matter what it contains.
pub(super) fn read(value: &Value, place: &Place) -> ReadDeclaration {
    let mut read = ReadDeclaration::default();
    // Most declarations fit, and need no places.
    if has_shape(value, &PipelineDeclaration::SHAPE) {
        read.declaration = PipelineDeclaration::from_fitted(value);
        return read;
    }
    let fitted = fit(value, &PipelineDeclaration::SHAPE, place, &mut read);
    // What `fit` returns has the shape of the declaration.
    read.declaration = PipelineDeclaration::from_fitted(&fitted);
    read
}

/// True if [`fit`] would change and find nothing.
fn has_shape(value: &Value, shape: &'static Shape) -> bool {
    match (shape, value) {
        (Shape::Any, _) | (Shape::Text, Value::String(_)) => true,
        (Shape::Word(words), Value::String(text)) => words.contains(&text.as_str()),
        (Shape::Integer, Value::Number(number)) => number.is_i64(),
        (Shape::List(inner), Value::Array(values)) => values.iter().all(|value| has_shape(value, inner)),
        (Shape::Map(inner), Value::Object(members)) => members.values().all(|value| has_shape(value, inner)),
        (Shape::Structure(name, known), Value::Object(members)) => {
            let fits = members.iter().all(|(key, value)| {
                let member = known.iter().find(|(member, ..)| *member == key.as_str());
                member.is_some_and(|(.., shape)| !value.is_null() && has_shape(value, shape))
            });
            let by_rust = known.iter().filter(|(_, required, _)| *required).map(|(member, ..)| *member);
            let by_model = REQUIRED.iter().filter(|(structure, _)| structure == name).map(|(_, member)| *member);
            fits && by_rust.chain(by_model).all(|member| members.contains_key(member))
        }
        _ => false,
    }
}

fn fit(value: &Value, shape: &'static Shape, place: &Place, read: &mut ReadDeclaration) -> Value {
    match (shape, value) {
        (Shape::Any, value) => value.clone(),
        (Shape::Text, Value::String(_)) => value.clone(),
        (Shape::Word(words), Value::String(text)) if words.contains(&text.as_str()) => value.clone(),
        (Shape::Integer, Value::Number(number)) if number.is_i64() => value.clone(),
        (Shape::List(inner), Value::Array(values)) => {
            let fitted =
                values.iter().enumerate().map(|(index, value)| fit(value, inner, &entry(place, index, value), read));
            fitted.collect()
        }
        (Shape::Map(inner), Value::Object(members)) => {
            let fitted = members.iter().map(|(key, value)| (key.clone(), fit(value, inner, &place.key(key), read)));
            Value::Object(fitted.collect())
        }
        (Shape::Structure(name, known), Value::Object(members)) => structure(name, known, members, place, read),
        (Shape::Either(..), Value::String(_)) => fit(value, shape.choose(Shape::is_text), place, read),
        (Shape::Either(..), Value::Array(_)) => fit(value, shape.choose(Shape::is_list), place, read),
        (Shape::Either(..), _) => fit(value, shape.choose(Shape::is_object), place, read),
        _ => {
            let message = format!("{} is where {} belongs", kind(value), wanted(shape));
            // What has lines of its own is marked by its key.
            let at = match (value, place.steps().last()) {
                (Value::Array(_) | Value::Object(_), Some(Segment::Key(_))) => place.clone(),
                _ => value_of(place),
            };
            let finding = Finding::of(&rules::XA0002, at, message);
            read.findings.push(match as_text(value, shape) {
                Some(help) => finding.help(help),
                None => finding,
            });
            for place in [place.clone(), value_of(place)] {
                read.holes.push(place.clone());
                read.open.push(place);
            }
            empty(shape)
        }
    }
}

/// How something is written where a text belongs, or a text where a list does.
fn as_text(value: &Value, shape: &Shape) -> Option<String> {
    match (shape, value) {
        (Shape::List(inner), Value::String(text)) => return in_list(text, inner),
        (Shape::List(Shape::Structure(_, known)), Value::Object(members)) => return as_entries(members, known),
        (Shape::Structure(..), Value::String(text)) => return Some(format!("write `{}`", named(text, shape)?)),
        (Shape::Integer, Value::String(text)) => {
            return text.trim().parse().ok().map(|number: i64| format!("write `{number}`"));
        }
        _ => {}
    }
    if !matches!(shape, Shape::Text) {
        return None;
    }
    match value {
        // Where a text is a list, it has commas.
        Value::Array(values) if let Some(texts) = values.iter().map(Value::as_str).collect::<Option<Vec<_>>>() => {
            let text = Value::from(texts.join(","));
            Some(format!("write the list in one string, with commas: `{text}`"))
        }
        Value::Array(_) | Value::Object(_) => {
            // Serialized, the text is a string of JSON, with its quotes escaped.
            let text = Value::String(value.to_string()).to_string();
            let short = text.chars().count() <= 200;
            let what = if value.is_array() { "list" } else { "object" };
            let text = if short { format!(": `{text}`") } else { String::new() };
            Some(format!("write the {what} as JSON in one string{text}"))
        }
        Value::Bool(_) | Value::Number(_) => Some(format!("write `\"{value}\"`")),
        Value::Null | Value::String(_) => None,
    }
}

/// A text as the only element of a list: as it is, or as the name of what the list has.
fn in_list(text: &str, inner: &Shape) -> Option<String> {
    let element = match inner {
        Shape::Text => Value::from(text),
        _ => named(text, inner)?,
    };
    Some(format!("write `[{element}]`"))
}

/// A structure of which only the name is required, by that.
fn named(text: &str, shape: &Shape) -> Option<Value> {
    let Shape::Structure(_, members) = shape else { return None };
    let mut required = members.iter().filter(|(_, required, _)| *required);
    let name = required.next().map(|(member, ..)| *member).filter(|member| *member == "name")?;
    required.next().is_none().then(|| Value::from(Map::from_iter([(name.to_owned(), text.into())])))
}

/// A list of names and values, for an object of them.
fn as_entries(members: &Map<String, Value>, known: &[(&str, bool, &Shape)]) -> Option<String> {
    let has = |name: &str| known.iter().any(|(member, ..)| *member == name);
    let of_value = ["value", "defaultValue"].into_iter().find(|name| has(name)).filter(|_| has("name"))?;
    let entry = |(name, value): (&String, &Value)| {
        let value = value.as_str()?;
        Some(Value::from(Map::from_iter([
            ("name".to_owned(), name.as_str().into()),
            (of_value.to_owned(), value.into()),
        ])))
    };
    let entries: Option<Vec<Value>> = members.iter().map(entry).collect();
    Some(format!("write `{}`", Value::from(entries.filter(|entries| !entries.is_empty())?)))
}

fn structure(
    name: &str,
    known: &'static [(&'static str, bool, &'static Shape)],
    members: &Map<String, Value>,
    place: &Place,
    read: &mut ReadDeclaration,
) -> Value {
    let mut fitted = Map::new();
    let names: Vec<(&str, bool, &'static Shape)> = known
        .iter()
        .map(|(member, required, shape)| (*member, *required || REQUIRED.contains(&(name, *member)), *shape))
        .collect();
    for (key, value) in members {
        match names.iter().find(|(name, ..)| *name == key.as_str()) {
            // `null` is a member that is left out.
            Some(_) if value.is_null() => {}
            Some((_, _, shape)) => {
                fitted.insert(key.clone(), fit(value, shape, &member(place, key), read));
            }
            None => {
                fitted.insert(key.clone(), value.clone());
                let near = misspelt(key, names.iter().map(|(name, ..)| *name));
                read.findings.push(match near {
                    Some(near) => Finding::of(
                        &rules::XA0005,
                        place.key(key),
                        format!("`{key}` is not a member of {}", what(name)),
                    )
                    .help(format!("did you mean `{near}`?")),
                    None => {
                        let message = format!("`{key}` is not a member of {} that this version knows", what(name));
                        Finding::of(&rules::XA0003, place.key(key), message)
                            .help("the AWS CLI and the SDKs refuse it: move it to where it belongs, or leave it out")
                    }
                });
                if near.is_some() {
                    read.holes.push(place.clone());
                }
            }
        }
    }
    for (member, required, shape) in names {
        if required && !fitted.contains_key(member) {
            let wrong = members.keys().any(|key| misspelt(key, [member]).is_some() && *key != member);
            if !wrong {
                let written = members.keys().map(String::as_str);
                let finding = Finding::of(&rules::XA0001, place.clone(), format!("{} has no `{member}`", what(name)))
                    .fact(MISSING, member);
                read.findings.push(match nearest(member, written.filter(|key| !fits(key, known))) {
                    Some(near) => finding.help(format!("is `{near}` a misspelling of it?")),
                    None => finding.help(format!("add `\"{member}\": …`")),
                });
            }
            let place = self::member(place, member);
            read.open.push(place.clone());
            read.open.push(place.value());
            if matches!(shape, Shape::List(_) | Shape::Structure(..)) {
                read.holes.push(place);
            }
            fitted.insert(member.to_owned(), empty(shape));
        }
    }
    Value::Object(fitted)
}

/// Members next to the declaration: what `get-pipeline` prints, what `create-pipeline` accepts, and what an SDK adds.
pub(super) fn beside(document: &Value, pipeline: &Place, findings: &mut Vec<Finding>) {
    const KNOWN: [&str; 4] = ["pipeline", "metadata", "tags", "ResponseMetadata"];
    for name in document.as_object().into_iter().flatten().map(|(name, _)| name.as_str()) {
        if KNOWN.contains(&name) {
            continue;
        }
        let message = format!("a document with a pipeline has no member `{name}`");
        findings.push(match misspelt(name, KNOWN) {
            Some(near) => {
                Finding::of(&rules::XA0005, pipeline.clone(), message).help(format!("did you mean `{near}`?"))
            }
            None => Finding::of(&rules::XA0003, pipeline.clone(), message),
        });
    }
}

fn fits(key: &str, known: &[(&str, bool, &Shape)]) -> bool {
    known.iter().any(|(member, ..)| *member == key)
}

/// The place of a member: stages and actions have places of their own, which do not include `stages` and `actions`.
fn member(place: &Place, key: &str) -> Place {
    match (key, place.steps().last()) {
        ("actions", Some(Segment::Stage(..))) => place.key("actions"),
        _ => place.key(key),
    }
}

/// The place of an entry of a list.
fn entry(place: &Place, index: usize, value: &Value) -> Place {
    let name = value.get("name").and_then(Value::as_str).unwrap_or_default();
    let parent = place.parent();
    match (place.steps().last(), parent.as_ref().and_then(|p| p.steps().last())) {
        (Some(Segment::Key(key)), Some(Segment::Pipeline(_))) if &**key == "stages" => {
            parent.unwrap_or_default().stage(index, name)
        }
        (Some(Segment::Key(key)), Some(Segment::Stage(..))) if &**key == "actions" => {
            parent.unwrap_or_default().action(index, name)
        }
        _ => place.index(index),
    }
}

/// The value at a place, unless the place is one already.
fn value_of(place: &Place) -> Place {
    match place.steps().last() {
        Some(Segment::Key(_) | Segment::Index(_)) => place.value(),
        _ => place.clone(),
    }
}

/// The least that has a shape.
pub fn empty(shape: &Shape) -> Value {
    match shape {
        Shape::Text => Value::String(String::new()),
        Shape::Word(words) => words.first().copied().map(Value::from).unwrap_or_default(),
        Shape::Integer => Value::from(1),
        Shape::Any => Value::Null,
        Shape::List(_) => Value::Array(Vec::new()),
        Shape::Map(_) => Value::Object(Map::new()),
        Shape::Structure(_, members) => {
            let required = members.iter().filter(|(_, required, _)| *required);
            Value::Object(required.map(|(member, _, shape)| ((*member).to_owned(), empty(shape))).collect())
        }
        Shape::Either(_, second) => empty(second),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "`null`",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn wanted(shape: &Shape) -> &'static str {
    match shape {
        Shape::Text | Shape::Word(_) => "a string",
        Shape::Integer => "a whole number",
        Shape::Any => "anything",
        Shape::List(_) => "a list",
        Shape::Map(_) | Shape::Structure(..) => "an object",
        Shape::Either(_, second) => wanted(second),
    }
}

/// A structure, by the name that users know.
fn what(structure: &str) -> &'static str {
    match structure {
        "PipelineDeclaration" => "the pipeline",
        "ArtifactStore" => "the artifact store",
        "EncryptionKey" => "the encryption key",
        "StageDeclaration" => "the stage",
        "BlockerDeclaration" => "the blocker",
        "ActionDeclaration" => "the action",
        "ActionTypeId" => "the action type",
        "OutputArtifact" => "the output artifact",
        "InputArtifact" => "the input artifact",
        "EnvironmentVariable" => "the environment variable",
        "FailureConditions" => "`onFailure`",
        "RetryConfiguration" => "the retry configuration",
        "ConditionSet" => "the gate of the stage",
        "Condition" => "the condition",
        "RuleDeclaration" => "the rule",
        "RuleTypeId" => "the rule type",
        "PipelineVariableDeclaration" => "the variable",
        "PipelineTriggerDeclaration" => "the trigger",
        "GitConfiguration" => "the Git configuration",
        "GitPushFilter" | "GitPullRequestFilter" => "the filter",
        "GitFilterCriteria" => "the criterion",
        _ => "the structure",
    }
}
