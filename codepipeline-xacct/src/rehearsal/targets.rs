//! Targets that the topology does not name: pipelines that exist may start others.

use indexmap::{IndexMap, IndexSet};

use super::assumption::{Assumption, AssumptionKind};
use super::error::RehearseError;
use super::service_role::service_role;
use super::stand_in;
use crate::core::declaration::ActionDeclaration;
use crate::core::declaration::invoke::{self, VARIABLES_KEY};
use crate::core::ids::PipelineArn;
use crate::core::topology::Topology;
use crate::core::wiring::links;
use crate::local::Local;

/// Creates stand-ins for targets that are not there yet. To be done after the plan is applied, which changes targets.
pub(super) fn put_unnamed(local: &Local, topology: &Topology) -> Result<Vec<Assumption>, RehearseError> {
    let mut targets: IndexMap<PipelineArn, IndexSet<String>> = IndexMap::new();
    for pipeline in topology.pipelines() {
        let declaration = local.pipeline(&pipeline.arn).unwrap_or_default();
        for link in links(&pipeline.arn, &declaration) {
            let (Some(target), Some(action)) = (link.target, link.action) else { continue };
            if topology.pipeline(&target).is_none() {
                targets.entry(target).or_default().extend(passed(action));
            }
        }
    }
    let mut assumed = Vec::new();
    for (arn, passed) in targets {
        let role = service_role(&arn)?;
        let document = stand_in::target(&arn, &role.arn, &[], &passed);
        local.seed_roles(vec![role]);
        let failed = |error| RehearseError::Local { what: format!("pipeline {arn}"), error };
        local.put_pipeline(&arn, &document).map_err(failed)?;
        let taken_for = "takes the variables that are passed to it and succeeds: the topology does not name it";
        assumed.push(Assumption::new(AssumptionKind::Pipeline, arn, taken_for));
    }
    Ok(assumed)
}

/// The names of the variables that an action passes.
fn passed(action: &ActionDeclaration) -> Vec<String> {
    let passed = invoke::text(action, VARIABLES_KEY).and_then(invoke::variables).unwrap_or_default();
    passed.into_iter().map(|variable| variable.name).collect()
}
