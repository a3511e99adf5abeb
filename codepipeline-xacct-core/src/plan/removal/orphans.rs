//! Resources that are no longer in the program: roles and pipelines that carry the tag of the topology, or what it wrote into them, but are not in it.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::declaration::PipelineDeclaration;
use crate::finding::{Finding, Place};
use crate::ids::{PipelineArn, RoleArn, TopologyName};
use crate::ordered::set;
use crate::plan::input::state::{Found, PipelineState, RoleState, State};
use crate::plan::ownership::tags::{ITEM_TAG, extension_tags, is_declared, owner};
use crate::plan::pipelines::leaves::paths;
use crate::plan::pipelines::left_members::left_pipeline;
use crate::plan::pipelines::put_back::not_known_before;
use crate::plan::plan::Plan;
use crate::plan::planner::Planner;
use crate::plan::steps::subjects_in::subjects_in;
use crate::plan::steps::write::Write;
use crate::rules;
use crate::topology::items::{Topology, policy_name};
use crate::topology::subject::Subject;

impl Plan {
    /// Roles and pipelines that existing resources name, but planned ones don't: they may no longer be in the program.
    pub fn no_longer_named(&self, topology: &Topology) -> BTreeSet<Subject> {
        let mut before = BTreeSet::new();
        for step in &self.steps {
            match &step.write {
                Write::UpdateTrust { before: document, .. }
                | Write::PutRolePolicy { before: Some(document), .. }
                | Write::DeleteRolePolicy { before: document, .. } => before.extend(subjects_in(&document.to_json())),
                Write::UpdatePipeline { changes, .. } => {
                    let values = changes.iter().filter_map(|change| change.before.as_ref());
                    before.extend(values.flat_map(|value| subjects_in(&value.to_string())));
                }
                _ => {}
            }
        }
        before.retain(|subject| !is_declared(topology, subject));
        before
    }
}

/// Whether an inline policy among these is one that a topology of one of these names keeps in roles.
pub fn has_policy(names: &[&TopologyName], policies: &[String]) -> bool {
    names.iter().any(|name| policies.contains(&policy_name(name)))
}

impl State {
    /// The roles with which pipelines run that a topology of one of these names extends and that left the program.
    pub fn roles_of_left_pipelines(&self, topology: &Topology, names: &[&TopologyName]) -> BTreeSet<RoleArn> {
        let left = self.pipelines.iter().filter(|(arn, _)| topology.pipeline(arn).is_none());
        let left = left.filter_map(|(_, found)| found.present());
        let left = left.filter(|found| names.iter().any(|name| !extension_tags(name, &found.tags).is_empty()));
        set(left.flat_map(|found| roles_of(&found.declaration)).filter(|role| topology.role(role).is_none()))
    }
}

/// The service role of a pipeline and the roles of its actions.
fn roles_of(declaration: &PipelineDeclaration) -> impl Iterator<Item = RoleArn> {
    let roles = declaration.role_arn.iter().chain(declaration.actions().filter_map(|action| action.role_arn.as_ref()));
    roles.filter_map(|role| role.parse().ok())
}

impl Planner<'_> {
    /// Reports what is no longer in the program, or deletes it.
    pub(in crate::plan) fn orphans(&mut self) {
        let (state, deletes) = (self.state, self.options.intent.deletes());
        let kept = self.roles_of_others();
        for (arn, found) in &state.roles {
            let Found::Present(found) = found else { continue };
            if [arn, &found.arn].iter().any(|arn| self.topology.role(arn).is_some()) {
                continue;
            }
            match self.owns(&found.tags) {
                true if deletes && self.is_current(&found.tags) => {
                    self.delete_role(&found.arn, found, Place::role(found.arn.name().as_str()));
                }
                true => self.left(&Subject::Role(found.arn.clone()), &found.tags),
                false if kept.contains(&found.arn) => {}
                false => self.left_policies(found),
            }
        }
        for (arn, found) in &state.pipelines {
            let Found::Present(found) = found else { continue };
            if self.topology.pipeline(arn).is_some() {
                continue;
            }
            if self.owns(&found.tags) {
                if deletes && self.is_current(&found.tags) {
                    self.writes.push(Write::DeletePipeline { pipeline: arn.clone(), seen: found.seen() });
                } else {
                    self.left(&Subject::Pipeline(arn.clone()), &found.tags);
                }
            } else if self.names().any(|name| !extension_tags(name, &found.tags).is_empty()) {
                if deletes && !extension_tags(self.topology.name(), &found.tags).is_empty() {
                    self.put_back_left(arn, found);
                } else {
                    self.left_extended(arn, found);
                }
            }
        }
        for (account, why) in &state.not_listed {
            let message = format!(
                "account {account} could not be searched for resources that are no longer in the program: {why}"
            );
            self.findings.push(Finding::of(&rules::XA1021, Place::default(), message));
        }
    }

    /// Puts back what a pipeline held that the topology no longer extends.
    fn put_back_left(&mut self, arn: &PipelineArn, found: &PipelineState) {
        let pipeline = left_pipeline(arn);
        if self.is_of_another_topology(&pipeline, found) {
            return;
        }
        let place = || Place::pipeline(&pipeline.item);
        let what = format!("pipeline `{arn}`");
        match self.state.last_parts(self.names(), arn, found) {
            None => self.findings.push(not_known_before(place(), &what)),
            Some(last) => {
                if !last.are_all_among(&paths(&found.declaration, arn.region())) {
                    let message = format!(
                        "something that the program wrote into {what} is not there any more, or has another name: what others made of it stays"
                    );
                    self.findings.push(Finding::of(&rules::XA1019, place(), message));
                }
            }
        }
        self.put_back(&pipeline, found);
    }

    /// The roles with which pipelines run that the topology extended, and that another one manages by now: these stay as they are, and so does what they need.
    fn roles_of_others(&self) -> BTreeSet<RoleArn> {
        let pipelines = self.state.pipelines.values().filter_map(Found::present);
        let pipelines = pipelines.filter(|found| owner(&found.tags).is_some() && !self.owns(&found.tags));
        let pipelines =
            pipelines.filter(|found| self.names().any(|name| !extension_tags(name, &found.tags).is_empty()));
        set(pipelines.flat_map(|found| roles_of(&found.declaration)))
    }

    /// Deletes the policies of the topology in a role that it no longer extends, or reports that they are there.
    fn left_policies(&mut self, found: &RoleState) {
        if !self.policy_names().any(|name| found.inline.contains_key(&name)) {
            return;
        }
        let (arn, is_current) = (&found.arn, found.inline.contains_key(&self.topology.policy_name()));
        if is_current && self.options.intent.deletes() {
            return self.delete_inline_policies(arn, found);
        }
        let message =
            format!("role `{arn}` is no longer in the program, but still has the policy that the program wrote");
        let help = self.how_to_prune(is_current, "delete the policy", "extends");
        self.findings.push(Finding::of(&rules::XA1020, Place::role(arn.name().as_str()), message).help(help));
    }

    fn left_extended(&mut self, arn: &PipelineArn, found: &PipelineState) {
        let version = found.version_before(self.names());
        let version = version.map(|version| format!("; before, it was version {version}")).unwrap_or_default();
        let message = format!(
            "pipeline `{arn}` is no longer in the program, but still holds what the program wrote into it{version}"
        );
        let is_current = !extension_tags(self.topology.name(), &found.tags).is_empty();
        let help = self.how_to_prune(is_current, "put back what was there before", "extends");
        self.findings.push(Finding::of(&rules::XA1020, Place::pipeline(arn.name().as_str()), message).help(help));
    }

    /// True if a thing carries the name that the topology has now: what carries the one that it had before may belong to a topology that
    /// still has it.
    fn is_current(&self, tags: &IndexMap<String, String>) -> bool {
        owner(tags) == Some(self.topology.name().as_str())
    }

    fn left(&mut self, subject: &Subject, tags: &IndexMap<String, String>) {
        let kind = subject.kind();
        let item = tags.get(ITEM_TAG).map(String::as_str).unwrap_or_default();
        let now = match subject {
            Subject::Role(_) => {
                let mut roles = self.topology.roles().iter().map(|resolved| &resolved.role);
                roles.find(|role| role.item == item).map(|role| role.arn.to_string())
            }
            Subject::Pipeline(_) => {
                let mut pipelines = self.topology.pipelines().iter();
                pipelines.find(|pipeline| pipeline.item == item).map(|pipeline| pipeline.arn.to_string())
            }
        };
        let message = match now {
            Some(now) => format!("{kind} `{subject}` was `{item}`, which is now `{now}`; the old one is still there"),
            None => format!("{kind} `{subject}` is no longer in the program but still exists"),
        };
        let place = match subject {
            Subject::Role(role) => Place::role(role.name().as_str()),
            Subject::Pipeline(pipeline) => Place::pipeline(pipeline.name().as_str()),
        };
        let help = self.how_to_prune(self.is_current(tags), "delete it", "declares");
        self.findings.push(Finding::of(&rules::XA1020, place, message).help(help));
    }

    /// How a prune does something about what left. What has the name that the topology had before may belong to a topology that still has it.
    fn how_to_prune(&self, is_current: bool, what: &str, does: &str) -> String {
        match self.options.renamed_from.as_ref().filter(|_| !is_current) {
            Some(former) => format!("to {what}, prune before the topology `{former}` is renamed"),
            None => format!(
                "plan with `Intent::Prune`, or `prune`, to {what}; if another program with a topology `{}` {does} it, give that topology a name \
                 of its own",
                self.topology.name()
            ),
        }
    }
}
