//! Configurations of actions and rules of which a template or a plan doesn't tell all keys: those that they must have become parameters, so
//! that what is imported compiles.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::note::Note;
use crate::core::catalogue::{self, ConfigurationKey, Required};
use crate::core::check::symbol::symbol;
use crate::core::check::unknown::is_unknown;
use crate::core::declaration::{ActionTypeId, RuleTypeId};
use crate::core::finding::Place;
use crate::core::topology::Gate;
use crate::files::source_file::SourceFile;

const CONFIGURATION: &str = "configuration";

/// The declaration with symbols for the keys that have to be there, and a note on each configuration that is not known.
pub(super) fn filled<'a>(source: &'a SourceFile, notes: &mut Vec<Note>) -> Cow<'a, Value> {
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
            let name = || Value::from(symbol(&place.to_string(), key.name));
            configuration.entry(key.name).or_insert_with(name);
        }
        member.insert(CONFIGURATION.to_owned(), Value::Object(configuration));
        let message = "not all of `configuration` is known before it is deployed: the keys that have to be there are parameters, others are left out";
        notes.push(Note::lost(source.at_place(&place), message));
    }
    filled
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
    let list = |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
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
