//! The parameters that a CloudFormation action overrides with what is in its artifacts.

use std::collections::HashSet;

use serde_json::Value;

use super::configuration::{input_names, no_input};
use super::view::{ActionView, View};
use crate::declaration::references::has_reference;
use crate::finding::Finding;
use crate::rules;

const KEY: &str = "ParameterOverrides";

/// The artifact that a function reads is an input of the action.
/// Source: CloudFormation User Guide, "Using parameter override functions with CodePipeline pipelines".
pub(super) fn check(view: &View<'_>, action: &ActionView<'_>, findings: &mut Vec<Finding>) {
    let id = &action.action.action_type_id;
    if (id.owner.as_str(), id.provider.as_str()) != ("AWS", "CloudFormation") {
        return;
    }
    let Some(text) = action.action.configuration.as_ref().and_then(|configuration| configuration.get(KEY)) else {
        return;
    };
    let place = action.key_place(KEY).value();
    let inputs_place = action.place.key("inputArtifacts");
    if view.context.is_open(&place) || view.context.is_unsure(&inputs_place) {
        return;
    }
    let Ok(Value::Object(parameters)) = serde_json::from_str(text) else { return };
    let inputs = input_names(&action.action.input_artifacts);
    let mut reported = HashSet::new();
    for artifact in parameters.values().filter_map(artifact) {
        if !inputs.contains(artifact) && !has_reference(artifact) && reported.insert(artifact) {
            findings.push(no_input(&rules::XA0308, KEY, artifact, &inputs, place.clone()));
        }
    }
}

/// The artifact in `{"Fn::GetArtifactAtt": ["artifact", "attribute"]}` or `{"Fn::GetParam": ["artifact", "file", "key"]}`.
fn artifact(value: &Value) -> Option<&str> {
    ["Fn::GetArtifactAtt", "Fn::GetParam"].iter().find_map(|function| value.get(function)?.get(0)?.as_str())
}
