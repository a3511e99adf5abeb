//! Changes that others made to what the program writes into an extended pipeline.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::Value;

use super::accepted_changes::pick;
use super::changes::Declared;
use super::outside_change::OutsideChange;
use crate::check::tags::TAGS;
use crate::declaration::PipelineDeclaration;
use crate::finding::{Finding, Place};
use crate::ordered::set;
use crate::plan::input::state::PipelineState;
use crate::plan::ownership::applied_parts::{AppliedParts, LastParts, digest, parts_tags_of, short};
use crate::plan::pipelines::added_parts::{AddedParts, TagChanges};
use crate::plan::pipelines::diff::{Change, changes, changes_in, filled};
use crate::plan::pipelines::entries::with_stores;
use crate::plan::pipelines::leaves::{
    action_path, action_paths, by_action, leaves, stage_path, within, written_leaves,
};
use crate::plan::pipelines::passed_variables::{listed, written};
use crate::plan::pipelines::taken_out::{role_paths, taken_out};
use crate::plan::pipelines::written_members::WrittenMember;
use crate::plan::planner::Planner;
use crate::plan::secrets::withheld_secrets::Withheld;
use crate::plan::steps::write::Aspect;
use crate::rules;
use crate::topology::items::Pipeline;
use crate::topology::subject::Subject;

/// How many tags the lease needs.
const LEASE_TAGS: usize = 1;

/// What the program writes into an extended pipeline, compared with what it last wrote.
pub(in crate::plan) struct ChangedParts<'a> {
    pipeline: &'a Pipeline,
    found: &'a PipelineState,
    /// The version that was there before the topology extended the pipeline, where it is known.
    before: Option<i64>,
    /// `None` where nothing is known.
    last: Option<LastParts>,
    /// What the pipeline holds, is to hold and what of it is the program's, by what is known of the last time.
    parts: Parts,
    /// The same by members.
    members: Parts,
    /// The actions that the program adds.
    added: BTreeSet<String>,
    /// The paths at which changes of others stay.
    kept: Vec<Change>,
    /// What the program no longer writes, and of which nothing is put back any more.
    given_up: Vec<WrittenMember>,
}

/// What a pipeline holds and is to hold, by paths.
#[derive(Clone)]
struct Parts {
    there: BTreeMap<String, String>,
    wanted: BTreeMap<String, String>,
    /// The paths of what the program writes.
    own: BTreeSet<String>,
}

impl Parts {
    /// With some actions as a whole each.
    fn by_action(&self, actions: &BTreeSet<String>) -> Self {
        let [there, wanted] = [&self.there, &self.wanted].map(|of| by_action(of.clone(), actions));
        let own = self.own.iter().map(|path| within(path, actions).unwrap_or(path).clone());
        Self { there, wanted, own: set(own) }
    }
}

impl Planner<'_> {
    /// Compares. `declaration` is what the program wants the pipeline to be.
    pub(in crate::plan) fn changed_parts<'a>(
        &self,
        pipeline: &'a Pipeline,
        found: &'a PipelineState,
        declaration: &PipelineDeclaration,
        secrets: &Withheld,
        given_up: Vec<WrittenMember>,
    ) -> ChangedParts<'a> {
        let home = pipeline.arn.region();
        let last = self.state.last_parts(self.names(), &pipeline.arn, found);
        let is_known = |path: &str| last.as_ref().is_some_and(|last| last.of(path).is_some());
        let [there, wanted] = [&found.declaration, declaration].map(|of| leaves(of, home));
        let ours = with_stores(&mut found.declaration.clone(), &pipeline.declaration, home);
        let added = Added::by_program(pipeline);
        let written = written_leaves(&ours);
        let is_own = |path: &&String| added.has(path) || written.contains_key(*path) && !is_fixed(path);
        let own = wanted.keys().filter(is_own).filter(|path| !secrets.has(path)).cloned();
        let away = taken_out(pipeline).into_iter().filter(|path| there.contains_key(path) || is_known(path));
        let own = own.chain(away).collect();
        let members = Parts { there, wanted, own };
        let all = set([&found.declaration, declaration].into_iter().flat_map(action_paths));
        let parts = members.by_action(&set(all.iter().filter(|path| is_known(path)).cloned()));
        let added = set(added.actions.into_iter().filter(|action| all.contains(action)));
        let before = found.version_before(self.names());
        ChangedParts { pipeline, found, before, last, parts, members, added, kept: Vec::new(), given_up }
    }

    /// What is to be written of an extended pipeline, once what was changed outside is reverted or kept. `held` is what the topology added.
    pub(in crate::plan) fn without_changed_parts(
        &mut self,
        parts: &mut ChangedParts<'_>,
        held: &AddedParts,
        secrets: &Withheld,
        declaration: PipelineDeclaration,
    ) -> Declared {
        let (arn, found) = (&parts.pipeline.arn, parts.found);
        let home = arn.region();
        let planned = changes(&found.declaration, &declaration, home);
        let by_variable = changes_in([&found.declaration, &declaration], home, listed);
        let held = Added::by_tags(held, &found.declaration);
        let outside: Vec<Change> =
            by_variable.into_iter().filter(|change| parts.is_outside(change, &held, secrets)).collect();
        if outside.is_empty() {
            return Declared { declaration, changes: planned, kept: false, accepted: None };
        }
        let meets = |change: &&Change| outside.iter().any(|other| change.meets(other));
        let undone: Vec<Change> = planned.iter().filter(meets).cloned().collect();
        let lines: Vec<String> = undone.iter().map(ToString::to_string).collect();
        let subject = Subject::Pipeline(arn.clone());
        let change = OutsideChange { subject, aspect: Aspect::Whole, changes: undone, certain: true };
        let place = Place::pipeline(&parts.pipeline.item);
        if self.outside(place.clone(), change, &lines) {
            return Declared { declaration, changes: planned, kept: false, accepted: None };
        }
        for change in &outside {
            if parts.is_changed_by_program(change) {
                let message =
                    format!("`{}` was changed outside and by the program: what was changed outside stays", change.path);
                self.findings.push(Finding::of(&rules::XA1034, place.clone(), message));
            }
        }
        let paths: BTreeSet<String> = outside.iter().map(|change| change.path.clone()).collect();
        parts.kept = outside;
        let [ours, theirs] =
            [&declaration, &found.declaration].map(|of| serde_json::to_value(filled(of, home)).unwrap_or_default());
        let declaration = with_theirs(&ours, &theirs, &paths).unwrap_or(declaration);
        let changes = changes(&found.declaration, &declaration, home);
        Declared { declaration, changes, kept: true, accepted: None }
    }

    /// The tags that say what the program writes. `is_written` if the pipeline is, `tags` are those that are written besides.
    pub(in crate::plan) fn parts_tags(
        &mut self,
        parts: &ChangedParts<'_>,
        is_written: bool,
        tags: &IndexMap<String, String>,
    ) -> TagChanges {
        let (topology, found) = (self.topology.name(), &parts.found.tags);
        let there = || parts_tags_of(topology, found).map(|(key, value)| (key.to_owned(), value.to_owned()));
        let is_renamed = parts.last.is_some() && there().next().is_none();
        if !is_written && !is_renamed && !parts.is_to_be_recorded() {
            return TagChanges::default();
        }
        let records: Vec<&str> = parts_tags_of(topology, found).map(|(key, _)| key).collect();
        let others = found.keys().chain(tags.keys()).filter(|key| !records.contains(&key.as_str()));
        let others = others.collect::<BTreeSet<_>>().len();
        let room = TAGS.saturating_sub(LEASE_TAGS + others);
        let mut written = parts.applied(&parts.members).tags(topology, room);
        if written.is_empty() && !parts.added.is_empty() {
            written = parts.applied(&parts.members.by_action(&parts.added)).tags(topology, room);
        }
        if written.is_empty() && !parts.members.own.is_empty() {
            let message = format!(
                "pipeline `{}` has no tags left for what the program writes into it: what others change of it will not be told apart",
                parts.pipeline.arn
            );
            let help = "take out tags that nobody needs, or write fewer members of actions that others made";
            let place = Place::pipeline(&parts.pipeline.item);
            self.findings.push(Finding::of(&rules::XA1055, place, message).help(help));
            if !is_written {
                return TagChanges::default();
            }
        }
        let removed = there().filter(|(key, _)| !written.contains_key(key)).collect();
        TagChanges { written, removed }
    }
}

impl ChangedParts<'_> {
    /// Whether a change of the plan undoes what others did.
    fn is_outside(&self, change: &Change, held: &Added, secrets: &Withheld) -> bool {
        let Some(last) = self.last.as_ref().filter(|last| !last.is_empty()) else { return false };
        let paths: BTreeSet<&String> = self.parts.there.keys().chain(self.parts.wanted.keys()).collect();
        let mut met = paths.into_iter().filter(|path| meets(change, path) && !secrets.has(path));
        met.any(|path| match (last.of(path), self.parts.there.get(path)) {
            (Some(digests), there) => !digests.contains(&digest(there)),
            // Of what the topology added, it has written all.
            (None, Some(_)) => !self.parts.own.contains(path) && held.has(path),
            (None, None) => false,
        })
    }

    /// Whether the program says something else than when it was last applied.
    fn is_changed_by_program(&self, change: &Change) -> bool {
        let own = self.parts.own.iter().filter(|path| meets(change, path));
        let mut known = own.filter_map(|path| Some((self.last.as_ref()?.of(path)?, self.parts.wanted.get(path))));
        known.any(|(digests, value)| !digests.contains(&digest(value)))
    }

    /// Whether the tags don't say what the program says, or say what it has given up.
    pub(in crate::plan) fn is_to_be_recorded(&self) -> bool {
        let of = |path: &String| self.last.as_ref().and_then(|last| last.of(path));
        let mut own = self.parts.own.iter().filter(|path| !self.is_kept(path));
        let is_recorded = |path| of(path).is_some_and(|of| of.contains(&digest(self.parts.wanted.get(path))));
        !self.given_up.is_empty() || !own.all(is_recorded)
    }

    fn is_kept(&self, path: &str) -> bool {
        self.kept.iter().any(|change| meets(change, path))
    }

    /// What is about to be written.
    fn applied(&self, parts: &Parts) -> AppliedParts {
        let of = Some(self.found.created.as_str()).filter(|created| !created.is_empty()).map(short);
        let mut applied = AppliedParts { of, seen: self.found.version(), ..AppliedParts::default() };
        let known = |path: &String| self.last.as_ref().and_then(|last| last.of(path)).and_then(<[_]>::first);
        let digests = |path: &String| (digest(parts.there.get(path)), digest(parts.wanted.get(path)));
        for path in &parts.own {
            let (there, wanted) = digests(path);
            let adopted = there == wanted && self.is_of_others(path, &wanted);
            self.note_version(path, adopted, &mut applied);
            match known(path) {
                // It stays what the program said, so that theirs is told from it.
                Some(before) if self.is_kept(path) => drop(applied.same.insert(short(path), before.clone())),
                None if self.is_kept(path) => {}
                None if there != wanted => drop(applied.new.insert(short(path), wanted)),
                Some(before) if *before != wanted && there != wanted => {
                    applied.was.insert(short(path), before.clone());
                    applied.same.insert(short(path), wanted);
                }
                _ => drop(applied.same.insert(short(path), wanted)),
            }
        }
        let given_up = |path: &String| self.given_up.iter().any(|member| member.covers(path));
        let away = role_paths(&self.found.declaration);
        let others = set(parts.there.keys().chain(&away)).into_iter().filter(|path| !parts.own.contains(*path));
        for path in others.filter(|path| !given_up(path)) {
            let Some(before) = known(path) else { continue };
            let (there, wanted) = digests(path);
            // What goes is known until it has gone, and what the program leaves there until others change it.
            let list = match there == wanted {
                false => &mut applied.was,
                true if *before == there => &mut applied.same,
                true => continue,
            };
            list.insert(short(path), before.clone());
            self.note_version(path, false, &mut applied);
        }
        applied
    }

    /// Whether a value of a member that the topology wrote is one that others gave it since.
    fn is_of_others(&self, path: &str, value: &String) -> bool {
        self.last.as_ref().and_then(|last| last.of(path)).is_some_and(|digests| !digests.contains(value))
    }

    /// Takes note of the version that was there before the topology wrote a member, or before the program adopted what others wrote.
    fn note_version(&self, path: &str, adopted: bool, applied: &mut AppliedParts) {
        let Some(last) = &self.last else { return };
        let seen = Some(self.found.version()).filter(|version| self.before != Some(*version));
        if let Some(version) = last.of(path).filter(|_| !adopted).map_or(seen, |_| last.from(path)) {
            applied.from.insert(short(path), version);
        }
    }
}

/// Stages and actions by the paths in their declaration.
struct Added {
    /// Stages, with what is in them except actions.
    stages: Vec<String>,
    actions: Vec<String>,
}

impl Added {
    /// What an extended pipeline adds.
    fn by_program(pipeline: &Pipeline) -> Self {
        let additions = &pipeline.additions;
        let has_action = |stage: &str, action: &str| additions.has_stage(stage) || additions.has_action(stage, action);
        Self::of(&pipeline.declaration, |stage| additions.has_stage(stage), has_action)
    }

    /// What the topology added, by its tags.
    fn by_tags(held: &AddedParts, found: &PipelineDeclaration) -> Self {
        Self::of(found, |stage| held.has_stage(stage), |stage, action| held.has_action(stage, action))
    }

    fn of(
        declaration: &PipelineDeclaration,
        has_stage: impl Fn(&str) -> bool,
        has_action: impl Fn(&str, &str) -> bool,
    ) -> Self {
        let mut added = Self { stages: Vec::new(), actions: Vec::new() };
        for stage in declaration.stages.iter().flatten() {
            if has_stage(&stage.name) {
                added.stages.push(stage_path(&stage.name));
            }
            let actions = stage.actions.iter().flatten().filter(|action| has_action(&stage.name, &action.name));
            added.actions.extend(actions.map(|action| action_path(&stage.name, &action.name)));
        }
        added
    }

    fn has(&self, path: &str) -> bool {
        let is_in = |of: &String| path.strip_prefix(of.as_str());
        self.actions.iter().filter_map(is_in).any(|rest| rest.starts_with(['.', '[']))
            || self.stages.iter().filter_map(is_in).any(|rest| rest.starts_with('.') && !rest.starts_with(".actions["))
    }
}

/// Whether a member tells its pipeline or its action from others: an extended pipeline has it as the program says.
fn is_fixed(path: &str) -> bool {
    path == "name" || path.ends_with(".actionTypeId")
}

/// Whether a change is of a member, of something in it, or of what it is in.
fn meets(change: &Change, path: &str) -> bool {
    change.covers(path) || change.is_in(path)
}

/// A declaration with theirs at some paths, variables that actions pass one by one.
fn with_theirs(ours: &Value, theirs: &Value, paths: &BTreeSet<String>) -> Option<PipelineDeclaration> {
    let texts = [theirs.clone(), ours.clone()];
    let [ours, theirs] = [ours, theirs].map(|of| {
        let mut of = of.clone();
        listed(&mut of);
        of
    });
    let mut picked = pick("", Some(&ours), Some(&theirs), paths)?;
    written(&mut picked, &texts);
    serde_json::from_value(picked).ok()
}
