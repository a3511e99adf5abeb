//! How a diagnosis is written, and the exit code that it makes.

#[cfg(feature = "sdk")]
use std::io::{self, Write};

use serde_json::json;

#[cfg(feature = "sdk")]
use crate::aws::DoctorRequest;
use crate::core::doctor::Diagnosis;

/// Exit code: nothing is wrong.
pub(super) const HEALTHY: u8 = 0;
/// Exit code: the arguments are wrong, or not all that decides could be read.
pub(super) const UNREAD: u8 = 1;
/// Exit code: something is wrong.
pub(super) const ILL: u8 = 2;

#[derive(clap::Args)]
pub(super) struct DiagnosisOutput {
    /// Replace account ids and names, the same by the same
    #[arg(long)]
    redact: bool,
    /// How the diagnosis is written
    #[arg(long, value_enum, default_value_t)]
    format: DiagnosisFormat,
    /// Print the AWS CLI commands of the fixes, and the statements that allow
    #[arg(long, short)]
    verbose: bool,
    /// Exit with 2 for warnings too
    #[arg(long)]
    deny_warnings: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
enum DiagnosisFormat {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

impl DiagnosisOutput {
    /// The text of a diagnosis, and its exit code.
    pub(super) fn of(&self, diagnosis: &Diagnosis) -> (String, u8) {
        let code = self.code(diagnosis);
        let diagnosis = if self.redact { &diagnosis.redacted() } else { diagnosis };
        let text = match self.format {
            DiagnosisFormat::Text if self.verbose => format!("{diagnosis:#}"),
            DiagnosisFormat::Text => diagnosis.to_string(),
            DiagnosisFormat::Json => format!("{:#}\n", json!(diagnosis)),
        };
        (text, code)
    }

    /// Writes the diagnosis of accounts, as text part by part. Returns the exit code.
    #[cfg(feature = "sdk")]
    pub(super) async fn write(&self, request: DoctorRequest<'_>, stdout: &mut (impl Write + ?Sized)) -> io::Result<u8> {
        // A document is whole, and what is redacted is called the same in all of it.
        if self.redact || self.format == DiagnosisFormat::Json {
            let (text, code) = self.of(&request.await);
            stdout.write_all(text.as_bytes())?;
            return Ok(code);
        }
        let mut parts = request.parts();
        let mut whole: Option<Diagnosis> = None;
        while let Some(part) = parts.next().await {
            if whole.is_some() {
                writeln!(stdout)?;
            }
            let trees = part.trees();
            if self.verbose { write!(stdout, "{trees:#}") } else { write!(stdout, "{trees}") }?;
            stdout.flush()?;
            drop(trees);
            match &mut whole {
                Some(whole) => whole.add(part),
                None => whole = Some(part),
            }
        }
        let Some(whole) = whole else { return Ok(HEALTHY) };
        writeln!(stdout, "\n{}", whole.totals())?;
        Ok(self.code(&whole))
    }

    fn code(&self, diagnosis: &Diagnosis) -> u8 {
        if diagnosis.has_errors() || self.deny_warnings && diagnosis.has_warnings() {
            ILL
        } else if diagnosis.is_incomplete() {
            UNREAD
        } else {
            HEALTHY
        }
    }
}
