//! `cargo xacct check`: the rules for one declaration, for files.

use std::fmt;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::{CLEAN, FOUND, Output, UNUSABLE, json, sarif, text};
use crate::core::check::files::Home;
use crate::core::finding::Severity;
use crate::core::ids::{AccountId, Region};
use crate::files::{self, Located, SourceFile, Unreadable};

/// Check JSON declarations: output of `get-pipeline`, input of `create-pipeline` or bare declarations
#[derive(clap::Args)]
pub(super) struct Check {
    /// Files with one declaration each; `-` is the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How findings are written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
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
enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

/// What is said about the files.
pub(super) struct Report<'a> {
    /// In the order of the files, and in each file from its beginning to its end.
    pub(super) rows: Vec<Located<'a>>,
    pub(super) unreadable: Vec<Problem>,
    /// How many files were checked.
    pub(super) checked: usize,
}

/// Why a file can't be checked.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) file: String,
    /// Line and column; absent where the file can't even be opened.
    pub(super) position: Option<(usize, usize)>,
    pub(super) message: String,
}

impl Check {
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
        let report = Report { rows: files::check(&sources, &home), unreadable, checked: sources.len() };
        let fails = report.count(Severity::Error) > 0 || (self.deny_warnings && !report.rows.is_empty());
        let code = match (report.unreadable.is_empty(), fails) {
            (false, _) => UNUSABLE,
            (true, true) => FOUND,
            (true, false) => CLEAN,
        };
        let stdout = match self.format {
            Format::Text => text::render(&report, colour),
            Format::Json => json::render(&report),
            Format::Sarif => sarif::render(&report),
        };
        let stderr = match self.format {
            Format::Text | Format::Sarif => report.unreadable.iter().map(|p| format!("error: {p}\n")).collect(),
            Format::Json => String::new(),
        };
        Output { code, stdout, stderr }
    }
}

impl Report<'_> {
    pub(super) fn count(&self, severity: Severity) -> usize {
        self.rows.iter().filter(|row| row.severity == severity).count()
    }
}

impl Problem {
    fn io(file: &str, error: &io::Error) -> Self {
        Self { file: file.to_owned(), position: None, message: format!("this can't be read: {error}") }
    }
}

impl From<Unreadable> for Problem {
    fn from(unreadable: Unreadable) -> Self {
        let Unreadable { file, line, column, message } = unreadable;
        Self { file, position: Some((line, column)), message }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, position, message } = self;
        match position {
            Some((line, column)) => write!(f, "{file}:{line}:{column}: {message}"),
            None => write!(f, "{file}: {message}"),
        }
    }
}

/// The name of a file for messages, and its text.
pub(super) fn text_of(path: &Path, stdin: &mut dyn Read) -> Result<(String, String), Problem> {
    let (name, bytes) = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        ("<stdin>".to_owned(), stdin.read_to_end(&mut bytes).map(|_| bytes))
    } else {
        (path.display().to_string(), fs::read(path))
    };
    let bytes = bytes.map_err(|error| Problem::io(&name, &error))?;
    let text = String::from_utf8(bytes).map_err(|error| no_utf8(&name, error.as_bytes(), error.utf8_error()))?;
    Ok((name, text))
}

fn no_utf8(file: &str, bytes: &[u8], error: std::str::Utf8Error) -> Problem {
    let (valid, _) = bytes.split_at_checked(error.valid_up_to()).unwrap_or_default();
    let valid = String::from_utf8_lossy(valid);
    let line = valid.split('\n').count();
    let column = valid.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    // Older PowerShells write it for `>`.
    let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let message = if utf16 { "this is UTF-16, not UTF-8" } else { "this is not UTF-8" };
    Problem { file: file.to_owned(), position: Some((line, column)), message: message.to_owned() }
}
