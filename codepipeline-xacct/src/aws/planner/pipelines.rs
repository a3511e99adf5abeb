//! Pipelines: create, update, tag, targets before those that start them; verify what is believed of those that are not ours.

use crate::core::rules;
use indexmap::IndexMap;

use super::super::plan::Step;
use super::super::read::{PipelineState, Seen, State};
use super::{Planner, changed};
use crate::aws::{Error, TOPOLOGY_TAG};
use crate::core::declaration::PipelineDeclaration;
use crate::core::finding::{Finding, Place};
use crate::core::ids::PipelineArn;
use crate::core::topology::{Invoke, Ownership, Pipeline};
use crate::core::{plan as reconcile, wiring};

impl Planner<'_> {
    pub(super) fn plan_pipelines(&self, state: &State, findings: &mut Vec<Finding>) -> Result<Vec<Vec<Step>>, Error> {
        // The targets first: an action that starts a pipeline comes after it.
        let mut steps: IndexMap<PipelineArn, Vec<Step>> = IndexMap::new();
        for pipeline in self.topology.pipelines() {
            let found = match state.pipelines.get(&pipeline.arn) {
                Some(Seen::There(found)) => Some(found),
                Some(Seen::Unknown(why)) if pipeline.ownership != Ownership::Extern => {
                    self.unreached(pipeline.arn.account(), why, Place::pipeline(&pipeline.item), findings)?;
                    continue;
                }
                Some(Seen::Unknown(why)) => {
                    let message = format!("it is not known whether pipeline `{}` exists: {why}", pipeline.arn);
                    findings.push(Finding::of(&rules::XA1015, Place::pipeline(&pipeline.item), message));
                    continue;
                }
                _ => None,
            };
            steps.insert(pipeline.arn.clone(), self.plan_pipeline(pipeline, found, findings));
        }
        let mut phases: Vec<Vec<Step>> = Vec::new();
        let mut rest: Vec<&Pipeline> =
            self.topology.pipelines().iter().filter(|p| steps.get(&p.arn).is_some_and(|s| !s.is_empty())).collect();
        while !rest.is_empty() {
            let waits = |p: &&Pipeline| {
                p.invokes.iter().any(|i| i.target.arn != p.arn && rest.iter().any(|other| other.arn == i.target.arn))
            };
            let (waiting, ready): (Vec<_>, Vec<_>) = rest.iter().copied().partition(waits);
            // Pipelines that start each other can't be ordered, and needn't be.
            let (ready, waiting) = if ready.is_empty() { (waiting, Vec::new()) } else { (ready, waiting) };
            phases.push(ready.iter().flat_map(|p| steps.swap_remove(&p.arn).unwrap_or_default()).collect());
            rest = waiting;
        }
        // What marks a pipeline as ours comes once it is.
        let (tags, writes): (Vec<Step>, Vec<Step>) =
            phases.iter().flatten().cloned().partition(|s| matches!(s, Step::TagPipeline { .. }));
        if !tags.is_empty() {
            phases =
                phases.into_iter().map(|phase| phase.into_iter().filter(|s| writes.contains(s)).collect()).collect();
            phases.push(tags);
        }
        Ok(phases)
    }

    fn plan_pipeline(
        &self,
        pipeline: &Pipeline,
        found: Option<&PipelineState>,
        findings: &mut Vec<Finding>,
    ) -> Vec<Step> {
        let arn = pipeline.arn.to_string();
        let place = Place::pipeline(&pipeline.item);
        if pipeline.ownership == Ownership::Extern {
            match found {
                None => findings.push(
                    Finding::of(
                        &rules::XA1001,
                        place,
                        format!("pipeline `{}` does not exist: there is no `{arn}`", pipeline.item),
                    )
                    .help("check name, Region and account of the extern pipeline"),
                ),
                Some(found) => self.verify_signature(pipeline, &found.declaration, findings),
            }
            return Vec::new();
        }
        let declaration = match reconcile::desired(pipeline, found.map(|f| &f.declaration)) {
            Ok(declaration) => declaration,
            Err(mut errors) => {
                findings.append(&mut errors);
                return Vec::new();
            }
        };
        let managed = pipeline.ownership == Ownership::Managed;
        let tags = if managed { self.tags(&pipeline.item, &pipeline.tags) } else { pipeline.tags.clone() };
        let Some(found) = found else {
            return vec![Step::CreatePipeline {
                pipeline: pipeline.arn.clone(),
                declaration: Box::new(declaration),
                tags,
            }];
        };
        if managed {
            if let Err(finding) = self.owned(place, "pipeline", &arn, &found.tags) {
                findings.push(finding);
                return Vec::new();
            }
        } else {
            if found.tags.get(TOPOLOGY_TAG).is_some_and(|owner| owner != self.topology.name().as_str()) {
                findings.extend(self.owned(place, "pipeline", &arn, &found.tags).err());
                return Vec::new();
            }
            findings.extend(reconcile::check_merged(pipeline, &found.declaration, &declaration));
            self.verify_signature(pipeline, &declaration, findings);
        }
        let mut steps = Vec::new();
        let changes = reconcile::changes(&found.declaration, &declaration, pipeline.arn.region());
        if !changes.is_empty() {
            steps.push(Step::UpdatePipeline {
                pipeline: pipeline.arn.clone(),
                declaration: Box::new(declaration),
                changes,
                version: found.declaration.version.unwrap_or_default(),
                updated: found.updated.clone(),
            });
        }
        let tags = changed(&tags, &found.tags);
        if !tags.is_empty() {
            steps.push(Step::TagPipeline { pipeline: pipeline.arn.clone(), tags });
        }
        steps
    }

    /// What the callers of a pipeline believe of its variables is verified on what the account holds.
    fn verify_signature(&self, pipeline: &Pipeline, real: &PipelineDeclaration, findings: &mut Vec<Finding>) {
        let declared = real.variables.as_deref().unwrap_or_default();
        for (caller, invoke) in self.callers(&pipeline.arn) {
            let place = wiring::action_place(caller, &invoke.stage, &invoke.action);
            for name in invoke.variables.keys().filter(|name| !declared.iter().any(|v| v.name == **name)) {
                let message = format!("pipeline `{}` declares no variable `{name}` in its account", pipeline.arn);
                findings.push(
                    Finding::of(&rules::XA1011, place.clone(), message)
                        .help("declare the variable there, or leave it out here and in the extern pipeline"),
                );
            }
            for variable in
                declared.iter().filter(|v| v.default_value.is_none() && !invoke.variables.contains_key(&v.name))
            {
                let message = format!(
                    "pipeline `{}` needs variable `{}` in its account, and the action does not pass it",
                    pipeline.arn, variable.name
                );
                findings.push(
                    Finding::of(&rules::XA1012, place.clone(), message).help(format!("pass `{}`", variable.name)),
                );
            }
        }
    }

    fn callers<'b>(&'b self, target: &'b PipelineArn) -> impl Iterator<Item = (&'b Pipeline, &'b Invoke)> {
        let all = self.topology.pipelines().iter().flat_map(|p| p.invokes.iter().map(move |i| (p, i)));
        all.filter(move |(_, invoke)| invoke.target.arn == *target)
    }
}
