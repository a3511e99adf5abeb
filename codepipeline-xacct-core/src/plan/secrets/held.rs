//! Secrets that the account holds and shows as `****`: they stay, until the program's are to be written.

use super::withheld_secrets::Withheld;
use crate::declaration::PipelineDeclaration;
use crate::declaration::secrets::MASK;
use crate::finding::Finding;
use crate::ids::Region;
use crate::member_path::member_path;
use crate::plan::pipelines::diff::{Change, changes};
use crate::plan::pipelines::leaves::action_path;
use crate::rules;
use crate::topology::items::Pipeline;

/// The secrets of one pipeline that the account holds.
#[derive(Default)]
pub(in crate::plan) struct Secrets {
    /// Those that are written because the plan is to write them.
    pub(in crate::plan) rotated: Vec<Change>,
    /// Those that may or may not be the program's.
    pub(in crate::plan) not_compared: Vec<Finding>,
}

/// Leaves the secrets that the account holds to it, in actions that don't change otherwise; if `rotate` is true, the program's are written.
pub(in crate::plan) fn keep_held(
    pipeline: &Pipeline,
    existing: &PipelineDeclaration,
    desired: &PipelineDeclaration,
    withheld: &mut Withheld,
    home: &Region,
    rotate: bool,
) -> Secrets {
    let mut secrets = Secrets::default();
    let changed = changes(existing, desired, home);
    for Held { stage, action, key } in held(existing, withheld) {
        let of_action = action_path(stage, action);
        let path = path(stage, action, key);
        let is_changed = || changed.iter().any(|change| change.is_in(&of_action) || change.covers(&of_action));
        if rotate {
            secrets.rotated.push(Change::of_secret(path));
        } else if !is_changed() {
            let place = pipeline.action_place(stage, action).key("configuration").key(key);
            let message = format!("`{key}` can't be compared with what the account holds, and stays as it is");
            secrets.not_compared.push(
                Finding::of(&rules::XA1027, place, message)
                    .help("if the program has a new one, plan with `.rotate_secrets()`, or `--rotate-secrets`"),
            );
            withheld.leave(&path);
        }
    }
    secrets
}

/// Leaves all secrets that the account holds to it.
pub(in crate::plan) fn keep_all_held(existing: &PipelineDeclaration, withheld: &mut Withheld) {
    for Held { stage, action, key } in held(existing, withheld) {
        withheld.leave(&path(stage, action, key));
    }
}

/// A secret that the account holds and the program has.
struct Held<'a> {
    stage: &'a str,
    action: &'a str,
    key: &'a str,
}

fn held<'a>(existing: &'a PipelineDeclaration, withheld: &Withheld) -> Vec<Held<'a>> {
    let mut all = Vec::new();
    for stage in existing.stages.iter().flatten() {
        for action in stage.actions.iter().flatten() {
            let masked = action.configuration.iter().flatten().filter(|(_, value)| *value == MASK);
            all.extend(masked.map(|(key, _)| Held { stage: &stage.name, action: &action.name, key }));
        }
    }
    all.retain(|Held { stage, action, key }| withheld.has(&path(stage, action, key)));
    all
}

/// As [`Withheld`] names them.
fn path(stage: &str, action: &str, key: &str) -> String {
    member_path(&format!("{}.configuration", action_path(stage, action)), key)
}
