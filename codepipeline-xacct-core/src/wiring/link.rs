//! Actions and rules of a declaration that have a role of their own or start a pipeline.

use crate::declaration::invoke::TARGET_KEY;
use crate::declaration::references::has_reference;
use crate::declaration::runs_in::{account_of, region_of};
use crate::declaration::{ActionDeclaration, PipelineDeclaration};
use crate::finding::Place;
use crate::ids::{Name, PipelineArn, Region, RoleArn};
use crate::topology::items::Gate;

/// An action or a rule with a role, or an action that starts a pipeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Link<'a> {
    /// Where it is.
    pub place: Place,
    /// Name of the stage.
    pub stage: &'a str,
    /// Name of the action or the rule.
    pub name: &'a str,
    /// The action, where it is one.
    pub action: Option<&'a ActionDeclaration>,
    /// Its role as it is written; `None` where the service role runs it.
    pub role: Option<&'a str>,
    /// The pipeline that it starts, as the service looks it up. An ARN instead of the name is read as the name in it,
    /// and spaces around the name are left out.
    pub target: Option<PipelineArn>,
}

impl Link<'_> {
    /// The role, where it is the ARN of one.
    pub fn role_arn(&self) -> Option<RoleArn> {
        self.role.and_then(|role| role.parse().ok())
    }

    /// True for an action that starts a pipeline.
    pub fn is_invoke(&self) -> bool {
        self.action.is_some_and(|action| action.action_type_id.is_pipeline_invoke())
    }
}

/// Every action with a role, every rule with one, and every action that starts a pipeline, in the order of the stages.
pub fn links<'a>(arn: &PipelineArn, declaration: &'a PipelineDeclaration) -> Vec<Link<'a>> {
    let mut links = Vec::new();
    let root = Place::pipeline(&declaration.name);
    for (index, stage) in declaration.stages.iter().flatten().enumerate() {
        let place = root.stage(index, &stage.name);
        for (index, action) in stage.actions.iter().flatten().enumerate() {
            let invokes = action.action_type_id.is_pipeline_invoke();
            if invokes || action.role_arn.is_some() {
                links.push(Link {
                    place: place.action(index, &action.name),
                    stage: &stage.name,
                    name: &action.name,
                    action: Some(action),
                    role: action.role_arn.as_deref(),
                    target: invokes.then(|| target(arn, action)).flatten(),
                });
            }
        }
        for gate in Gate::ALL {
            let rules = gate.conditions(stage).into_iter().flatten().flat_map(|c| c.rules.iter().flatten());
            links.extend(rules.filter(|rule| rule.role_arn.is_some()).map(|rule| Link {
                place: place.key(gate.as_str()).key(&rule.name),
                stage: &stage.name,
                name: &rule.name,
                action: None,
                role: rule.role_arn.as_deref(),
                target: None,
            }));
        }
    }
    links
}

/// The target is looked up by its name, in the account of the role and the Region of the action.
fn target(arn: &PipelineArn, action: &ActionDeclaration) -> Option<PipelineArn> {
    let written = action.configuration.as_ref()?.get(TARGET_KEY)?;
    let named: Option<PipelineArn> = written.parse().ok();
    let name: Name = match &named {
        Some(named) => named.name().clone(),
        None if has_reference(written) => return None,
        None => written.trim().parse().ok()?,
    };
    let region: Region = region_of(arn, action.region.as_deref()).parse().ok()?;
    Some(PipelineArn::new(arn.partition().clone(), region, account_of(arn, action.role_arn.as_deref())?, name))
}
