//! Secrets that the account holds and shows as `****`: they stay, until the program's are to be written.

use super::diff::{Change, changes};
use crate::declaration::secrets::MASK;
use crate::declaration::{ActionDeclaration, PipelineDeclaration};
use crate::finding::Finding;
use crate::ids::Region;
use crate::rules;
use crate::topology::items::Pipeline;

/// The secrets of one pipeline.
#[derive(Default)]
pub(super) struct Secrets {
    /// Those that are written because the plan is to write them.
    pub(super) rotated: Vec<Change>,
    /// Those of which it is not known whether they are the program's.
    pub(super) not_compared: Vec<Finding>,
}

/// Puts `****` in place of the program's secrets in actions that don't change otherwise, so that AWS keeps those that it holds; if `rotate`
/// is true, the program's are written.
pub(super) fn keep_held(
    pipeline: &Pipeline,
    existing: &PipelineDeclaration,
    desired: &mut PipelineDeclaration,
    home: &Region,
    rotate: bool,
) -> Secrets {
    let mut secrets = Secrets::default();
    let changed = changes(existing, desired, home);
    for_each_given(existing, desired, |stage, action, key| {
        let path = format!("stages[{stage}].actions[{}]", action.name);
        let is_changed = || changed.iter().any(|change| change.is_in(&path) || change.covers(&path));
        if rotate {
            secrets.rotated.push(Change::of_secret(format!("{path}.configuration.{key}")));
        } else if !is_changed() {
            let place = pipeline.action_place(stage, &action.name).key("configuration").key(&key);
            let message = format!("`{key}` can't be compared with what the account holds, and stays as it is");
            secrets.not_compared.push(
                Finding::of(&rules::XA1027, place, message)
                    .help("if the program has a new one, plan with `.rotate_secrets()`, or `--rotate-secrets`"),
            );
            action.configuration.get_or_insert_default().insert(key, MASK.to_owned());
        }
    });
    secrets
}

/// Puts `****` in place of all secrets that the account holds, so that AWS keeps them.
pub(super) fn keep_all_held(existing: &PipelineDeclaration, desired: &mut PipelineDeclaration) {
    for_each_given(existing, desired, |_, action, key| {
        action.configuration.get_or_insert_default().insert(key, MASK.to_owned());
    });
}

/// Visits each secret that the account holds and the program gives: its stage, its action and its key.
fn for_each_given(
    existing: &PipelineDeclaration,
    desired: &mut PipelineDeclaration,
    mut visit: impl FnMut(&str, &mut ActionDeclaration, String),
) {
    for stage in desired.stages.iter_mut().flatten() {
        let there = existing.stages.iter().flatten().find(|other| other.name == stage.name);
        let there = there.and_then(|stage| stage.actions.as_deref()).unwrap_or_default();
        for action in stage.actions.iter_mut().flatten() {
            let Some(held) = there.iter().find(|other| other.name == action.name) else { continue };
            for key in given(held, action) {
                visit(&stage.name, action, key);
            }
        }
    }
}

/// The keys of an action for which the account shows `****` and the program has something else.
fn given(held: &ActionDeclaration, action: &ActionDeclaration) -> Vec<String> {
    let masked = held.configuration.iter().flatten().filter(|(_, value)| *value == MASK).map(|(key, _)| key);
    let ours = |key: &&String| action.configuration.as_ref()?.get(*key).map(|value| value != MASK);
    masked.filter(|key| ours(key) == Some(true)).cloned().collect()
}
