//! A rehearsal as text for people: `{}` folds what is alike, `{:#}` shows all of it.

use std::fmt;

use indexmap::IndexMap;

use super::assumption::AssumptionKind;
use super::report::{Failure, HopResult, Rehearsal, RehearsedAction, RehearsedHop, Run};
use crate::core::ids::{PipelineArn, RoleArn};
use crate::core::sentences::{counted, plural};
use crate::core::wiring::Hop;

/// How many of what is alike are named before the others are only counted.
const NAMED: usize = 3;
/// From how many on starts that succeeded are one line.
const FOLDED: usize = 4;

const DONE: char = '✓';
const FAILED: char = '✗';
const OPEN: char = '·';

impl fmt::Display for Rehearsal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.headline(f)?;
        for run in &self.runs {
            writeln!(f)?;
            self.run(run, "", f)?;
        }
        self.elsewhere(f)?;
        if !self.not_reached.is_empty() {
            writeln!(f, "\nnot reached")?;
            let mut kinds: IndexMap<&str, Vec<&str>> = IndexMap::new();
            for it in &self.not_reached {
                kinds.entry(it.kind.as_str()).or_default().push(&it.place);
            }
            for (kind, places) in kinds {
                writeln!(f, "  {}: {}", plural(kind, places.len()), listed(&places, f.alternate()))?;
            }
        }
        if !self.assumed.is_empty() {
            let read = if self.from_accounts { "was not read" } else { "is not ours" };
            writeln!(f, "\nassumed, since it {read}")?;
            let mut alike: IndexMap<(AssumptionKind, &str), Vec<&str>> = IndexMap::new();
            for it in &self.assumed {
                alike.entry((it.kind, &it.taken_for)).or_default().push(short(&it.name));
            }
            for ((kind, taken_for), names) in alike {
                let (kind, names) = (plural(kind.as_str(), names.len()), listed(&names, f.alternate()));
                writeln!(f, "  {kind} {names}: {taken_for}")?;
            }
        }
        Ok(())
    }
}

impl Rehearsal {
    fn headline(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = if self.succeeded() { "succeeded" } else { "failed" };
        let runs = self.all_runs().count();
        let exercised = self.hops.iter().filter(|hop| hop.result == HopResult::Exercised).count();
        let of = self.hops.len();
        let runs = counted(runs, "run");
        let hops = format!("{exercised} of {of} {} exercised", plural("hop", of));
        writeln!(
            f,
            "rehearsal of topology {}: {how}; {runs}, {hops}, {} on the virtual clock",
            self.topology,
            time(self.seconds)
        )
    }

    fn run(&self, run: &Run, indent: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if run.status == "Succeeded" { DONE } else { FAILED };
        write!(f, "{indent}{sign} {} in {}", run.item, run.pipeline.account())?;
        let variables = run.variables.iter().map(|(name, value)| format!("{name}={value:?}")).collect::<Vec<_>>();
        if !variables.is_empty() {
            write!(f, " with {}", variables.join(", "))?;
        }
        writeln!(f, ": {}", run.status)?;
        let inner = format!("{indent}  ");
        let good = |action: &&RehearsedAction| action.started.as_ref().is_some_and(Run::went_well);
        let fold = !f.alternate() && run.actions.iter().filter(good).count() >= FOLDED;
        if fold {
            let places: Vec<String> = run.actions.iter().filter(good).map(RehearsedAction::place).collect();
            let names: Vec<&str> = places.iter().map(String::as_str).collect();
            writeln!(f, "{inner}{DONE} {} started pipelines that succeeded: {}", places.len(), listed(&names, false))?;
        }
        for action in run.actions.iter().filter(|action| !(fold && good(action))) {
            self.action(run, action, &inner, f)?;
        }
        let of_actions: Vec<String> =
            run.actions.iter().map(|action| format!("{} / {}", run.item, action.place())).collect();
        let own = self.failures.iter().filter(|failure| failure.execution.as_ref() == Some(&run.execution));
        for failure in own.filter(|failure| !of_actions.contains(&failure.place)) {
            let place = failure.place.strip_prefix(&format!("{} / ", run.item)).unwrap_or_default();
            let colon = if place.is_empty() { "" } else { ": " };
            writeln!(f, "{inner}{FAILED} {place}{colon}{}", text_of(failure))?;
            help(failure, &inner, f)?;
        }
        Ok(())
    }

    fn action(&self, run: &Run, action: &RehearsedAction, indent: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hops = self.hops_of(run, action);
        if action.retried {
            let error = action.error.as_deref().unwrap_or("it was run again with its stage");
            return writeln!(f, "{indent}{OPEN} {}, run again: {error}", action.place());
        }
        let failed = action.status != "Succeeded";
        if !failed && action.started.is_none() {
            return Ok(());
        }
        let sign = if failed { FAILED } else { DONE };
        write!(f, "{indent}{sign} {}", action.place())?;
        if !hops.is_empty() {
            write!(f, ": CodePipeline")?;
            for hop in hops {
                let denied = if matches!(hop.result, HopResult::Denied { .. }) { "✗ " } else { "" };
                write!(f, " → {denied}{}", short(&hop.to))?;
            }
        }
        writeln!(f)?;
        let inner = format!("{indent}  ");
        if let Some(started) = &action.started {
            self.run(started, &inner, f)?;
        }
        let place = format!("{} / {}", run.item, action.place());
        let is_own = |failure: &&Failure| failure.execution.as_ref() == Some(&run.execution) && failure.place == place;
        for failure in self.failures.iter().filter(is_own) {
            writeln!(f, "{inner}{}", text_of(failure))?;
            help(failure, &inner, f)?;
        }
        Ok(())
    }

    /// The hops of an action, with that of the service role.
    fn hops_of(&self, run: &Run, action: &RehearsedAction) -> Vec<&RehearsedHop> {
        let of_pipeline = || self.hops.iter().filter(|hop| hop.pipeline == run.item);
        let is_own = |hop: &&RehearsedHop| {
            hop.stage.as_deref() == Some(&action.stage) && hop.action.as_deref() == Some(&action.action)
        };
        let own: Vec<&RehearsedHop> = of_pipeline().filter(is_own).collect();
        if own.is_empty() {
            return own;
        }
        of_pipeline().filter(|hop| hop.hop == Hop::ServiceTrust).chain(own).collect()
    }

    /// What failed outside of the runs: before there was one, with the hops that are denied, or a start that was refused.
    fn elsewhere(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outside: Vec<&Failure> = self.failures.iter().filter(|failure| failure.execution.is_none()).collect();
        if outside.is_empty() {
            return Ok(());
        }
        writeln!(f, "\n{}", if self.runs.is_empty() { "failed before anything ran" } else { "failed" })?;
        for failure in outside {
            writeln!(f, "  {FAILED} {}: {}", failure.place, text_of(failure))?;
            help(failure, "  ", f)?;
        }
        for hop in self.hops.iter().filter(|_| self.runs.is_empty()) {
            if matches!(hop.result, HopResult::Denied { .. }) {
                let place: Vec<&str> = [Some(hop.pipeline.as_str()), hop.stage.as_deref(), hop.action.as_deref()]
                    .into_iter()
                    .flatten()
                    .collect();
                writeln!(f, "  {FAILED} hop {}: {} → {}", place.join(" / "), short(&hop.from), short(&hop.to))?;
            }
        }
        Ok(())
    }
}

impl RehearsedAction {
    fn place(&self) -> String {
        format!("{} / {}", self.stage, self.action)
    }
}

impl Run {
    /// It succeeded, with all that it started, and nothing had to be run again.
    fn went_well(&self) -> bool {
        self.status == "Succeeded"
            && self.actions.iter().all(|action| !action.retried && action.started.as_ref().is_none_or(Run::went_well))
    }
}

fn text_of(failure: &Failure) -> String {
    match &failure.code {
        Some(code) => format!("{code}: {}", failure.message),
        None => failure.message.clone(),
    }
}

fn help(failure: &Failure, indent: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    failure.help.iter().try_for_each(|help| writeln!(f, "{indent}  help: {help}"))
}

/// The name in an ARN of a role or a pipeline; other texts as they are.
fn short(text: &str) -> &str {
    let is_arn = text.parse::<RoleArn>().is_ok() || text.parse::<PipelineArn>().is_ok();
    match text.rsplit_once(['/', ':']) {
        Some((_, name)) if is_arn => name,
        _ => text,
    }
}

fn listed(names: &[&str], all: bool) -> String {
    let shown = if all || names.len() <= NAMED + 1 { names.len() } else { NAMED };
    let text = names.iter().take(shown).copied().collect::<Vec<_>>().join(", ");
    match names.len() - shown {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

fn time(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}
