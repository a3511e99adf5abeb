//! The variables that an invoke action passes: a JSON text in its configuration; several programs may have written parts of it.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::diff::names;
use crate::declaration::invoke::VARIABLES_KEY;
use crate::declaration::{ActionTypeId, StageDeclaration};

/// The variables of an action, where they are a list of things with names.
pub(in crate::plan) fn read(text: &str) -> Option<Vec<Value>> {
    let list: Vec<Value> = serde_json::from_str(text).ok()?;
    names(&list).is_some().then_some(list)
}

/// The text of a list; that of the account, where it means the same, and `None` where nothing is passed.
pub(in crate::plan) fn write(list: Vec<Value>, there: Option<&str>) -> Option<String> {
    match there {
        Some(there) if read(there).is_some_and(|known| known == list) => Some(there.to_owned()),
        _ if list.is_empty() => None,
        _ => Some(Value::Array(list).to_string()),
    }
}

/// The variables of an action with those that a program passes. Others stay, but for those that the program passed before (`was_ours`).
pub(in crate::plan) fn merged(
    there: Option<&str>,
    passed: &IndexMap<String, String>,
    was_ours: impl Fn(&str) -> bool,
) -> Option<String> {
    let known = there.and_then(read);
    if known.is_none() && passed.is_empty() {
        return there.map(str::to_owned);
    }
    let mut list = known.unwrap_or_default();
    let is_passed = |entry: &Value| name(entry).is_some_and(|name| passed.contains_key(name));
    list.retain(|entry| is_passed(entry) || !name(entry).is_some_and(&was_ours));
    for (variable, value) in passed {
        match list.iter_mut().find(|entry| name(entry) == Some(variable)).and_then(Value::as_object_mut) {
            Some(entry) => {
                entry.insert("value".to_owned(), value.as_str().into());
            }
            None => list.push(json!({ "name": variable, "value": value })),
        }
    }
    write(list, there)
}

/// The names of the variables of an action.
pub(in crate::plan) fn passed_names(text: &str) -> Vec<String> {
    let list = read(text).unwrap_or_default();
    list.iter().filter_map(name).map(str::to_owned).collect()
}

/// Turns the texts of a declaration into lists, so that they can be compared entry by entry. An action that passes nothing has an empty list.
pub(in crate::plan) fn listed(declaration: &mut Value) {
    for action in invokes(declaration) {
        let Some(configuration) = action.get_mut("configuration").and_then(Value::as_object_mut) else { continue };
        let list = match configuration.get(VARIABLES_KEY) {
            None => Some(Vec::new()),
            Some(text) => text.as_str().and_then(read),
        };
        if let Some(list) = list {
            configuration.insert(VARIABLES_KEY.to_owned(), Value::Array(list));
        }
    }
}

/// Turns lists back into texts: those of the first of these declarations that means the same.
pub(in crate::plan) fn written(declaration: &mut Value, texts: &[Value]) {
    let stages = declaration.get_mut("stages").and_then(Value::as_array_mut).into_iter().flatten();
    for stage in stages {
        let stage_name = stage.get("name").cloned();
        let actions = stage.get_mut("actions").and_then(Value::as_array_mut).into_iter().flatten();
        for action in actions {
            let action_name = action.get("name").cloned();
            let Some(configuration) = action.get_mut("configuration").and_then(Value::as_object_mut) else { continue };
            let Some(Value::Array(list)) = configuration.get(VARIABLES_KEY).cloned() else { continue };
            let there = texts.iter().filter_map(|text| {
                let stage = entry(text.get("stages")?, stage_name.as_ref())?;
                let action = entry(stage.get("actions")?, action_name.as_ref())?;
                action.get("configuration")?.get(VARIABLES_KEY)?.as_str()
            });
            let same = there.into_iter().find(|text| read(text).is_some_and(|known| known == list));
            match write(list, same) {
                Some(text) => configuration.insert(VARIABLES_KEY.to_owned(), text.into()),
                None => configuration.shift_remove(VARIABLES_KEY),
            };
        }
    }
}

fn entry<'a>(list: &'a Value, name: Option<&Value>) -> Option<&'a Value> {
    list.as_array()?.iter().find(|entry| entry.get("name") == name)
}

fn invokes(declaration: &mut Value) -> impl Iterator<Item = &mut Value> {
    let stages = declaration.get_mut("stages").and_then(Value::as_array_mut).into_iter().flatten();
    let actions = stages.filter_map(|stage| stage.get_mut("actions")?.as_array_mut()).flatten();
    actions.filter(|action| {
        let id = action.get("actionTypeId").cloned().unwrap_or_default();
        serde_json::from_value::<ActionTypeId>(id).is_ok_and(|id| id.is_pipeline_invoke())
    })
}

/// Takes out the variables of a declaration for which this is true.
pub(in crate::plan) fn take_out(stages: &mut [StageDeclaration], is_ours: impl Fn(&str, &str, &str) -> bool) {
    for stage in stages {
        for action in stage.actions.iter_mut().flatten().filter(|action| action.action_type_id.is_pipeline_invoke()) {
            let Some(configuration) = &mut action.configuration else { continue };
            let Some(there) = configuration.get(VARIABLES_KEY).cloned() else { continue };
            let nothing = IndexMap::new();
            match merged(Some(&there), &nothing, |name| is_ours(&stage.name, &action.name, name)) {
                Some(text) => configuration.insert(VARIABLES_KEY.to_owned(), text),
                None => configuration.shift_remove(VARIABLES_KEY),
            };
        }
    }
}

fn name(entry: &Value) -> Option<&str> {
    entry.get("name")?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(variables: &[(&str, &str)]) -> IndexMap<String, String> {
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn variables_of_others_stay_where_they_are() {
        let there = r#"[ {"name":"theirs","value":"1","later":true}, {"name":"ours","value":"old"} ]"#;
        assert_eq!(
            merged(Some(there), &passed(&[("ours", "new"), ("more", "x")]), |_| false).unwrap(),
            r#"[{"name":"theirs","value":"1","later":true},{"name":"ours","value":"new"},{"name":"more","value":"x"}]"#
        );
        assert_eq!(merged(Some(there), &passed(&[("ours", "old")]), |_| false).unwrap(), there, "nothing changes");
    }

    #[test]
    fn what_was_ours_and_is_not_passed_any_more_goes() {
        let there = r#"[{"name":"theirs","value":"1"},{"name":"ours","value":"2"}]"#;
        assert_eq!(
            merged(Some(there), &passed(&[]), |name| name == "ours").unwrap(),
            r#"[{"name":"theirs","value":"1"}]"#
        );
        assert_eq!(merged(Some(r#"[{"name":"ours","value":"2"}]"#), &passed(&[]), |name| name == "ours"), None);
    }

    #[test]
    fn what_is_no_list_of_variables_is_replaced() {
        assert_eq!(merged(Some("?"), &passed(&[("a", "1")]), |_| false).unwrap(), r#"[{"name":"a","value":"1"}]"#);
        assert_eq!(merged(Some("?"), &passed(&[]), |_| false).unwrap(), "?", "by what is passed, and only by that");
        assert_eq!(merged(None, &passed(&[]), |_| false), None);
    }
}
