//! What a plan rests on although it doesn't write it: the roles and pipelines from which the wiring was proven. A plan that was saved is only
//! applied while they are as they were.
//!
//! What a step writes is not in it: the step compares that itself, right before it writes.

use std::collections::BTreeSet;

use super::basis::Basis;
use super::digest::{of_document, of_text};
use super::tags::is_of_topologies;
use crate::ids::PipelineArn;
use crate::ordered::map;
use crate::plan::input::state::{Found, PipelineState, RoleState, State};
use crate::plan::plan::Plan;
use crate::plan::steps::step::Step;
use crate::plan::steps::write::Write;
use crate::topology::subject::Subject;
use crate::wiring::links;

impl Plan {
    /// What the wiring was proven from, if the plan was saved since.
    pub fn rests_on(&self) -> impl Iterator<Item = &Subject> {
        self.basis.iter().filter(|_| self.was_saved()).map(|basis| &basis.subject)
    }

    /// What is no longer as it was when the wiring was proven. What can't be read is not known to have changed.
    pub fn outdated(&self, now: &State) -> Vec<Subject> {
        let writes: Vec<&Write> = self.steps.iter().map(|Step { write, .. }| write).collect();
        let now = map(basis(now, &writes).into_iter().map(|Basis { subject, digest }| (subject, digest)));
        let differs = |basis: &&Basis| now.get(&basis.subject).is_some_and(|digest| *digest != basis.digest);
        self.basis.iter().filter(differs).map(|basis| basis.subject.clone()).collect()
    }
}

/// What steps rest on.
pub(in crate::plan) fn basis(state: &State, writes: &[&Write]) -> Vec<Basis> {
    let is_whole = |subject: &Subject| {
        writes.iter().any(|write| {
            let whole = matches!(
                write,
                Write::CreateRole { .. }
                    | Write::DeleteRole { .. }
                    | Write::CreatePipeline { .. }
                    | Write::UpdatePipeline { .. }
                    | Write::DeletePipeline { .. }
            );
            whole && write.subject() == *subject
        })
    };
    let roles = state.roles.iter().filter_map(|(arn, found)| {
        let subject = Subject::Role(arn.clone());
        let digest = seen(found, |role| (!role.partial).then(|| of_role(role, &subject, writes)))?;
        Some(Basis { subject, digest })
    });
    let started: BTreeSet<PipelineArn> = writes.iter().flat_map(|write| targets(write)).collect();
    let pipelines = state.pipelines.iter().filter_map(|(arn, found)| {
        let digest = seen(found, |pipeline| Some(of_pipeline(arn, pipeline, started.contains(arn))))?;
        Some(Basis { subject: Subject::Pipeline(arn.clone()), digest })
    });
    roles.chain(pipelines).filter(|basis| !is_whole(&basis.subject)).collect()
}

/// `None` where it is not known what is there.
fn seen<T>(found: &Found<T>, digest: impl FnOnce(&T) -> Option<String>) -> Option<Option<String>> {
    match found {
        Found::Present(found) => digest(found).map(Some),
        Found::Missing => Some(None),
        Found::Unreadable(_) | Found::NotConnected => None,
    }
}

/// All that a role may and whom it trusts, without what steps write, and without our tags.
fn of_role(role: &RoleState, subject: &Subject, writes: &[&Write]) -> String {
    let own = || writes.iter().filter(|write| write.subject() == *subject);
    let writes_trust = own().any(|write| matches!(write, Write::UpdateTrust { .. }));
    let writes_policy = |policy: &String| {
        own().any(|write| {
            matches!(write, Write::PutRolePolicy { name, .. } | Write::DeleteRolePolicy { name, .. } if name == policy)
        })
    };
    let mut parts: Vec<String> = vec![role.unique_id.clone()];
    if !writes_trust {
        parts.push(format!("trust {}", of_document(&role.trust)));
    }
    if let Some(boundary) = &role.boundary {
        parts.push(format!("boundary {}", of_document(boundary)));
    }
    let inline = role.inline.iter().filter(|(name, _)| !writes_policy(name));
    let policies = inline.chain(&role.attached).map(|(name, document)| format!("{name} {}", of_document(document)));
    let tags = role.tags.iter().filter(|(key, _)| !is_of_topologies(key));
    let mut lists: Vec<String> = policies.chain(tags.map(|(key, value)| format!("{key} = {value}"))).collect();
    lists.sort();
    parts.append(&mut lists);
    of_text(&parts.join("\n"))
}

/// The pipelines that a step will have started.
fn targets(write: &Write) -> Vec<PipelineArn> {
    match write {
        Write::CreatePipeline { pipeline, declaration, .. } | Write::UpdatePipeline { pipeline, declaration, .. } => {
            links(pipeline, declaration).into_iter().filter_map(|link| link.target).collect()
        }
        _ => Vec::new(),
    }
}

/// Which roles a pipeline and its actions have, and what they start; of a pipeline that steps have started also which variables it takes.
fn of_pipeline(arn: &PipelineArn, pipeline: &PipelineState, is_started: bool) -> String {
    let mut parts: Vec<String> = pipeline.declaration.role_arn.iter().map(ToString::to_string).collect();
    for link in links(arn, &pipeline.declaration) {
        let target = link.target.map(|target| target.to_string()).unwrap_or_default();
        parts.push(format!("{} {} {target}", link.place, link.role.unwrap_or_default()));
    }
    if is_started {
        let variables = pipeline.declaration.variables.iter().flatten().map(|variable| {
            let default = if variable.default_value.is_some() { "with" } else { "without" };
            format!("variable {} {default} default", variable.name)
        });
        let mut variables: Vec<String> = variables.collect();
        variables.sort();
        parts.append(&mut variables);
    }
    of_text(&parts.join("\n"))
}
