//! Brings two edits of one pipeline together that were made at the same time, from the version that both began with.
//!
//! CodePipeline has no compare-and-set: of two updates the later one replaces the earlier, but both stay in the history of the pipeline.

use std::fmt;

use serde_json::{Map, Value};

use crate::declaration::PipelineDeclaration;
use crate::member_path::member_path;
use crate::plan::pipelines::diff::{Change, names};
use crate::plan::pipelines::json_texts;
use crate::plan::pipelines::passed_variables::{listed, written};
use crate::plan::secrets::mask::entry_path;

/// A member that both edits gave another value.
#[derive(Debug, Clone, PartialEq)]
pub struct EditConflict {
    /// Where, as a path in the JSON, and from their value to ours. Secrets are masked.
    pub change: Change,
}

impl fmt::Display for EditConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Change { path, before, after } = &self.change;
        let shown = |value: &Option<Value>| value.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string);
        write!(f, "`{path}` is {} there and {} here", shown(before), shown(after))
    }
}

/// A pipeline with both edits.
#[derive(Debug, Clone, PartialEq)]
pub struct Rebased {
    /// The declaration. Where the edits conflict, it has their value.
    pub declaration: PipelineDeclaration,
    /// Where they do.
    pub conflicts: Vec<EditConflict>,
}

/// Adds to `theirs` what `ours` changed of `base`. All three are declarations as the service returns them.
pub fn rebase(base: &PipelineDeclaration, ours: &PipelineDeclaration, theirs: &PipelineDeclaration) -> Rebased {
    let mut conflicts = Vec::new();
    let mut ours = ours.clone();
    json_texts::keep(&mut ours, base);
    let whole = [base, &ours, theirs].map(|declaration| {
        let mut declaration = declaration.clone();
        declaration.version = None;
        serde_json::to_value(declaration).unwrap_or_default()
    });
    let [base, ours, theirs_value] = whole.clone().map(|mut value| {
        listed(&mut value);
        value
    });
    let mut merged = merge("", Some(&base), Some(&ours), Some(&theirs_value), &mut conflicts);
    let [_, our_texts, their_texts] = whole;
    if let Some(merged) = &mut merged {
        written(merged, &[their_texts, our_texts]);
    }
    let declaration = merged.and_then(|merged| serde_json::from_value(merged).ok());
    Rebased { declaration: declaration.unwrap_or_else(|| theirs.clone()), conflicts }
}

fn merge(
    path: &str,
    base: Option<&Value>,
    ours: Option<&Value>,
    theirs: Option<&Value>,
    conflicts: &mut Vec<EditConflict>,
) -> Option<Value> {
    if ours == theirs || base == ours {
        return theirs.cloned();
    }
    if base == theirs {
        return ours.cloned();
    }
    match (base, ours, theirs) {
        (base, Some(Value::Object(ours)), Some(Value::Object(theirs))) if base.is_none_or(Value::is_object) => {
            Some(Value::Object(objects(path, base.and_then(Value::as_object), ours, theirs, conflicts)))
        }
        (base, Some(Value::Array(our_list)), Some(Value::Array(their_list))) => {
            let none = Vec::new();
            let base = base.map_or(Some(&none), Value::as_array);
            if let Some(base) = base
                && let Some(lists) = Lists::of(base, our_list, their_list)
                && let Some(merged) = lists.merge(path, conflicts)
            {
                return Some(Value::Array(merged));
            }
            conflict(path, ours, theirs, conflicts)
        }
        (_, ours, theirs) => conflict(path, ours, theirs, conflicts),
    }
}

/// Their value, and both are noted.
fn conflict(
    path: &str,
    ours: Option<&Value>,
    theirs: Option<&Value>,
    conflicts: &mut Vec<EditConflict>,
) -> Option<Value> {
    conflicts.push(EditConflict { change: Change::new(path.to_owned(), theirs, ours) });
    theirs.cloned()
}

fn objects(
    path: &str,
    base: Option<&Map<String, Value>>,
    ours: &Map<String, Value>,
    theirs: &Map<String, Value>,
    conflicts: &mut Vec<EditConflict>,
) -> Map<String, Value> {
    let keys = theirs.keys().chain(ours.keys().filter(|key| !theirs.contains_key(*key)));
    let mut merged = Map::new();
    for key in keys {
        let path = member_path(path, key);
        let of_base = base.and_then(|base| base.get(key));
        if let Some(value) = merge(&path, of_base, ours.get(key), theirs.get(key), conflicts) {
            merged.insert(key.clone(), value);
        }
    }
    merged
}

/// Three lists of named things, each without duplicate names.
struct Lists<'a> {
    base: Vec<(&'a str, &'a Value)>,
    ours: Vec<(&'a str, &'a Value)>,
    theirs: Vec<(&'a str, &'a Value)>,
}

fn named(list: &[Value]) -> Option<Vec<(&str, &Value)>> {
    names(list).map(|names| names.into_iter().zip(list).collect())
}

fn find<'a>(list: &[(&str, &'a Value)], name: &str) -> Option<&'a Value> {
    list.iter().find(|(other, _)| *other == name).map(|(_, entry)| *entry)
}

impl<'a> Lists<'a> {
    fn of(base: &'a [Value], ours: &'a [Value], theirs: &'a [Value]) -> Option<Self> {
        Some(Self { base: named(base)?, ours: named(ours)?, theirs: named(theirs)? })
    }

    /// The names that all three lists have, in the order of one of them.
    fn common(&self, list: &[(&'a str, &'a Value)]) -> Vec<&'a str> {
        let everywhere = |name: &str| [&self.base, &self.ours, &self.theirs].iter().all(|l| find(l, name).is_some());
        list.iter().map(|(name, _)| *name).filter(|name| everywhere(name)).collect()
    }

    /// `None` where both edits changed the order, each in another way.
    fn merge(&self, path: &str, conflicts: &mut Vec<EditConflict>) -> Option<Vec<Value>> {
        let [base, ours, theirs] = [&self.base, &self.ours, &self.theirs].map(|list| self.common(list));
        let (leading, following) = match (base == ours, base == theirs || ours == theirs) {
            (true, _) => (&self.theirs, &self.ours),
            (false, true) => (&self.ours, &self.theirs),
            (false, false) => return None,
        };
        let mut names: Vec<&str> = leading.iter().map(|(name, _)| *name).collect();
        // What only the other list has goes behind the entry that it follows there.
        let mut behind: Option<&str> = None;
        for (name, _) in following {
            if !names.contains(name) {
                let at = behind.and_then(|behind| names.iter().position(|other| *other == behind));
                names.insert(at.map_or(0, |at| at + 1), name);
            }
            behind = Some(name);
        }
        let entry = |name: &str| {
            let (base, ours, theirs) = (find(&self.base, name), find(&self.ours, name), find(&self.theirs, name));
            let path = entry_path(path, 0, ours.or(theirs).unwrap_or(&Value::Null));
            merge(&path, base, ours, theirs, conflicts)
        };
        Some(names.into_iter().filter_map(entry).collect())
    }
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;

    use super::*;
    use crate::declaration::read;
    use crate::plan::pipelines::diff::filled;

    /// A pipeline of stages, each `name:action=command …`.
    fn pipeline(stages: &[&str]) -> PipelineDeclaration {
        let stages: Vec<String> = stages
            .iter()
            .map(|stage| {
                let (name, actions) = stage.split_once(':').unwrap();
                let actions: Vec<String> = actions
                    .split_whitespace()
                    .map(|action| {
                        let (name, command) = action.split_once('=').unwrap();
                        format!(
                            r#"{{"name":"{name}","actionTypeId":{{"category":"Compute","owner":"AWS","provider":"Commands","version":"1"}},"commands":["{command}"],"later":{{"a":1}}}}"#
                        )
                    })
                    .collect();
                format!(r#"{{"name":"{name}","actions":[{}]}}"#, actions.join(","))
            })
            .collect();
        read(&format!(r#"{{"name":"p","version":3,"stages":[{}]}}"#, stages.join(","))).unwrap()
    }

    /// The stages with both edits in the form of [`pipeline`], and the conflicts.
    fn both(base: &[&str], ours: &[&str], theirs: &[&str]) -> (Vec<String>, Vec<String>) {
        let rebased = rebase(&pipeline(base), &pipeline(ours), &pipeline(theirs));
        let stages = rebased.declaration.stages.unwrap_or_default().into_iter().map(|stage| {
            let actions = stage.actions.unwrap_or_default().into_iter().map(|action| {
                assert!(action.other.contains_key("later"));
                format!("{}={}", action.name, action.commands.unwrap_or_default().join(","))
            });
            format!("{}:{}", stage.name, actions.collect::<Vec<_>>().join(" "))
        });
        (stages.collect(), rebased.conflicts.iter().map(ToString::to_string).collect())
    }

    fn merged(base: &[&str], ours: &[&str], theirs: &[&str], expected: &[&str]) {
        for (ours, theirs) in [(ours, theirs), (theirs, ours)] {
            let (stages, conflicts) = both(base, ours, theirs);
            assert_eq!((stages, conflicts), (expected.iter().map(|s| (*s).to_owned()).collect(), Vec::new()));
        }
    }

    const BASE: &[&str] = &["Source:s=get", "Build:a=make b=test"];

    #[test]
    fn edits_of_two_actions_are_both_there() {
        merged(
            BASE,
            &["Source:s=get", "Build:a=ours b=test"],
            &["Source:s=get", "Build:a=make b=theirs"],
            &["Source:s=get", "Build:a=ours b=theirs"],
        );
    }

    #[test]
    fn what_one_adds_and_the_other_removes_is_added_and_removed() {
        merged(
            BASE,
            &["Source:s=get", "Build:a=make c=new b=test"],
            &["Source:s=get", "Build:a=make", "Deploy:d=go"],
            &["Source:s=get", "Build:a=make c=new", "Deploy:d=go"],
        );
        merged(
            BASE,
            &["First:f=1", "Source:s=get", "Build:a=make b=test"],
            BASE,
            &["First:f=1", "Source:s=get", "Build:a=make b=test"],
        );
    }

    #[test]
    fn a_new_order_and_an_edit_are_both_there() {
        merged(
            BASE,
            &["Source:s=get", "Build:b=test a=make"],
            &["Source:s=get", "Build:a=theirs b=test"],
            &["Source:s=get", "Build:b=test a=theirs"],
        );
    }

    #[test]
    fn the_same_edit_twice_is_no_conflict() {
        let edited: &[&str] = &["Source:s=get", "Build:a=new b=test c=new"];
        merged(BASE, edited, edited, edited);
    }

    #[test]
    fn of_a_member_that_both_changed_theirs_stays_and_both_values_are_told() {
        let (stages, conflicts) =
            both(BASE, &["Source:s=ours", "Build:a=ours b=test"], &["Source:s=get", "Build:a=theirs b=test"]);
        assert_eq!(stages, ["Source:s=ours", "Build:a=theirs b=test"]);
        assert_eq!(conflicts, [r#"`stages[Build].actions[a].commands` is ["theirs"] there and ["ours"] here"#]);
    }

    #[test]
    fn what_one_removed_and_the_other_changed_is_a_conflict() {
        let (stages, conflicts) =
            both(BASE, &["Source:s=get", "Build:a=make"], &["Source:s=get", "Build:a=make b=theirs"]);
        assert_eq!(stages, ["Source:s=get", "Build:a=make b=theirs"]);
        assert!(
            conflicts[0].starts_with("`stages[Build].actions[b]` is {")
                && conflicts[0].ends_with("} there and nothing here")
        );
        let (stages, _) = both(BASE, &["Source:s=get", "Build:a=make b=ours"], &["Source:s=get", "Build:a=make"]);
        assert_eq!(stages, ["Source:s=get", "Build:a=make"]);
    }

    /// A pipeline whose action passes these variables.
    fn passing(variables: Option<&str>) -> PipelineDeclaration {
        let mut configuration = serde_json::json!({"PipelineName": "t"});
        if let Some(variables) = variables {
            configuration["Variables"] = variables.into();
        }
        let id = serde_json::json!({"category": "Invoke", "owner": "AWS", "provider": "CodePipeline", "version": "1"});
        let action = serde_json::json!({"name": "a", "actionTypeId": id, "configuration": configuration});
        read(&serde_json::json!({"name": "p", "stages": [{"name": "S", "actions": [action]}]}).to_string()).unwrap()
    }

    fn passed(base: Option<&str>, ours: Option<&str>, theirs: Option<&str>) -> (Option<String>, Vec<String>) {
        let Rebased { declaration, conflicts } = rebase(&passing(base), &passing(ours), &passing(theirs));
        let configuration = declaration.actions().next().unwrap().configuration.clone().unwrap();
        (configuration.get("Variables").cloned(), conflicts.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn variables_that_two_programs_pass_are_both_there() {
        let both = r#"[{"name":"a","value":"1"},{"name":"b","value":"2"}]"#;
        let (a, b) = (r#"[{"name":"a","value":"1"}]"#, r#"[ {"name":"b","value":"2"} ]"#);
        // An order that neither edit changed is that of the second.
        let (merged, conflicts) = passed(None, Some(a), Some(b));
        assert_eq!((merged.as_deref(), conflicts), (Some(both), Vec::new()));
        // One takes out what it passed, where the other passes something since.
        assert_eq!(passed(Some(a), None, Some(both)), (Some(b.replace("[ ", "[").replace(" ]", "]")), Vec::new()));
        assert_eq!(passed(Some(a), None, Some(a)), (None, Vec::new()));
        assert_eq!(passed(None, None, Some(b)), (Some(b.to_owned()), Vec::new()), "the text stays as it is");
    }

    #[test]
    fn a_variable_that_two_programs_gave_another_value_is_a_conflict() {
        let text = |value: &str| format!(r#"[{{"name":"a","value":"{value}"}}]"#);
        let (merged, conflicts) = passed(Some(&text("0")), Some(&text("1")), Some(&text("2")));
        assert_eq!(merged, Some(text("2")));
        assert_eq!(conflicts, [r#"`stages[S].actions[a].configuration.Variables[a].value` is "2" there and "1" here"#]);
    }

    #[test]
    fn an_action_is_taken_out_as_the_service_returned_it() {
        let home = "eu-west-1".parse().unwrap();
        let ours = filled(&pipeline(&["Source:s=get", "Build:a=make"]), &home);
        let mut there = pipeline(&["Source:s=get", "Build:a=make b=new"]);
        let written = filled(&there, &home);
        for action in there.actions_mut() {
            (action.configuration, action.input_artifacts, action.output_artifacts) =
                (Some(IndexMap::new()), Some(Vec::new()), Some(Vec::new()));
        }
        let rebased = rebase(&written, &ours, &filled(&there, &home));
        assert_eq!((rebased.declaration, rebased.conflicts), (ours, Vec::new()));
    }

    #[test]
    fn secrets_are_masked_in_conflicts() {
        let text = |token: &str| {
            read(&format!(
                r#"{{"name":"p","stages":[{{"name":"S","actions":[{{"name":"a","actionTypeId":{{"category":"Source","owner":"ThirdParty","provider":"GitHub","version":"1"}},"configuration":{{"OAuthToken":"{token}"}}}}]}}]}}"#
            ))
            .unwrap()
        };
        let conflicts = rebase(&text("a"), &text("b"), &text("c")).conflicts;
        assert_eq!(
            conflicts[0].to_string(),
            r#"`stages[S].actions[a].configuration.OAuthToken` is "****" there and "****" here"#
        );
    }
}
