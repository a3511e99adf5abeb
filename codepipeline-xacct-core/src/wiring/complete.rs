//! The members of a declaration that follow from the links of its pipeline.

use crate::declaration::features::needed_type;
use crate::declaration::invoke::{TARGET_KEY, VARIABLES_KEY, variables_text};
use crate::declaration::{ActionDeclaration, PipelineDeclaration};
use crate::topology::items::{Ownership, Pipeline, RoleUser};

/// Fills in what follows from the links of a pipeline: `roleArn`, `PipelineName`, `region` and `Variables` of its
/// invoke actions, the roles of its other actions, its service role, and V2 where something needs it.
pub fn complete(pipeline: &Pipeline) -> PipelineDeclaration {
    let mut declaration = pipeline.declaration.clone();
    if let Some(role) = &pipeline.service_role {
        declaration.role_arn = Some(role.to_string());
    }
    for invoke in &pipeline.invokes {
        if let Some(action) = find_action(&mut declaration, &invoke.stage, &invoke.action) {
            let configuration = action.configuration.get_or_insert_default();
            configuration.insert(TARGET_KEY.to_owned(), invoke.target.arn.name().to_string());
            if !invoke.variables.is_empty() {
                let text = invoke.variables.iter().map(|(name, value)| (name.as_str(), value.as_str()));
                configuration.insert(VARIABLES_KEY.to_owned(), variables_text(text));
            }
            action.region = Some(invoke.target.arn.region().to_string());
            if let Some(role) = &invoke.role {
                action.role_arn = Some(role.to_string());
            }
        }
    }
    for link in &pipeline.role_links {
        let role = Some(link.role.to_string());
        match &link.user {
            RoleUser::Action(action) => {
                if let Some(action) = find_action(&mut declaration, &link.stage, action) {
                    action.role_arn = role;
                }
            }
            RoleUser::Rule { gate, rule } => {
                let stage = declaration.stages.iter_mut().flatten().find(|s| s.name == link.stage);
                let conditions = stage.and_then(|stage| gate.conditions_mut(stage)).into_iter().flatten();
                let mut rules = conditions.flat_map(|condition| condition.rules.iter_mut().flatten());
                if let Some(rule) = rules.find(|r| r.name == *rule) {
                    rule.role_arn = role;
                }
            }
        }
    }
    if pipeline.ownership == Ownership::Managed && declaration.pipeline_type.is_none() {
        // How the service handles an omitted type is not documented, so it is written out.
        declaration.pipeline_type = Some(needed_type(&declaration));
    }
    declaration
}

fn find_action<'a>(
    declaration: &'a mut PipelineDeclaration,
    stage: &str,
    action: &str,
) -> Option<&'a mut ActionDeclaration> {
    // A name that two stages have is reported as such.
    let stages = declaration.stages.iter_mut().flatten().filter(|s| s.name == stage);
    stages.flat_map(|s| s.actions.iter_mut().flatten()).find(|a| a.name == action)
}
