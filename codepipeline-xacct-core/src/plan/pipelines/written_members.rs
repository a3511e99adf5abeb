//! The members of a pipeline that a program writes, each whole: those of the pipeline, of a stage and of an action, the keys of a configuration, and the
//! entries of lists.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::added_parts::AddedParts;
use super::entries::LISTS;
use super::leaves::is_in;
use super::taken_out::ROLE;
use super::unknown_members::member;
use crate::declaration::PipelineDeclaration;
use crate::declaration::invoke::VARIABLES_KEY;
use crate::json::member::Member;
use crate::json::shape::Shape;
use crate::member_path::member_path;
use crate::plan::secrets::mask::{entry_name, entry_path};

const STAGES: &str = "stages";
const ACTIONS: &str = "actions";
const CONFIGURATION: &str = "configuration";

/// What tells a pipeline, a stage or an action from others, or is not written.
const FIXED: [&str; 3] = ["name", "version", "actionTypeId"];

#[derive(Debug, Clone, PartialEq)]
enum Step {
    Member(String),
    Entry(String),
}

/// A member, by where it is.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::plan) struct WrittenMember {
    pub(in crate::plan) path: String,
    steps: Vec<Step>,
}

impl WrittenMember {
    /// Those of a declaration whose passed variables are lists, and the roles that its actions lack.
    pub(in crate::plan) fn all(declaration: &Value) -> Vec<Self> {
        let mut found = Vec::new();
        Self { path: String::new(), steps: Vec::new() }.collect(declaration, &mut found);
        found
    }

    fn member(&self, key: &str) -> Self {
        let steps = self.steps.iter().cloned().chain([Step::Member(key.to_owned())]).collect();
        Self { path: member_path(&self.path, key), steps }
    }

    fn collect(&self, value: &Value, found: &mut Vec<Self>) {
        let members = value.as_object().into_iter().flatten().filter(|(key, _)| !FIXED.contains(&key.as_str()));
        for (key, value) in members {
            let member = self.member(key);
            match (self.steps.as_slice(), key.as_str(), value) {
                ([], STAGES, Value::Array(entries)) | ([_, Step::Entry(_)], ACTIONS, Value::Array(entries)) => {
                    for (entry, value) in member.entries(entries) {
                        entry.collect(value, found);
                        if key == ACTIONS && value.get(ROLE).is_none() {
                            found.push(entry.member(ROLE));
                        }
                    }
                }
                ([_, Step::Entry(_), _, Step::Entry(_)], CONFIGURATION, value) => member.collect(value, found),
                ([], list, Value::Array(entries)) if LISTS.contains(&list) => {
                    found.extend(member.entries(entries).into_iter().map(|(entry, _)| entry));
                }
                ([], list, Value::Object(_)) if LISTS.contains(&list) => member.collect(value, found),
                ([.., Step::Member(of)], VARIABLES_KEY, Value::Array(entries)) if of == CONFIGURATION => {
                    found.extend(member.entries(entries).into_iter().map(|(entry, _)| entry));
                }
                _ => found.push(member),
            }
        }
    }

    fn entries<'a>(&self, entries: &'a [Value]) -> Vec<(Self, &'a Value)> {
        let of = |entry: &'a Value| {
            let steps = self.steps.iter().cloned().chain([Step::Entry(entry_name(entry)?.to_owned())]).collect();
            Some((Self { path: entry_path(&self.path, 0, entry), steps }, entry))
        };
        entries.iter().filter_map(of).collect()
    }

    /// What a declaration has of it.
    pub(in crate::plan) fn of<'a>(&self, declaration: &'a Value) -> Option<&'a Value> {
        self.steps.iter().try_fold(declaration, |value, step| match step {
            Step::Member(key) => value.get(key),
            Step::Entry(name) => value.as_array()?.iter().find(|entry| entry_name(entry) == Some(name)),
        })
    }

    /// What is known of what may be in it.
    pub(in crate::plan) fn shape(&self) -> Option<&'static Shape> {
        self.steps.iter().try_fold(&PipelineDeclaration::SHAPE, |shape, step| match (shape, step) {
            (Shape::Structure(_, members), Step::Member(key)) => member(members, key),
            (Shape::Map(of), Step::Member(_)) | (Shape::List(of), Step::Entry(_)) => Some(*of),
            _ => None,
        })
    }

    /// Whether a declaration has what it is in.
    pub(in crate::plan) fn has_place_in(&self, declaration: &Value) -> bool {
        let holders = self.steps.split_last().map(|(_, holders)| holders).unwrap_or_default();
        let entry = holders.iter().rposition(|step| matches!(step, Step::Entry(_)));
        let steps = holders.iter().take(entry.map_or(0, |at| at + 1)).cloned().collect();
        Self { path: String::new(), steps }.of(declaration).is_some()
    }

    /// Gives it a value in a declaration that has a place for it, or takes it out.
    pub(in crate::plan) fn put_into(&self, declaration: &mut Value, value: Option<Value>) {
        let Some((last, holders)) = self.steps.split_last() else { return };
        let holder =
            holders.iter().zip(self.steps.iter().skip(1)).try_fold(declaration, |of, (step, next)| match step {
                Step::Member(key) if value.is_some() => {
                    let empty = if matches!(next, Step::Entry(_)) { json!([]) } else { json!({}) };
                    Some(of.as_object_mut()?.entry(key.clone()).or_insert(empty))
                }
                Step::Member(key) => of.get_mut(key),
                Step::Entry(name) => of.as_array_mut()?.iter_mut().find(|entry| entry_name(entry) == Some(name)),
            });
        match (last, holder) {
            (Step::Member(key), Some(Value::Object(members))) => match value {
                Some(value) => drop(members.insert(key.clone(), value)),
                None => drop(members.shift_remove(key)),
            },
            (Step::Entry(name), Some(Value::Array(entries))) => {
                let at = entries.iter().position(|entry| entry_name(entry) == Some(name));
                match (value, at.and_then(|at| entries.get_mut(at))) {
                    (Some(value), Some(entry)) => *entry = value,
                    (Some(value), None) => entries.push(value),
                    (None, _) => entries.retain(|entry| entry_name(entry) != Some(name)),
                }
            }
            _ => {}
        }
    }

    /// Whether it is what a topology added, or in that.
    pub(in crate::plan) fn is_added(&self, held: &AddedParts) -> bool {
        match self.steps.as_slice() {
            [Step::Member(of), Step::Entry(stage), rest @ ..] if of == STAGES => match rest {
                [Step::Member(of), Step::Entry(action), rest @ ..] if of == ACTIONS => {
                    let is_variable = |name: &str| held.has_variable(stage, action, name);
                    let passed = match rest {
                        [_, _, Step::Entry(name)] => is_variable(name),
                        _ => false,
                    };
                    passed || held.has_action(stage, action)
                }
                _ => held.has_stage(stage),
            },
            [Step::Member(list), Step::Entry(name) | Step::Member(name)] => held.has_entry(list, name),
            _ => false,
        }
    }

    /// What there is of it by paths: nothing at its own, if it is not there.
    pub(in crate::plan) fn leaves<'a>(
        &'a self,
        there: &'a BTreeMap<String, String>,
    ) -> BTreeMap<&'a String, Option<&'a String>> {
        let within = there.iter().filter(|(path, _)| self.covers(path)).map(|(path, value)| (path, Some(value)));
        let mut leaves: BTreeMap<_, _> = within.collect();
        if leaves.is_empty() {
            leaves.insert(&self.path, None);
        }
        leaves
    }

    /// Whether a path is its own, or of something in it.
    pub(in crate::plan) fn covers(&self, path: &str) -> bool {
        path == self.path || is_in(path, &self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pipeline() -> Value {
        let id = json!({ "category": "Invoke", "owner": "AWS", "provider": "CodePipeline", "version": "1" });
        json!({
            "name": "p", "version": 3, "executionMode": "QUEUED",
            "variables": [{ "name": "v", "defaultValue": "1" }],
            "artifactStores": { "eu-west-1": { "type": "S3", "location": "b" } },
            "stages": [{ "name": "a.b", "onFailure": { "result": "RETRY" }, "actions": [{
                "name": "x", "actionTypeId": id, "runOrder": 2, "environmentVariables": [{ "name": "E", "value": "1" }],
                "configuration": { "PipelineName": "t", "Variables": [{ "name": "w", "value": "1" }] },
            }] }],
        })
    }

    #[test]
    fn each_member_is_found_and_put_where_it_is() {
        let whole = pipeline();
        let members = WrittenMember::all(&whole);
        let paths: Vec<&str> = members.iter().map(|member| member.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "executionMode",
                "variables[v]",
                "artifactStores.eu-west-1",
                "stages[a.b].onFailure",
                "stages[a.b].actions[x].runOrder",
                "stages[a.b].actions[x].environmentVariables",
                "stages[a.b].actions[x].configuration.PipelineName",
                "stages[a.b].actions[x].configuration.Variables[w]",
                "stages[a.b].actions[x].roleArn",
            ]
        );
        for member in &members {
            let mut other = whole.clone();
            let value = member.of(&whole).cloned();
            assert!(member.has_place_in(&whole), "{}", member.path);
            member.put_into(&mut other, None);
            assert!(member.of(&other).is_none() && member.has_place_in(&other), "{}", member.path);
            let mut again = other.clone();
            member.put_into(&mut again, value.clone());
            assert_eq!(member.of(&again), value.as_ref(), "{}", member.path);
            let mut changed = whole.clone();
            let named = json!({ "name": "v", "changed": true });
            let named = if member.path.ends_with("[w]") { json!({ "name": "w" }) } else { named };
            member.put_into(&mut changed, Some(named.clone()));
            assert_eq!(member.of(&changed), Some(&named), "{}", member.path);
        }
        assert!(!members.last().unwrap().has_place_in(&json!({ "stages": [] })));
    }

    #[test]
    fn what_a_topology_added_is_told_from_what_it_wrote_over() {
        let whole = pipeline();
        let added =
            |held: &AddedParts| -> usize { WrittenMember::all(&whole).iter().filter(|m| m.is_added(held)).count() };
        let mut held = AddedParts::default();
        held.add_entry("variables", "v");
        held.add_entry("artifactStores", "eu-west-1");
        assert_eq!(added(&held), 2);
        held.add_stage("a.b");
        assert_eq!(added(&held), 3);
        held.add_variable("a.b", "x", "w");
        assert_eq!(added(&held), 4);
        held.add_action("a.b", "x");
        assert_eq!(added(&held), 8);
    }
}
