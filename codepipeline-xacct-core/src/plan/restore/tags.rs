//! Puts back tags. All tags of a role or a pipeline that the apply touched are put back at once.

use indexmap::IndexMap;

use super::restorer::Restorer;
use crate::plan::journal::Before;
use crate::plan::ownership::applied_tag::is_applied;
use crate::plan::ownership::tags::TOPOLOGY_TAG;
use crate::plan::steps::write::Write;
use crate::topology::subject::Subject;

/// The tags of a role or a pipeline that the apply touched.
#[derive(Default)]
struct Touched {
    /// The first step that did.
    first: usize,
    /// By their keys, the value before the first step and the one after the last.
    tags: IndexMap<String, (Option<String>, Option<String>)>,
}

impl Restorer<'_> {
    pub(super) fn tags(&mut self) {
        let mut all: IndexMap<Subject, Touched> = IndexMap::new();
        for written in self.journal.written() {
            let (tags, removed) = match &written.write {
                Write::TagRole { tags, .. } | Write::TagPipeline { tags, .. } => (tags, false),
                Write::UntagRole { tags, .. } | Write::UntagPipeline { tags, .. } => (tags, true),
                _ => continue,
            };
            let before = match &written.before {
                Before::Role(before) => before.as_ref().map(|role| &role.tags),
                Before::Pipeline(before) => before.as_ref().map(|pipeline| &pipeline.tags),
            };
            let (Some(before), Some(index)) = (before, self.position(written)) else { continue };
            let touched =
                all.entry(written.write.subject()).or_insert_with(|| Touched { first: index, ..Touched::default() });
            let after = |value: &String| Some(value.clone()).filter(|_| !removed);
            touched.first = touched.first.min(index);
            for (key, value) in tags {
                touched.tags.entry(key.clone()).or_insert_with(|| (before.get(key).cloned(), None)).1 = after(value);
            }
        }
        for (subject, touched) in all {
            self.tags_of(&subject, touched);
        }
    }

    fn tags_of(&mut self, subject: &Subject, touched: Touched) {
        let index = touched.first;
        let now = match subject {
            Subject::Role(role) => self.role_now(index, role).map(|now| now.map(|now| &now.tags)),
            Subject::Pipeline(pipeline) => self.pipeline_now(index, pipeline).map(|now| now.map(|now| &now.tags)),
        };
        // If the owner stays, what is written again is recorded again.
        let keeps_owner = !touched.tags.contains_key(TOPOLOGY_TAG);
        // What is gone has no tags; that it is gone is reported where its other parts are put back.
        let Ok(Some(now)) = now else { return };
        let (mut set, mut unset, mut others) = (IndexMap::new(), IndexMap::new(), Vec::new());
        for (key, (before, after)) in touched.tags {
            if keeps_owner && is_applied(&key) {
                continue;
            }
            let value = now.get(&key);
            match (value, before) {
                (value, before) if value == before.as_ref() => {}
                (value, Some(before)) if value == after.as_ref() => drop(set.insert(key, before)),
                (Some(value), None) if Some(value) == after.as_ref() => drop(unset.insert(key, value.clone())),
                _ => others.push(key),
            }
        }
        if !others.is_empty() {
            self.conflict(index, subject, &format!("got other tags since ({})", others.join(", ")));
            return;
        }
        match subject {
            Subject::Role(role) => {
                let Ok(Some(now)) = self.role_now(index, role) else { return };
                let role = role.clone();
                if !set.is_empty() {
                    self.write(index, Write::TagRole { role: role.clone(), seen: now.seen_with(&set), tags: set });
                }
                if !unset.is_empty() {
                    self.write(index, Write::UntagRole { role, seen: now.seen_with(&unset), tags: unset });
                }
            }
            Subject::Pipeline(pipeline) => {
                let Ok(Some(now)) = self.pipeline_now(index, pipeline) else { return };
                let pipeline = pipeline.clone();
                if !set.is_empty() {
                    let seen = now.seen_with(&set);
                    self.write(index, Write::TagPipeline { pipeline: pipeline.clone(), seen, tags: set });
                }
                if !unset.is_empty() {
                    let seen = now.seen_with(&unset);
                    self.write(index, Write::UntagPipeline { pipeline, seen, tags: unset });
                }
            }
        }
    }
}
