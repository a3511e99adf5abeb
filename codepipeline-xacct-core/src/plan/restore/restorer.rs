//! The state of planning a restore: the journal, what the accounts hold now, what is put back and what stays.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::finding::{Finding, Place};
use crate::ids::{PipelineArn, RoleArn};
use crate::ordered::set;
use crate::plan::input::state::{Found, PipelineState, RoleState, State};
use crate::plan::journal::{Journal, Written};
use crate::plan::steps::guard::same_owner;
use crate::plan::steps::subjects_in::subjects_in;
use crate::plan::steps::write::{Aspect, Write};
use crate::rules;
use crate::topology::subject::Subject;

/// A way back that is being planned.
pub(super) struct Restorer<'a> {
    pub(super) journal: &'a Journal,
    pub(super) state: &'a State,
    /// What is written, each with the position of the step that it puts back.
    pub(super) writes: Vec<(usize, Write)>,
    /// The positions of steps that stay as they are.
    pub(super) held: BTreeSet<usize>,
    /// The positions of steps that are not undone completely.
    pub(super) partly: BTreeSet<usize>,
    pub(super) findings: Vec<Finding>,
    /// For each step, those that it waited for, directly or not.
    needed: Vec<BTreeSet<usize>>,
}

/// What is there is not known, which is reported.
pub(super) struct NotKnown;

/// Where a role or a pipeline is, in a finding.
pub(super) fn place(subject: &Subject) -> Place {
    match subject {
        Subject::Role(role) => Place::role(role.name().as_str()),
        Subject::Pipeline(pipeline) => Place::pipeline(pipeline.name().as_str()),
    }
}

impl<'a> Restorer<'a> {
    pub(super) fn new(journal: &'a Journal, state: &'a State) -> Self {
        let (writes, held, partly, findings) = (Vec::new(), BTreeSet::new(), BTreeSet::new(), Vec::new());
        Self { journal, state, writes, held, partly, findings, needed: needed(journal) }
    }

    /// The position of a step in the plan that was applied.
    pub(super) fn position(&self, written: &Written) -> Option<usize> {
        let id = written.write.id();
        self.journal.steps().iter().position(|planned| planned.step == id)
    }

    pub(super) fn write(&mut self, index: usize, write: Write) {
        self.writes.push((index, write));
    }

    /// Others wrote since: it stays as they left it.
    pub(super) fn conflict(&mut self, index: usize, subject: &Subject, what: &str) {
        let message = format!("{} `{subject}` {what}, so it stays as it is", subject.kind());
        self.findings.push(Finding::of(&rules::XA1019, place(subject), message));
        self.held.insert(index);
    }

    /// It can't be put back, so it stays as it is.
    pub(super) fn impossible(&mut self, index: usize, subject: &Subject, why: &str) {
        let message = format!("{} `{subject}` is not put back: {why}", subject.kind());
        self.findings.push(Finding::of(&rules::XA1041, place(subject), message));
        self.held.insert(index);
    }

    /// It is put back, but not as it was.
    pub(super) fn not_whole(&mut self, subject: &Subject, what: &str) {
        let message = format!("{} `{subject}` {what}", subject.kind());
        self.findings.push(Finding::of(&rules::XA1041, place(subject), message));
    }

    /// A role as it is now; `Err` if that is not known, which is reported.
    pub(super) fn role_now(&mut self, index: usize, role: &RoleArn) -> Result<Option<&'a RoleState>, NotKnown> {
        let found = self.state.roles.get(role);
        self.present(index, &Subject::Role(role.clone()), found)
    }

    /// A pipeline as it is now; `Err` if that is not known, which is reported.
    pub(super) fn pipeline_now(
        &mut self,
        index: usize,
        pipeline: &PipelineArn,
    ) -> Result<Option<&'a PipelineState>, NotKnown> {
        let found = self.state.pipelines.get(pipeline);
        self.present(index, &Subject::Pipeline(pipeline.clone()), found)
    }

    fn present<T>(
        &mut self,
        index: usize,
        subject: &Subject,
        found: Option<&'a Found<T>>,
    ) -> Result<Option<&'a T>, NotKnown> {
        let why = match found {
            Some(Found::Present(now)) => return Ok(Some(now)),
            Some(Found::Missing) => return Ok(None),
            Some(Found::Unreadable(why)) => format!("it can't be read: {why}"),
            Some(Found::NotConnected) | None => format!("there is no client for account {}", subject.account()),
        };
        self.impossible(index, subject, &why);
        Err(NotKnown)
    }

    /// Whether a thing still belongs to whom it belonged before and after the apply; if not, it is a conflict.
    pub(super) fn is_ours(
        &mut self,
        index: usize,
        subject: &Subject,
        before: Option<&str>,
        now: &IndexMap<String, String>,
    ) -> bool {
        match same_owner(self.journal.topology(), before, now) {
            Ok(()) => true,
            Err(conflict) => {
                self.conflict(index, subject, &conflict.to_string());
                false
            }
        }
    }

    /// Roles that would be deleted stay, if a pipeline that stays names them.
    pub(super) fn hold_what_is_used(&mut self) {
        let deleted = |write: &Write| match write {
            Write::DeleteRole { role, .. } => Some(Subject::Role(role.clone())),
            _ => None,
        };
        let mut used: Vec<(usize, Subject, PipelineArn)> = Vec::new();
        for (arn, found) in &self.state.pipelines {
            let Some(found) = found.present() else { continue };
            let mut declaration = Some(&found.declaration);
            for (_, write) in &self.writes {
                match write {
                    Write::UpdatePipeline { pipeline, declaration: written, .. } if pipeline == arn => {
                        declaration = Some(written);
                    }
                    Write::DeletePipeline { pipeline, .. } if pipeline == arn => declaration = None,
                    _ => {}
                }
            }
            let text = declaration.and_then(|declaration| serde_json::to_string(declaration).ok()).unwrap_or_default();
            let names = subjects_in(&text);
            let roles = self.writes.iter().filter_map(|(index, write)| Some((*index, deleted(write)?)));
            used.extend(roles.filter(|(_, role)| names.contains(role)).map(|(index, role)| (index, role, arn.clone())));
        }
        for (index, role, pipeline) in used {
            self.conflict(index, &role, &format!("is named by pipeline `{pipeline}`"));
        }
    }

    /// What stays holds up what it needs: what its step waited for, and the rest of a role that stays.
    pub(super) fn hold_what_held_needs(&mut self) {
        let steps = self.journal.steps();
        let subject = |index: usize| steps.get(index).map(|planned| &planned.step.subject);
        let stays = set(self.held.union(&self.partly).copied());
        let mut open: Vec<usize> = stays.iter().copied().collect();
        let mut needs: BTreeSet<usize> = BTreeSet::new();
        while let Some(index) = open.pop() {
            let of_role =
                |other: &usize| matches!(subject(index), Some(Subject::Role(_))) && subject(*other) == subject(index);
            let whole = self.journal.steps().get(index).is_some_and(|planned| planned.step.aspect.is_whole());
            let rest = (0..steps.len()).filter(|other| whole && of_role(other));
            // Tags are written before a pipeline, which doesn't need them.
            let is_tag = |other: usize| {
                let same = matches!(subject(index), Some(Subject::Pipeline(_))) && subject(other) == subject(index);
                same && steps.get(other).is_some_and(|planned| planned.step.aspect == Aspect::Tags)
            };
            for other in self.needed.get(index).into_iter().flatten().copied().chain(rest) {
                if !is_tag(other) && !stays.contains(&other) && needs.insert(other) {
                    open.push(other);
                }
            }
        }
        let because = stays.first().and_then(|index| subject(*index));
        let left = set(self.writes.iter().filter(|(index, _)| needs.contains(index)).map(|(_, write)| write.subject()));
        for subject in left {
            if let Some(because) = because {
                self.not_whole(&subject, &format!("stays as it is, since `{because}` stays, which may need it"));
            }
        }
        self.held.extend(needs);
        self.writes.retain(|(index, _)| !self.held.contains(index));
    }
}

/// For each step of a journal, those that it waited for, directly or not. Steps come after those that they wait for.
pub(super) fn needed(journal: &Journal) -> Vec<BTreeSet<usize>> {
    let steps = journal.steps();
    let positions: IndexMap<_, usize> =
        steps.iter().enumerate().map(|(index, planned)| (&planned.step, index)).collect();
    let mut needed: Vec<BTreeSet<usize>> = Vec::new();
    for planned in steps {
        let direct = planned.after.iter().filter_map(|id| positions.get(id).copied());
        let all = direct.flat_map(|before| needed.get(before).into_iter().flatten().copied().chain([before]));
        let all = set(all);
        needed.push(all);
    }
    needed
}
