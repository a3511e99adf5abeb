//! What a template or a plan doesn't tell of the actions of a pipeline, and has to be there for what is imported to compile: keys of
//! configurations become parameters, and names, also that of the service role, are what they depend on.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::note::Note;
use crate::core::arns::iam_arn;
use crate::core::catalogue::{self, ConfigurationKey, Required};
use crate::core::check::symbol::{Part, name_of, parts, symbol, symbols};
use crate::core::check::unknown::is_unknown;
use crate::core::declaration::{ActionTypeId, RuleTypeId};
use crate::core::finding::Place;
use crate::core::ids::PipelineArn;
use crate::core::topology::Gate;
use crate::files::source_file::SourceFile;
use crate::files::template::{missing, stand_in_for};

const CONFIGURATION: &str = "configuration";
/// Where the service role is.
const ROLE: &str = "/roleArn";

/// The declaration with symbols for the keys that have to be there and with names, and a note on each configuration and name that is not known.
pub(super) fn filled<'a>(
    source: &'a SourceFile,
    arn: &PipelineArn,
    notes: &mut Vec<Note>,
    needed: &mut BTreeSet<String>,
) -> Cow<'a, Value> {
    let declaration = source.declaration();
    let Some(part) = source.in_template() else { return Cow::Borrowed(declaration) };
    let mut filled = Cow::Borrowed(declaration);
    for Configured { place, pointer, keys } in configured(declaration, &Place::pipeline(&part.id)) {
        let place = place.key(CONFIGURATION);
        if !part.not_known.holes.contains(&place) {
            continue;
        }
        let Some(member) = filled.to_mut().pointer_mut(&pointer).and_then(Value::as_object_mut) else { continue };
        let mut configuration = match member.get(CONFIGURATION) {
            Some(Value::Object(known)) => known.clone(),
            Some(Value::String(text)) if is_unknown(text) => Map::new(),
            _ => continue,
        };
        for key in keys.iter().filter(|key| key.required == Required::Always) {
            // The place may have symbols in its names.
            let name = || Value::from(symbol(&pointer, key.name));
            configuration.entry(key.name).or_insert_with(name);
        }
        member.insert(CONFIGURATION.to_owned(), Value::Object(configuration));
        let message = "not all of `configuration` is known before it is deployed: the keys that have to be there are parameters, others are left out";
        notes.push(Note::lost(source.at_place(&place), message));
    }
    for (pointer, place) in names(declaration) {
        let is_role = pointer == ROLE;
        let Some(name) = filled.pointer(&pointer).and_then(Value::as_str).filter(|name| is_unknown(name)) else {
            continue;
        };
        let written = match parts(name).as_slice() {
            // Nothing of its ARN is known, and a pipeline has one.
            [Part::Symbol(symbol)] if is_role => {
                let label = name_of(symbol);
                let role = stand_in_for(label.strip_suffix(".arn").unwrap_or(&label));
                iam_arn(arn.partition().as_str(), arn.account().as_str(), &format!("role/{role}"))
            }
            _ if is_role => continue,
            parts => parts.iter().map(text_of).collect(),
        };
        let wanted = missing(symbols(name));
        needed.extend(symbols(name).map(str::to_owned));
        let message = format!("a name that is not known; `{written}` is written in its place{wanted}");
        notes.push(Note::stand_in(source.at_place(&place), message));
        if let Some(name) = filled.to_mut().pointer_mut(&pointer) {
            *name = Value::from(written);
        }
    }
    filled
}

/// A part of a name, or what is written for it.
fn text_of(part: &Part<'_>) -> String {
    match part {
        Part::Text(text) => (*text).to_owned(),
        Part::Symbol(symbol) => stand_in_for(&name_of(symbol)),
    }
}

/// The elements of a member that is a list.
fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Whether the type of an action is known.
fn is_known(action: &Value) -> bool {
    let parts = action.get("actionTypeId").and_then(Value::as_object).into_iter().flatten();
    action.get("actionTypeId").is_some_and(Value::is_object)
        && parts.filter_map(|(_, part)| part.as_str()).all(|part| !is_unknown(part))
}

/// The service role and the names of the stages and actions of a declaration, which have to be literals: JSON pointers, and places.
fn names(declaration: &Value) -> Vec<(String, Place)> {
    let mut found = vec![(ROLE.to_owned(), Place::pipeline("").key("roleArn").value())];
    for (at, stage) in list(declaration, "stages").iter().enumerate() {
        let (pointer, place) = (format!("/stages/{at}"), Place::pipeline("").stage(at, ""));
        // Without an action that can be written, it is left out.
        if !list(stage, "actions").iter().any(is_known) {
            continue;
        }
        for action in 0..list(stage, "actions").len() {
            found.push((format!("{pointer}/actions/{action}/name"), place.action(action, "").key("name").value()));
        }
        found.push((format!("{pointer}/name"), place.key("name").value()));
    }
    found
}

/// What has a configuration, and the keys that it may have.
struct Configured {
    place: Place,
    /// JSON pointer to it in the declaration.
    pointer: String,
    keys: &'static [ConfigurationKey],
}

/// The actions and rules of a declaration that the catalogue knows.
fn configured(declaration: &Value, pipeline: &Place) -> Vec<Configured> {
    let mut found = Vec::new();
    let name = |value: &Value| value.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    for (at, stage) in list(declaration, "stages").iter().enumerate() {
        let (of_stage, to_stage) = (pipeline.stage(at, &name(stage)), format!("/stages/{at}"));
        for (at, action) in list(stage, "actions").iter().enumerate() {
            let id: Option<ActionTypeId> =
                action.get("actionTypeId").and_then(|id| serde_json::from_value(id.clone()).ok());
            // What a pipeline starts is no key.
            let known = id.filter(|id| !id.is_pipeline_invoke()).and_then(|id| catalogue::find(&id));
            if let Some(keys) = known.and_then(|known| known.keys) {
                let (place, pointer) = (of_stage.action(at, &name(action)), format!("{to_stage}/actions/{at}"));
                found.push(Configured { place, pointer, keys });
            }
        }
        for gate in Gate::ALL.map(Gate::as_str) {
            for (condition, value) in list(stage.get(gate).unwrap_or(&Value::Null), "conditions").iter().enumerate() {
                for (rule, value) in list(value, "rules").iter().enumerate() {
                    let provider = value.get("ruleTypeId").and_then(|id| id.get("provider")?.as_str());
                    let known = provider.and_then(|provider| catalogue::find_rule(&RuleTypeId::of_provider(provider)));
                    let Some(known) = known else { continue };
                    let place = of_stage.key(gate).key("conditions").index(condition).key("rules").index(rule);
                    let pointer = format!("{to_stage}/{gate}/conditions/{condition}/rules/{rule}");
                    found.push(Configured { place, pointer, keys: known.keys });
                }
            }
        }
    }
    found
}
