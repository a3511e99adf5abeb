//! What has to be written for pipelines: create, update, tag; and whether pipelines that are not managed are as the
//! program states.

use indexmap::IndexMap;

use super::added_parts::{AddedParts, TagChanges};
use super::desired::Desired;
use super::diff::changes;
use super::merge::{check_merged, desired};
use crate::check::variable_mismatch::{VariableMismatch, compare};
use crate::declaration::PipelineDeclaration;
use crate::finding::{Finding, Place};
use crate::ids::{PipelineArn, Region, TopologyName};
use crate::plan::input::state::{Found, PipelineState};
use crate::plan::outside::accepted_changes::AcceptedChanges;
use crate::plan::outside::changes::Declared;
use crate::plan::outside::last_applied::LastApplied;
use crate::plan::ownership::applied_pipeline::{AppliedPipeline, about_to_be};
use crate::plan::ownership::applied_tag::APPLIED_TAG;
use crate::plan::ownership::digest::Extent;
use crate::plan::ownership::tags::{extension_tags, missing_tags, owner, tags};
use crate::plan::planner::{Planner, TAKE_OVER};
use crate::plan::secrets::held::{Secrets, keep_all_held, keep_held};
use crate::plan::secrets::withheld_secrets::Withheld;
use crate::plan::steps::write::Write;
use crate::rules;
use crate::topology::items::{Invoke, Ownership, Pipeline};
use crate::topology::subject::Subject;

impl Planner<'_> {
    pub(in crate::plan) fn plan_pipelines(&mut self) {
        for pipeline in self.pipelines() {
            let place = Place::pipeline(&pipeline.item);
            let found = match self.state.pipelines.get(&pipeline.arn) {
                Some(Found::Present(found)) => Some(found),
                Some(Found::Missing) | None => None,
                Some(unreadable) if pipeline.ownership != Ownership::Extern => {
                    self.unreadable(unreadable, pipeline.arn.account(), place);
                    continue;
                }
                Some(unreadable) => {
                    let why = match unreadable {
                        Found::Unreadable(why) => why.clone(),
                        _ => format!("there is no client for account {}", pipeline.arn.account()),
                    };
                    let message = format!("it is not known whether pipeline `{}` exists: {why}", pipeline.arn);
                    self.findings.push(Finding::of(&rules::XA1015, place, message));
                    continue;
                }
            };
            match pipeline.ownership {
                Ownership::Extern => self.extern_pipeline(pipeline, found),
                Ownership::Managed | Ownership::Extended => self.pipeline(pipeline, found),
            }
        }
    }

    fn extern_pipeline(&mut self, pipeline: &Pipeline, found: Option<&PipelineState>) {
        match found {
            None => self.findings.push(
                Finding::of(
                    &rules::XA1001,
                    Place::pipeline(&pipeline.item),
                    format!("pipeline `{}` does not exist: there is no `{}`", pipeline.item, pipeline.arn),
                )
                .help("check name, Region and account of the extern pipeline"),
            ),
            Some(found) => self.verify_signature(pipeline, &found.declaration),
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline, found: Option<&PipelineState>) {
        let place = Place::pipeline(&pipeline.item);
        let held = found.map(|found| self.marks(found)).unwrap_or_default();
        let there = found.map(|found| &found.declaration);
        let staying = there.map(|there| self.staying(pipeline, &held, there)).unwrap_or_default();
        let desired_now = desired(pipeline, there, &held.without(&staying));
        let Desired { mut declaration, marks, warnings } = match desired_now {
            Ok(desired) => desired,
            Err(findings) => {
                self.findings.extend(findings);
                return;
            }
        };
        let managed = pipeline.ownership == Ownership::Managed;
        let mut tags =
            if managed { tags(self.topology, &pipeline.item, &pipeline.tags) } else { pipeline.tags.clone() };
        let home = pipeline.arn.region();
        let keys = self.state.secret_keys(&pipeline.arn);
        let Some(found) = found else {
            let secrets = Withheld::take(&mut declaration, None, &keys);
            if managed {
                let applied = AppliedPipeline::said(1, &declaration, home, extent(&secrets));
                tags.insert(APPLIED_TAG.to_owned(), applied.tag());
            }
            self.writes.push(Write::CreatePipeline {
                pipeline: pipeline.arn.clone(),
                declaration: Box::new(declaration),
                secrets,
                tags,
            });
            return;
        };
        // An extended pipeline doesn't have our tag, but it may have another topology's.
        let is_foreign = owner(&found.tags).is_some() && !self.owns(&found.tags);
        let subject = Subject::Pipeline(pipeline.arn.clone());
        if managed && !self.is_asked_for(&subject, &found.tags) && self.is_as_declared(pipeline, found, &declaration) {
            let message =
                format!("pipeline `{}` is as declared, and unmanaged: nothing is written to it", pipeline.arn);
            self.findings.push(Finding::of(&rules::XA1057, place, message).help(TAKE_OVER));
            return;
        }
        if (managed || is_foreign) && !self.may_write(place, &subject, &found.tags) {
            return;
        }
        let mut given_up = Vec::new();
        if !managed {
            let put_back = self.without_left_members(pipeline, found, &held, declaration);
            declaration = put_back.declaration;
            given_up = put_back.given_up;
            self.findings.extend(check_merged(pipeline, &found.declaration, &declaration));
            self.verify_signature(pipeline, &declaration);
            let stays = staying != AddedParts::default();
            match stays.then(|| desired(pipeline, there, &held).ok()).flatten() {
                Some(pruned) => self.taken_out(pipeline, found, &pruned.declaration),
                None => self.taken_out(pipeline, found, &declaration),
            }
        }
        self.findings.extend(warnings);
        // What is applied is what the program says, also where a secret that the account holds stays.
        let program = declaration.clone();
        let mut secrets = Withheld::take(&mut declaration, Some(&found.declaration), &keys);
        let said = declaration.clone();
        let extent = extent(&secrets);
        let rotate = self.options.rotate_secrets;
        let Secrets { rotated, not_compared } =
            keep_held(pipeline, &found.declaration, &declaration, &mut secrets, home, rotate);
        self.findings.extend(not_compared);
        let last = self.state.last_applied(&pipeline.arn, found).filter(|_| self.owns(&found.tags));
        let mut parts = (!managed).then(|| self.changed_parts(pipeline, found, &declaration, &secrets, given_up));
        let Declared { declaration, mut changes, kept, accepted } = match &mut parts {
            None => {
                self.without_outside(&pipeline.arn, Place::pipeline(&pipeline.item), found, last.as_ref(), declaration)
            }
            Some(parts) => self.without_changed_parts(parts, &held, &secrets, declaration),
        };
        let mut gone = IndexMap::new();
        if kept {
            keep_all_held(&found.declaration, &mut secrets);
        }
        match rotated {
            rotated if !kept => changes.extend(rotated),
            rotated if rotated.is_empty() => {}
            _ => {
                let message = "no secrets are written, because changes made outside the program are kept";
                let place = Place::pipeline(&pipeline.item);
                self.findings.push(Finding::of(&rules::XA1027, place, message).help("plan without `Drift::Keep`"));
            }
        }
        if managed {
            let written = if kept { &declaration } else { &said };
            let with = |versions: AppliedPipeline, accepted: Option<AcceptedChanges>| match accepted {
                Some(accepted) if kept => versions.and_accepted(accepted),
                _ => versions,
            };
            let applied = match changes.is_empty() {
                false => {
                    let versions = with(last.map(|last| last.versions).unwrap_or_default(), accepted);
                    Some(about_to_be(found.version(), versions, written, kept, home, extent))
                }
                true if kept => last.filter(|_| accepted.is_some()).map(|last| with(last.versions, accepted)),
                true => {
                    let is_tagged = last.is_some() || !missing_tags(&tags, &found.tags).is_empty();
                    is_there(found, last, [&said, &program], home).filter(|_| is_tagged)
                }
            };
            if applied.as_ref().is_some_and(|applied| !applied.fits()) {
                let message = "this pipeline was updated too often while outside changes were kept: the tag that distinguishes them from the program's \
                               changes is full, so later plans will report the program's own changes as outside changes";
                let place = Place::pipeline(&pipeline.item);
                let help = "write what stays into the program, or plan with `Drift::Revert`";
                self.findings.push(Finding::of(&rules::XA1034, place, message).help(help));
            }
            tags.extend(applied.map(|applied| (APPLIED_TAG.to_owned(), applied.tag())));
        }
        if let Some(parts) = &parts {
            let names: Vec<&TopologyName> = self.names().collect();
            tags.extend(found.mark(&names, !changes.is_empty() || parts.is_to_be_recorded()));
            let TagChanges { written, removed } = marks.and(&staying).to_tags(self.topology.name(), &found.tags);
            tags.extend(written);
            gone.extend(removed);
            let TagChanges { written, removed } = self.parts_tags(parts, !changes.is_empty(), &tags);
            tags.extend(written);
            gone.extend(removed);
        }
        if !changes.is_empty() {
            self.writes.push(Write::UpdatePipeline {
                pipeline: pipeline.arn.clone(),
                seen: found.seen(),
                declaration: Box::new(declaration),
                secrets,
                changes,
            });
        }
        let tags = missing_tags(&tags, &found.tags);
        if !tags.is_empty() {
            let seen = found.seen_with(&tags);
            self.writes.push(Write::TagPipeline { pipeline: pipeline.arn.clone(), seen, tags });
        }
        gone.extend(self.options.renamed_from.iter().flat_map(|former| extension_tags(former, &found.tags)));
        if !gone.is_empty() {
            let seen = found.seen_with(&gone);
            self.writes.push(Write::UntagPipeline { pipeline: pipeline.arn.clone(), seen, tags: gone });
        }
    }

    /// Whether there is nothing to write to a pipeline but the tags of the topology.
    fn is_as_declared(&self, pipeline: &Pipeline, found: &PipelineState, declared: &PipelineDeclaration) -> bool {
        let mut declared = declared.clone();
        let keys = self.state.secret_keys(&pipeline.arn);
        let mut secrets = Withheld::take(&mut declared, Some(&found.declaration), &keys);
        let (home, rotate) = (pipeline.arn.region(), self.options.rotate_secrets);
        let Secrets { rotated, .. } = keep_held(pipeline, &found.declaration, &declared, &mut secrets, home, rotate);
        let as_declared = changes(&found.declaration, &declared, home).is_empty();
        as_declared && rotated.is_empty() && missing_tags(&pipeline.tags, &found.tags).is_empty()
    }

    /// What the topology added to a pipeline.
    pub(in crate::plan) fn marks(&self, found: &PipelineState) -> AddedParts {
        AddedParts::of_tags(self.names(), &found.tags)
    }

    /// Checks what the callers of a pipeline assume about its variables against what the account holds.
    fn verify_signature(&mut self, pipeline: &Pipeline, real: &PipelineDeclaration) {
        let declared = real.variables.as_deref().unwrap_or_default();
        let declared = || declared.iter().map(|v| (v.name.as_str(), v.default_value.is_none()));
        let mut findings = Vec::new();
        for (caller, invoke) in self.callers(&pipeline.arn) {
            let place = caller.action_place(&invoke.stage, &invoke.action);
            for mismatch in compare(invoke.variables.keys().map(String::as_str), declared()) {
                findings.push(match mismatch {
                    VariableMismatch::Undeclared { name, .. } => {
                        let message =
                            format!("pipeline `{}` declares no variable `{name}` in its account", pipeline.arn);
                        Finding::of(&rules::XA1011, place.clone(), message)
                            .help("declare the variable there, or leave it out here and in the extern pipeline")
                    }
                    VariableMismatch::Missing { name } => {
                        let message = format!(
                            "pipeline `{}` needs variable `{name}` in its account, and the action does not pass it",
                            pipeline.arn
                        );
                        Finding::of(&rules::XA1012, place.clone(), message).help(format!("pass `{name}`"))
                    }
                });
            }
        }
        self.findings.append(&mut findings);
    }

    fn callers<'a>(&'a self, target: &'a PipelineArn) -> impl Iterator<Item = (&'a Pipeline, &'a Invoke)> {
        // One that is not planned runs as it does.
        let all = self.pipelines().into_iter().flat_map(|p| p.invokes.iter().map(move |i| (p, i)));
        all.filter(move |(_, invoke)| invoke.target.arn == *target)
    }
}

/// What a managed pipeline that is as the program says has to say, if it doesn't yet. Of secrets that the account holds, it may say `****` or what
/// the program has.
fn is_there(
    found: &PipelineState,
    last: Option<LastApplied>,
    said: [&PipelineDeclaration; 2],
    home: &Region,
) -> Option<AppliedPipeline> {
    let versions = last.map(|last| last.versions).unwrap_or_default();
    let holds =
        versions.is_just_said() && versions.said.is_some_and(|known| said.iter().any(|said| known.is(said, home)));
    let [said, _] = said;
    (!holds).then(|| AppliedPipeline::said(found.version(), said, home, Extent::Whole))
}

/// What the account shows of what may be no secret is not known yet.
fn extent(secrets: &Withheld) -> Extent {
    if secrets.is_guess() { Extent::WithoutCustom } else { Extent::Whole }
}
