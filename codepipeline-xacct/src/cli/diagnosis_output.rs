//! How a diagnosis is written, and the exit code that it makes.

use serde_json::json;

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
        let code = if diagnosis.has_errors() || self.deny_warnings && diagnosis.has_warnings() {
            ILL
        } else if diagnosis.is_incomplete() {
            UNREAD
        } else {
            HEALTHY
        };
        let diagnosis = if self.redact { &diagnosis.redacted() } else { diagnosis };
        let text = match self.format {
            DiagnosisFormat::Text if self.verbose => format!("{diagnosis:#}"),
            DiagnosisFormat::Text => diagnosis.to_string(),
            DiagnosisFormat::Json => format!("{:#}\n", json!(diagnosis)),
        };
        (text, code)
    }
}
