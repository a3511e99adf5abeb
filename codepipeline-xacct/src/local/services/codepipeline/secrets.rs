//! Secrets: AWS shows `****` in their place, and keeps the value where `****` is sent back to the action that has it.

use crate::core::catalogue;
use crate::core::declaration::secrets::MASK;
use crate::core::declaration::{ActionDeclaration, ActionTypeId, PipelineDeclaration};
use crate::core::ids::PipelineArn;
use crate::local::refusal::Refusal;
use crate::local::store::Store;

/// A declaration as AWS shows it.
pub(crate) fn shown(store: &Store, arn: &PipelineArn, declaration: &PipelineDeclaration) -> PipelineDeclaration {
    let mut declaration = declaration.clone();
    for action in declaration.actions_mut() {
        for (key, value) in action.configuration.iter_mut().flatten() {
            if is_secret(store, arn, &action.action_type_id, key) {
                MASK.clone_into(value);
            }
        }
    }
    declaration
}

/// Whether a key of an action's configuration is secret: by the catalogue, or by its custom action type.
pub(super) fn is_secret(store: &Store, arn: &PipelineArn, id: &ActionTypeId, key: &str) -> bool {
    if id.owner == "Custom"
        && let Some(custom) = store.action_types.get(arn.account(), arn.region(), id)
    {
        return custom.secrets.iter().any(|secret| secret == key);
    }
    catalogue::find(id).and_then(|known| known.key(key)).is_some_and(|known| known.secret)
}

/// Puts the values of an earlier declaration in the place of `****`.
pub(super) fn restore(
    store: &Store,
    arn: &PipelineArn,
    declaration: &mut PipelineDeclaration,
    earlier: Option<&PipelineDeclaration>,
) -> Result<(), Refusal> {
    for stage in declaration.stages.iter_mut().flatten() {
        let before = earlier.and_then(|e| e.stages.iter().flatten().find(|before| before.name == stage.name));
        for action in stage.actions.iter_mut().flatten() {
            let same = |before: &&ActionDeclaration| {
                before.name == action.name && before.action_type_id == action.action_type_id
            };
            let before = before.and_then(|stage| stage.actions.iter().flatten().find(same));
            for (key, value) in action.configuration.iter_mut().flatten().filter(|(_, value)| *value == MASK) {
                if !is_secret(store, arn, &action.action_type_id, key) {
                    continue;
                }
                let kept = before.and_then(|before| before.configuration.as_ref()?.get(key));
                let kept = kept.ok_or_else(|| {
                    let message = format!(
                        "Action configuration for the new action \"{}\" contains an invalid configuration for the secret property \"{key}\". \"{MASK}\" may be used in secret properties only when updating an existing action.",
                        action.name
                    );
                    Refusal::new("InvalidActionDeclarationException", message)
                })?;
                value.clone_from(kept);
            }
        }
    }
    Ok(())
}
