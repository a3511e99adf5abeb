//! Writes the journal of an apply: a line before each call and one after each step.

use std::fmt;
use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use super::private_file::create;
use super::report::StepError;
use crate::core::plan::{self, Plan, StepId};
use crate::core::plan::{Before, Begun, Journal, JournalEntry, WriteOutcome, Written};

/// Where a journal is written to.
pub(super) enum Sink {
    /// A file, which is made with the first line.
    Path(PathBuf),
    /// What the program has for it.
    Write(Box<dyn Write + Send>),
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.fmt(f),
            Self::Write(_) => f.write_str("Write"),
        }
    }
}

/// The journal of an apply in progress. It begins with the first call: an apply that writes nothing leaves none.
#[derive(Debug)]
pub(super) struct Journaling(Mutex<State>);

#[derive(Debug)]
struct State {
    sink: Option<Sink>,
    /// What was written to the sink, if it has to be put back.
    kept: Option<Vec<JournalEntry>>,
    has_begun: bool,
    /// Once a line could not be written, no call is made any more.
    broken: Option<String>,
}

impl Journaling {
    pub(super) fn new(sink: Option<Sink>, keeps: bool) -> Self {
        Self(Mutex::new(State { sink, kept: keeps.then(Vec::new), has_begun: false, broken: None }))
    }

    /// Notes that a different plan is carried out from now on.
    pub(super) fn begin_anew(&self) {
        self.locked(|state| state.has_begun = false);
    }

    /// Writes down what is about to be written, and what is there. Where that fails, which it says why, the call must
    /// not be made.
    pub(super) fn writing(&self, plan: &Plan, write: &plan::Write, before: Before) -> Result<(), String> {
        self.locked(|state| {
            if state.sink.is_none() && state.kept.is_none() {
                return Ok(());
            }
            if !state.has_begun {
                state.add(JournalEntry::Begun(Begun::of(plan)));
                state.has_begun = true;
            }
            state.add(JournalEntry::Writing(Box::new(Written::new(write, before))));
            match &state.broken {
                Some(why) => Err(why.clone()),
                None => Ok(()),
            }
        })
    }

    /// Writes down what became of a step. If that fails, the next call is not made.
    pub(super) fn ended(&self, step: &StepId, result: &Result<Option<i64>, StepError>) {
        let outcome = match result {
            Ok(version) => WriteOutcome::Done { version: *version },
            Err(error @ StepError::Unknown { .. }) => WriteOutcome::Unknown(error.to_string()),
            Err(error) if error.has_written() => WriteOutcome::InPart(error.to_string()),
            Err(error) => WriteOutcome::Failed(error.to_string()),
        };
        self.locked(|state| {
            if state.has_begun {
                state.add(JournalEntry::Ended { step: step.clone(), outcome });
            }
        });
    }

    /// What was written so far, if it was kept and there is anything.
    pub(super) fn kept(&self) -> Option<Journal> {
        self.locked(|state| Journal::of(state.kept.take()?).ok())
    }

    fn locked<T>(&self, run: impl FnOnce(&mut State) -> T) -> T {
        run(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    fn add(&mut self, entry: JournalEntry) {
        if self.broken.is_none()
            && let Some(sink) = &mut self.sink
            && let Err(error) = sink.add(&entry)
        {
            self.broken = Some(error.to_string());
        }
        if let Some(kept) = &mut self.kept {
            kept.push(entry);
        }
    }
}

impl Sink {
    fn add(&mut self, entry: &JournalEntry) -> io::Result<()> {
        if let Self::Path(path) = self {
            let file =
                create(path).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
            *self = Self::Write(Box::new(Synced(file)));
        }
        let Self::Write(write) = self else { return Ok(()) };
        let mut line = serde_json::to_string(entry)?;
        line.push('\n');
        write.write_all(line.as_bytes())?;
        write.flush()
    }
}

/// A file whose lines are on the disk before a call is made.
struct Synced(File);

impl Write for Synced {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }
}
