//! The members of a declaration by their paths, each down to a value that is compared whole.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::diff::{canonical, names};
use super::passed_variables::listed;
use crate::declaration::{PipelineDeclaration, StageDeclaration};
use crate::ids::Region;
use crate::member_path::member_path;
use crate::ordered::set;
use crate::plan::secrets::mask::{entry_path, masked};

/// The members of a declaration with the defaults that the service adds, by their paths. Secrets are masked.
pub(in crate::plan) fn leaves(declaration: &PipelineDeclaration, home: &Region) -> BTreeMap<String, String> {
    of(&meaning(declaration, home))
}

/// The members that a declaration itself has.
pub(in crate::plan) fn written_leaves(declaration: &PipelineDeclaration) -> BTreeMap<String, String> {
    of(&written(declaration))
}

/// What a declaration means, with passed variables as lists. Secrets are masked.
pub(in crate::plan) fn meaning(declaration: &PipelineDeclaration, home: &Region) -> Value {
    with_lists(masked(canonical(declaration, home)))
}

/// A declaration as it is, with passed variables as lists.
pub(in crate::plan) fn written(declaration: &PipelineDeclaration) -> Value {
    with_lists(serde_json::to_value(declaration).unwrap_or_default())
}

fn with_lists(mut declaration: Value) -> Value {
    listed(&mut declaration);
    declaration
}

fn of(declaration: &Value) -> BTreeMap<String, String> {
    let mut leaves = BTreeMap::new();
    collect("", declaration, &mut leaves);
    leaves
}

/// The paths at which a topology may have written something: of members, and of actions.
pub(in crate::plan) fn paths(declaration: &PipelineDeclaration, home: &Region) -> BTreeSet<String> {
    set(leaves(declaration, home).into_keys().chain(action_paths(declaration)))
}

/// The path of a stage.
pub(in crate::plan) fn stage_path(stage: &str) -> String {
    format!("stages[{stage}]")
}

/// The path of an action.
pub(in crate::plan) fn action_path(stage: &str, action: &str) -> String {
    format!("{}.actions[{action}]", stage_path(stage))
}

/// The paths of the actions of a declaration.
pub(in crate::plan) fn action_paths(declaration: &PipelineDeclaration) -> BTreeSet<String> {
    let stages = declaration.stages.iter().flatten();
    let of_stage = |stage: &StageDeclaration| {
        let actions = stage.actions.iter().flatten();
        actions.map(|action| action_path(&stage.name, &action.name)).collect::<Vec<_>>()
    };
    set(stages.flat_map(of_stage))
}

/// The same with one entry for each of some actions, by its path, in place of its members.
pub(in crate::plan) fn by_action(
    leaves: BTreeMap<String, String>,
    actions: &BTreeSet<String>,
) -> BTreeMap<String, String> {
    let mut grouped: BTreeMap<String, String> = BTreeMap::new();
    for (path, value) in leaves {
        match within(&path, actions) {
            Some(action) => grouped.entry(action.clone()).or_default().push_str(&format!("{path}={value}\n")),
            None => drop(grouped.insert(path, value)),
        }
    }
    grouped
}

/// The action among these in which a path is.
pub(in crate::plan) fn within<'a>(path: &str, actions: &'a BTreeSet<String>) -> Option<&'a String> {
    actions.iter().find(|action| is_in(path, action))
}

/// Whether a path is within another.
pub(in crate::plan) fn is_in(path: &str, outer: &str) -> bool {
    path.strip_prefix(outer).is_some_and(|rest| rest.starts_with(['.', '[']))
}

fn collect(path: &str, value: &Value, leaves: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(members) if !path.ends_with(".actionTypeId") => {
            // The name of an entry is in its path.
            let is_entry = path.ends_with(']');
            for (key, value) in members.iter().filter(|(key, _)| !(is_entry && *key == "name")) {
                collect(&member_path(path, key), value, leaves);
            }
        }
        Value::Array(entries) if names(entries).is_some() && !is_list_of_names(entries) => {
            entries.iter().for_each(|entry| collect(&entry_path(path, 0, entry), entry, leaves));
        }
        Value::Null => {}
        value => drop(leaves.insert(path.to_owned(), value.to_string())),
    }
}

/// True for artifacts, which have nothing but a name.
fn is_list_of_names(entries: &[Value]) -> bool {
    !entries.is_empty() && entries.iter().all(|entry| entry.as_object().is_some_and(|members| members.len() == 1))
}
