//! The differences between two declarations, without what only looks different.

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::json_texts;
use super::unknown_members::known;
use crate::declaration::secrets::{MASK, is_secret};
use crate::declaration::{PipelineDeclaration, defaults};
use crate::ids::Region;
use crate::json::member::Member;
use crate::member_path::member_path;
use crate::plan::secrets::mask::{entry_name, entry_path, is_masked, masked};

/// One difference between two declarations. Secrets are masked in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Where, as a path in the JSON: `stages[Build].actions[ccc].roleArn`.
    pub path: String,
    /// What is there; `None` where there is nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What will be there; `None` where there will be nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

impl Change {
    pub(in crate::plan) fn new(path: String, before: Option<&Value>, after: Option<&Value>) -> Self {
        let shown = |value: Option<&Value>| {
            value.map(|value| if is_secret(&path) { MASK.into() } else { masked(value.clone()) })
        };
        Self { before: shown(before), after: shown(after), path }
    }

    /// A secret that is written although the account holds one, which can't be compared with it.
    pub(in crate::plan) fn of_secret(path: String) -> Self {
        let mask: Value = MASK.into();
        Self { path, before: Some(mask.clone()), after: Some(mask) }
    }

    /// True for a secret that is written although an account holds one.
    pub(in crate::plan) fn rotates(&self) -> bool {
        self.before.is_some() && self.before == self.after
    }

    /// True if the change is of what a path is of, or of something in it.
    pub(in crate::plan) fn is_in(&self, path: &str) -> bool {
        self.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    }

    /// True if two changes are of the same, or one is of something in what the other is of. A new order, which is a change of the names in a list,
    /// is not a change of what the list has.
    pub(in crate::plan) fn meets(&self, other: &Self) -> bool {
        let is_list = |value: &Option<Value>| {
            value.as_ref().and_then(Value::as_array).is_some_and(|list| list.iter().all(Value::is_string))
        };
        let is_order = |change: &Self| is_list(&change.before) && is_list(&change.after);
        if is_order(self) || is_order(other) {
            return self.path == other.path;
        }
        self.covers(&other.path) || other.covers(&self.path)
    }

    /// True if a path is that of the change, or inside it.
    pub(in crate::plan) fn covers(&self, path: &str) -> bool {
        path.strip_prefix(&self.path).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Change { path, before, after } = self;
        match (before, after) {
            _ if self.rotates() => write!(f, "~ {path}: the secret of the program"),
            (None, Some(after)) => write!(f, "+ {path}: {after}"),
            (Some(before), None) => write!(f, "- {path}: {before}"),
            (Some(before), Some(after)) => write!(f, "~ {path}: {before} -> {after}"),
            (None, None) => f.write_str(path),
        }
    }
}

/// The differences in meaning: what the service adds by itself, its version and masked secrets don't count.
pub fn changes(before: &PipelineDeclaration, after: &PipelineDeclaration, home: &Region) -> Vec<Change> {
    changes_in([before, after], home, |_| ())
}

/// The same of declarations in another form.
pub(in crate::plan) fn changes_in(
    declarations: [&PipelineDeclaration; 2],
    home: &Region,
    form: impl Fn(&mut Value),
) -> Vec<Change> {
    let [before, after] = declarations;
    let mut after = after.clone();
    json_texts::keep(&mut after, before);
    let [before, after] = [before, &after].map(|declaration| {
        let mut declaration = normalized(declaration, home);
        form(&mut declaration);
        declaration
    });
    let mut changes = Vec::new();
    compare("", &before, &after, &mut changes);
    changes
}

/// The declaration with the defaults that the service adds, and without its version.
pub(in crate::plan) fn filled(declaration: &PipelineDeclaration, home: &Region) -> PipelineDeclaration {
    let mut declaration = declaration.clone();
    declaration.version = None;
    defaults::fill_in(&mut declaration, home);
    for action in declaration.actions_mut() {
        for variable in action.environment_variables.iter_mut().flatten() {
            variable.r#type.get_or_insert_with(|| defaults::ENVIRONMENT_VARIABLE_TYPE.to_owned());
        }
        // The service returns them where nothing was given.
        action.configuration.take_if(|configuration| configuration.is_empty());
        action.input_artifacts.take_if(|artifacts| artifacts.is_empty());
        action.output_artifacts.take_if(|artifacts| artifacts.is_empty());
    }
    declaration
}

/// The same without empty lists, with the keys of configurations in order.
fn normalized(declaration: &PipelineDeclaration, home: &Region) -> Value {
    let mut declaration = filled(declaration, home);
    for action in declaration.actions_mut() {
        // The order of keys has no meaning.
        if let Some(configuration) = &mut action.configuration {
            configuration.sort_keys();
        }
    }
    let mut value = serde_json::to_value(&declaration).unwrap_or_default();
    drop_empty(&mut value);
    value
}

/// What a declaration means: the members that this version knows, with what the service adds, in one order.
pub(in crate::plan) fn canonical(declaration: &PipelineDeclaration, home: &Region) -> Value {
    let mut declaration = declaration.clone();
    json_texts::in_one_form(&mut declaration);
    let mut value = known(&normalized(&declaration, home), &PipelineDeclaration::SHAPE);
    value.sort_all_objects();
    value
}

/// An empty list or map means the same as none.
fn drop_empty(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.values_mut().for_each(drop_empty);
            map.retain(|_, v| {
                !matches!(v, Value::Array(a) if a.is_empty()) && !matches!(v, Value::Object(o) if o.is_empty())
            });
        }
        Value::Array(list) => list.iter_mut().for_each(drop_empty),
        _ => {}
    }
}

fn compare(path: &str, before: &Value, after: &Value, changes: &mut Vec<Change>) {
    match (before, after) {
        _ if before == after => {}
        (Value::String(held), Value::String(_)) if is_masked(path, held) => {}
        (Value::Object(old), Value::Object(new)) => {
            let keys = old.keys().chain(new.keys().filter(|key| !old.contains_key(*key)));
            for key in keys {
                let path = member_path(path, key);
                match (old.get(key), new.get(key)) {
                    (Some(old), Some(new)) => compare(&path, old, new, changes),
                    (old, new) => changes.push(Change::new(path, old, new)),
                }
            }
        }
        (Value::Array(old), Value::Array(new)) => match (names(old), names(new)) {
            (Some(old_names), Some(new_names)) => entries(path, (old, &old_names), (new, &new_names), changes),
            _ => changes.push(Change::new(path.to_owned(), Some(before), Some(after))),
        },
        _ => changes.push(Change::new(path.to_owned(), Some(before), Some(after))),
    }
}

/// The names of the entries of a list, where each has one and none has that of another.
pub(in crate::plan) fn names(list: &[Value]) -> Option<Vec<&str>> {
    let names: Option<Vec<&str>> = list.iter().map(entry_name).collect();
    names.filter(|names| names.iter().collect::<HashSet<_>>().len() == names.len())
}

/// Lists of named things: what one has and the other lacks, a new order, and the differences of each entry.
fn entries(
    path: &str,
    (old, old_names): (&[Value], &[&str]),
    (new, new_names): (&[Value], &[&str]),
    changes: &mut Vec<Change>,
) {
    let in_both = |names: &[&str], others: &[&str]| -> Vec<Value> {
        names.iter().filter(|name| others.contains(name)).map(|name| Value::from(*name)).collect()
    };
    let (before, after) = (in_both(old_names, new_names), in_both(new_names, old_names));
    if before != after {
        changes.push(Change::new(path.to_owned(), Some(&before.into()), Some(&after.into())));
    }
    for (old, name) in old.iter().zip(old_names) {
        if !new_names.contains(name) {
            changes.push(Change::new(entry_path(path, 0, old), Some(old), None));
        }
    }
    for (new, name) in new.iter().zip(new_names) {
        let entry = entry_path(path, 0, new);
        match old_names.iter().position(|old| old == name).and_then(|at| old.get(at)) {
            Some(old) => compare(&entry, old, new, changes),
            None => changes.push(Change::new(entry, None, Some(new))),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::declaration::read;

    fn declaration(text: &str) -> PipelineDeclaration {
        read(text).unwrap()
    }

    fn home() -> Region {
        "eu-west-1".parse().unwrap()
    }

    #[test]
    fn what_the_service_adds_is_no_change() {
        let ours = declaration(
            r#"{"name":"p","stages":[{"name":"S","actions":[{"name":"a","actionTypeId":{"category":"Build","owner":"AWS","provider":"X","version":"1"},"configuration":{"b":"1","a":"2"}}]}]}"#,
        );
        let theirs = declaration(
            r#"{"name":"p","version":7,"pipelineType":"V1","executionMode":"SUPERSEDED","triggers":[],"stages":[{"name":"S","actions":[{"name":"a","actionTypeId":{"category":"Build","owner":"AWS","provider":"X","version":"1"},"runOrder":1,"region":"eu-west-1","configuration":{"a":"2","b":"1"},"inputArtifacts":[],"outputArtifacts":[]}]}]}"#,
        );
        assert!(changes(&theirs, &ours, &home()).is_empty());
    }

    #[test]
    fn changes_name_stage_and_action() {
        let text = |role: &str| {
            declaration(&format!(
                r#"{{"name":"p","stages":[{{"name":"S","actions":[{{"name":"a","actionTypeId":{{"category":"Build","owner":"AWS","provider":"X","version":"1"}}{role}}}]}}]}}"#
            ))
        };
        let found = changes(&text(""), &text(r#","roleArn":"arn""#), &home());
        assert_eq!(
            found,
            [Change { path: "stages[S].actions[a].roleArn".into(), before: None, after: Some("arn".into()) }]
        );
    }

    #[test]
    fn stages_that_come_go_or_move_are_changes_of_these_stages() {
        let text = |stages: &[&str]| {
            let stages: Vec<String> =
                stages.iter().map(|name| format!(r#"{{"name":"{name}","actions":[]}}"#)).collect();
            declaration(&format!(r#"{{"name":"p","stages":[{}]}}"#, stages.join(",")))
        };
        let found = |before: &[&str], after: &[&str]| -> Vec<String> {
            changes(&text(before), &text(after), &home()).iter().map(ToString::to_string).collect()
        };
        assert_eq!(found(&["A", "C"], &["A", "B", "C"]), [r#"+ stages[B]: {"name":"B"}"#]);
        assert_eq!(found(&["A", "B", "C"], &["A", "C"]), [r#"- stages[B]: {"name":"B"}"#]);
        assert_eq!(
            found(&["A", "B"], &["C", "B", "A"]),
            [r#"~ stages: ["A","B"] -> ["B","A"]"#, r#"+ stages[C]: {"name":"C"}"#]
        );
    }

    #[test]
    fn a_masked_secret_is_no_change() {
        let text = |secret: &str| {
            declaration(&format!(
                r#"{{"name":"p","stages":[{{"name":"S","actions":[{{"name":"a","actionTypeId":{{"category":"Source","owner":"ThirdParty","provider":"GitHub","version":"1"}},"configuration":{{"OAuthToken":"{secret}"}}}}]}}]}}"#
            ))
        };
        assert!(changes(&text("****"), &text("secret"), &home()).is_empty());
    }

    #[test]
    fn a_new_order_meets_no_change_of_what_is_in_the_list() {
        let change =
            |path: &str, before: Value, after: Value| Change::new(path.to_owned(), Some(&before), Some(&after));
        let order = change("stages[S].actions", json!(["a", "b"]), json!(["b", "a"]));
        let command = change("stages[S].actions[a].commands", json!(["x"]), json!(["y"]));
        let action = Change::new("stages[S].actions[a]".to_owned(), Some(&json!({ "name": "a" })), None);
        assert!(!order.meets(&command) && !command.meets(&order) && !order.meets(&action));
        assert!(order.meets(&order.clone()) && action.meets(&command) == command.meets(&action));
    }
}
