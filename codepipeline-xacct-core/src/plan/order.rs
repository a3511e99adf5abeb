//! What has to be done before what.

use std::collections::{HashMap, HashSet};

use super::step::{Aspect, Step, StepId, Verb, Write};
use crate::ids::{PipelineArn, RoleArn};
use crate::policy::Document;
use crate::topology::items::Topology;
use crate::topology::subject::Subject;

/// Gives each write the steps that it waits for, and puts the steps into an order in which none comes before what it waits for.
///
/// * IAM answers two writes of one role at once with a conflict, so they come one after the other, as they are given.
/// * IAM refuses a principal that doesn't exist, so a trust policy comes after the roles that it names.
/// * CodePipeline checks roles when a pipeline is written, so a pipeline comes after the roles that it uses.
/// * A pipeline comes after those that it starts, so that no run finds a target missing.
/// * What marks a pipeline as ours comes once it is.
/// * A role is deleted, and loses its policies, after the pipelines that use it are gone.
///
/// Roles that trust each other, and pipelines that start each other, can't be ordered: one of them comes first.
pub(super) fn ordered(topology: &Topology, mut writes: Vec<Write>) -> Vec<Step> {
    writes.sort_by_key(rank);
    let links = Links::of(topology);
    let ids: Vec<StepId> = writes.iter().map(Write::id).collect();
    let mut of_subject: HashMap<Subject, Vec<usize>> = HashMap::new();
    for (index, id) in ids.iter().enumerate() {
        of_subject.entry(id.subject.clone()).or_default().push(index);
    }
    let last = |subject: Subject| of_subject.get(&subject).and_then(|writes| writes.last()).copied();
    let is_whole =
        |index: &usize, verb: Verb| ids.get(*index).is_some_and(|id| id.aspect == Aspect::Whole && id.verb == verb);
    let created = |role: &RoleArn| {
        of_subject.get(&Subject::Role(role.clone()))?.iter().copied().find(|index| is_whole(index, Verb::Create))
    };
    let written = |pipeline: &PipelineArn| {
        let mut of = of_subject.get(&Subject::Pipeline(pipeline.clone()))?.iter().copied();
        of.find(|index| is_whole(index, Verb::Create) || is_whole(index, Verb::Update))
    };
    let deleted = |pipeline: &PipelineArn| {
        let mut of = of_subject.get(&Subject::Pipeline(pipeline.clone()))?.iter().copied();
        of.find(|index| is_whole(index, Verb::Delete))
    };
    let before: Vec<Vec<usize>> = writes
        .iter()
        .enumerate()
        .map(|(index, write)| {
            let of = of_subject.get(&write.subject()).map(Vec::as_slice).unwrap_or_default();
            let mut before: Vec<usize> =
                of.iter().copied().take_while(|other| *other != index).last().into_iter().collect();
            match write {
                Write::CreateRole { role, trust, .. } | Write::UpdateTrust { role, after: trust, .. } => {
                    before.extend(named(trust).iter().filter(|arn| *arn != role).filter_map(created));
                }
                Write::CreatePipeline { pipeline, .. } | Write::UpdatePipeline { pipeline, .. } => {
                    let roles = links.roles.get(pipeline).into_iter().flatten();
                    before.extend(roles.filter_map(|role| last(Subject::Role((*role).clone()))));
                    let targets = links.targets.get(pipeline).into_iter().flatten();
                    before.extend(targets.filter(|target| **target != pipeline).filter_map(|target| written(target)));
                }
                Write::DeleteRolePolicy { role, .. } | Write::DeleteRole { role } => {
                    before.extend(links.users.get(role).into_iter().flatten().filter_map(|user| deleted(user)));
                }
                Write::TagRole { .. }
                | Write::PutRolePolicy { .. }
                | Write::TagPipeline { .. }
                | Write::DeletePipeline { .. } => {}
            }
            before.sort_unstable();
            before.dedup();
            before
        })
        .collect();
    sorted(writes, &ids, before)
}

/// The order of steps that don't wait for each other, and of those of one role.
fn rank(write: &Write) -> u8 {
    match write {
        Write::DeletePipeline { .. } => 0,
        Write::CreateRole { .. } => 1,
        Write::UpdateTrust { .. } => 2,
        Write::TagRole { .. } => 3,
        Write::PutRolePolicy { .. } => 4,
        Write::DeleteRolePolicy { .. } => 5,
        Write::DeleteRole { .. } => 6,
        Write::CreatePipeline { .. } | Write::UpdatePipeline { .. } => 7,
        Write::TagPipeline { .. } => 8,
    }
}

/// Which pipelines use which roles and start which others.
struct Links<'a> {
    roles: HashMap<&'a PipelineArn, Vec<&'a RoleArn>>,
    users: HashMap<&'a RoleArn, Vec<&'a PipelineArn>>,
    targets: HashMap<&'a PipelineArn, Vec<&'a PipelineArn>>,
}

impl<'a> Links<'a> {
    fn of(topology: &'a Topology) -> Self {
        let mut links = Self { roles: HashMap::new(), users: HashMap::new(), targets: HashMap::new() };
        for pipeline in topology.pipelines() {
            let roles = pipeline.service_role.iter().chain(pipeline.invokes.iter().filter_map(|i| i.role.as_ref()));
            let roles: Vec<&RoleArn> = roles.chain(pipeline.role_links.iter().map(|link| &link.role)).collect();
            roles.iter().for_each(|role| links.users.entry(role).or_default().push(&pipeline.arn));
            links.roles.insert(&pipeline.arn, roles);
            links.targets.insert(&pipeline.arn, pipeline.invokes.iter().map(|i| &i.target.arn).collect());
        }
        links
    }
}

/// The roles that a trust policy names.
fn named(trust: &Document) -> HashSet<RoleArn> {
    trust.to_json().split('"').filter(|text| text.starts_with("arn:")).filter_map(|text| text.parse().ok()).collect()
}

/// Steps none of which comes before what it waits for. Where steps wait for each other, the first doesn't wait.
fn sorted(writes: Vec<Write>, ids: &[StepId], mut before: Vec<Vec<usize>>) -> Vec<Step> {
    let mut open: Vec<(usize, Write)> = writes.into_iter().enumerate().collect();
    let mut done: HashSet<usize> = HashSet::new();
    let mut steps = Vec::new();
    while !open.is_empty() {
        let is_ready = |(index, _): &(usize, Write)| {
            before.get(*index).is_none_or(|before| before.iter().all(|b| done.contains(b)))
        };
        if !open.iter().any(is_ready) {
            if let Some(waits) = open.first().and_then(|(index, _)| before.get_mut(*index)) {
                waits.retain(|other| done.contains(other));
            }
            continue;
        }
        let (ready, waiting): (Vec<_>, Vec<_>) = open.into_iter().partition(is_ready);
        for (index, write) in ready {
            let after = before.get(index).into_iter().flatten().filter_map(|other| ids.get(*other).cloned()).collect();
            steps.push(Step { write, after });
            done.insert(index);
        }
        open = waiting;
    }
    steps
}
