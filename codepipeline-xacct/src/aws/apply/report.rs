//! The result of applying a plan: all of it was done, or why not.

use std::fmt;

use crate::aws::error::{AwsError, NotConnected};
use crate::aws::read::ReadError;
use crate::core::finding::Finding;
use crate::core::ids::{ExecutionId, PipelineArn};
use crate::core::plan::rebase::EditConflict;
use crate::core::plan::{Aspect, Conflict, RequiredPermission, StepId};
use crate::core::topology::Subject;

/// What was carried out: all of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The steps in the order in which they were done.
    pub done: Vec<StepId>,
    /// The leases that could not be released.
    pub leases_left: Vec<LeftLease>,
}

/// A lease that could not be released. Other applies of the topology are refused until its term ends.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftLease {
    /// What carries its tag.
    pub subject: Subject,
    /// The key of the tag.
    pub tag: String,
    /// Why it was not removed.
    pub why: String,
    /// True if the next apply takes it over ([`ApplyRequest::lease_notes`](super::request::ApplyRequest::lease_notes)).
    pub is_noted: bool,
}

impl fmt::Display for LeftLease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { subject, tag, why, is_noted } = self;
        write!(f, "the lease may be left, since the tag `{tag}` of `{subject}` could not be removed: {why}")?;
        f.write_str(match is_noted {
            true => "\n  help: run the same command, or any apply in the same folder, to continue immediately; elsewhere applies are blocked for 15 minutes unless the tag is removed",
            false => "\n  help: it blocks other applies for 15 minutes; remove the tag, or apply with `--not-exclusive`",
        })
    }
}

/// Why a step was not carried out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StepError {
    /// AWS answered with an error, or could not be reached.
    #[error("{}{}", .0, .0.help())]
    Aws(#[source] Box<AwsError>),
    /// What is there now could not be read.
    #[error("{}{}", .0, .0.help())]
    Read(#[from] ReadError),
    /// There are no credentials for the account.
    #[error(transparent)]
    NotConnected(#[from] NotConnected),
    /// What the step writes is no longer what the plan saw.
    #[error("{} `{subject}` {conflict}\n  help: make a new plan", subject.kind())]
    Conflict {
        /// The role or the pipeline.
        subject: Subject,
        /// What happened to it.
        conflict: Conflict,
    },
    /// The plan was saved, and what its proof of the wiring was made from has changed since. Nothing was written.
    #[error(
        "the saved plan is out of date; changed since it was made: {}\n  help: make a new plan",
        subjects.iter().map(|subject| format!("{} `{subject}`", subject.kind())).collect::<Vec<_>>().join(", ")
    )]
    Outdated {
        /// The roles and the pipelines that changed.
        subjects: Vec<Subject>,
    },
    /// After the plan was made, pipelines began to run with roles that it deletes or takes rights from. Nothing was written.
    #[error(
        "since the plan was made, roles that it deletes or takes rights from have come into use, by {}\n  help: make a new plan",
        pipelines.iter().map(|pipeline| format!("pipeline `{pipeline}`")).collect::<Vec<_>>().join(", ")
    )]
    InUse {
        /// The pipelines.
        pipelines: Vec<PipelineArn>,
    },
    /// The credentials lack permissions for the step, according to the policy simulator of IAM. Nothing of the plan was written.
    #[error(
        "the credentials may not {}\n  help: allow it; `plan --permissions`, or `Plan::required_permissions`, has all that the plan needs",
        listed(permissions)
    )]
    Lacking {
        /// What they lack.
        permissions: Vec<RequiredPermission>,
    },
    /// The credentials lack permissions for the lease, according to the policy simulator of IAM. Nothing of the plan was written.
    #[error(
        "the lease can't be taken and released, since the credentials may not {}\n  help: allow it; `--not-exclusive` skips the lease",
        listed(permissions)
    )]
    LackingForLease {
        /// What they lack.
        permissions: Vec<RequiredPermission>,
    },
    /// The apply was stopped while the step waited. Nothing of it was written.
    #[error("stopped while it waited")]
    Stopped,
    /// Runs of the pipeline are in progress that would be cancelled, and may not be.
    #[error(
        "pipeline `{pipeline}` has runs in progress that would be cancelled: {}\n  help: wait for them to end, or {}",
        executions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        match may_be_planned {
            true => "make a new plan, which names what it cancels",
            false => "apply with `RunPolicy::AsPlanned`, `--runs as-planned`, which cancels those that the plan names",
        }
    )]
    Running {
        /// The pipeline.
        pipeline: PipelineArn,
        /// The ids of the executions.
        executions: Vec<ExecutionId>,
        /// False if no run may be cancelled ([`RunPolicy::Refuse`](super::run_policy::RunPolicy::Refuse)).
        may_be_planned: bool,
    },
    /// Others edited the pipeline at the same time, and both edits changed the same member. Their value is kept, and the rest of ours.
    #[error(
        "pipeline `{pipeline}` was edited by others at the same time (version {version}): {}\n  what they wrote is kept\n  help: make a new plan",
        conflicts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    )]
    EditConflict {
        /// The pipeline.
        pipeline: PipelineArn,
        /// The version with their edit.
        version: i64,
        /// What differs.
        conflicts: Vec<EditConflict>,
    },
    /// Others edited the pipeline at the same time, and the result of merging both edits could not be written:
    /// CodePipeline refuses it, or the call failed.
    #[error(
        "pipeline `{pipeline}` was edited by others at the same time (version {version}), and both edits together were not accepted: {error}\n  {}\n  help: make a new plan",
        put_back.as_ref().map_or_else(
            |error| format!("what they wrote could not be put back, and is only in the history of the pipeline: {error}"),
            |()| "what they wrote was put back".to_owned()
        )
    )]
    Incompatible {
        /// The pipeline.
        pipeline: PipelineArn,
        /// The version with their edit.
        version: i64,
        /// Why both together were not accepted.
        error: Box<StepError>,
        /// Whether their version is in force again.
        put_back: Result<(), Box<StepError>>,
    },
    /// The update replaced a concurrent edit, and restoring it failed.
    #[error(
        "this replaced a concurrent edit of pipeline `{pipeline}`, made after version {read}, and the edit could not be restored: {error}\n  it is in the history of the pipeline: `aws codepipeline get-pipeline --pipeline-version`"
    )]
    NotBroughtBack {
        /// The pipeline.
        pipeline: PipelineArn,
        /// The version before theirs.
        read: i64,
        /// Why.
        error: Box<StepError>,
    },
    /// Others wrote the pipeline each time that their edit and this one had been merged.
    #[error(
        "others keep editing pipeline `{pipeline}`; what they wrote last is version {version}, which is in its history\n  help: make a new plan when they are done"
    )]
    Contended {
        /// The pipeline.
        pipeline: PipelineArn,
        /// The version with their last edit.
        version: i64,
    },
    /// The call may have taken effect or not, and what is there now could not be read.
    #[error("it is not known whether this was written: {error}\n  what is there now could not be read: {read}")]
    Unknown {
        /// What happened to the call.
        error: Box<AwsError>,
        /// Why what is there could not be read.
        read: Box<ReadError>,
    },
    /// Another apply of the topology holds the lease. Nothing was written.
    #[error(
        "another apply of the topology is in progress, by `{by}`\n  help: try again when it is done; if it was killed, the tag `{tag}` of `{subject}` expires after 15 minutes, or can be removed; `--not-exclusive` ignores the lease"
    )]
    Held {
        /// What carries the lease.
        subject: Subject,
        /// The key of its tag.
        tag: String,
        /// Who holds it.
        by: String,
    },
    /// The lease could not be taken. Nothing was written.
    #[error("the lease on `{subject}` could not be taken: {error}\n  help: `--not-exclusive` skips the lease")]
    NotLeased {
        /// What was to carry the lease.
        subject: Subject,
        /// Why.
        error: Box<StepError>,
    },
    /// The lease is no longer held: its tag is not there, although it was written, or it could not be renewed.
    #[error(
        "the lease on `{subject}` is lost: {}\n  help: make a new plan",
        why.as_ref().map_or_else(
            || "its tag no longer exists".to_owned(),
            |why| format!("it could not be renewed before its term ended: {why}")
        )
    )]
    LeaseLost {
        /// What was to carry the lease.
        subject: Subject,
        /// Why it could not be renewed; `None` if its tag is gone.
        why: Option<Box<StepError>>,
    },
    /// What is there could not be written down. Nothing is written without that.
    #[error("the journal can't be written, and nothing is changed without it: {why}")]
    Journal {
        /// Why.
        why: String,
    },
    /// The plan was saved, and a saved plan has no secrets.
    #[error(
        "the secret `{path}` would have to be written, and a saved plan has no secrets\n  help: make the plan again and apply it at once"
    )]
    SecretNotSaved {
        /// Where the secret belongs.
        path: String,
    },
}

fn listed(permissions: &[RequiredPermission]) -> String {
    let texts = permissions.iter().map(|RequiredPermission { action, resource }| format!("{action} on {resource}"));
    texts.collect::<Vec<_>>().join(", ")
}

impl StepError {
    /// False for what concerns the whole apply, and is only told with a step.
    pub(super) fn is_of_step(&self) -> bool {
        !matches!(
            self,
            Self::LackingForLease { .. }
                | Self::Held { .. }
                | Self::NotLeased { .. }
                | Self::LeaseLost { .. }
                | Self::Outdated { .. }
                | Self::InUse { .. }
        )
    }

    /// True where the step wrote something before it failed.
    pub(super) fn has_written(&self) -> bool {
        match self {
            Self::EditConflict { .. } | Self::Contended { .. } | Self::NotBroughtBack { .. } => true,
            // Put back, their version is the whole pipeline again.
            Self::Incompatible { put_back, .. } => put_back.is_err(),
            _ => false,
        }
    }
}

impl From<AwsError> for StepError {
    fn from(error: AwsError) -> Self {
        Self::Aws(Box::new(error))
    }
}

/// Why a plan was not carried out completely. What was done stays: a new plan continues from there.
#[derive(Debug)]
#[non_exhaustive]
pub struct ApplyError {
    /// Steps that were carried out.
    pub done: Vec<StepId>,
    /// Steps that failed, with the reason.
    pub failed: Vec<(StepId, StepError)>,
    /// Steps that were not tried, because they wait for one that failed.
    pub not_tried: Vec<StepId>,
    /// The outcome of undoing what was written, if [`ApplyRequest::undo_on_failure`](super::request::ApplyRequest::undo_on_failure) asked
    /// for it and something was written.
    pub undo: Option<Undo>,
    /// The leases that could not be released.
    pub leases_left: Vec<LeftLease>,
    /// False where the plan was refused before its first step.
    pub(super) has_begun: bool,
}

/// The outcome of undoing what a failed apply had written.
#[derive(Debug)]
#[non_exhaustive]
pub enum Undo {
    /// What can be put back was.
    Done {
        /// The steps back.
        steps: Vec<StepId>,
        /// What stays, and why.
        warnings: Vec<Finding>,
    },
    /// Not all of it was.
    Failed {
        /// Why.
        error: Box<ApplyError>,
        /// What stays, and why.
        warnings: Vec<Finding>,
    },
    /// What is there could not be read, so all that was written stays.
    NotPlanned(ReadError),
}

impl Undo {
    fn warnings(&self) -> &[Finding] {
        match self {
            Self::Done { warnings, .. } | Self::Failed { warnings, .. } => warnings,
            Self::NotPlanned(_) => &[],
        }
    }
}

impl fmt::Display for Undo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done { steps, warnings } if steps.is_empty() && warnings.is_empty() => {
                f.write_str("nothing had to be put back")?;
            }
            Self::Done { steps, .. } if steps.is_empty() => f.write_str("nothing was put back")?,
            Self::Done { steps, .. } => write!(f, "put back: {}", joined(steps))?,
            Self::Failed { error, .. } => {
                f.write_str("not all was put back:")?;
                PutBack(error).to_string().lines().try_for_each(|line| write!(f, "\n  {line}"))?;
            }
            Self::NotPlanned(error) => {
                write!(f, "what was written stays, since what is there could not be read: {error}")?
            }
        }
        self.warnings().iter().try_for_each(|warning| write!(f, "\n{warning}"))
    }
}

/// What follows the message of an error.
fn help(text: &str) -> Option<&str> {
    text.get(text.find("\n  help: ")?..)
}

/// Without the steps that only write tags of what other steps write.
fn joined(steps: &[StepId]) -> String {
    let is_with_others = |step: &StepId| {
        let is_other = |other: &StepId| other.subject == step.subject && other.aspect != Aspect::Tags;
        step.aspect == Aspect::Tags && steps.iter().any(is_other)
    };
    let shown = steps.iter().filter(|step| !is_with_others(step));
    shown.map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// What became of putting back: "nothing was written" would be read of the apply.
struct PutBack<'a>(&'a ApplyError);

impl fmt::Display for PutBack<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.tell("nothing was put back", f)
    }
}

impl fmt::Display for ApplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tell("nothing was written", f)
    }
}

impl ApplyError {
    /// Tells it; `nothing` is for where no step was carried out.
    fn tell(&self, nothing: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps = self.failed.iter().filter(|(_, error)| error.is_of_step()).count();
        if steps > 1 && self.has_begun {
            writeln!(f, "{steps} steps failed:")?;
        }
        let texts: Vec<String> = self.failed.iter().map(|(_, error)| error.to_string()).collect();
        let mut rest = texts.iter().map(|text| help(text));
        for ((step, error), text) in self.failed.iter().zip(&texts) {
            // The same help for several steps stands below the last of them.
            let own = rest.next().flatten();
            let comes_again = own.is_some() && rest.clone().any(|later| later == own);
            let text = text.strip_suffix(own.filter(|_| comes_again).unwrap_or_default()).unwrap_or(text);
            match error.is_of_step() {
                true => writeln!(f, "{step}: {text}")?,
                false => writeln!(f, "{text}")?,
            }
        }
        if self.failed.is_empty() {
            writeln!(f, "stopped before everything was done")?;
        }
        let failed = |with: fn(&StepError) -> bool| -> Vec<StepId> {
            self.failed.iter().filter(|(_, error)| with(error)).map(|(step, _)| step.clone()).collect()
        };
        let unknown = failed(|error| matches!(error, StepError::Unknown { .. }));
        let in_part = failed(StepError::has_written);
        if !unknown.is_empty() {
            writeln!(f, "not known whether written: {}", joined(&unknown))?;
        }
        if !in_part.is_empty() {
            writeln!(f, "written in part: {}", joined(&in_part))?;
        }
        if self.done.is_empty() {
            let alone = unknown.is_empty() && in_part.is_empty();
            f.write_str(if alone { nothing } else { "nothing else was written" })?;
        } else {
            write!(f, "written: {}", joined(&self.done))?;
        }
        // Where the apply did not begin, that is the whole plan.
        let any = !self.done.is_empty() || steps > 0;
        if !self.not_tried.is_empty() && self.has_begun && (any || self.failed.is_empty()) {
            write!(f, "\nnot tried: {}", joined(&self.not_tried))?;
        }
        if let Some(undo) = &self.undo {
            write!(f, "\n{undo}")?;
        } else if !self.done.is_empty() || !in_part.is_empty() {
            write!(f, "\nwhat was written stays; a new plan continues from there")?;
        }
        self.leases_left.iter().try_for_each(|lease| write!(f, "\n{lease}"))
    }
}

impl std::error::Error for ApplyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.failed.first().map(|(_, error)| error as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::plan::Verb;

    #[test]
    fn the_same_help_of_several_steps_is_written_once() {
        let step = |role: &str| StepId {
            verb: Verb::Update,
            subject: Subject::Role(format!("arn:aws:iam::111111111111:role/{role}").parse().unwrap()),
            aspect: Aspect::TrustPolicy,
        };
        let lacking = || {
            let (action, resource) = ("iam:UpdateAssumeRolePolicy".to_owned(), "*".to_owned());
            StepError::Lacking { permissions: vec![RequiredPermission { action, resource }] }
        };
        let error = ApplyError {
            done: Vec::new(),
            failed: vec![(step("a"), lacking()), (step("b"), lacking())],
            not_tried: Vec::new(),
            undo: None,
            leases_left: Vec::new(),
            has_begun: false,
        };
        let may_not = "the credentials may not iam:UpdateAssumeRolePolicy on *\n";
        let [a, b] = ["a", "b"].map(|role| format!("~ role {role} (111111111111): trust policy: {may_not}"));
        let text = error.to_string();
        assert!(text.starts_with(&format!("{a}{b}  help: allow it; ")), "{text}");
        assert_eq!(text.matches("help: ").count(), 1, "{text}");
    }

    #[test]
    fn tags_are_listed_where_nothing_else_was_written_of_the_same() {
        let step = |role: &str, aspect: Aspect| StepId {
            verb: Verb::Update,
            subject: Subject::Role(format!("arn:aws:iam::111111111111:role/{role}").parse().unwrap()),
            aspect,
        };
        let steps = [step("a", Aspect::Tags), step("a", Aspect::TrustPolicy), step("b", Aspect::Tags)];
        assert_eq!(joined(&steps), "~ role a (111111111111): trust policy; ~ role b (111111111111): tags");
    }
}
