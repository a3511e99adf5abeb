//! Carries out a plan, once it is confirmed.

use std::future::IntoFuture;
use std::path::PathBuf;
use std::pin::pin;
use std::time::Duration;

use clap::ValueEnum;
use futures_util::future::{Either, select};
use indicatif::ProgressDrawTarget;
use serde_json::json;

use super::console::Console;
use super::exit::{DONE, FAILED, Failure};
use super::follow::Format;
use super::interrupt::interrupted;
use super::journal;
use super::planning::show;
use super::progress::Progress;
use crate::aws::{Event, RunPolicy, Session};
use crate::core::plan::{Intent, Plan};
use crate::core::sentences::counted;

#[derive(clap::Args)]
pub(crate) struct Writing {
    /// Don't ask
    #[arg(long, short)]
    yes: bool,
    /// How to print the plan, what happens and the report: text, or JSON with one object per line
    #[arg(long, value_enum, default_value = "text", conflicts_with = "verbose")]
    format: Format,
    /// What to do about runs in progress that an update of their pipeline would cancel
    #[arg(long, value_enum, default_value_t)]
    runs: Runs,
    /// Skip the permission check (IAM policy simulator) before the first write
    #[arg(long)]
    without_asking_first: bool,
    /// Undo what was written if a step fails
    #[arg(long)]
    undo_on_failure: bool,
    /// The folder for the journal of what is written, which `restore` reads to undo it
    #[arg(long, value_name = "DIR", default_value = journal::FOLDER)]
    journal: PathBuf,
    /// Don't write a journal
    #[arg(long, conflicts_with = "journal")]
    no_journal: bool,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Runs {
    /// Cancel the runs that the plan names; don't update a pipeline on which other runs have started since
    #[default]
    AsPlanned,
    /// Wait for their end, for an hour at most
    Wait,
    /// Cancel none: write nothing while one is in progress
    Refuse,
    /// Cancel all of them
    Cancel,
}

impl Runs {
    fn policy(self) -> RunPolicy {
        match self {
            Runs::AsPlanned => RunPolicy::AsPlanned,
            Runs::Wait => RunPolicy::Wait { poll: Duration::from_secs(15), timeout: Duration::from_secs(3600) },
            Runs::Refuse => RunPolicy::Refuse,
            Runs::Cancel => RunPolicy::Cancel,
        }
    }
}

/// Shows a plan, asks, and carries it out.
pub(super) async fn carry_out(
    session: &Session,
    plan: &Plan,
    verbose: bool,
    writing: &Writing,
    console: &mut Console<'_>,
    live: bool,
) -> Result<u8, Failure> {
    let json = writing.format == Format::Json;
    if json {
        writeln!(console.stdout, "{}", json!({ "type": "plan", "plan": plan }))?;
    } else {
        show(plan, verbose, console)?;
    }
    if plan.is_empty() {
        if !writing.no_journal {
            // Takes away the lease of an apply that was killed after its last step.
            session.apply(plan).lease_notes(&writing.journal).await?;
        }
        return Ok(DONE);
    }
    let verb = match plan.intent() {
        Intent::Destroy => "delete",
        Intent::Prune => "apply and delete",
        Intent::Restore => "put back",
        _ => "apply",
    };
    if !writing.yes && !asked(&format!("{verb}? [y/N] "), console)? {
        writeln!(console.stderr, "nothing was written")?;
        return Ok(FAILED);
    }
    let progress = match live && !json {
        true => {
            Progress::bar(&mut *console.stderr, plan.steps().len() - plan.notes().len(), ProgressDrawTarget::stderr())
        }
        false if json => Progress::objects(&mut *console.stderr, &mut *console.stdout),
        false => Progress::lines(&mut *console.stderr),
    };
    let notes = plan.notes();
    let on_event = |event: Event| {
        // The text of the plan doesn't show them either.
        let is_told = json || !matches!(event, Event::Started(_) | Event::Done(_)) || !notes.contains(event.step());
        if is_told {
            progress.event(&event);
        }
    };
    let stop = async {
        interrupted().await;
        progress.say("finishing the calls in flight, then stopping; press Ctrl-C again to stop immediately");
    };
    let at_once = async {
        interrupted().await;
        interrupted().await;
    };
    let mut request = session.apply(plan).runs(writing.runs.policy()).on_event(on_event).stop_on(stop);
    if writing.without_asking_first {
        request = request.without_asking_first();
    }
    if writing.undo_on_failure {
        request = request.undo_on_failure();
    }
    let journal = match writing.no_journal {
        true => None,
        false => Some(journal::new_file(&writing.journal, plan.topology())?),
    };
    if let Some(journal) = &journal {
        // The next command that runs in this folder uses these files.
        request = request.journal(journal).lease_notes(&writing.journal);
    }
    // It begins with the first call.
    let way_back = || match &journal {
        Some(journal) if journal.exists() => {
            format!("\n  help: `restore {}` plans to put back what was written", journal.display())
        }
        _ => String::new(),
    };
    let applying = request.into_future();
    let ended = match select(applying, pin!(at_once)).await {
        Either::Left((ended, _)) => Some(ended),
        Either::Right(((), _)) => None,
    };
    // The bar goes before anything else is written.
    drop(progress);
    if json {
        let mut last = match &ended {
            Some(Ok(report)) => report.to_json(),
            Some(Err(error)) => error.to_json(),
            None => json!({ "outcome": "interrupted" }),
        };
        if let Some(members) = last.as_object_mut() {
            members.insert("type".to_owned(), json!("report"));
            let journal = journal.as_ref().filter(|journal| journal.exists());
            members.insert("journal".to_owned(), json!(journal));
        }
        let _ = writeln!(console.stdout, "{last}");
    }
    let report = match ended {
        Some(Ok(_)) if json => return Ok(DONE),
        Some(Ok(report)) => report,
        Some(Err(error)) if error.undo.is_some() => return Err(error.into()),
        Some(Err(error)) => return Err(format!("{error}{}", way_back()).into()),
        None => {
            let unknown =
                "interrupted: whether the calls in flight were carried out is not known; the next plan shows it";
            let lease = match plan.leases().first() {
                Some(_) if journal.is_some() => {
                    "\n  help: run the same command again to continue; elsewhere, its lease blocks applies for 15 minutes"
                }
                Some(_) => "\n  help: its lease blocks other applies for 15 minutes; `--not-exclusive` ignores it",
                None => "",
            };
            return Err(format!("{unknown}{lease}{}", way_back()).into());
        }
    };
    if let Some(journal) = journal.filter(|journal| journal.exists()) {
        let _ = writeln!(console.stderr, "journal: {}", journal.display());
    }
    let _ = writeln!(
        console.stdout,
        "{} done",
        counted(report.done.iter().filter(|step| !notes.contains(step)).count(), "step")
    );
    for lease in &report.leases_left {
        let _ = writeln!(console.stderr, "warning: {lease}");
    }
    Ok(DONE)
}

fn asked(question: &str, console: &mut Console<'_>) -> Result<bool, Failure> {
    let Some(stdin) = console.stdin.as_mut() else {
        return Err("there is no terminal to ask on\n  help: add `--yes` to write without asking".into());
    };
    write!(console.stderr, "{question}")?;
    console.stderr.flush()?;
    let mut answer = String::new();
    stdin.read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}
