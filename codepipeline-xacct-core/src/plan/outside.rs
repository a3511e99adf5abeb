//! What was changed outside of the program: told apart from what the program changes, and reverted, kept or refused.

use super::diff::{Change, changes, filled};
use super::last_applied::{LastApplied, Said};
use super::options::Drift;
use super::outside_change::OutsideChange;
use super::planner::Planner;
use super::rebase::{EditConflict, Rebased, rebase};
use super::state::PipelineState;
use super::write::Aspect;
use crate::declaration::PipelineDeclaration;
use crate::finding::{Finding, Place};
use crate::ids::PipelineArn;
use crate::rules;
use crate::topology::subject::Subject;

impl Planner<'_> {
    /// Takes note of a change that was made outside, and decides whether the step that would undo it is in the plan. `undone` is what the
    /// step would do.
    pub(super) fn outside(&mut self, place: Place, change: OutsideChange, undone: &[String]) -> bool {
        let OutsideChange { subject, aspect, .. } = &change;
        let undone: Vec<String> = undone.iter().map(|line| format!("\n      {line}")).collect();
        let what = format!("{} `{subject}`{}", subject.kind(), aspect.suffix());
        match self.options.drift {
            Drift::Revert => {}
            Drift::Keep => {
                let message =
                    format!("{what} was changed outside of the program, and stays as it is{}", undone.concat());
                let help = format!("write it into the program{}", code(subject, aspect));
                self.findings.push(Finding::of(&rules::XA1034, place, message).help(help));
            }
            Drift::Refuse => {
                let message = format!(
                    "{what} was changed outside of the program, which would be reverted{}",
                    if undone.is_empty() { String::new() } else { format!(":{}", undone.concat()) }
                );
                self.findings.push(Finding::of(&rules::XA1033, place, message).help(format!(
                    "write it into the program{}; or plan with `Drift::Revert`, `--drift revert`, to revert it to what the program says, or \
                     with `Drift::Keep`, `--drift keep`, to leave it as it is",
                    code(subject, aspect)
                )));
            }
        }
        self.outside.push(change);
        self.options.drift != Drift::Keep
    }

    /// What is to be written of a managed pipeline, once what was changed outside is reverted or kept.
    pub(super) fn without_outside(
        &mut self,
        arn: &PipelineArn,
        place: Place,
        found: &PipelineState,
        last: Option<&LastApplied>,
        declaration: PipelineDeclaration,
    ) -> Declared {
        let home = arn.region();
        let planned = changes(&found.declaration, &declaration, home);
        let last = last.filter(|last| last.program != Said::WhatIsThere);
        let (Some(last), false) = (last, planned.is_empty()) else {
            return Declared { declaration, changes: planned, kept: false };
        };
        let base = match &last.program {
            Said::Other(base) => Some(base.as_ref()),
            Said::WhatIsThere | Said::NotKnown => None,
        };
        let outside: Vec<Change> = match base {
            Some(base) => {
                let theirs = changes(base, &found.declaration, home);
                let undoes = |change: &Change| theirs.iter().any(|other| change.meets(other));
                planned.iter().filter(|change| undoes(change)).cloned().collect()
            }
            None => planned.clone(),
        };
        if outside.is_empty() {
            return Declared { declaration, changes: planned, kept: false };
        }
        let undone: Vec<String> = outside.iter().map(ToString::to_string).collect();
        let is_said = || last.versions.said.as_ref().is_some_and(|said| said.is(&declaration, home));
        let certain = base.is_some() || !last.is_open && is_said();
        let change =
            OutsideChange { subject: Subject::Pipeline(arn.clone()), aspect: Aspect::Whole, changes: outside, certain };
        if self.outside(place.clone(), change, &undone) {
            return Declared { declaration, changes: planned, kept: false };
        }
        let Some(base) = base else {
            return Declared { declaration: found.declaration.clone(), changes: Vec::new(), kept: true };
        };
        let [base, ours, theirs] = [base, &declaration, &found.declaration].map(|of| filled(of, home));
        let Rebased { declaration, conflicts } = rebase(&base, &ours, &theirs);
        for EditConflict { change } in conflicts {
            let message =
                format!("`{}` was changed outside and by the program: what was changed outside stays", change.path);
            self.findings.push(Finding::of(&rules::XA1034, place.clone(), message));
        }
        let kept = !changes(&declaration, &ours, home).is_empty();
        let changes = changes(&found.declaration, &declaration, home);
        Declared { declaration, changes, kept }
    }
}

/// Where in a program it is written what a role or a pipeline is like.
fn code(subject: &Subject, aspect: &Aspect) -> String {
    match (subject, aspect) {
        (Subject::Role(_), Aspect::TrustPolicy) => ": `trusts:` has who may assume a role".to_owned(),
        (Subject::Role(_), _) => ": `policies:` has statements that are added to those derived".to_owned(),
        (Subject::Pipeline(arn), _) => {
            format!(
                ": `cargo xacct import --pipeline {arn} --account-profile {}=PROFILE` prints its source",
                arn.account()
            )
        }
    }
}

/// What is to be written of a managed pipeline.
pub(super) struct Declared {
    pub(super) declaration: PipelineDeclaration,
    pub(super) changes: Vec<Change>,
    /// True if something that was changed outside stays.
    pub(super) kept: bool,
}
