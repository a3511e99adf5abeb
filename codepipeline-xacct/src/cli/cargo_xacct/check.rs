//! `cargo xacct check`: the rules for one declaration, for files.

use std::collections::HashSet;
use std::io::{self, Read, Write};
use std::path::PathBuf;

use super::open_options::OpenOptions;
use crate::cli::formats::{json, sarif, text};
use crate::cli::input::{InputProblem, is_stdin, text_of_file, text_of_stdin};
use crate::cli::report::CheckReport;
use crate::cli::terminal::{CLEAN, FOUND, UNUSABLE, write};
use crate::core::finding::Severity;
use crate::files::inputs::{self, Input};
use crate::files::parallel;

/// Check pipelines in files: output of `get-pipeline`, input of `create-pipeline`, bare declarations, CloudFormation templates in
/// JSON and YAML, and `terraform show -json`
#[derive(clap::Args)]
pub(super) struct CheckArgs {
    /// Files; `-` is the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How findings are written
    #[arg(long, value_enum, default_value_t)]
    format: CheckFormat,
    #[command(flatten)]
    open: OpenOptions,
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
    /// Writes what it finds, and returns the exit code and whether all could be written.
    pub(super) fn run(
        self,
        stdin: &mut dyn Read,
        stdout: &mut dyn Write,
        stderr: &mut dyn Write,
        colour: bool,
    ) -> (u8, io::Result<()>) {
        let homes = self.open.homes();
        let piped = |path: PathBuf| (is_stdin(&path).then(|| text_of_stdin(stdin)), path);
        let mut seen = HashSet::new();
        let is_new = |path: &PathBuf| is_stdin(path) || path.canonicalize().map_or(true, |path| seen.insert(path));
        let inputs: Vec<_> = self.files.into_iter().filter(is_new).map(piped).collect();
        let read = parallel::map(inputs, |(piped, path)| -> Result<_, InputProblem> {
            let (name, text) = piped.unwrap_or_else(|| text_of_file(&path))?;
            Ok(Input::read(name, text, &homes)?)
        });
        let (mut inputs, mut unreadable) = (Vec::new(), Vec::new());
        for read in read {
            match read {
                Ok(input) => inputs.push(input),
                Err(problem) => unreadable.push(problem),
            }
        }
        let names: Vec<String> = inputs.iter().map(|input| input.name().to_owned()).collect();
        let (checked, unreadable_files) = (names.len(), unreadable.len());
        unreadable.extend(inputs::misplaced(&inputs, &homes).into_iter().map(InputProblem::of_option));
        let mut subjects = inputs::subjects(inputs, &homes, &self.open.parameter);
        unreadable.extend(std::mem::take(&mut subjects.unused).into_iter().map(InputProblem::of_option));
        let without_pipelines = inputs::without_pipelines(names, &subjects.pipelines);
        let rows = inputs::check(&mut subjects);
        let report = CheckReport { rows, unreadable, unreadable_files, checked, without_pipelines };
        let fails = report.count(Severity::Error) > 0 || (self.deny_warnings && !report.rows.is_empty());
        let code = match (report.unreadable.is_empty(), fails) {
            (false, _) => UNUSABLE,
            (true, true) => FOUND,
            (true, false) => CLEAN,
        };
        // Standard error first, so that the summary is the last line on a terminal.
        let complained = match self.format {
            CheckFormat::Text | CheckFormat::Sarif => {
                let problems: String = report.unreadable.iter().map(|p| format!("error: {p}\n")).collect();
                write(stderr, &problems)
            }
            CheckFormat::Json => Ok(()),
        };
        let written = match self.format {
            CheckFormat::Text => text::write(&report, colour, stdout),
            CheckFormat::Json => write(stdout, &json::render(&report)),
            CheckFormat::Sarif => write(stdout, &sarif::render(&report)),
        };
        (code, written.and(complained))
    }
}
