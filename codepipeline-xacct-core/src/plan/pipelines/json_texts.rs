//! Values of a configuration that are texts of JSON: blanks and the order of members mean nothing in them.

use serde_json::Value;

use crate::catalogue;
use crate::declaration::invoke::{REVISIONS_KEY, VARIABLES_KEY};
use crate::declaration::{ActionDeclaration, ActionTypeId, PipelineDeclaration};

/// Whether the value of a key is documented to be JSON.
fn is_json(id: &ActionTypeId, key: &str) -> bool {
    let of_invoke = || id.is_pipeline_invoke() && matches!(key, VARIABLES_KEY | REVISIONS_KEY);
    of_invoke() || catalogue::find(id).and_then(|known| known.key(key)).is_some_and(|key| key.format.is_json())
}

fn read(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

/// Writes the texts of `there` where those of a declaration mean the same.
pub(in crate::plan) fn keep(declaration: &mut PipelineDeclaration, there: &PipelineDeclaration) {
    for stage in declaration.stages.iter_mut().flatten() {
        let Some(known) = there.stages.iter().flatten().find(|known| known.name == stage.name) else { continue };
        for action in stage.actions.iter_mut().flatten() {
            let mut known = known.actions.iter().flatten();
            if let Some(known) = known.find(|known| known.name == action.name) {
                keep_of(action, known);
            }
        }
    }
}

fn keep_of(action: &mut ActionDeclaration, known: &ActionDeclaration) {
    let id = &action.action_type_id;
    for (key, value) in action.configuration.iter_mut().flatten() {
        let there = known.configuration.as_ref().and_then(|configuration| configuration.get(key));
        if let Some(there) = there.filter(|there| *there != value && is_json(id, key))
            && let Some(meaning) = read(value)
            && read(there).is_some_and(|there| there == meaning)
        {
            value.clone_from(there);
        }
    }
}

/// Writes the texts of a declaration in one form.
pub(in crate::plan) fn in_one_form(declaration: &mut PipelineDeclaration) {
    for action in declaration.actions_mut() {
        let id = &action.action_type_id;
        for (key, value) in action.configuration.iter_mut().flatten() {
            if let Some(mut meaning) = is_json(id, key).then(|| read(value)).flatten() {
                meaning.sort_all_objects();
                *value = meaning.to_string();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ids::Region;
    use crate::plan::ownership::digest::{Extent, of_declaration};
    use crate::plan::pipelines::diff::changes;

    fn pipeline(provider: &str, key: &str, value: &str) -> PipelineDeclaration {
        let category = match provider {
            "CodeBuild" => "Build",
            "CloudFormation" => "Deploy",
            _ => "Invoke",
        };
        let action = json!({
            "name": "a",
            "actionTypeId": { "category": category, "owner": "AWS", "provider": provider, "version": "1" },
            "configuration": { key: value },
        });
        serde_json::from_value(json!({ "name": "p", "stages": [{ "name": "S", "actions": [action] }] })).unwrap()
    }

    fn home() -> Region {
        "eu-west-1".parse().unwrap()
    }

    const SAME: [(&str, &str, &str, &str); 4] = [
        ("CodePipeline", "Variables", r#"[ {"value": "1", "name": "a"} ]"#, r#"[{"name":"a","value":"1"}]"#),
        (
            "CodePipeline",
            "SourceRevisions",
            r#"[{"revisionValue":"x", "revisionType":"COMMIT_ID", "actionName":"s"}]"#,
            r#"[{"actionName":"s","revisionType":"COMMIT_ID","revisionValue":"x"}]"#,
        ),
        (
            "CodeBuild",
            "EnvironmentVariables",
            "[\n{\"value\":\"1\",\"name\":\"A\"}\n]",
            r#"[{"name":"A","value":"1"}]"#,
        ),
        ("CloudFormation", "ParameterOverrides", r#"{ "B": "2", "A": "1" }"#, r#"{"A":"1","B":"2"}"#),
    ];

    #[test]
    fn blanks_and_the_order_of_members_are_no_difference_where_a_value_is_json() {
        for (provider, key, there, ours) in SAME {
            let [there, mut ours] = [there, ours].map(|text| pipeline(provider, key, text));
            assert_eq!(changes(&there, &ours, &home()), [], "{key}");
            let digest = |of: &PipelineDeclaration| of_declaration(of, &home(), Extent::Whole);
            assert_eq!(digest(&there), digest(&ours), "{key}");
            keep(&mut ours, &there);
            assert_eq!(ours, there, "{key}: the text that is there stays");
        }
    }

    #[test]
    fn what_means_something_is_a_difference_shown_as_it_is_written() {
        for (provider, key, one, other) in [
            ("CodePipeline", "Variables", r#"[ {"name":"a","value":"1"} ]"#, r#"[{"name":"a","value":"2"}]"#),
            ("CodeBuild", "EnvironmentVariables", r#"[{"name":"A"},{"name":"B"}]"#, r#"[{"name":"B"},{"name":"A"}]"#),
            ("Lambda", "UserParameters", r#"{"a": 1}"#, r#"{"a":1}"#),
            ("CloudFormation", "ParameterOverrides", "{ #{V.x} }", "{#{V.x}}"),
        ] {
            let (there, mut ours) = (pipeline(provider, key, one), pipeline(provider, key, other));
            let found = changes(&there, &ours, &home());
            assert_eq!(found.len(), 1, "{key}");
            assert_eq!(found[0].before, Some(one.into()), "{key}");
            keep(&mut ours, &there);
            assert_eq!(ours, pipeline(provider, key, other), "{key}");
        }
    }
}
