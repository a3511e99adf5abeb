//! The graph of pipelines that are only declared: those of templates and plans.

use std::collections::HashSet;

use super::drawing::Drawing;
use super::model::{DrawnLink, Graph, Named};
use crate::ids::{PipelineArn, RoleArn};
use crate::sentences::counted;
use crate::wiring::Sign;

/// A declared pipeline, with what is proven of it.
#[derive(Debug, Clone)]
pub struct DeclaredPipeline {
    /// The pipeline.
    pub pipeline: Named<PipelineArn>,
    /// The names of its stages.
    pub stages: Vec<String>,
    /// Its service role, and whether CodePipeline may assume it.
    pub service: Option<(Named<RoleArn>, Sign)>,
    /// The actions that have a role or start a pipeline.
    pub links: Vec<DeclaredLink>,
}

/// An action that has a role or starts a pipeline.
#[derive(Debug, Clone)]
pub struct DeclaredLink {
    /// The position of the stage.
    pub stage: usize,
    /// The name of the action.
    pub action: String,
    /// Its role.
    pub role: Option<Named<RoleArn>>,
    /// Whether the service role may assume it.
    pub assume: Sign,
    /// What it starts.
    pub target: Option<Named<PipelineArn>>,
    /// Whether that is allowed.
    pub start: Sign,
}

/// What is drawn of declared pipelines. What is alike is one box.
pub fn of_declared(pipelines: Vec<DeclaredPipeline>) -> Graph {
    let known: HashSet<&PipelineArn> = pipelines.iter().map(|declared| &declared.pipeline.id).collect();
    let mut drawing = Drawing::new(counted(known.len(), "pipeline"));
    for DeclaredPipeline { pipeline, stages, service, links } in pipelines {
        let from = drawing.pipeline(&pipeline.id, &pipeline.name);
        for DeclaredLink { stage, action, role, assume, target, start } in links {
            let role = role.map(|role| drawing.role(&role.id, &role.name));
            let target = target.map(|target| drawing.pipeline(&target.id, &target.name));
            let (assume, start) = (role.map(|_| assume), target.map(|_| start));
            let actions = vec![action];
            drawing.link(DrawnLink { from: Some(from), stage, actions, role, assume, target, start, count: 1 });
        }
        if let Some(drawn) = drawing.pipeline_mut(from) {
            drawn.stages = stages;
            drawn.service_trust = service.as_ref().map(|(_, trust)| *trust);
            drawn.service_roles = service.into_iter().map(|(role, _)| role).collect();
        }
    }
    drawing.finish().folded()
}
