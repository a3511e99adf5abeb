//! What has to be deleted: what carries the topology's tag, and its inline policies in extended roles. Extended pipelines get back what
//! they held before.

use indexmap::IndexMap;

use crate::declaration::{PipelineDeclaration, StageDeclaration};
use crate::finding::{Finding, Place};
use crate::ids::RoleArn;
use crate::plan::input::state::{Found, PipelineState, RoleState};
use crate::plan::outside::rebase::{EditConflict, Rebased, rebase};
use crate::plan::ownership::tags::{TOPOLOGY_TAG, extension_tags, owner};
use crate::plan::pipelines::added_parts::AddedParts;
use crate::plan::pipelines::additions::take_out;
use crate::plan::pipelines::diff::{changes, filled};
use crate::plan::pipelines::entries;
use crate::plan::pipelines::merge::{check_merged, desired};
use crate::plan::pipelines::passed_variables;
use crate::plan::pipelines::put_back::not_known_before;
use crate::plan::planner::Planner;
use crate::plan::secrets::withheld_secrets::Withheld;
use crate::plan::steps::write::Write;
use crate::policy::Document;
use crate::rules;
use crate::topology::additions::Additions;
use crate::topology::items::{Ownership, Pipeline};
use crate::topology::subject::Subject;

impl Planner<'_> {
    pub(in crate::plan) fn destroy(&mut self) {
        for pipeline in self.topology.pipelines().iter().filter(|p| p.ownership != Ownership::Extern) {
            let found = match self.state.pipelines.get(&pipeline.arn) {
                Some(Found::Present(found)) => found,
                Some(Found::Missing) | None => continue,
                Some(unreadable) => {
                    self.unreadable(unreadable, pipeline.arn.account(), Place::pipeline(&pipeline.item));
                    continue;
                }
            };
            if pipeline.ownership == Ownership::Extended {
                self.put_back(pipeline, found);
            } else if self.owns(&found.tags) {
                self.writes.push(Write::DeletePipeline { pipeline: pipeline.arn.clone(), seen: found.seen() });
            } else {
                self.not_ours(&Subject::Pipeline(pipeline.arn.clone()), Place::pipeline(&pipeline.item), &found.tags);
            }
        }
        for resolved in self.topology.roles().iter().filter(|r| r.role.ownership != Ownership::Extern) {
            let arn = &resolved.role.arn;
            let place = Place::role(&resolved.role.item);
            let found = match self.state.roles.get(arn) {
                Some(Found::Present(found)) => found,
                Some(Found::Missing) | None => continue,
                Some(unreadable) => {
                    self.unreadable(unreadable, arn.account(), place);
                    continue;
                }
            };
            match (resolved.role.ownership, self.owns(&found.tags)) {
                (Ownership::Managed, true) => self.delete_role(arn, found, place),
                (Ownership::Managed, false) => self.not_ours(&Subject::Role(arn.clone()), place, &found.tags),
                _ => self.delete_inline_policies(arn, found),
            }
        }
    }

    /// Reports what the program manages and something else has: it stays.
    fn not_ours(&mut self, subject: &Subject, place: Place, tags: &IndexMap<String, String>) {
        let kind = subject.kind();
        let why = match owner(tags) {
            Some(owner) => format!("it belongs to topology `{owner}`"),
            None => "it has no tag of a topology".to_owned(),
        };
        let message = format!("{kind} `{subject}` stays, since {why}");
        let help = format!(
            "delete it by hand if nobody needs it; to have it deleted, tag it `{TOPOLOGY_TAG}={}`",
            self.topology.name()
        );
        self.findings.push(Finding::of(&rules::XA1051, place, message).help(help));
    }

    /// Takes out what the topology wrote into an extended pipeline, except what others have written since. What it added is known by its
    /// marks. The version that was there before the topology extended it is in the history of the pipeline, and a tag names it.
    pub(in crate::plan) fn put_back(&mut self, pipeline: &Pipeline, found: &PipelineState) {
        if self.is_of_another_topology(pipeline, found) {
            return;
        }
        let held = self.marks(found);
        let tags: IndexMap<_, _> = self.names().flat_map(|name| extension_tags(name, &found.tags)).collect();
        let mut now = found.declaration.clone();
        let mut stages = now.stages.take().unwrap_or_default();
        self.findings.extend(take_out(&mut stages, &held, pipeline, None));
        now.stages = Some(stages);
        entries::take_out(&mut now, &held);
        let named = without_additions(pipeline, &held);
        let region = pipeline.arn.region();
        // Asked before the variables go: with them it holds all that the program writes.
        let holds_ours = names_something(&named)
            && desired(&named, Some(&now), &held).is_ok_and(|ours| changes(&now, &ours.declaration, region).is_empty());
        if let Some(stages) = &mut now.stages {
            passed_variables::take_out(stages, |stage, action, name| held.has_variable(stage, action, name));
        }
        let declaration = match self.state.before.get(&pipeline.arn) {
            Some(Found::Present(before)) => {
                let before = self.before_each_member(pipeline, found, before);
                self.with_what_was_there(&named, &before, &now).unwrap_or(now)
            }
            Some(Found::Missing | Found::NotConnected) | None => {
                if holds_ours {
                    let what = format!("pipeline `{}`", pipeline.arn);
                    self.findings.push(not_known_before(Place::pipeline(&pipeline.item), &what));
                }
                if tags.is_empty() {
                    return;
                }
                now
            }
            Some(Found::Unreadable(why)) => {
                let message = format!("what the pipeline held before can't be read, so it can't be put back: {why}");
                self.findings.push(Finding::of(&rules::XA1007, Place::pipeline(&pipeline.item), message));
                return;
            }
        };
        let declaration = self.with_what_other_topologies_write(pipeline, found, &held, declaration);
        let declaration = self.without_left_members(pipeline, found, &held, declaration).declaration;
        self.taken_out(pipeline, found, &declaration);
        self.findings.extend(check_merged(pipeline, &found.declaration, &declaration));
        let changes = changes(&found.declaration, &declaration, region);
        let seen = found.seen();
        if !changes.is_empty() {
            let (pipeline, seen) = (pipeline.arn.clone(), seen.clone());
            let (declaration, secrets) = (Box::new(declaration), Withheld::default());
            self.writes.push(Write::UpdatePipeline { pipeline, seen, declaration, secrets, changes });
        }
        self.writes.push(Write::UntagPipeline { pipeline: pipeline.arn.clone(), seen, tags });
    }

    /// Reports an extended pipeline that another topology manages by now: nothing of it is written.
    pub(in crate::plan) fn is_of_another_topology(&mut self, pipeline: &Pipeline, found: &PipelineState) -> bool {
        let Some(owner) = owner(&found.tags).filter(|_| !self.owns(&found.tags)) else { return false };
        let arn = &pipeline.arn;
        let message = format!("pipeline `{arn}` stays as it is, since it belongs to topology `{owner}`");
        let help = format!("take what `{}` wrote out of it there, or by hand", self.topology.name());
        self.findings.push(Finding::of(&rules::XA1051, Place::pipeline(&pipeline.item), message).help(help));
        true
    }

    /// A pipeline with what it held before instead of what the topology wrote.
    fn with_what_was_there(
        &mut self,
        pipeline: &Pipeline,
        before: &PipelineDeclaration,
        now: &PipelineDeclaration,
    ) -> Option<PipelineDeclaration> {
        let place = Place::pipeline(&pipeline.item);
        let (known, lacking) = within(pipeline, before);
        for place in lacking {
            self.findings.push(not_known_before(place, "the action"));
        }
        let Ok(ours) = desired(&known, Some(before), &AddedParts::default()) else {
            self.findings.push(not_known_before(place, &format!("pipeline `{}`", pipeline.arn)));
            return None;
        };
        // What only the service added is not an edit.
        let [ours, before, now] = [&ours.declaration, before, now].map(|of| filled(of, pipeline.arn.region()));
        let Rebased { mut declaration, conflicts } = rebase(&ours, &before, &now);
        if declaration.artifact_stores.is_some() {
            entries::by_region(&mut declaration, pipeline.arn.region());
        }
        for EditConflict { change } in conflicts {
            let stays = change.before.map_or_else(|| "stays away".to_owned(), |value| format!("stays {value}"));
            let message = format!(
                "`{}` {stays}, since that is neither what the program writes nor what the pipeline held before",
                change.path
            );
            self.findings.push(Finding::of(&rules::XA1019, place.clone(), message));
        }
        Some(declaration)
    }

    /// Deletes a role and its inline policies. IAM refuses that as long as it has policies of others.
    pub(in crate::plan) fn delete_role(&mut self, arn: &RoleArn, found: &RoleState, place: Place) {
        let foreign: Vec<String> = self.foreign_policies(found).into_iter().map(|(what, _)| what).collect();
        if !foreign.is_empty() {
            let message =
                format!("role `{arn}` can't be deleted, since it has policies of others: {}", foreign.join(", "));
            self.findings.push(
                Finding::of(&rules::XA1018, place, message)
                    .help("take them out of the role first, if they are not needed"),
            );
        }
        self.delete_inline_policies(arn, found);
        self.writes.push(Write::DeleteRole { role: arn.clone(), seen: found.seen(), trust: found.trust.clone() });
    }

    /// Deletes the policies of the topology.
    pub(in crate::plan) fn delete_inline_policies(&mut self, arn: &RoleArn, found: &RoleState) {
        let delete = |name: String| {
            let before = found.inline.get(&name)?.clone();
            Some(Write::DeleteRolePolicy { role: arn.clone(), seen: found.seen(), name, before })
        };
        let deleted: Vec<Write> = self.policy_names().filter_map(delete).collect();
        self.writes.extend(deleted);
    }

    /// The policies of a role that the topology did not write.
    pub(in crate::plan) fn foreign_policies<'a>(&self, found: &'a RoleState) -> Vec<(String, &'a Document)> {
        let ours: Vec<String> = self.policy_names().collect();
        let inline = found.inline.iter().filter(|(name, _)| !ours.contains(name));
        let inline = inline.map(|(name, document)| (format!("inline policy `{name}`"), document));
        let attached = found.attached.iter().map(|(arn, document)| (format!("attached policy `{arn}`"), document));
        inline.chain(attached).collect()
    }

    /// Roles that would be deleted although a pipeline that stays names them.
    pub(in crate::plan) fn still_used(&mut self) {
        let deleted: Vec<&RoleArn> = self
            .writes
            .iter()
            .filter_map(|write| match write {
                Write::DeleteRole { role, .. } => Some(role),
                _ => None,
            })
            .collect();
        let mut findings = Vec::new();
        for (arn, found) in &self.state.pipelines {
            let Found::Present(found) = found else { continue };
            let mut declaration = &found.declaration;
            let mut stays = true;
            for write in &self.writes {
                match write {
                    Write::UpdatePipeline { pipeline, declaration: written, .. } if pipeline == arn => {
                        declaration = written;
                    }
                    Write::DeletePipeline { pipeline, .. } if pipeline == arn => stays = false,
                    _ => {}
                }
            }
            if !stays {
                continue;
            }
            let item = self.topology.pipeline(arn);
            let place = || Place::pipeline(item.map_or(arn.name().as_str(), |pipeline| pipeline.item.as_str()));
            let service = declaration.role_arn.iter().map(|role| (place(), "it", role));
            let actions = declaration.stages.iter().flatten().enumerate().flat_map(|(index, stage)| {
                let place = place().stage(index, &stage.name);
                let actions = stage.actions.iter().flatten().enumerate();
                actions.filter_map(move |(index, action)| {
                    Some((place.clone().action(index, &action.name), "the action", action.role_arn.as_ref()?))
                })
            });
            for (place, user, role) in service.chain(actions) {
                if !role.parse::<RoleArn>().is_ok_and(|role| deleted.contains(&&role)) {
                    continue;
                }
                let message = format!(
                    "role `{role}` would be deleted, but {user} runs with it: runs of pipeline `{arn}` would fail, and it could no longer be updated"
                );
                findings.push(
                    Finding::of(&rules::XA1017, place, message)
                        .help("give it another role first, or put back what it had: `aws codepipeline get-pipeline --pipeline-version` shows earlier versions"),
                );
            }
        }
        self.findings.append(&mut findings);
    }
}

/// An extended pipeline without what it adds: the stages, the actions and the entries of lists that others made.
fn without_additions(pipeline: &Pipeline, held: &AddedParts) -> Pipeline {
    let Pipeline { additions, .. } = pipeline;
    let mut named = Pipeline { additions: Additions::default(), ..pipeline.clone() };
    entries::take_out(&mut named.declaration, held);
    for stage in named.declaration.stages.iter_mut().flatten() {
        if let Some(actions) = &mut stage.actions {
            actions.retain(|action| !additions.has_action(&stage.name, &action.name));
        }
    }
    if let Some(stages) = &mut named.declaration.stages {
        stages.retain(|stage| !additions.has_stage(&stage.name));
    }
    named
}

/// Whether an extended pipeline writes keys of what others made.
fn names_something(named: &Pipeline) -> bool {
    let nothing = PipelineDeclaration {
        name: named.declaration.name.clone(),
        role_arn: named.declaration.role_arn.clone(),
        ..PipelineDeclaration::default()
    };
    let mut written = named.declaration.clone();
    if let Some(stages) = &mut written.stages {
        stages.retain(|stage| {
            let bare = StageDeclaration { name: stage.name.clone(), ..StageDeclaration::default() };
            let without_actions = StageDeclaration { actions: None, ..stage.clone() };
            without_actions != bare || stage.actions.iter().flatten().next().is_some()
        });
    }
    written.stages = written.stages.filter(|stages| !stages.is_empty());
    written != nothing
}

/// An extended pipeline with what a declaration has of it, and the places of the actions that the declaration lacks.
fn within(pipeline: &Pipeline, before: &PipelineDeclaration) -> (Pipeline, Vec<Place>) {
    let mut known = pipeline.clone();
    let mut lacking = Vec::new();
    for stage in known.declaration.stages.iter_mut().flatten() {
        let there = before.stages.iter().flatten().find(|other| other.name == stage.name);
        let there = there.and_then(|stage| stage.actions.as_deref()).unwrap_or_default();
        if let Some(actions) = &mut stage.actions {
            actions.retain(|action| {
                let is = there
                    .iter()
                    .any(|other| other.name == action.name && other.action_type_id.is_same(&action.action_type_id));
                if !is {
                    lacking.push(pipeline.action_place(&stage.name, &action.name));
                }
                is
            });
        }
    }
    if let Some(stages) = &mut known.declaration.stages {
        stages.retain(|stage| before.stages.iter().flatten().any(|other| other.name == stage.name));
    }
    (known, lacking)
}
