//! What was changed outside of the program, as the program would say it.

use codepipeline_xacct_syntax::format::Style;
use codepipeline_xacct_syntax::print::{Links, part};

use crate::core::declaration::PipelineDeclaration;
use crate::core::ids::PipelineArn;
use crate::core::topology::Topology;

/// The parts of a pipeline at some paths of its declaration.
pub(super) fn source(
    topology: &Topology,
    pipeline: &PipelineArn,
    declaration: &PipelineDeclaration,
    paths: &[&str],
) -> Option<String> {
    let is_name = |item: &String| item.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let roles = topology.roles().iter().map(|resolved| (resolved.role.arn.clone(), resolved.role.item.clone()));
    let pipelines = topology.pipelines().iter().map(|pipeline| (pipeline.arn.clone(), pipeline.item.clone()));
    let links = Links {
        roles: roles.filter(|(_, item)| is_name(item)).collect(),
        pipelines: pipelines.filter(|(_, item)| is_name(item)).collect(),
    };
    let declaration = serde_json::to_value(declaration).ok()?;
    part(pipeline, &declaration, paths, &links, &Style::default())
}
