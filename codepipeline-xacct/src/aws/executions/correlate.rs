//! Which execution of the target an invoke action started. CodePipeline does not document a way to know; see [`Verdict`].

use aws_sdk_codepipeline::types::{ExecutionTrigger, PipelineExecution, PipelineExecutionSummary, TriggerType};
use aws_smithy_types::DateTime;

use super::facts::{InvokeFacts, time};
use super::tree::Candidate;
use crate::core::declaration::references::has_reference;
use crate::core::ids::ExecutionId;

/// Seconds by which the times of two Regions, which are whole seconds in some answers, may differ.
const TOLERANCE: i64 = 5;

/// An execution of the target, with the variables that it was given.
#[derive(Debug, Clone)]
pub(super) struct Started {
    pub(super) id: ExecutionId,
    pub(super) summary: PipelineExecutionSummary,
    pub(super) variables: Vec<(String, String)>,
}

/// What follows from the executions of the target.
#[derive(Debug)]
pub(super) enum Verdict {
    /// It was given the id of the caller.
    Proven(ExecutionId),
    /// It is the only one that fits.
    Single(Candidate),
    /// Several fit.
    Several(Vec<Candidate>),
    /// None fits.
    None,
}

impl Verdict {
    /// The ids of the executions that fit.
    pub(super) fn ids(&self) -> Vec<ExecutionId> {
        match self {
            Verdict::Proven(id) => vec![id.clone()],
            Verdict::Single(one) => vec![one.id.clone()],
            Verdict::Several(several) => several.iter().map(|one| one.id.clone()).collect(),
            Verdict::None => Vec::new(),
        }
    }
}

/// When the started execution began at the earliest.
pub(super) fn since(facts: &InvokeFacts) -> Option<DateTime> {
    facts.began.map(|began| DateTime::from_secs(began.secs() - TOLERANCE))
}

/// True for an execution that the action's role started while the action ran.
pub(super) fn may_be(facts: &InvokeFacts, summary: &PipelineExecutionSummary) -> bool {
    let Some(start) = summary.start_time() else { return false };
    let early = since(facts).is_some_and(|since| *start < since);
    let late = facts.ended && facts.updated.is_some_and(|updated| start.secs() > updated.secs() + TOLERANCE);
    !early && !late && started_by(facts, summary.trigger())
}

/// True where the trigger of an execution is a session of the action's role. Where no trigger is shown, nothing speaks against it.
pub(super) fn is_triggered(facts: &InvokeFacts, execution: &PipelineExecution) -> bool {
    execution.trigger().is_none() || started_by(facts, execution.trigger())
}

fn started_by(facts: &InvokeFacts, trigger: Option<&ExecutionTrigger>) -> bool {
    trigger.is_some_and(|trigger| {
        trigger.trigger_type() == Some(&TriggerType::StartPipelineExecution)
            && trigger.trigger_detail().is_some_and(|by| by.starts_with(&facts.sessions))
    })
}

/// Judges the executions that [`may_be`] it.
pub(super) fn judge(facts: &InvokeFacts, started: &[Started]) -> Verdict {
    let mut fitting: Vec<&Started> = started.iter().filter(|started| fits(facts, started)).collect();
    if facts.names_itself() && fitting.len() > 1 {
        // The attempts of a stage that was retried all pass the id of the one execution: each began while its attempt ran.
        let during = |started: &&&Started| {
            let start = started.summary.start_time();
            start.zip(facts.began.as_ref()).is_none_or(|(start, began)| start.secs() >= began.secs())
                && start
                    .zip(facts.updated.as_ref())
                    .is_none_or(|(start, end)| !facts.ended || start.secs() <= end.secs())
        };
        if fitting.iter().filter(during).count() == 1 {
            fitting.retain(|started| during(&started));
        }
    }
    match fitting.as_slice() {
        [] => Verdict::None,
        [one] => {
            let one = candidate(one);
            if facts.names_itself() { Verdict::Proven(one.id) } else { Verdict::Single(one) }
        }
        several => Verdict::Several(several.iter().map(|started| candidate(started)).collect()),
    }
}

/// True where an execution was given what the action passes.
fn fits(facts: &InvokeFacts, started: &Started) -> bool {
    // A reference whose value is not shown may have any.
    let mut passed = facts.variables.iter().filter(|(_, value)| !has_reference(value));
    let commits = started.summary.source_revisions();
    let mut revisions = facts.commits.iter().filter(|(_, commit)| !has_reference(commit));
    passed.all(|variable| started.variables.contains(variable))
        && revisions.all(|(action, commit)| {
            let read = commits.iter().find(|revision| revision.action_name() == action);
            // It may not have been read yet.
            read.and_then(|revision| revision.revision_id()).is_none_or(|id| id == commit)
        })
}

fn candidate(started: &Started) -> Candidate {
    Candidate {
        id: started.id.clone(),
        status: started.summary.status().cloned(),
        began: started.summary.start_time().and_then(time),
    }
}
