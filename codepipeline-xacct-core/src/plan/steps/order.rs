//! The order of the steps.

use std::collections::{HashMap, HashSet};

use super::step::Step;
use super::step_id::StepId;
use super::subjects_in::subjects_in;
use super::write::{Aspect, Verb, Write};
use crate::ids::{PipelineArn, RoleArn};
use crate::topology::items::Topology;
use crate::topology::subject::Subject;

/// Gives each write the steps that it waits for, and puts the steps into an order in which none comes before what it waits for.
///
/// * IAM answers concurrent writes to one role with a conflict, so they come one after the other, in the given order.
/// * IAM refuses a principal that doesn't exist, so a trust policy comes after the roles that it names.
/// * CodePipeline checks roles when a pipeline is written, so a pipeline comes after the roles that it uses.
/// * A pipeline comes after those that it starts, so that no run finds a target missing.
/// * Tags are written before the role or the pipeline: what is about to be written must be known should the apply stop, and an extended
///   pipeline must never lack the tag that says what was there before.
/// * A role is deleted, and loses its policies, after the pipelines that use it are gone or no longer use it; so is a pipeline that others
///   start.
/// * What is no longer in the program is deleted last, roles after pipelines.
///
/// Roles that trust each other, and pipelines that start each other, can't be ordered: one of them comes first.
pub(in crate::plan) fn ordered(topology: &Topology, mut writes: Vec<Write>) -> Vec<Step> {
    writes.sort_by_key(Write::rank);
    let links = Dependencies::of(topology);
    let ids: Vec<StepId> = writes.iter().map(Write::id).collect();
    let mut of_subject: HashMap<Subject, Vec<usize>> = HashMap::new();
    for (index, id) in ids.iter().enumerate() {
        of_subject.entry(id.subject.clone()).or_default().push(index);
    }
    let is_deletion = |index: &usize| ids.get(*index).is_some_and(|id| id.verb == Verb::Delete);
    let last = |subject: Subject| {
        of_subject.get(&subject).and_then(|writes| writes.iter().rfind(|index| !is_deletion(index))).copied()
    };
    let is_whole =
        |index: &usize, verb: Verb| ids.get(*index).is_some_and(|id| id.aspect == Aspect::Whole && id.verb == verb);
    let created = |role: &RoleArn| {
        of_subject.get(&Subject::Role(role.clone()))?.iter().copied().find(|index| is_whole(index, Verb::Create))
    };
    let written = |pipeline: &PipelineArn| {
        let mut of = of_subject.get(&Subject::Pipeline(pipeline.clone()))?.iter().copied();
        of.find(|index| is_whole(index, Verb::Create) || is_whole(index, Verb::Update))
    };
    let changed = |pipeline: &PipelineArn| {
        let mut of = of_subject.get(&Subject::Pipeline(pipeline.clone()))?.iter().copied();
        of.find(|index| is_whole(index, Verb::Delete) || is_whole(index, Verb::Update))
    };
    let indexes = || 0..ids.len();
    let is_left = |index: &usize| {
        let of =
            |id: &StepId| matches!(&id.subject, Subject::Pipeline(pipeline) if topology.pipeline(pipeline).is_none());
        is_whole(index, Verb::Delete) && ids.get(*index).is_some_and(of)
    };
    let is_pipeline = |index: &usize| ids.get(*index).is_some_and(|id| matches!(id.subject, Subject::Pipeline(_)));
    let before: Vec<Vec<usize>> = writes
        .iter()
        .enumerate()
        .map(|(index, write)| {
            let of = of_subject.get(&write.subject()).map(Vec::as_slice).unwrap_or_default();
            let mut before: Vec<usize> =
                of.iter().copied().take_while(|other| *other != index).last().into_iter().collect();
            match write {
                Write::CreateRole { role, trust, .. } | Write::UpdateTrust { role, after: trust, .. } => {
                    let roles = subjects_in(&trust.to_json()).into_iter().filter_map(|subject| match subject {
                        Subject::Role(other) => Some(other).filter(|other| other != role),
                        Subject::Pipeline(_) => None,
                    });
                    before.extend(roles.filter_map(|role| created(&role)));
                }
                Write::CreatePipeline { pipeline, .. } | Write::UpdatePipeline { pipeline, .. } => {
                    let roles = links.roles.get(pipeline).into_iter().flatten();
                    before.extend(roles.filter_map(|role| last(Subject::Role((*role).clone()))));
                    let targets = links.targets.get(pipeline).into_iter().flatten();
                    before.extend(targets.filter(|target| **target != pipeline).filter_map(|target| written(target)));
                }
                Write::DeleteRolePolicy { role, .. } | Write::DeleteRole { role, .. }
                    if topology.role(role).is_none() =>
                {
                    before.extend(indexes().filter(|other| !is_deletion(other) || is_pipeline(other)));
                }
                Write::DeletePipeline { pipeline, .. } if topology.pipeline(pipeline).is_none() => {
                    before.extend(indexes().filter(|other| !is_deletion(other)));
                }
                Write::DeleteRolePolicy { role, .. } | Write::DeleteRole { role, .. } => {
                    before.extend(links.users.get(role).into_iter().flatten().filter_map(|user| changed(user)));
                    // What uses a role and is not in the program is not known.
                    before.extend(indexes().filter(is_left));
                }
                Write::DeletePipeline { pipeline, .. } => {
                    let callers = links.callers.get(pipeline).into_iter().flatten();
                    before.extend(callers.filter(|caller| **caller != pipeline).filter_map(|caller| changed(caller)));
                }
                // Any other waits only for the writes of the same role or pipeline.
                _ => {}
            }
            before.sort_unstable();
            before.dedup();
            before
        })
        .collect();
    sorted(writes, &ids, before)
}

/// Which pipelines use which roles and start which others.
struct Dependencies<'a> {
    roles: HashMap<&'a PipelineArn, Vec<&'a RoleArn>>,
    users: HashMap<&'a RoleArn, Vec<&'a PipelineArn>>,
    targets: HashMap<&'a PipelineArn, Vec<&'a PipelineArn>>,
    callers: HashMap<&'a PipelineArn, Vec<&'a PipelineArn>>,
}

impl<'a> Dependencies<'a> {
    fn of(topology: &'a Topology) -> Self {
        let mut links =
            Self { roles: HashMap::new(), users: HashMap::new(), targets: HashMap::new(), callers: HashMap::new() };
        for pipeline in topology.pipelines() {
            let roles = pipeline.service_role.iter().chain(pipeline.invokes.iter().filter_map(|i| i.role.as_ref()));
            let roles: Vec<&RoleArn> = roles.chain(pipeline.role_links.iter().map(|link| &link.role)).collect();
            roles.iter().for_each(|role| links.users.entry(role).or_default().push(&pipeline.arn));
            links.roles.insert(&pipeline.arn, roles);
            let targets: Vec<&PipelineArn> = pipeline.invokes.iter().map(|i| &i.target.arn).collect();
            targets.iter().for_each(|target| links.callers.entry(target).or_default().push(&pipeline.arn));
            links.targets.insert(&pipeline.arn, targets);
        }
        links
    }
}

/// Sorts the steps so that none comes before what it waits for. If steps wait for each other, the first doesn't wait.
pub(in crate::plan) fn sorted(writes: Vec<Write>, ids: &[StepId], mut before: Vec<Vec<usize>>) -> Vec<Step> {
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

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;

    use super::*;
    use crate::declaration::PipelineDeclaration;
    use crate::plan::secrets::withheld_secrets::Withheld;
    use crate::plan::steps::precondition::{PipelinePrecondition, RolePrecondition};
    use crate::policy::{Document, Statement, role_trust};
    use crate::topology::items::{Invoke, Ownership, Pipeline, Role, Target};

    fn role(name: &str) -> RoleArn {
        format!("arn:aws:iam::111111111111:role/{name}").parse().unwrap()
    }

    fn arn(name: &str) -> PipelineArn {
        format!("arn:aws:codepipeline:eu-west-1:111111111111:{name}").parse().unwrap()
    }

    /// Extended pipelines, each of which has a service role of the same name and starts another pipeline.
    fn topology(starts: &[(&str, &str)]) -> Topology {
        let mut topology = Topology::builder("t");
        for (caller, target) in starts {
            let mut pipeline = Pipeline::new(caller, Ownership::Extended, arn(caller));
            pipeline.service_role = Some(role(caller));
            let invoke: PipelineDeclaration = crate::declaration::read(&format!(
                r#"{{"name":"{caller}","stages":[{{"name":"S","actions":[{{"name":"a","actionTypeId":{{"category":"Invoke","owner":"AWS","provider":"CodePipeline","version":"1"}}}}]}}]}}"#
            ))
            .unwrap();
            pipeline.declaration = invoke;
            pipeline.invokes.push(Invoke {
                stage: "S".to_owned(),
                action: "a".to_owned(),
                target: Target { item: (*target).to_owned(), arn: arn(target), variables: None },
                role: None,
                variables: IndexMap::new(),
                wait: None,
            });
            topology = topology.add(Role::inline(Ownership::Extended, role(caller))).add(pipeline);
        }
        topology.build().unwrap()
    }

    fn create(name: &str, trusts: &[&str]) -> Write {
        let trusted: Vec<RoleArn> = trusts.iter().map(|name| role(name)).collect();
        Write::CreateRole { role: role(name), trust: Document::new(vec![role_trust(&trusted)]), tags: IndexMap::new() }
    }

    fn policy(name: &str) -> Write {
        let after = Document::new(vec![Statement::allow(&["s3:GetObject"], vec!["*".to_owned()])]);
        Write::PutRolePolicy { role: role(name), seen: None, name: "p".to_owned(), before: None, after }
    }

    fn pipeline(name: &str) -> Write {
        Write::CreatePipeline {
            pipeline: arn(name),
            declaration: Box::default(),
            secrets: Withheld::default(),
            tags: IndexMap::new(),
        }
    }

    /// Each step with those that it waits for.
    fn waits(topology: &Topology, writes: Vec<Write>) -> Vec<(String, Vec<String>)> {
        let steps = ordered(topology, writes);
        for (index, step) in steps.iter().enumerate() {
            let earlier: Vec<StepId> = steps.iter().take(index).map(Step::id).collect();
            assert!(step.after.iter().all(|before| earlier.contains(before)), "{step:?} comes too early");
        }
        // All are in one account.
        let said = |id: &StepId| id.to_string().replace("111111111111, ", "").replace(" (111111111111)", "");
        steps.iter().map(|step| (step.to_string(), step.after.iter().map(said).collect())).collect()
    }

    fn step(text: &str, after: &[&str]) -> (String, Vec<String>) {
        (text.to_owned(), after.iter().map(|text| (*text).to_owned()).collect())
    }

    #[test]
    fn roles_come_before_what_trusts_them_policies_before_pipelines_and_targets_before_callers() {
        let topology = topology(&[("caller", "target"), ("target", "other")]);
        let writes = vec![
            pipeline("caller"),
            pipeline("target"),
            policy("caller"),
            create("invoker", &["caller"]),
            create("caller", &[]),
        ];
        assert_eq!(
            waits(&topology, writes),
            [
                step("+ role caller", &[]),
                step("+ pipeline target (eu-west-1)", &[]),
                step("+ role invoker", &["+ role caller"]),
                step("+ role caller: inline policy p", &["+ role caller"]),
                step(
                    "+ pipeline caller (eu-west-1)",
                    &["+ role caller: inline policy p", "+ pipeline target (eu-west-1)"]
                ),
            ]
        );
    }

    #[test]
    fn steps_that_wait_for_each_other_are_all_there_and_one_of_them_is_first() {
        let topology = topology(&[("a", "b"), ("b", "a")]);
        assert_eq!(
            waits(&topology, vec![pipeline("a"), pipeline("b")]),
            [step("+ pipeline a (eu-west-1)", &[]), step("+ pipeline b (eu-west-1)", &["+ pipeline a (eu-west-1)"])]
        );
        assert_eq!(
            waits(&topology, vec![create("x", &["y"]), create("y", &["x"])]),
            [step("+ role x", &[]), step("+ role y", &["+ role x"])]
        );
    }

    #[test]
    fn a_role_goes_after_the_pipelines_that_use_it() {
        let topology = topology(&[("a", "b")]);
        let document = Document::new(Vec::new());
        let seen_role = || RolePrecondition {
            owner: Some("t".to_owned()),
            unique_id: "AROA1".to_owned(),
            applied: None,
            tags: IndexMap::new(),
        };
        let seen_pipeline = PipelinePrecondition {
            owner: Some("t".to_owned()),
            version: 1,
            created: String::new(),
            applied: None,
            tags: IndexMap::new(),
        };
        let writes = vec![
            Write::DeleteRole { role: role("a"), seen: seen_role(), trust: document.clone() },
            Write::DeleteRolePolicy { role: role("a"), seen: seen_role(), name: "p".to_owned(), before: document },
            Write::DeletePipeline { pipeline: arn("a"), seen: seen_pipeline },
        ];
        let pipeline = "- pipeline a (eu-west-1)";
        assert_eq!(
            waits(&topology, writes),
            [
                step(pipeline, &[]),
                step("- role a: inline policy p", &[pipeline]),
                step("- role a", &[pipeline, "- role a: inline policy p"]),
            ]
        );
    }
}
