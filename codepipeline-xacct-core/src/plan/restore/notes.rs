//! Notes what the way back is about to write, as an apply does: it is not a change from outside either.

use indexmap::IndexMap;

use super::restorer::Restorer;
use crate::declaration::PipelineDeclaration;
use crate::ids::{PipelineArn, RoleArn};
use crate::plan::input::state::Found;
use crate::plan::outside::last_applied::Said;
use crate::plan::ownership::applied_pipeline::about_to_be;
use crate::plan::ownership::applied_role::{AppliedRole, RoleNotes, tag_steps};
use crate::plan::ownership::applied_tag::{APPLIED_BEFORE_TAG, APPLIED_TAG};
use crate::plan::ownership::digest::Extent;
use crate::plan::ownership::tags::{TOPOLOGY_TAG, missing_tags, owner};
use crate::plan::steps::write::Write;
use crate::policy::Document;
use crate::topology::items::policy_name;
use crate::topology::subject::Subject;

/// What is put back of a role: its trust policy, and the inline policy of the topology or that it goes.
#[derive(Default)]
struct OfRole<'a> {
    index: usize,
    trust: Option<&'a Document>,
    policy: Option<Option<&'a Document>>,
}

/// A step that notes, and the position of the step that it is for.
type Note = (usize, Write);

impl Restorer<'_> {
    /// Adds the tags to the steps that are planned. Where the owner of a role or a pipeline changes, its tags are put back as they were.
    pub(super) fn notes(&mut self) {
        let mut notes: Vec<Note> = Vec::new();
        let mut roles: IndexMap<&RoleArn, OfRole<'_>> = IndexMap::new();
        let name = policy_name(self.journal.topology());
        for (index, write) in &self.writes {
            match write {
                Write::UpdatePipeline { pipeline, declaration, .. } => {
                    notes.extend(self.of_pipeline(*index, pipeline, declaration));
                }
                Write::UpdateTrust { role, after, .. } => {
                    let of = roles.entry(role).or_default();
                    (of.index, of.trust) = (*index, Some(after));
                }
                Write::PutRolePolicy { role, name: put, after, .. } if *put == name => {
                    let of = roles.entry(role).or_default();
                    (of.index, of.policy) = (*index, Some(Some(after)));
                }
                Write::DeleteRolePolicy { role, name: deleted, .. } if *deleted == name => {
                    let of = roles.entry(role).or_default();
                    (of.index, of.policy) = (*index, Some(None));
                }
                _ => {}
            }
        }
        // A way back that stopped may have left the tag that goes last.
        for written in self.journal.written() {
            let (Subject::Role(role), Some(index)) = (written.write.subject(), self.position(written)) else {
                continue;
            };
            if let Some((role, Found::Present(found))) = self.state.roles.get_key_value(&role)
                && found.tags.contains_key(APPLIED_BEFORE_TAG)
            {
                roles.entry(role).or_insert_with(|| OfRole { index, ..OfRole::default() });
            }
        }
        for (role, of) in roles {
            notes.extend(self.of_role(role, &name, &of));
        }
        for (index, note) in notes {
            self.add_note(index, note);
        }
    }

    fn of_pipeline(&self, index: usize, pipeline: &PipelineArn, written: &PipelineDeclaration) -> Option<Note> {
        let found = self.state.pipelines.get(pipeline).and_then(Found::present)?;
        if !self.keeps_owner(&Subject::Pipeline(pipeline.clone()), &found.tags) {
            return None;
        }
        let last = self.state.last_applied(pipeline, found)?;
        // If others wrote nothing, what is put back is what the topology says from now on.
        let keeps = last.program != Said::WhatIsThere;
        let applied = about_to_be(found.version(), last.versions, written, keeps, pipeline.region(), Extent::Whole);
        let tags = missing_tags(&IndexMap::from([(APPLIED_TAG.to_owned(), applied.tag())]), &found.tags);
        (!tags.is_empty()).then(|| (index, Write::TagPipeline { pipeline: pipeline.clone(), seen: found.seen(), tags }))
    }

    fn of_role(&self, role: &RoleArn, policy: &str, of: &OfRole<'_>) -> Vec<Note> {
        let Some(found) = self.state.roles.get(role).and_then(Found::present) else { return Vec::new() };
        if !self.keeps_owner(&Subject::Role(role.clone()), &found.tags) || !found.tags.contains_key(APPLIED_TAG) {
            return Vec::new();
        }
        let applied = found.applied(policy);
        let written = AppliedRole::of(of.trust, of.policy.flatten());
        let to_be = AppliedRole {
            trust: written.trust.or_else(|| applied.trust.clone()),
            policy: if of.policy.is_some() { written.policy } else { applied.policy.clone() },
        };
        let notes = RoleNotes::of(found, policy, applied, &to_be, (of.trust.is_some(), of.policy.is_some()));
        let steps = tag_steps(role, found, missing_tags(&notes.tags, &found.tags), notes.gone);
        steps.map(|write| (of.index, write)).collect()
    }

    /// Whether the topology has a role or a pipeline, now and after.
    fn keeps_owner(&self, subject: &Subject, now: &IndexMap<String, String>) -> bool {
        let is_ours = owner(now) == Some(self.journal.topology().as_str());
        let ends = |write: &Write| changes_owner(write) || matches!(write, Write::DeleteRole { .. });
        is_ours && !self.writes.iter().any(|(_, write)| write.subject() == *subject && ends(write))
    }

    /// Adds a note to a step that writes tags of the same, or as a step.
    fn add_note(&mut self, index: usize, note: Write) {
        for (_, write) in &mut self.writes {
            let same = write.subject() == note.subject();
            match (write, &note) {
                (Write::TagRole { tags, .. }, Write::TagRole { tags: noted, .. })
                | (Write::UntagRole { tags, .. }, Write::UntagRole { tags: noted, .. })
                | (Write::TagPipeline { tags, .. }, Write::TagPipeline { tags: noted, .. })
                    if same =>
                {
                    tags.extend(noted.clone());
                    return;
                }
                _ => {}
            }
        }
        self.write(index, note);
    }
}

/// Whether a step writes or removes the tag that says whose a role or a pipeline is.
pub(super) fn changes_owner(write: &Write) -> bool {
    match write {
        Write::TagRole { tags, .. }
        | Write::UntagRole { tags, .. }
        | Write::TagPipeline { tags, .. }
        | Write::UntagPipeline { tags, .. } => tags.contains_key(TOPOLOGY_TAG),
        _ => false,
    }
}
