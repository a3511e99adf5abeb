//! Resources that are no longer in the program: roles and pipelines that carry the tag of the topology, but are not in it.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::finding::{Finding, Place};
use crate::plan::input::state::Found;
use crate::plan::ownership::tags::{ITEM_TAG, is_declared, owner, version_before};
use crate::plan::plan::Plan;
use crate::plan::planner::Planner;
use crate::plan::steps::subjects_in::subjects_in;
use crate::plan::steps::write::Write;
use crate::rules;
use crate::topology::items::Topology;
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

impl Planner<'_> {
    /// Reports what is no longer in the program, or deletes it.
    pub(in crate::plan) fn orphans(&mut self) {
        let (state, deletes) = (self.state, self.options.intent.deletes());
        for (arn, found) in &state.roles {
            let Found::Present(found) = found else { continue };
            let declared = [arn, &found.arn].iter().any(|arn| self.topology.role(arn).is_some());
            if declared || !self.owns(&found.tags) {
                continue;
            }
            if deletes && self.is_current(&found.tags) {
                self.delete_role(&found.arn, found, Place::role(found.arn.name().as_str()));
            } else {
                self.left(&Subject::Role(found.arn.clone()), &found.tags);
            }
        }
        for (arn, found) in &state.pipelines {
            let Found::Present(found) = found else { continue };
            if self.topology.pipeline(arn).is_some() {
                continue;
            }
            let version = self.names().find_map(|name| version_before(name, &found.tags));
            if self.owns(&found.tags) {
                if deletes && self.is_current(&found.tags) {
                    self.writes.push(Write::DeletePipeline { pipeline: arn.clone(), seen: found.seen() });
                } else {
                    self.left(&Subject::Pipeline(arn.clone()), &found.tags);
                }
            } else if let Some(version) = version {
                let message = format!(
                    "pipeline `{arn}` is no longer in the program, but still holds what the program wrote into it; before, it was version {version}"
                );
                self.findings
                    .push(Finding::of(&rules::XA1020, Place::pipeline(arn.name().as_str()), message).help(
                        "declare it as `extended` once more to destroy it with the rest, or put it back by hand",
                    ));
            }
        }
        for (account, why) in &state.not_listed {
            let message = format!(
                "account {account} could not be searched for resources that are no longer in the program: {why}"
            );
            self.findings.push(Finding::of(&rules::XA1021, Place::default(), message));
        }
    }

    /// True if a thing carries the name that the topology has now: what carries the one that it had before may belong to a topology that
    /// still has it.
    fn is_current(&self, tags: &IndexMap<String, String>) -> bool {
        owner(tags) == Some(self.topology.name().as_str())
    }

    fn left(&mut self, subject: &Subject, tags: &IndexMap<String, String>) {
        let (kind, name) = (subject.kind(), self.topology.name());
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
        self.findings.push(Finding::of(&rules::XA1020, place, message).help(format!(
            "plan with `Intent::Prune`, or `prune`, to delete it; if another program with a topology `{name}` declares it, give that topology a \
             name of its own"
        )));
    }
}
