//! What a program took over of what somebody changed outside, while the rest of it stays.
//!
//! A tag can't have the text of a program. What the program took over is what changed until some version of the pipeline, at paths of which the tag has the
//! digests; the values are in the history.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::declaration::PipelineDeclaration;
use crate::ids::Region;
use crate::member_path::member_path;
use crate::ordered::set;
use crate::plan::ownership::digest::of_text;
use crate::plan::pipelines::diff::{Change, changes, filled, names};
use crate::plan::secrets::mask::{entry_name, entry_path};

/// How much of the digest of a path a tag has.
const DIGITS: usize = 6;

/// What a program took over from a version of its pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::plan) struct AcceptedChanges {
    pub(in crate::plan) version: i64,
    /// The digests of the paths.
    pub(in crate::plan) paths: BTreeSet<String>,
}

impl AcceptedChanges {
    /// `None` where the program took over nothing. `planned` is what it would change of what is there.
    pub(in crate::plan) fn of(
        base: &PipelineDeclaration,
        there: &PipelineDeclaration,
        planned: &[Change],
        home: &Region,
    ) -> Option<Self> {
        let theirs = changes(base, there, home);
        let taken = theirs.iter().filter(|change| !planned.iter().any(|other| change.meets(other)));
        let paths = set(taken.map(|change| digest(&change.path)));
        (!paths.is_empty()).then(|| Self { version: there.version.unwrap_or_default(), paths })
    }

    /// `12:0123ab.4567cd`
    pub(in crate::plan) fn read(text: &str) -> Option<Self> {
        let (version, paths) = text.split_once(':')?;
        let version = version.parse().ok().filter(|version| *version > 0)?;
        Some(Self { version, paths: set(paths.split('.').map(str::to_owned)) })
    }

    pub(in crate::plan) fn text(&self) -> String {
        let paths: Vec<&str> = self.paths.iter().map(String::as_str).collect();
        format!("{}:{}", self.version, paths.join("."))
    }

    /// What the program said with what it took over. `there` is the version that has it.
    pub(in crate::plan) fn added_to(
        &self,
        program: &PipelineDeclaration,
        there: &PipelineDeclaration,
        home: &Region,
    ) -> PipelineDeclaration {
        let changed = changes(program, there, home);
        let taken = changed.into_iter().map(|change| change.path).filter(|path| self.paths.contains(&digest(path)));
        let [program_value, there] =
            [program, there].map(|of| serde_json::to_value(filled(of, home)).unwrap_or_default());
        let picked = pick("", Some(&program_value), Some(&there), &set(taken));
        picked.and_then(|picked| serde_json::from_value(picked).ok()).unwrap_or_else(|| program.clone())
    }
}

fn digest(path: &str) -> String {
    of_text(path).chars().take(DIGITS).collect()
}

/// The program's value, but theirs at the paths that are taken over.
pub(in crate::plan) fn pick(
    path: &str,
    ours: Option<&Value>,
    theirs: Option<&Value>,
    taken: &BTreeSet<String>,
) -> Option<Value> {
    let entries = |value: Option<&Value>| value.and_then(Value::as_array).is_some_and(|list| names(list).is_some());
    // A change of such a list itself is a new order, of entries that may not be taken over.
    if taken.contains(path) && !(entries(ours) && entries(theirs)) {
        return theirs.cloned();
    }
    match (ours, theirs) {
        (Some(Value::Object(ours)), Some(Value::Object(theirs))) => {
            let keys = ours.keys().chain(theirs.keys().filter(|key| !ours.contains_key(*key)));
            let picked = keys.filter_map(|key| {
                let value = pick(&member_path(path, key), ours.get(key), theirs.get(key), taken)?;
                Some((key.clone(), value))
            });
            Some(Value::Object(picked.collect::<Map<_, _>>()))
        }
        (Some(Value::Array(ours)), Some(Value::Array(theirs))) if names(ours).and(names(theirs)).is_some() => {
            let find =
                |list: &[Value], entry: &Value| list.iter().position(|other| entry_name(other) == entry_name(entry));
            let mut picked: Vec<Value> = Vec::new();
            for entry in ours {
                let other = find(theirs, entry).and_then(|at| theirs.get(at));
                picked.extend(pick(&entry_path(path, 0, entry), Some(entry), other, taken));
            }
            // What only they have goes behind the entry that it follows there.
            let mut behind = 0;
            for entry in theirs {
                if find(ours, entry).is_none()
                    && let Some(entry) = pick(&entry_path(path, 0, entry), None, Some(entry), taken)
                {
                    picked.insert(behind.min(picked.len()), entry);
                }
                behind = find(&picked, entry).map_or(behind, |at| at + 1);
            }
            Some(Value::Array(picked))
        }
        _ => ours.cloned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declaration::read;

    fn home() -> Region {
        "eu-west-1".parse().unwrap()
    }

    /// A pipeline of actions, each `name=command`, and a variable.
    fn pipeline(actions: &[&str], default: &str) -> PipelineDeclaration {
        let actions: Vec<String> = actions
            .iter()
            .map(|action| {
                let (name, command) = action.split_once('=').unwrap();
                let id = r#"{"category":"Compute","owner":"AWS","provider":"Commands","version":"1"}"#;
                format!(r#"{{"name":"{name}","actionTypeId":{id},"commands":["{command}"]}}"#)
            })
            .collect();
        let variable = format!(r#"[{{"name":"v","defaultValue":"{default}"}}]"#);
        let stages = format!(r#"[{{"name":"S","actions":[{}]}}]"#, actions.join(","));
        read(&format!(r#"{{"name":"p","version":7,"variables":{variable},"stages":{stages}}}"#)).unwrap()
    }

    #[test]
    fn what_the_program_took_over_is_added_to_what_it_said_and_nothing_else() {
        let base = pipeline(&["a=1", "b=1"], "x");
        let theirs = pipeline(&["a=2", "new=1", "b=2"], "y");
        let taken = |program: &PipelineDeclaration| {
            let accepted = AcceptedChanges::of(&base, &theirs, &changes(&theirs, program, &home()), &home());
            if let Some(accepted) = &accepted {
                assert_eq!(AcceptedChanges::read(&accepted.text()).as_ref(), Some(accepted));
                assert_eq!(accepted.version, 7);
            }
            accepted.map(|accepted| accepted.added_to(&base, &theirs, &home()))
        };
        assert_eq!(taken(&base), None);
        for (program, count) in [
            (pipeline(&["a=2", "b=1"], "x"), 1),
            (pipeline(&["a=1", "new=1", "b=1"], "x"), 1),
            (pipeline(&["a=2", "new=1", "b=1"], "y"), 3),
        ] {
            assert!(changes(&program, &taken(&program).unwrap(), &home()).is_empty(), "{count}");
        }
        // What it says otherwise than they do is not taken over.
        let other = taken(&pipeline(&["a=3", "b=1"], "y")).unwrap();
        assert!(changes(&pipeline(&["a=1", "b=1"], "y"), &other, &home()).is_empty());
    }

    #[test]
    fn triggers_are_told_apart_by_their_source_actions() {
        let with = |triggers: &[(&str, &str)]| -> PipelineDeclaration {
            let trigger = |(source, branch): &(&str, &str)| {
                let push = format!(r#"[{{"branches":{{"includes":["{branch}"]}}}}]"#);
                let git = format!(r#"{{"sourceActionName":"{source}","push":{push}}}"#);
                format!(r#"{{"providerType":"CodeStarSourceConnection","gitConfiguration":{git}}}"#)
            };
            let triggers: Vec<String> = triggers.iter().map(trigger).collect();
            let variable = r#"[{"name":"v","defaultValue":"x"}]"#;
            let triggers = triggers.join(",");
            read(&format!(r#"{{"name":"p","version":7,"variables":{variable},"triggers":[{triggers}]}}"#)).unwrap()
        };
        let base = with(&[("a", "main"), ("b", "main")]);
        let theirs = with(&[("a", "other"), ("b", "next"), ("c", "main")]);
        let program = with(&[("a", "main"), ("b", "next"), ("c", "main")]);
        let accepted = AcceptedChanges::of(&base, &theirs, &changes(&theirs, &program, &home()), &home()).unwrap();
        let added = accepted.added_to(&base, &theirs, &home());
        assert!(changes(&program, &added, &home()).is_empty(), "{added:?}");
    }

    #[test]
    fn what_is_no_such_text_is_not_read() {
        for text in ["", "x:0a", "0:0a", "-1:0a", "12"] {
            assert_eq!(AcceptedChanges::read(text), None, "{text}");
        }
    }
}
