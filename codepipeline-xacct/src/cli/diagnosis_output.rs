//! How a diagnosis is written, and the exit code that it makes.

#[cfg(feature = "sdk")]
use std::io::{self, Write};
#[cfg(feature = "deploy")]
use std::path::PathBuf;

use serde_json::json;

#[cfg(feature = "sdk")]
use crate::aws::DoctorRequest;
#[cfg(feature = "deploy")]
use crate::aws::Session;
#[cfg(feature = "deploy")]
use crate::cli::plan_file::save;
use crate::core::doctor::Diagnosis;
#[cfg(feature = "deploy")]
use crate::core::ids::TopologyName;

/// Exit code: nothing is wrong.
pub(super) const HEALTHY: u8 = 0;
/// Exit code: invalid arguments, or something that the result depends on could not be read.
pub(super) const UNREAD: u8 = 1;
/// Exit code: something is wrong.
pub(super) const ILL: u8 = 2;

#[derive(clap::Args)]
pub(super) struct DiagnosisOutput {
    /// Replace account ids and names with consistent placeholders
    #[arg(long)]
    redact: bool,
    /// Output format of the diagnosis
    #[arg(long, value_enum, default_value_t)]
    format: DiagnosisFormat,
    /// Also print the AWS CLI commands for the fixes and the statements that grant access
    #[arg(long, short)]
    verbose: bool,
    /// Exit with 2 for warnings too
    #[arg(long)]
    deny_warnings: bool,
    /// Save the fixes as a plan, for `apply FILE`; it has no secrets
    #[cfg(feature = "deploy")]
    #[arg(long, value_name = "FILE", conflicts_with = "redact")]
    fix_plan: Option<PathBuf>,
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

    /// Writes the diagnosis of accounts, as text part by part. Returns the exit code and the diagnosis.
    #[cfg(feature = "sdk")]
    pub(super) async fn write(
        &self,
        request: DoctorRequest<'_>,
        stdout: &mut (impl Write + ?Sized),
    ) -> io::Result<(u8, Diagnosis)> {
        // A document is whole, and what is redacted is called the same in all of it.
        if self.redact || self.format == DiagnosisFormat::Json {
            let diagnosis = request.await;
            let (text, code) = self.of(&diagnosis);
            stdout.write_all(text.as_bytes())?;
            return Ok((code, diagnosis));
        }
        let mut parts = request.parts();
        let mut whole = Diagnosis::default();
        while let Some(part) = parts.next().await {
            if !whole.pipelines.is_empty() {
                writeln!(stdout)?;
            }
            let trees = part.trees();
            if self.verbose { write!(stdout, "{trees:#}") } else { write!(stdout, "{trees}") }?;
            stdout.flush()?;
            drop(trees);
            whole.add(part);
        }
        writeln!(stdout, "\n{}", whole.totals())?;
        Ok((self.code(&whole), whole))
    }

    /// Saves the fixes as a plan, where that is asked for, and shows it below the text of the diagnosis.
    #[cfg(feature = "deploy")]
    pub(super) async fn save_fixes(
        &self,
        session: &Session,
        diagnosis: &Diagnosis,
        of: &TopologyName,
        stdout: &mut (impl Write + ?Sized),
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let Some(file) = &self.fix_plan else { return Ok(()) };
        let plan = session.plan_fixes(diagnosis, of).await?;
        save(&plan, file)?;
        if self.format == DiagnosisFormat::Text {
            let text = if self.verbose { format!("{plan:#}") } else { plan.to_string() };
            writeln!(stdout, "\n{text}")?;
            if !plan.is_empty() {
                writeln!(stdout, "saved: `apply {}` carries it out", file.display())?;
            }
        }
        Ok(())
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
