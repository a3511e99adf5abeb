//! Applies a saved plan, and puts back what a journal says, whatever topology they are of.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::console::Console;
use super::exit::Failure;
use super::planning::read_plan;
use super::restore::read_journal;
use super::writing::{Writing, carry_out};
use crate::aws::Session;
use crate::core::ids::{AccountId, Partition};
use crate::core::plan::{Journal, Plan, Step};
use crate::core::topology::Subject;

/// How what a file says is written.
#[derive(clap::Args)]
pub(crate) struct SavedFile {
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Show whole documents
    #[arg(long, short)]
    verbose: bool,
    #[command(flatten)]
    writing: Writing,
}

/// What is in a file.
pub(crate) enum SavedContents {
    Plan(Plan),
    Journal(Journal),
}

impl SavedFile {
    pub(crate) fn plan(&self, not_exclusive: bool) -> Result<SavedContents, Failure> {
        let plan = read_plan(&self.file)?;
        Ok(SavedContents::Plan(if not_exclusive { plan.not_exclusive() } else { plan }))
    }

    pub(crate) fn journal(&self) -> Result<SavedContents, Failure> {
        read_journal(&self.file).map(SavedContents::Journal)
    }

    /// Shows it as a plan, asks, and carries it out. Returns the exit code.
    pub(crate) async fn run(
        &self,
        filed: SavedContents,
        session: &Session,
        console: &mut Console<'_>,
        live: bool,
    ) -> Result<u8, Failure> {
        let plan = match filed {
            SavedContents::Plan(plan) => plan,
            SavedContents::Journal(journal) => session.restore(&journal).await?,
        };
        carry_out(session, &plan, self.verbose, &self.writing, console, live).await
    }
}

impl SavedContents {
    /// The accounts in which it is written, each with its partition.
    pub(crate) fn accounts(&self) -> BTreeSet<(AccountId, Partition)> {
        let subjects: BTreeSet<Subject> = match self {
            SavedContents::Plan(plan) => plan.steps().iter().map(Step::id).map(|id| id.subject).collect(),
            SavedContents::Journal(journal) => journal.subjects(),
        };
        subjects.iter().map(|subject| (subject.account().clone(), subject.partition().clone())).collect()
    }
}
