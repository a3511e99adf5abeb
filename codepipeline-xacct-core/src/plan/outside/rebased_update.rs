//! An update of an extended pipeline that others have written since it was planned: it is put on top of theirs, where the edits don't touch.

use super::rebase::{Rebased, rebase};
use crate::declaration::PipelineDeclaration;
use crate::ids::TopologyName;
use crate::plan::input::options::Intent;
use crate::plan::input::state::PipelineState;
use crate::plan::ownership::tags::extension_tags;
use crate::plan::pipelines::diff::{Change, changes, filled};
use crate::plan::plan::Plan;
use crate::plan::steps::write::Write;

impl Plan {
    /// Whether its updates may go on top of what others wrote since: not in a plan that was saved, which is what somebody looked at, and not where
    /// something is deleted because of what the pipeline held.
    pub fn may_be_rebased(&self) -> bool {
        self.intent == Intent::Converge && !self.was_saved.0
    }
}

impl Write {
    /// The update of an extended pipeline on top of what it holds now. `base` is what it held when the plan was made. `None` where both edits are of the
    /// same members, where there are secrets, which nobody can compare, and for all other steps.
    pub fn rebased_on(
        &self,
        topology: &TopologyName,
        base: &PipelineDeclaration,
        now: &PipelineState,
    ) -> Option<Write> {
        let Write::UpdatePipeline { pipeline, seen, declaration, secrets, .. } = self else { return None };
        let is_extended = seen.owner.is_none() && !extension_tags(topology, &now.tags).is_empty();
        if !is_extended || seen.created != now.created || secrets.paths().next().is_some() {
            return None;
        }
        let home = pipeline.region();
        let [base, ours, theirs] = [base, declaration, &now.declaration].map(|of| filled(of, home));
        // What both add is marked as ours, and would be taken from them with it.
        let theirs_new = changes(&base, &theirs, home);
        let both_add = |ours: &Change| ours.before.is_none() && theirs_new.iter().any(|other| other.path == ours.path);
        if changes(&base, &ours, home).iter().any(both_add) {
            return None;
        }
        let Rebased { declaration, conflicts } = rebase(&base, &ours, &theirs);
        conflicts.is_empty().then(|| Write::UpdatePipeline {
            pipeline: pipeline.clone(),
            seen: now.seen(),
            changes: changes(&now.declaration, &declaration, home),
            declaration: Box::new(declaration),
            secrets: secrets.clone(),
        })
    }
}
