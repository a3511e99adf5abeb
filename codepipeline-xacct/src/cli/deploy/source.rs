//! What was changed outside of the program, as the program would say it.

use codepipeline_xacct_syntax::format::Style;
use codepipeline_xacct_syntax::print::{ItemNames, part};

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
    // A role that is written in place is called as it is written there.
    let roles = topology.roles().iter().map(|resolved| &resolved.role);
    let roles =
        roles.filter(|role| role.inline || is_name(&role.item)).map(|role| (role.arn.clone(), role.item.clone()));
    let pipelines = topology.pipelines().iter().map(|pipeline| (pipeline.arn.clone(), pipeline.item.clone()));
    let links = ItemNames { roles: roles.collect(), pipelines: pipelines.filter(|(_, item)| is_name(item)).collect() };
    let declaration = serde_json::to_value(declaration).ok()?;
    let additions = topology.pipeline(pipeline).map(|pipeline| &pipeline.additions);
    let additions = additions.filter(|additions| !additions.is_empty());
    part(pipeline, &declaration, paths, &links, additions, &Style::default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::topology::{Ownership, Pipeline, Role, Trust};

    #[test]
    fn a_role_that_is_written_in_place_is_printed_as_it_is_written() {
        let arn: PipelineArn = "arn:aws:codepipeline:eu-west-1:111111111111:release".parse().unwrap();
        let role = "arn:aws:iam::111111111111:role/builder";
        let text = format!(
            r#"{{"name":"release","roleArn":"arn:aws:iam::111111111111:role/service","artifactStore":{{"type":"S3","location":"bucket"}},"stages":[
            {{"name":"Source","actions":[{{"name":"code","actionTypeId":{{"category":"Source","owner":"AWS","provider":"CodeCommit","version":"1"}},
            "configuration":{{"RepositoryName":"shop","BranchName":"main"}},"outputArtifacts":[{{"name":"Code"}}]}}]}},
            {{"name":"Build","actions":[{{"name":"build","actionTypeId":{{"category":"Build","owner":"AWS","provider":"CodeBuild","version":"1"}},
            "configuration":{{"ProjectName":"shop"}},"inputArtifacts":[{{"name":"Code"}}],"roleArn":"{role}"}}]}}]}}"#
        );
        let declaration: PipelineDeclaration = serde_json::from_str(&text).unwrap();
        let mut pipeline = Pipeline::new("Release", Ownership::Managed, arn.clone());
        pipeline.declaration = declaration.clone();
        let roles: [crate::core::ids::RoleArn; 2] =
            ["service", "builder"].map(|name| format!("arn:aws:iam::111111111111:role/{name}").parse().unwrap());
        pipeline.service_role = Some(roles[0].clone());
        let [service, builder] = roles;
        let mut builder = Role::inline(Ownership::Managed, builder);
        builder.trusts = Some(vec![Trust::Role(service.clone())]);
        let topology = Topology::builder("release").add(Role::inline(Ownership::Managed, service)).add(builder);
        let topology = topology.add(pipeline);
        let topology = topology.build().unwrap();
        let paths = ["stages[Build].actions[build].configuration.ProjectName"];
        let source = source(&topology, &arn, &declaration, &paths).unwrap();
        assert!(source.contains("role: managed(\"builder\")"), "{source}");
    }
}
