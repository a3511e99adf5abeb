//! The actions and rules with a role or a target: those that the topology names, and those that its pipelines have besides.

use crate::core::declaration::ActionDeclaration;
use crate::core::finding::Place;
use crate::core::ids::{AccountId, PipelineArn, RoleArn};
use crate::core::topology::{Ownership, Pipeline, RoleUser, Topology};
use crate::local::Local;

/// An action or a rule that works with a role of its own, or starts a pipeline.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) stage: String,
    /// The action or the rule.
    pub(super) user: String,
    pub(super) role: Option<RoleArn>,
    pub(super) target: Option<PipelineArn>,
    /// Where it is in the topology, if the topology names it.
    pub(super) place: Option<Place>,
}

/// A pipeline that is managed or extended, with its service role and its links.
#[derive(Debug, Clone)]
pub(super) struct Linked<'a> {
    pub(super) pipeline: &'a Pipeline,
    pub(super) service: Option<RoleArn>,
    pub(super) links: Vec<Link>,
}

/// All pipelines of a topology that are not `extern`, as local AWS holds them.
pub(super) fn linked<'a>(topology: &'a Topology, local: &Local) -> Vec<Linked<'a>> {
    let ours = topology.pipelines().iter().filter(|pipeline| pipeline.ownership != Ownership::Extern);
    ours.map(|pipeline| {
        let mut links = of_topology(pipeline);
        let declaration = local.pipeline(&pipeline.arn);
        for stage in declaration.iter().flat_map(|declaration| declaration.stages.iter().flatten()) {
            for action in stage.actions.iter().flatten() {
                let known = links.iter().any(|link| link.stage == stage.name && link.user == action.name);
                let role = action.role_arn.as_ref().and_then(|role| role.parse().ok());
                let starts = action.action_type_id.is_pipeline_invoke();
                if !known && (starts || role.is_some()) {
                    links.push(Link {
                        stage: stage.name.clone(),
                        user: action.name.clone(),
                        role,
                        target: if starts { target(&pipeline.arn, action) } else { None },
                        place: None,
                    });
                }
            }
        }
        let held = declaration.and_then(|declaration| declaration.role_arn?.parse().ok());
        Linked { pipeline, service: pipeline.service_role.clone().or(held), links }
    })
    .collect()
}

fn of_topology(pipeline: &Pipeline) -> Vec<Link> {
    let invokes = pipeline.invokes.iter().map(|invoke| Link {
        stage: invoke.stage.clone(),
        user: invoke.action.clone(),
        role: invoke.role.clone(),
        target: Some(invoke.target.arn.clone()),
        place: Some(pipeline.action_place(&invoke.stage, &invoke.action)),
    });
    let others = pipeline.role_links.iter().map(|link| Link {
        stage: link.stage.clone(),
        user: match &link.user {
            RoleUser::Action(action) => action.clone(),
            RoleUser::Rule { rule, .. } => rule.clone(),
        },
        role: Some(link.role.clone()),
        target: None,
        place: Some(pipeline.link_place(link)),
    });
    invokes.chain(others).collect()
}

/// The pipeline that an invoke action starts: where its role and its Region say.
pub(super) fn target(caller: &PipelineArn, action: &ActionDeclaration) -> Option<PipelineArn> {
    let name = action.configuration.as_ref()?.get("PipelineName")?.parse().ok()?;
    let role: Option<RoleArn> = action.role_arn.as_ref().and_then(|role| role.parse().ok());
    let account: &AccountId = role.as_ref().map_or(caller.account(), RoleArn::account);
    let region = match &action.region {
        Some(region) => region.parse().ok()?,
        None => caller.region().clone(),
    };
    Some(PipelineArn::new(caller.partition().clone(), region, account.clone(), name))
}
