//! Changes made outside the program: distinguished from those of the program, and reverted, kept or refused.

use super::accepted_changes::AcceptedChanges;
use super::last_applied::{LastApplied, Said};
use super::outside_change::OutsideChange;
use super::rebase::{EditConflict, Rebased, rebase};
use crate::declaration::PipelineDeclaration;
use crate::finding::{Finding, Place};
use crate::ids::{PipelineArn, RoleArn};
use crate::plan::input::options::Drift;
use crate::plan::input::state::PipelineState;
use crate::plan::pipelines::diff::{Change, changes, filled};
use crate::plan::planner::Planner;
use crate::plan::steps::write::Aspect;
use crate::policy::Statement;
use crate::rules;
use crate::topology::items::Ownership;
use crate::topology::subject::Subject;

impl Planner<'_> {
    /// Takes note of a change that was made outside, and decides whether the step that would undo it is in the plan. `undone` is what the
    /// step would do.
    pub(in crate::plan) fn outside(&mut self, place: Place, change: OutsideChange, undone: &[String]) -> bool {
        let OutsideChange { subject, aspect, .. } = &change;
        let undone: Vec<String> = undone.iter().map(|line| format!("\n      {line}")).collect();
        let what = format!("{} `{subject}`{}", subject.kind(), aspect.suffix());
        match self.options.drift {
            Drift::Revert => {}
            Drift::Keep => {
                let message = format!(
                    "{what} was changed outside of the program, and stays as it is{}",
                    if undone.is_empty() {
                        String::new()
                    } else {
                        format!("; to revert it would be{}", undone.concat())
                    }
                );
                let help = format!("write it into the program{}", self.code(&change));
                self.findings.push(Finding::of(&rules::XA1034, place, message).help(help));
            }
            Drift::Refuse => {
                let message = format!(
                    "{what} was changed outside of the program, which would be reverted{}",
                    if undone.is_empty() { String::new() } else { format!(":{}", undone.concat()) }
                );
                let help = format!(
                    "plan with `Drift::Revert`, `--drift revert`, to revert it to what the program says, or with `Drift::Keep`, `--drift keep`, \
                     to leave it as it is; or write it into the program{}",
                    self.code(&change)
                );
                self.findings.push(Finding::of(&rules::XA1033, place, message).help(help));
            }
        }
        self.outside.push(change);
        self.options.drift != Drift::Keep
    }

    /// What of a program says it, or where that is written.
    fn code(&self, change: &OutsideChange) -> String {
        match (&change.subject, &change.aspect) {
            (Subject::Role(role), aspect) => self.code_of_role(role, aspect).unwrap_or_default(),
            (Subject::Pipeline(_), _) if self.is_extended(&change.subject) && change.is_removal() => {
                ": take out of it what was taken out of the pipeline".to_owned()
            }
            (Subject::Pipeline(arn), _) => self.source(arn, &change.changes).unwrap_or_else(|| {
                format!(
                    ": `cargo xacct import --pipeline {arn} --account-profile {}=PROFILE` prints its source",
                    arn.account()
                )
            }),
        }
    }

    /// The trust policy of a role as it is, or the statements that its inline policy has and the program doesn't.
    fn code_of_role(&self, role: &RoleArn, aspect: &Aspect) -> Option<String> {
        let found = self.state.roles.get(role)?.present()?;
        let Aspect::InlinePolicy(name) = aspect else {
            return Some(format!(": `trust_policy: {}` in place of `trusts:`", found.trust.to_json()));
        };
        let ours = self.topology.role(role).and_then(|resolved| resolved.policy.as_ref());
        let is_ours = |statement: &Statement| ours.is_some_and(|ours| ours.has(statement));
        let there = found.inline.get(name).into_iter().flat_map(|document| document.statements.iter());
        let added: Vec<String> = there
            .filter(|statement| !is_ours(statement))
            .map(|statement| serde_json::to_string(statement).unwrap_or_default())
            .collect();
        Some(match added.is_empty() {
            true => ": what was taken out is derived from the use of the role, or is in its `policies:`".to_owned(),
            false => format!(": `policies: [{}]`, whose statements are added to those derived", added.join(", ")),
        })
    }

    fn is_extended(&self, subject: &Subject) -> bool {
        let pipeline = match subject {
            Subject::Pipeline(arn) => self.topology.pipeline(arn),
            Subject::Role(_) => None,
        };
        pipeline.is_some_and(|pipeline| pipeline.ownership == Ownership::Extended)
    }

    /// The source of what was changed of a pipeline, as it is now.
    fn source(&self, arn: &PipelineArn, changes: &[Change]) -> Option<String> {
        let found = self.state.pipelines.get(arn)?.present()?;
        // The rest of an extended pipeline is not the program's.
        let is_extended = self.is_extended(&Subject::Pipeline(arn.clone()));
        let paths = changes.iter().filter(|change| !is_extended || change.before.is_some());
        let paths: Vec<&str> = paths.map(|change| change.path.as_str()).collect();
        let source = (self.options.print?)(self.topology, arn, &found.declaration, &paths)?;
        Some(source.lines().fold(":".to_owned(), |text, line| format!("{text}\n      {line}")))
    }

    /// What is to be written of a managed pipeline, once what was changed outside is reverted or kept.
    pub(in crate::plan) fn without_outside(
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
            return Declared { declaration, changes: planned, kept: false, accepted: None };
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
            return Declared { declaration, changes: planned, kept: false, accepted: None };
        }
        let undone: Vec<String> = outside.iter().map(ToString::to_string).collect();
        let is_said = || last.versions.said.as_ref().is_some_and(|said| said.is(&declaration, home));
        let certain = base.is_some() || !last.is_open && is_said();
        let change =
            OutsideChange { subject: Subject::Pipeline(arn.clone()), aspect: Aspect::Whole, changes: outside, certain };
        if self.outside(place.clone(), change, &undone) {
            return Declared { declaration, changes: planned, kept: false, accepted: None };
        }
        let Some(base) = base else {
            return Declared {
                declaration: found.declaration.clone(),
                changes: Vec::new(),
                kept: true,
                accepted: None,
            };
        };
        let accepted = AcceptedChanges::of(base, &found.declaration, &planned, home);
        let [base, ours, theirs] = [base, &declaration, &found.declaration].map(|of| filled(of, home));
        let Rebased { declaration, conflicts } = rebase(&base, &ours, &theirs);
        for EditConflict { change } in conflicts {
            let message =
                format!("`{}` was changed outside and by the program: what was changed outside stays", change.path);
            self.findings.push(Finding::of(&rules::XA1034, place.clone(), message));
        }
        let kept = !changes(&declaration, &ours, home).is_empty();
        let changes = changes(&found.declaration, &declaration, home);
        Declared { declaration, changes, kept, accepted }
    }
}

/// What is to be written of a pipeline.
pub(in crate::plan) struct Declared {
    pub(in crate::plan) declaration: PipelineDeclaration,
    pub(in crate::plan) changes: Vec<Change>,
    /// True if something that was changed outside stays.
    pub(in crate::plan) kept: bool,
    /// What the program took over of it, while other changes stay.
    pub(in crate::plan) accepted: Option<AcceptedChanges>,
}
