//! Actions that wait for what an invoke starts: they are printed as `wait:` of the invoke.

use std::collections::HashMap;

use codepipeline_xacct_core::declaration::{PipelineDeclaration, read};
use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::ids::PipelineArn;
use codepipeline_xacct_core::topology::{WaitLimit, wait_name, without_waits};
use serde_json::Value;

/// The stages without the actions that wait, and how long the invoke actions wait, by their places.
pub(super) fn take(
    declaration: &Value,
    arn: &PipelineArn,
    place: &Place,
) -> Option<(Value, HashMap<Place, WaitLimit>)> {
    let typed: PipelineDeclaration = read(&declaration.to_string()).ok()?;
    let (bare, waits) = without_waits(arn, &typed)?;
    let mut taken = declaration.clone();
    let mut limits = HashMap::new();
    let stages = taken.get_mut("stages")?.as_array_mut()?.iter_mut().zip(bare.stages.iter().flatten());
    for (index, (stage, bare)) in stages.enumerate() {
        let of_stage = || waits.iter().filter(|wait| wait.stage == bare.name);
        let actions = stage.get_mut("actions")?.as_array_mut()?;
        let name = |action: &Value| action.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        actions.retain(|action| !of_stage().any(|wait| wait_name(&wait.action) == name(action)));
        for (at, (action, bare)) in actions.iter_mut().zip(bare.actions.iter().flatten()).enumerate() {
            if let (Some(order), Some(written)) = (bare.run_order, action.get_mut("runOrder")) {
                *written = order.into();
            }
            if let Some(wait) = of_stage().find(|wait| wait.action == bare.name) {
                limits.insert(place.stage(index, &wait.stage).action(at, &wait.action), wait.limit);
            }
        }
    }
    Some((taken, limits))
}
