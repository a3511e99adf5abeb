//! Stages and actions that no run reached.

use super::report::{HopResult, NotReached, RehearsedHop, Unreached};
use super::runs::Runs;
use crate::core::topology::{Gate, Ownership, Pipeline, Topology};
use crate::core::wiring::Hop;
use crate::local::{ExecutionRecord, Local};

/// What no run reached. What is in something that was not reached is not listed.
pub(super) fn not_reached(topology: &Topology, local: &Local, runs: &Runs, hops: &[RehearsedHop]) -> Vec<NotReached> {
    let mut found = Vec::new();
    let all = runs.all();
    for pipeline in topology.pipelines() {
        let own: Vec<&ExecutionRecord> = all.iter().filter(|e| e.pipeline == pipeline.arn).copied().collect();
        if own.is_empty() {
            found.push(NotReached { kind: Unreached::Pipeline, place: pipeline.item.clone() });
        } else if pipeline.ownership != Ownership::Extern {
            in_pipeline(pipeline, local, &own, &mut found);
        }
    }
    for hop in hops.iter().filter(|hop| hop.hop == Hop::Start && hop.result == HopResult::NotReached) {
        let (Some(stage), Some(action)) = (&hop.stage, &hop.action) else { continue };
        let began = all.iter().filter(|execution| runs.item(&execution.pipeline) == hop.pipeline);
        let began = began.flat_map(|e| &e.actions).any(|a| a.stage == *stage && a.action == *action);
        if began {
            let place = format!("{} / {stage} / {action}: the start of {}", hop.pipeline, hop.to);
            found.push(NotReached { kind: Unreached::Hop, place });
        }
    }
    found
}

fn in_pipeline(pipeline: &Pipeline, local: &Local, own: &[&ExecutionRecord], found: &mut Vec<NotReached>) {
    let declaration = local.pipeline(&pipeline.arn);
    for stage in declaration.iter().flat_map(|declaration| declaration.stages.iter().flatten()) {
        let place = format!("{} / {}", pipeline.item, stage.name);
        if !own.iter().any(|execution| execution.stages.contains(&stage.name)) {
            found.push(NotReached { kind: Unreached::Stage, place });
            continue;
        }
        for action in stage.actions.iter().flatten() {
            let mut began = own.iter().flat_map(|execution| &execution.actions);
            if !began.any(|seen| seen.stage == stage.name && seen.action == action.name) {
                found.push(NotReached { kind: Unreached::Action, place: format!("{place} / {}", action.name) });
            }
        }
        for gate in Gate::ALL.into_iter().filter(|gate| gate.conditions(stage).is_some_and(|c| !c.is_empty())) {
            let judged = (stage.name.clone(), gate);
            if !own.iter().any(|execution| execution.conditions.contains(&judged)) {
                found.push(NotReached { kind: Unreached::Condition, place: format!("{place} / {}", gate.as_str()) });
            }
        }
    }
}
