//! The actions and rules with a role or a target: those that the topology names, and those that its pipelines have besides.

use crate::core::finding::Place;
use crate::core::ids::{PipelineArn, RoleArn};
use crate::core::topology::{Ownership, Pipeline, RoleUser, Topology};
use crate::core::wiring;
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
        let held = local.pipeline(&pipeline.arn);
        for link in held.iter().flat_map(|held| wiring::links(&pipeline.arn, held)) {
            if !links.iter().any(|known| known.stage == link.stage && known.user == link.name) {
                links.push(Link {
                    stage: link.stage.to_owned(),
                    user: link.name.to_owned(),
                    role: link.role_arn(),
                    target: link.target,
                    place: None,
                });
            }
        }
        let service = held.and_then(|held| held.role_arn?.parse().ok());
        Linked { pipeline, service: pipeline.service_role.clone().or(service), links }
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
