//! What actions do is not ours: sources have something to read, and all others end as configured, or succeed.

use super::assumption::{Assumption, AssumptionKind};
use super::configuration::Configuration;
use crate::core::declaration::ActionDeclaration;
use crate::core::topology::{Ownership, Topology, Wait};
use crate::local::Local;

/// What is assumed of the actions that were not told how they end. `from_accounts`: local AWS holds what the accounts hold.
pub(super) fn default_outcomes(
    topology: &Topology,
    local: &Local,
    configuration: &Configuration,
    from_accounts: bool,
) -> Vec<Assumption> {
    let mut assumed = Vec::new();
    for pipeline in topology.pipelines().iter().filter(|pipeline| pipeline.ownership != Ownership::Extern) {
        let held = if from_accounts { local.pipeline(&pipeline.arn) } else { None };
        let declaration = match (pipeline.ownership, held) {
            (Ownership::Extended, Some(held)) => held,
            _ => pipeline.declaration.clone(),
        };
        for stage in declaration.stages.iter().flatten() {
            for action in stage.actions.iter().flatten() {
                if let Some((kind, taken_for)) = taken_for(action)
                    && !configuration.has_outcome(&pipeline.arn, &stage.name, &action.name)
                {
                    let place = format!("{} / {} / {}", pipeline.item, stage.name, action.name);
                    assumed.push(Assumption::new(kind, place, taken_for));
                }
            }
        }
    }
    assumed
}

/// What an action is taken for; `None` of an invoke, which really starts its target, and of what waits for that.
fn taken_for(action: &ActionDeclaration) -> Option<(AssumptionKind, String)> {
    let id = &action.action_type_id;
    match id.category.as_str() {
        _ if id.is_pipeline_invoke() || Wait::of(action).is_some() => None,
        "Source" => Some((AssumptionKind::Source, format!("what {} reads exists", id.provider))),
        "Approval" => Some((AssumptionKind::Action, "is approved at once".to_owned())),
        _ => Some((AssumptionKind::Action, "succeeds".to_owned())),
    }
}
