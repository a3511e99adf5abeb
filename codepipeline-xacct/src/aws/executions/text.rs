//! A run as text: the tree, then what went wrong and what to do.

use std::fmt;
use std::time::Duration;

use aws_sdk_codepipeline::types::ActionExecutionStatus;

use super::tree::{ActionExecution, Candidate, Correlation, FollowedExecution, Invoked, InvokedState, RunOutcome};

/// A duration as people write it: `8 s`, `1 min 12 s`, `2 h 5 min`.
pub(super) fn short(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match (seconds / 3600, seconds % 3600 / 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

impl fmt::Display for Correlation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Correlation::CallerVariable => "exact: it has the id of its caller",
            Correlation::ShownId => "exact: CodePipeline shows its id",
            Correlation::Inferred => "inferred: the only one that fits",
        })
    }
}

impl RunOutcome {
    /// The outcome in a word.
    pub fn as_str(self) -> &'static str {
        match self {
            RunOutcome::Succeeded => "succeeded",
            RunOutcome::Unknown => "unknown",
            RunOutcome::Running => "running",
            RunOutcome::Failed => "failed",
        }
    }
}

impl fmt::Display for RunOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The tree, and with `{:#}` also the page of each execution in the console.
impl fmt::Display for FollowedExecution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_execution(self, None, 0, f)?;
        for cause in self.causes() {
            write!(f, "\n{cause}")?;
        }
        Ok(())
    }
}

fn write_execution(
    execution: &FollowedExecution,
    how: Option<Correlation>,
    depth: usize,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let indent = "  ".repeat(depth);
    let status = execution.status.as_ref().map_or("not read", |status| status.as_str());
    write!(f, "{indent}{} {status}", execution.pipeline)?;
    for (name, value) in &execution.variables {
        write!(f, ", {name}={value}")?;
    }
    write!(f, "\n{indent}  execution {}", execution.id)?;
    execution.duration().iter().try_for_each(|duration| write!(f, ", {}", short(*duration)))?;
    how.iter().try_for_each(|how| write!(f, ", {how}"))?;
    writeln!(f)?;
    if f.alternate()
        && let Some(link) = execution.link()
    {
        writeln!(f, "{indent}  {link}")?;
    }
    if let Some(summary) = &execution.summary {
        writeln!(f, "{indent}  {summary}")?;
    }
    if let Some(waits) = &execution.waits {
        writeln!(f, "{indent}  waits: {waits}")?;
    }
    if let Some(failure) = &execution.failure {
        writeln!(f, "{indent}  not readable: {failure}")?;
    }
    execution.actions.iter().try_for_each(|action| write_action(action, depth + 1, f))
}

fn write_action(action: &ActionExecution, depth: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let indent = "  ".repeat(depth);
    write!(f, "{indent}{} / {}: {}", action.stage, action.action, action.status.as_str())?;
    if action.awaits_approval {
        f.write_str(", waits for approval")?;
    }
    if action.attempt > 1 {
        write!(f, ", attempt {}", action.attempt)?;
    }
    let ended = action.status != ActionExecutionStatus::InProgress;
    action.duration().iter().filter(|_| ended).try_for_each(|duration| write!(f, " ({})", short(*duration)))?;
    writeln!(f)?;
    if let Some((code, message)) = &action.error {
        writeln!(f, "{indent}  {code}: {message}")?;
    }
    action.invoked.iter().try_for_each(|invoked| write_invoked(invoked, depth + 1, f))
}

fn write_invoked(invoked: &Invoked, depth: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let indent = "  ".repeat(depth);
    let target = &invoked.target;
    match &invoked.state {
        InvokedState::Execution { how, run } => write_execution(run, Some(*how), depth, f),
        InvokedState::NotStarted => writeln!(f, "{indent}{target} not started yet"),
        InvokedState::NothingStarted => writeln!(f, "{indent}{target} was not started"),
        InvokedState::NotFollowed => {
            writeln!(f, "{indent}{target} not followed: there is no client for account {}", target.account())
        }
        InvokedState::NotReadable(failure) => writeln!(f, "{indent}{target} not readable: {failure}"),
        InvokedState::NotFound => writeln!(f, "{indent}the execution of {target} was not found"),
        InvokedState::Ambiguous(candidates) => {
            writeln!(f, "{indent}{target} ambiguous: {}", count(candidates))?;
            for candidate in candidates {
                let status = candidate.status.as_ref().map_or("", |status| status.as_str());
                writeln!(f, "{indent}  {} {status}", candidate.id)?;
            }
            Ok(())
        }
    }
}

pub(super) fn count(candidates: &[Candidate]) -> String {
    match candidates.len() {
        1 => "1 execution may be the one that was started".to_owned(),
        number => format!("{number} executions may be the one that was started"),
    }
}
