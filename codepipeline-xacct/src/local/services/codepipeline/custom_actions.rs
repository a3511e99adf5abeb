//! The custom actions of a pipeline fit their types.

use serde_json::Value;

use super::action_types::is;
use super::service_errors::{in_words_of, region_constant};
use crate::core::declaration::{ActionDeclaration, PipelineDeclaration};
use crate::core::ids::PipelineArn;
use crate::core::rules;
use crate::local::input::{list, text};
use crate::local::refusal::Refusal;
use crate::local::store::Store;

/// The longest value of a property that workers ask by. Source: CodePipeline API Reference, "ActionConfigurationProperty".
const QUERYABLE: usize = 20;

/// Every custom action is of a type that was created, and has what it requires.
pub(super) fn check(store: &Store, arn: &PipelineArn, declaration: &PipelineDeclaration) -> Result<(), Refusal> {
    let actions = declaration.actions();
    for action in actions.filter(|action| action.action_type_id.owner == "Custom") {
        let found = store.action_types.get(arn.account(), arn.region(), &action.action_type_id);
        let kind = found
            .filter(|it| !it.deleted)
            .ok_or_else(|| in_words_of(&rules::XA0610, action, |_| region_constant(arn.region().as_str())))?;
        properties(&kind.shown, action)?;
        artifacts(&kind.shown, action)?;
    }
    Ok(())
}

/// The errors are those that AWS has for its own action types.
fn properties(kind: &Value, action: &ActionDeclaration) -> Result<(), Refusal> {
    let properties = list(kind, "actionConfigurationProperties", 0, usize::MAX)?;
    let named = |name: &str| properties.iter().find(|property| text(property, "name") == Some(name));
    let given = |name: &str| action.configuration.as_ref().and_then(|configuration| configuration.get(name));
    for name in properties.iter().filter(|property| is(property, "required")).filter_map(|it| text(it, "name")) {
        if given(name).is_none() {
            return Err(in_words_of(&rules::XA0602, action, |_| name.to_owned()));
        }
    }
    for (name, value) in action.configuration.iter().flatten() {
        let Some(property) = named(name) else {
            return Err(in_words_of(&rules::XA0604, action, |_| name.clone()));
        };
        let fits = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
        if is(property, "queryable") && (value.chars().count() > QUERYABLE || !value.chars().all(fits)) {
            // Ours: the text of AWS is not known.
            let message = format!(
                "Action configuration for action '{}' contains a value of the queryable configuration '{name}' that is not up to {QUERYABLE} letters, digits, underscores and hyphens",
                action.name
            );
            return Err(Refusal::new("InvalidActionDeclarationException", message));
        }
    }
    Ok(())
}

fn artifacts(kind: &Value, action: &ActionDeclaration) -> Result<(), Refusal> {
    let read = action.input_artifacts.as_ref().map_or(0, Vec::len);
    let written = action.output_artifacts.as_ref().map_or(0, Vec::len);
    for (side, count, details) in
        [("input", read, "inputArtifactDetails"), ("output", written, "outputArtifactDetails")]
    {
        let bound = |key: &str| {
            let bound = kind.get(details).and_then(|details| details.get(key)).and_then(Value::as_u64);
            bound.and_then(|bound| usize::try_from(bound).ok())
        };
        let refused = |rule, bound: usize| {
            in_words_of(rule, action, |name| match name {
                "count" => count.to_string(),
                "side" => side.to_owned(),
                _ => bound.to_string(),
            })
        };
        if let Some(least) = bound("minimumCount").filter(|least| count < *least) {
            return Err(refused(&rules::XA0304, least));
        }
        if let Some(most) = bound("maximumCount").filter(|most| count > *most) {
            return Err(refused(&rules::XA0305, most));
        }
    }
    Ok(())
}
