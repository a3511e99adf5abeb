//! `cargo xacct check`: the rules for one declaration, for files.

use std::io::Read;
use std::path::PathBuf;

use crate::cli::formats::{json, sarif, text};
use crate::cli::input::{InputProblem, is_stdin, text_of_file, text_of_stdin};
use crate::cli::report::CheckReport;
use crate::cli::terminal::{CLEAN, FOUND, Output, UNUSABLE};
use crate::core::check::files::Home;
use crate::core::finding::Severity;
use crate::core::ids::{AccountId, Region};
use crate::files::{self, SourceFile, parallel};

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
        let home = Home { account: self.account, region: self.region };
        let (mut sources, mut alone, mut unreadable) = (Vec::new(), Vec::new(), Vec::new());
        let piped = |path: PathBuf| (is_stdin(&path).then(|| text_of_stdin(stdin)), path);
        let inputs: Vec<_> = self.files.into_iter().map(piped).collect();
        let checked = parallel::map(inputs, |(piped, path)| -> Result<_, InputProblem> {
            let (name, text) = piped.unwrap_or_else(|| text_of_file(&path))?;
            let mut source = SourceFile::parse(name, text)?;
            let alone = files::alone(&source, &home);
            source.forget_value();
            Ok((source, alone))
        });
        for checked in checked {
            match checked {
                Ok((source, of_source)) => {
                    sources.push(source);
                    alone.push(of_source);
                }
                Err(problem) => unreadable.push(problem),
            }
        }
        let report = CheckReport { rows: files::together(&sources, alone), unreadable, checked: sources.len() };
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
