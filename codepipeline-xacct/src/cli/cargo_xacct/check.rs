//! `cargo xacct check`: the rules for one declaration, for files.

use std::io::Read;
use std::path::PathBuf;

use crate::cli::formats::{json, sarif, text};
use crate::cli::input::text_of;
use crate::cli::report::CheckReport;
use crate::cli::terminal::{CLEAN, FOUND, Output, UNUSABLE};
use crate::core::check::files::Home;
use crate::core::finding::Severity;
use crate::core::ids::{AccountId, Region};
use crate::files::{self, SourceFile};

/// Check JSON declarations: output of `get-pipeline`, input of `create-pipeline` or bare declarations
#[derive(clap::Args)]
pub(super) struct CheckArgs {
    /// Files with one declaration each; `-` is the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How findings are written
    #[arg(long, value_enum, default_value_t)]
    format: CheckFormat,
    /// Account of the pipelines
    #[arg(long, value_name = "ID")]
    account: Option<AccountId>,
    /// Region of the pipelines
    #[arg(long)]
    region: Option<Region>,
    /// Exit with 1 for warnings too
    #[arg(long)]
    deny_warnings: bool,
}

#[derive(Clone, Copy, Default, clap::ValueEnum)]
enum CheckFormat {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

impl CheckArgs {
    pub(super) fn run(self, stdin: &mut dyn Read, colour: bool) -> Output {
        let mut sources = Vec::new();
        let mut unreadable = Vec::new();
        for path in &self.files {
            let read = text_of(path, stdin).and_then(|(name, text)| Ok(SourceFile::parse(name, text)?));
            match read {
                Ok(source) => sources.push(source),
                Err(problem) => unreadable.push(problem),
            }
        }
        let home = Home { account: self.account, region: self.region };
        let report = CheckReport { rows: files::check(&sources, &home), unreadable, checked: sources.len() };
        let fails = report.count(Severity::Error) > 0 || (self.deny_warnings && !report.rows.is_empty());
        let code = match (report.unreadable.is_empty(), fails) {
            (false, _) => UNUSABLE,
            (true, true) => FOUND,
            (true, false) => CLEAN,
        };
        let stdout = match self.format {
            CheckFormat::Text => text::render(&report, colour),
            CheckFormat::Json => json::render(&report),
            CheckFormat::Sarif => sarif::render(&report),
        };
        let stderr = match self.format {
            CheckFormat::Text | CheckFormat::Sarif => {
                report.unreadable.iter().map(|p| format!("error: {p}\n")).collect()
            }
            CheckFormat::Json => String::new(),
        };
        Output { code, stdout, stderr }
    }
}
