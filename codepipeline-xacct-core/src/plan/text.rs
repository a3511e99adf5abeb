//! A plan and its steps as text for people: `{}` in short, `{:#}` with whole documents.

use std::collections::BTreeSet;
use std::fmt;

use indexmap::{IndexMap, IndexSet};

use super::accounts::with_accounts_of;
use super::alike::{FOLDED, alike_warnings, without_numbers};
use super::input::options::Intent;
use super::input::run_in_flight::RunInFlight;
use super::outside::outside_change::OutsideChange;
use super::ownership::applied_mark::unmarked;
use super::plan::Plan;
use super::proof::LinkProof;
use super::steps::effect::{details, effect};
use super::steps::step::Step;
use super::steps::step_id::{StepId, subject_text};
use super::steps::write::{Verb, Write};
use crate::finding::Finding;
use crate::ids::AccountId;
use crate::ordered::set;
use crate::policy::description::list;
use crate::policy::evaluate::Verdict;
use crate::sentences::counted;
use crate::topology::subject::Subject;
use crate::wiring::{Hop, HopProof};

/// How many roles and pipelines a plan creates, changes and deletes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Roles and pipelines that are created.
    pub create: usize,
    /// Roles and pipelines that are changed.
    pub change: usize,
    /// Roles and pipelines that are deleted.
    pub delete: usize,
    /// Accounts in which something is written.
    pub accounts: usize,
    /// Runs in progress that are cancelled.
    pub runs: usize,
    /// Roles and pipelines with changes from outside the program, which the plan reverts.
    pub outside: usize,
}

impl Plan {
    /// How much the plan does.
    pub fn summary(&self) -> Summary {
        let mut subjects: IndexMap<Subject, Verb> = IndexMap::new();
        for id in self.steps.iter().map(Step::id) {
            let verb = if id.aspect.is_whole() { id.verb } else { Verb::Update };
            let known = subjects.entry(id.subject).or_insert(verb);
            if verb != Verb::Update {
                *known = verb;
            }
        }
        let count = |verb: Verb| subjects.values().filter(|other| **other == verb).count();
        let accounts: IndexSet<&AccountId> = subjects.keys().map(Subject::account).collect();
        Summary {
            create: count(Verb::Create),
            change: count(Verb::Update),
            delete: count(Verb::Delete),
            accounts: accounts.len(),
            runs: self.runs.len(),
            outside: self.put_back().map(|change| &change.subject).collect::<IndexSet<_>>().len(),
        }
    }
}

impl Plan {
    /// What was changed outside and is undone by a step: what is kept has none.
    fn put_back(&self) -> impl Iterator<Item = &OutsideChange> {
        self.outside.iter().filter(|change| self.steps.iter().any(|step| undoes(step, change)))
    }

    /// What was changed outside and is undone by a step.
    fn outside_of(&self, step: &Step) -> Option<&OutsideChange> {
        self.outside.iter().find(|change| undoes(step, change))
    }

    /// The steps that only note what other steps apply; in short, the text leaves them out.
    pub fn notes(&self) -> BTreeSet<StepId> {
        set(self.steps.iter().filter(|step| self.is_note(step)).map(Step::id))
    }

    /// Whether a step only notes what other steps apply.
    fn is_note(&self, step: &Step) -> bool {
        let of = |other: &Step| other.write.subject() == step.write.subject();
        step.write.is_note() && self.steps.iter().any(|other| of(other) && !other.write.is_note())
    }
}

fn undoes(step: &Step, outside: &OutsideChange) -> bool {
    let id = step.id();
    let Write::UpdatePipeline { changes, .. } = &step.write else {
        return id.subject == outside.subject && id.aspect == outside.aspect && outside.changes.is_empty();
    };
    id.subject == outside.subject && changes.iter().any(|change| outside.changes.contains(change))
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { create, change, delete, accounts, runs, outside } = self;
        let accounts = counted(*accounts, "account");
        write!(f, "{create} to create, {change} to change, {delete} to delete in {accounts}")?;
        match outside {
            0 => {}
            1 => f.write_str("; 1 was changed outside of the program")?,
            several => write!(f, "; {several} were changed outside of the program")?,
        }
        match runs {
            0 => Ok(()),
            1 => f.write_str("; 1 run would be cancelled"),
            several => write!(f, "; {several} runs would be cancelled"),
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.is_empty(), self.intent) {
            (true, Intent::Converge | Intent::Prune) if !self.outside.is_empty() => {
                let stay = match self.outside.len() {
                    1 => "1 was changed outside of the program, and stays".to_owned(),
                    several => format!("{several} were changed outside of the program, and stay"),
                };
                writeln!(f, "topology {}: nothing to do; {stay}", self.topology)?;
            }
            (true, Intent::Converge) if !self.targets.is_empty() => {
                writeln!(f, "topology {}: nothing to do, this part is up to date", self.topology)?;
            }
            (true, Intent::Converge | Intent::Prune) => {
                writeln!(f, "topology {}: nothing to do, the accounts are up to date", self.topology)?;
            }
            (true, Intent::Destroy) => writeln!(f, "topology {}: nothing to delete", self.topology)?,
            (true, Intent::Restore) => writeln!(f, "topology {}: nothing to put back", self.topology)?,
            (true, Intent::Fix) => writeln!(f, "fixes: there is none that a plan can write")?,
            (false, Intent::Fix) => writeln!(f, "fixes: {}", self.summary())?,
            (false, _) => writeln!(f, "topology {}: {}", self.topology, self.summary())?,
        }
        if !self.targets.is_empty() {
            writeln!(f, "{}", partial(&self.targets))?;
        }
        let notes: Vec<&Step> =
            if f.alternate() { Vec::new() } else { self.steps.iter().filter(|step| self.is_note(step)).collect() };
        let is_note = |step: &&Step| notes.iter().any(|note| std::ptr::eq(*note, *step));
        let shown = || self.steps.iter().filter(|step| !is_note(step));
        let folded = if f.alternate() { IndexMap::new() } else { self.folded(shown()) };
        for alike in folded.values() {
            self.group(alike, f)?;
        }
        let is_folded = |step: &&Step| !folded.values().flatten().any(|other| std::ptr::eq(*other, *step));
        for account in with_accounts_of(&self.steps, &self.accounts) {
            let steps: Vec<&Step> = shown().filter(|s| *s.id().account() == account.id).filter(is_folded).collect();
            if steps.is_empty() {
                continue;
            }
            match account.item == account.id.as_str() {
                true => writeln!(f, "\naccount {}", account.id)?,
                false => writeln!(f, "\naccount {} ({})", account.item, account.id)?,
            }
            for step in steps {
                self.header(step, f)?;
                let lines = if f.alternate() { details(&step.write) } else { effect(&step.write).join("\n") };
                self.lines(step, lines.lines(), f)?;
            }
        }
        if !self.runs.is_empty() {
            writeln!(f, "\nruns in progress that would be cancelled, once their running actions end")?;
        }
        if self.runs.len() >= FOLDED && !f.alternate() {
            let pipelines: IndexSet<&str> = self.runs.iter().map(|run| run.pipeline.name().as_str()).collect();
            writeln!(f, "  {} executions of {}", self.runs.len(), list(pipelines.into_iter()))?;
        } else {
            for RunInFlight { pipeline, execution, started } in &self.runs {
                writeln!(f, "  {execution} of pipeline {} ({}), since {started}", pipeline.name(), pipeline.region())?;
            }
        }
        wiring(&self.proofs, f)?;
        warnings(&self.warnings, f)
    }
}

/// `partial: only pipeline release (eu-west-1) and what it needs; …`
fn partial(targets: &BTreeSet<Subject>) -> String {
    let named: Vec<String> = targets.iter().map(subject_text).collect();
    let need = if named.len() == 1 { "it needs" } else { "they need" };
    format!("partial: only {} and what {need}; the rest of the topology was not planned", named.join(", "))
}

impl Plan {
    /// A step, and whether it undoes what was changed outside; of a pipeline, its lines say that.
    fn header(&self, step: &Step, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.outside_of(step).filter(|change| change.changes.is_empty()) {
            Some(change) => writeln!(f, "  {step} ({})", change.label()),
            None => writeln!(f, "  {step}"),
        }
    }

    /// What a step does. An update of a pipeline has a line for each change.
    fn lines<'a>(&self, step: &Step, lines: impl Iterator<Item = &'a str>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let changes = match &step.write {
            Write::UpdatePipeline { changes, .. } => changes.as_slice(),
            _ => &[],
        };
        let outside = self.outside_of(step);
        for (index, line) in lines.enumerate() {
            let undone =
                changes.get(index).and_then(|change| outside.filter(|outside| outside.changes.contains(change)));
            match undone {
                Some(outside) => writeln!(f, "      {line} ({})", outside.label())?,
                None => writeln!(f, "      {line}")?,
            }
        }
        Ok(())
    }

    /// Steps that do the same to many roles or pipelines, by what they do.
    fn folded<'a>(&self, steps: impl Iterator<Item = &'a Step>) -> IndexMap<String, Vec<&'a Step>> {
        let mut alike: IndexMap<String, Vec<&Step>> = IndexMap::new();
        for step in steps {
            let undone: Vec<&str> =
                self.outside_of(step).into_iter().flat_map(|o| o.changes.iter().map(|c| c.path.as_str())).collect();
            let said = self.outside_of(step).map(OutsideChange::label).unwrap_or_default();
            alike.entry(format!("{} {said} {undone:?}", kind_of(step))).or_default().push(step);
        }
        alike.retain(|_, steps| steps.len() >= FOLDED);
        alike
    }

    /// Alike steps, with what they do.
    fn group(&self, alike: &[&Step], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(first) = alike.first() else { return Ok(()) };
        let id = first.id();
        let accounts: IndexSet<String> = alike.iter().map(|step| step.id().account().to_string()).collect();
        let place = match accounts.first() {
            Some(account) if accounts.len() == 1 => format!("account {account}"),
            _ => format!("{} accounts", accounts.len()),
        };
        let subjects: Vec<Subject> = alike.iter().map(|step| step.id().subject).collect();
        let names = list(subjects.iter().map(Subject::name));
        let outside = match self.outside_of(first).filter(|change| change.changes.is_empty()) {
            Some(change) => format!(", {}", change.label()),
            None => String::new(),
        };
        writeln!(
            f,
            "\n{} {} {}s in {place}{}{outside}: {names}",
            id.verb.sign(),
            alike.len(),
            id.subject.kind(),
            id.aspect.suffix().replacen(": ", ", ", 1)
        )?;
        let lines = common_lines(first, alike);
        self.lines(first, lines.iter().map(String::as_str), f)
    }
}

/// What alike steps do: names and accounts that differ are `{name}` and `{account}`, and where more differs, a line is that of the first.
fn common_lines(first: &Step, alike: &[&Step]) -> Vec<String> {
    let plain: Vec<Vec<String>> = alike.iter().map(|step| effect(&step.write)).collect();
    let neutral: Vec<Vec<String>> = alike
        .iter()
        .zip(&plain)
        .map(|(step, lines)| lines.iter().map(|line| without_names(step, line)).collect())
        .collect();
    let same = |all: &[Vec<String>], index: usize| {
        let mut lines = all.iter().map(|lines| lines.get(index));
        let line = lines.next().flatten()?;
        lines.all(|other| other == Some(line)).then(|| line.clone())
    };
    let of_first = effect(&first.write).into_iter().enumerate();
    of_first
        .map(|(index, line)| {
            same(&plain, index).or_else(|| same(&neutral, index)).unwrap_or_else(|| format!("{line}, and so on"))
        })
        .collect()
}

/// `{name}` and `{account}` for those of a step.
fn without_names(step: &Step, text: &str) -> String {
    let id = step.id();
    text.replace(id.subject.name(), "{name}").replace(id.account().as_str(), "{account}")
}

/// Equal for steps that do the same to things of different names and accounts. What is created or deleted may differ in numbers, as names
/// of targets do, but not in accounts; a change has to be the same everywhere.
fn kind_of(step: &Step) -> String {
    let id = step.id();
    // In short, two changes may look the same.
    let effect = match id.verb {
        Verb::Update => details(&without_mark(&step.write)),
        Verb::Create | Verb::Delete => effect(&step.write).join("\n"),
    };
    let effect = without_names(step, &effect);
    let text = format!("{:?} {} {:?} {effect}", id.verb, id.subject.kind(), id.aspect);
    match id.verb {
        Verb::Update => text,
        Verb::Create | Verb::Delete => without_numbers(&text),
    }
}

/// The warnings; in short, one of those that are alike, and where the others are.
fn warnings(warnings: &[Finding], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if f.alternate() {
        return warnings.iter().try_for_each(|warning| writeln!(f, "\n{warning}"));
    }
    for alike in alike_warnings(warnings) {
        let Some((first, others)) = alike.split_first() else { continue };
        writeln!(f, "\n{first}")?;
        if !others.is_empty() {
            let places: Vec<String> = others.iter().map(|warning| warning.place.to_string()).collect();
            writeln!(f, "  the same of {}", list(places.iter().map(String::as_str)))?;
        }
    }
    Ok(())
}

/// A write without the mark of its policy, which is another one for each role.
fn without_mark(write: &Write) -> Write {
    let mut write = write.clone();
    if let Write::PutRolePolicy { before, after, .. } = &mut write {
        *before = before.as_ref().map(unmarked);
        *after = unmarked(after);
    }
    write
}

/// In short, how much is proven: what is not known is a warning.
fn wiring(proofs: &[LinkProof], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if proofs.is_empty() {
        return Ok(());
    }
    if !f.alternate() {
        let allowed = |proof: &&LinkProof| proof.hops.iter().all(|hop| hop.verdict == Verdict::Allowed);
        let proven = proofs.iter().filter(allowed).count();
        let rest = if proven == proofs.len() { "" } else { ", the others are warnings" };
        return writeln!(
            f,
            "\nwiring: {proven} of {} proven{rest}; service control policies are not looked at",
            proofs.len()
        );
    }
    writeln!(f, "\nwiring; service control policies are not looked at")?;
    for proof in proofs {
        match &proof.target {
            Some(target) => writeln!(f, "  {} starts {target}", proof.place)?,
            None => writeln!(f, "  {}", proof.place)?,
        }
        for HopProof { hop, verdict, .. } in &proof.hops {
            writeln!(f, "      {}: {}", hop_text(*hop), verdict_text(verdict))?;
        }
    }
    Ok(())
}

fn hop_text(hop: Hop) -> &'static str {
    match hop {
        Hop::ServiceTrust => "CodePipeline assumes the service role",
        Hop::Assume => "the service role assumes the action role",
        Hop::Start => "the role starts the target",
    }
}

fn verdict_text(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Allowed => "allowed".to_owned(),
        Verdict::Denied(reason) => format!("denied {reason}"),
        Verdict::Unknown(why) => format!("unknown, depends on {why}"),
    }
}

impl fmt::Display for Step {
    /// As in a plan, under its account.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.id();
        write!(f, "{} {}{}", id.verb.sign(), subject_text(&id.subject), id.aspect.suffix())
    }
}
