//! The variable that managed pipelines declare because they are started with that of their caller.

use std::collections::BTreeSet;

use super::caller_variable::CALLER_VARIABLE;
use super::items::{Ownership, Pipeline, TargetVariable};
use crate::declaration::PipelineVariableDeclaration;
use crate::ordered::set;

/// The default of the variable, for executions that no action starts.
const NOBODY: &str = "none";

/// Declares [`CALLER_VARIABLE`] in the managed pipelines that are started with it.
pub(super) fn declare_caller_variable(pipelines: &mut [Pipeline]) {
    let invokes = pipelines.iter().flat_map(|pipeline| &pipeline.invokes);
    let followed = invokes.filter(|invoke| invoke.variables.contains_key(CALLER_VARIABLE));
    let followed = set(followed.map(|invoke| invoke.target.arn.clone()));
    let mut declared = BTreeSet::new();
    let is_followed =
        |pipeline: &&mut Pipeline| pipeline.ownership == Ownership::Managed && followed.contains(&pipeline.arn);
    for pipeline in pipelines.iter_mut().filter(is_followed) {
        let variables = pipeline.declaration.variables.get_or_insert_default();
        if !variables.iter().any(|variable| variable.name == CALLER_VARIABLE) {
            variables.push(PipelineVariableDeclaration {
                name: CALLER_VARIABLE.to_owned(),
                default_value: Some(NOBODY.to_owned()),
                description: Some("Execution, stage and action that started this one".to_owned()),
                ..Default::default()
            });
            declared.insert(pipeline.arn.clone());
        }
    }
    let targets = pipelines.iter_mut().flat_map(|pipeline| &mut pipeline.invokes).map(|invoke| &mut invoke.target);
    for target in targets.filter(|target| declared.contains(&target.arn)) {
        let variable = TargetVariable { name: CALLER_VARIABLE.to_owned(), required: false };
        target.variables.iter_mut().for_each(|variables| variables.push(variable.clone()));
    }
}
