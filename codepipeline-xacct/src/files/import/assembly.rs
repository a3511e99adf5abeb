//! The items that are imported, put together as the compiler and a topology will: what is wrong between them.

use std::collections::HashMap;

use codepipeline_xacct_syntax::print::{self, ItemNames};
use indexmap::IndexMap;
use serde_json::Value;

use super::items::{GivenPipeline, KnownRole, TargetVariable};
use super::named_in_stages::actions;
use crate::core::check::unknown::is_unknown;
use crate::core::declaration::PipelineDeclaration;
use crate::core::finding::{Finding, Segment};
use crate::core::ids::{PipelineArn, RoleArn};
use crate::core::rules::{self, Rule};
use crate::core::topology::{
    Gate, Invoke, Ownership, Pipeline, Role, RoleLink, RoleUser, Target, TargetVariable as Variable, Topology,
};
use crate::files::template::has_symbol;

/// What is judged of a pipeline that is not fully known: its roles and what it starts, where these are known.
const LINKS: [&Rule; 7] =
    [&rules::XA0901, &rules::XA0902, &rules::XA0903, &rules::XA0904, &rules::XA0905, &rules::XA1013, &rules::XA1014];

/// What is wrong, each with the pipeline that it is about. `only_invokes`: the rest of pipelines stays as it is, and is not looked at.
pub(super) fn put_together(
    only_invokes: bool,
    pipelines: &[GivenPipeline<'_>],
    externs: &IndexMap<PipelineArn, Vec<TargetVariable>>,
    roles: &IndexMap<RoleArn, KnownRole>,
    links: &ItemNames,
) -> Vec<(Option<usize>, Finding)> {
    let mut topology = Topology::builder("imported");
    for (arn, known) in roles {
        topology.role(role(links, arn, known));
    }
    let whole: Vec<bool> = pipelines.iter().map(is_whole).collect();
    let is_whole = |index: usize| whole.get(index).copied().unwrap_or(true);
    let targets = externs.iter().map(|(arn, variables)| (arn.clone(), target(links, arn, variables)));
    let declared: Vec<_> = pipelines.iter().map(|pipeline| (pipeline, declared(pipeline, links))).collect();
    let known = declared.iter().enumerate().map(|(index, (pipeline, declared))| {
        let variables = || Target { item: item(links, &pipeline.arn), arn: pipeline.arn.clone(), variables: None };
        let signature = declared.as_ref().filter(|_| is_whole(index));
        (pipeline.arn.clone(), signature.map_or_else(variables, Pipeline::target))
    });
    let targets: IndexMap<PipelineArn, Target> = targets.chain(known).collect();
    for (given, declared) in declared {
        let Some(mut pipeline) = declared else { continue };
        link(&mut pipeline, given, &targets);
        if only_invokes {
            if pipeline.invokes.is_empty() {
                continue;
            }
            pipeline.role_links.clear();
        }
        for arn in named_roles(&pipeline).filter(|arn| !roles.contains_key(*arn)) {
            topology.role(Role::inline(Ownership::Extern, arn.clone()));
        }
        topology.pipeline(pipeline);
    }
    let findings = match topology.build() {
        Ok(topology) => topology.warnings().to_vec(),
        Err(findings) => findings.iter().cloned().collect(),
    };
    let positions: HashMap<String, usize> =
        pipelines.iter().enumerate().map(|(index, given)| (item(links, &given.arn), index)).collect();
    let of = |finding: &Finding| match finding.place.steps().first() {
        Some(Segment::Pipeline(name)) => positions.get(&**name).copied(),
        _ => None,
    };
    // A role that no file has is only known from where it is named, and its partition is judged there.
    let is_only_named = |finding: &Finding| match finding.place.steps().first() {
        Some(Segment::Role(name)) => !links.roles.values().any(|item| **item == **name),
        _ => false,
    };
    let findings = findings.into_iter().filter(|finding| finding.code != rules::XA0917.code || !is_only_named(finding));
    let found = findings.map(|finding| (of(&finding), finding));
    let is_sure = |(pipeline, finding): &(Option<usize>, Finding)| {
        let is_link = LINKS.iter().any(|rule| rule.code == finding.code) && !is_unknown(&finding.message);
        is_link || pipeline.is_none_or(is_whole)
    };
    found.filter(is_sure).collect()
}

/// Whether all of a pipeline is known.
fn is_whole(given: &GivenPipeline<'_>) -> bool {
    let in_template = given.source.in_template();
    !has_symbol(given.source.declaration()) && in_template.is_none_or(|part| part.not_known.holes.is_empty())
}

fn item(links: &ItemNames, arn: &PipelineArn) -> String {
    links.pipelines.get(arn).cloned().unwrap_or_default()
}

fn role(links: &ItemNames, arn: &RoleArn, known: &KnownRole) -> Role {
    let name = links.roles.get(arn).map_or("", String::as_str);
    let document = |value: &Value| serde_json::from_value(value.clone()).ok();
    let policies = known.policies.as_ref().and_then(|policies| policies.iter().map(document).collect());
    Role {
        trust_policy: known.trust.as_ref().and_then(document),
        permissions_boundary: known.boundary.as_ref().and_then(document),
        policies,
        ..Role::new(name, Ownership::Extern, arn.clone())
    }
}

fn target(links: &ItemNames, arn: &PipelineArn, variables: &[TargetVariable]) -> Target {
    let variable = |(name, default): &TargetVariable| Variable { name: name.clone(), required: default.is_none() };
    let variables = Some(variables.iter().map(variable).collect());
    Target { item: item(links, arn), arn: arn.clone(), variables }
}

/// The pipeline with all of its declaration, but without its links; `None` where it can't be read.
fn declared(given: &GivenPipeline<'_>, links: &ItemNames) -> Option<Pipeline> {
    let declaration: PipelineDeclaration = serde_json::from_value(given.source.declaration().clone()).ok()?;
    let service_role = declaration.role_arn.as_deref().and_then(|arn| arn.parse().ok());
    let name = item(links, &given.arn);
    Some(Pipeline { declaration, service_role, ..Pipeline::new(&name, Ownership::Managed, given.arn.clone()) })
}

/// Adds what the pipeline starts, and what has a role of its own.
fn link(pipeline: &mut Pipeline, given: &GivenPipeline<'_>, targets: &IndexMap<PipelineArn, Target>) {
    let parsed = |arn: &Option<String>| arn.as_deref().and_then(|arn| arn.parse::<RoleArn>().ok());
    let values = actions(given.source.declaration());
    let in_stages = pipeline.declaration.stages.iter().flatten();
    let declared = in_stages.flat_map(|stage| stage.actions.iter().flatten().map(move |action| (stage, action)));
    for (value, (stage, action)) in values.zip(declared) {
        if action.role_arn.as_deref().is_some_and(is_unknown) {
            continue;
        }
        let role = parsed(&action.role_arn);
        let target = print::started(value, &given.arn).and_then(|target| targets.get(&target));
        match target.zip(print::passed_variables(value)) {
            Some((target, variables)) => pipeline.invokes.push(Invoke {
                stage: stage.name.clone(),
                action: action.name.clone(),
                target: target.clone(),
                role,
                variables: variables.into_iter().collect(),
                wait: None,
            }),
            None => pipeline.role_links.extend(role.map(|role| RoleLink {
                stage: stage.name.clone(),
                user: RoleUser::Action(action.name.clone()),
                role,
            })),
        }
    }
    for stage in pipeline.declaration.stages.iter().flatten() {
        for gate in Gate::ALL {
            let conditions = gate.conditions(stage).into_iter().flatten();
            for rule in conditions.flat_map(|condition| condition.rules.iter().flatten()) {
                pipeline.role_links.extend(parsed(&rule.role_arn).map(|role| RoleLink {
                    stage: stage.name.clone(),
                    user: RoleUser::Rule { gate, rule: rule.name.clone() },
                    role,
                }));
            }
        }
    }
}

/// The roles that a pipeline names.
fn named_roles(pipeline: &Pipeline) -> impl Iterator<Item = &RoleArn> {
    let of_invokes = pipeline.invokes.iter().filter_map(|invoke| invoke.role.as_ref());
    pipeline.service_role.iter().chain(of_invokes).chain(pipeline.role_links.iter().map(|link| &link.role))
}
