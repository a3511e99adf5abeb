//! What a program takes out of actions that others made: an invoke without a role says that its action has none.

use std::collections::BTreeSet;

use super::leaves::{action_path, action_paths};
use crate::declaration::PipelineDeclaration;
use crate::member_path::member_path;
use crate::ordered::set;
use crate::topology::items::Pipeline;

/// The member that is taken out.
pub(in crate::plan) const ROLE: &str = "roleArn";

/// The paths at which an extended pipeline must have nothing.
pub(in crate::plan) fn taken_out(pipeline: &Pipeline) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for stage in pipeline.declaration.stages.iter().flatten() {
        let is_added = |action: &str| {
            pipeline.additions.has_stage(&stage.name) || pipeline.additions.has_action(&stage.name, action)
        };
        let actions = stage.actions.iter().flatten().filter(|action| pipeline.has_invoke(&stage.name, &action.name));
        let bare = actions.filter(|action| action.role_arn.is_none() && !is_added(&action.name));
        paths.extend(bare.map(|action| member_path(&action_path(&stage.name, &action.name), ROLE)));
    }
    paths
}

/// The paths of the roles that the actions of a pipeline have, or lack.
pub(in crate::plan) fn role_paths(declaration: &PipelineDeclaration) -> BTreeSet<String> {
    set(action_paths(declaration).iter().map(|action| member_path(action, ROLE)))
}
