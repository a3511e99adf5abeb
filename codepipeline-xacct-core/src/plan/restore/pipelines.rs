//! Puts back pipelines: themselves and their declarations.

use super::restorer::{Restorer, place};
use crate::declaration::PipelineDeclaration;
use crate::finding::Finding;
use crate::ids::PipelineArn;
use crate::plan::input::state::PipelineState;
use crate::plan::journal::{Before, Written};
use crate::plan::outside::rebase::{EditConflict, Rebased, rebase};
use crate::plan::ownership::applied_pipeline::AppliedPipeline;
use crate::plan::ownership::applied_tag::APPLIED_TAG;
use crate::plan::ownership::digest::Extent;
use crate::plan::ownership::lease::without_leases;
use crate::plan::ownership::tags::{owner, without_versions_before};
use crate::plan::pipelines::diff::{changes, filled};
use crate::plan::secrets::mask::with_what_is_there;
use crate::plan::secrets::withheld_secrets::Withheld;
use crate::plan::steps::guard::{Conflict, is_of};
use crate::plan::steps::write::Write;
use crate::rules;
use crate::topology::subject::Subject;

impl Restorer<'_> {
    /// Puts back what one step wrote of a pipeline; tags are put back together.
    pub(super) fn pipeline(&mut self, index: usize, pipeline: &PipelineArn, written: &Written) {
        let Ok(now) = self.pipeline_now(index, pipeline) else { return };
        let subject = Subject::Pipeline(pipeline.clone());
        let before = match &written.before {
            Before::Pipeline(before) => before.as_deref(),
            Before::Role(_) => None,
        };
        match (&written.write, now, before) {
            (Write::CreatePipeline { declaration, tags, .. }, Some(now), _) => {
                if !is_of(tags, &now.tags) {
                    self.conflict(index, &subject, "no longer carries the tags of the topology");
                } else if !changes(
                    &now.declaration,
                    &with_what_is_there(declaration, &now.declaration, &written.secrets),
                    pipeline.region(),
                )
                .is_empty()
                {
                    self.conflict(index, &subject, "was edited since the apply created it");
                } else {
                    self.write(index, Write::DeletePipeline { pipeline: pipeline.clone(), seen: now.seen() });
                }
            }
            (Write::DeletePipeline { .. }, None, Some(before)) => self.create_pipeline_again(index, pipeline, before),
            (Write::DeletePipeline { .. }, Some(now), Some(before)) if now.created == before.created => {}
            (Write::DeletePipeline { .. }, Some(_), _) => self.conflict(index, &subject, "was recreated by others"),
            (Write::UpdatePipeline { .. }, None, _) => self.conflict(index, &subject, &Conflict::Gone.to_string()),
            (Write::UpdatePipeline { declaration, .. }, Some(now), Some(before)) => {
                if now.created != before.created {
                    return self.conflict(index, &subject, &Conflict::Recreated.to_string());
                }
                if self.is_ours(index, &subject, owner(&before.tags), &now.tags) {
                    self.declaration(index, pipeline, now, (before, declaration), &written.secrets);
                }
            }
            // What was created is gone; tags are put back together.
            _ => {}
        }
    }

    fn create_pipeline_again(&mut self, index: usize, pipeline: &PipelineArn, before: &PipelineState) {
        let subject = Subject::Pipeline(pipeline.clone());
        let mut declaration = Box::new(before.declaration.clone());
        declaration.version = None;
        let mut tags = without_versions_before(without_leases(&before.tags));
        if let Some(applied) = AppliedPipeline::read(&tags) {
            // The versions begin again, so what was changed outside can no longer be told.
            let home = pipeline.region();
            let next = applied.next.filter(|next| !next.keeps).map(|next| next.applied);
            let said = applied.said.into_iter().chain(next).any(|version| version.is(&declaration, home));
            match said {
                true => tags
                    .insert(APPLIED_TAG.to_owned(), AppliedPipeline::said(1, &declaration, home, Extent::Whole).tag()),
                false => tags.shift_remove(APPLIED_TAG),
            };
        }
        let write =
            Write::CreatePipeline { pipeline: pipeline.clone(), declaration, secrets: Withheld::default(), tags };
        if let Some(path) = write.lost_secret() {
            return self.impossible(index, &subject, &format!("AWS does not return the secret `{path}`"));
        }
        self.not_whole(&subject, "is recreated without its history and its runs, and its creation starts a run");
        self.write(index, write);
    }

    /// Takes the change of the apply out of a declaration, except members that others have written since.
    fn declaration(
        &mut self,
        index: usize,
        pipeline: &PipelineArn,
        now: &PipelineState,
        (before, written): (&PipelineState, &PipelineDeclaration),
        secrets: &[String],
    ) {
        let subject = Subject::Pipeline(pipeline.clone());
        if now.declaration.version == before.declaration.version {
            return;
        }
        let written = with_what_is_there(written, &now.declaration, secrets);
        // What only the service added is not an edit.
        let [ours, before, there] =
            [&written, &before.declaration, &now.declaration].map(|of| filled(of, pipeline.region()));
        let Rebased { declaration, conflicts } = rebase(&ours, &before, &there);
        for EditConflict { change } in conflicts {
            let shown =
                |value: Option<serde_json::Value>| value.map_or_else(|| "nothing".to_owned(), |v| v.to_string());
            let (path, there, before) = (change.path, shown(change.before), shown(change.after));
            let message = format!("`{path}` stays {there}, which others wrote since; before the apply it was {before}");
            self.findings.push(Finding::of(&rules::XA1019, place(&subject), message));
            self.partly.insert(index);
        }
        let changes = changes(&now.declaration, &declaration, pipeline.region());
        let (pipeline, seen) = (pipeline.clone(), now.seen());
        let (declaration, none) = (Box::new(declaration), Withheld::default());
        let write = Write::UpdatePipeline { pipeline, seen, declaration, secrets: none, changes };
        if let Some(path) = write.lost_secret() {
            return self.impossible(index, &subject, &format!("AWS does not return the secret `{path}`"));
        }
        if !secrets.is_empty() {
            let what = format!(
                "keeps the secrets that the apply wrote ({}): AWS does not return the previous ones",
                secrets.join(", ")
            );
            self.not_whole(&subject, &what);
        }
        if !matches!(&write, Write::UpdatePipeline { changes, .. } if changes.is_empty()) {
            self.write(index, write);
        }
    }
}
