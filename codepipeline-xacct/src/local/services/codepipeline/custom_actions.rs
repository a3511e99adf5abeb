//! The custom actions of a pipeline fit their types.

use serde_json::Value;

use super::action_types::is;
use super::service_errors::region_constant;
use crate::core::declaration::{ActionDeclaration, PipelineDeclaration};
use crate::core::ids::PipelineArn;
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
        let kind = found.filter(|it| !it.deleted).ok_or_else(|| not_available(arn, action))?;
        properties(&kind.shown, action)?;
        artifacts(&kind.shown, action)?;
    }
    Ok(())
}

fn refused(message: String) -> Refusal {
    Refusal::new("InvalidActionDeclarationException", message)
}

fn not_available(arn: &PipelineArn, action: &ActionDeclaration) -> Refusal {
    let id = &action.action_type_id;
    let region = region_constant(arn.region().as_str());
    refused(format!(
        "ActionType (Category: '{}', Provider: '{}', Owner: '{}', Version: '{}') in action '{}' is not available in region '{region}'",
        id.category, id.provider, id.owner, id.version, action.name
    ))
}

/// The texts are those that AWS has for its own action types.
fn properties(kind: &Value, action: &ActionDeclaration) -> Result<(), Refusal> {
    let properties = list(kind, "actionConfigurationProperties", 0, usize::MAX)?;
    let named = |name: &str| properties.iter().find(|property| text(property, "name") == Some(name));
    let given = |name: &str| action.configuration.as_ref().and_then(|configuration| configuration.get(name));
    let told = |what: String| refused(format!("Action configuration for action '{}' {what}", action.name));
    for name in properties.iter().filter(|property| is(property, "required")).filter_map(|it| text(it, "name")) {
        if given(name).is_none() {
            return Err(told(format!("is missing required configuration '{name}'")));
        }
    }
    for (name, value) in action.configuration.iter().flatten() {
        let Some(property) = named(name) else {
            return Err(told(format!("contains unknown configuration '{name}'")));
        };
        let fits = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
        if is(property, "queryable") && (value.chars().count() > QUERYABLE || !value.chars().all(fits)) {
            // Ours: the text of AWS is not known.
            return Err(told(format!(
                "contains a value of the queryable configuration '{name}' that is not up to {QUERYABLE} letters, digits, underscores and hyphens"
            )));
        }
    }
    Ok(())
}

/// The text for too few is that of AWS for its own action types; the one for too many is made after it.
fn artifacts(kind: &Value, action: &ActionDeclaration) -> Result<(), Refusal> {
    let read = action.input_artifacts.as_ref().map_or(0, Vec::len);
    let written = action.output_artifacts.as_ref().map_or(0, Vec::len);
    for (what, count, details) in
        [("input", read, "inputArtifactDetails"), ("output", written, "outputArtifactDetails")]
    {
        let bound = |key: &str| {
            let bound = kind.get(details).and_then(|details| details.get(key)).and_then(Value::as_u64);
            bound.and_then(|bound| usize::try_from(bound).ok())
        };
        let declares = format!("Action {} declares {count} {what} artifacts which is", action.name);
        if let Some(least) = bound("minimumCount").filter(|least| count < *least) {
            return Err(refused(format!("{declares} less than the minimum count ({least})")));
        }
        if let Some(most) = bound("maximumCount").filter(|most| count > *most) {
            return Err(refused(format!("{declares} greater than the maximum count ({most})")));
        }
    }
    Ok(())
}
