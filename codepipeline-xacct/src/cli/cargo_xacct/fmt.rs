//! `cargo xacct fmt`: formats calls of `pipeline!`, which rustfmt leaves alone.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use codepipeline_xacct_syntax::format;
use walkdir::{DirEntry, WalkDir};

use crate::cli::input::{InputProblem, text_of};
use crate::cli::terminal::{CLEAN, FOUND, Output, UNUSABLE};

/// The largest indent that is accepted.
const MOST_TAB_SPACES: usize = 100;

/// Format calls of `pipeline!`, which rustfmt leaves alone
///
/// Comments, Rust expressions and everything outside of the calls are kept as they are. `max_width`, `hard_tabs` and
/// `tab_spaces` are read from the nearest `rustfmt.toml`.
/// Exit code: 0 formatted, 1 `--check` found something to format, 2 a file or a call can't be read.
#[derive(clap::Args)]
pub(super) struct FmtArgs {
    /// Files, and directories with all their Rust files; `-` formats the standard input
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// Change nothing; list what is not formatted
    #[arg(long)]
    check: bool,
}

impl FmtArgs {
    pub(super) fn run(self, stdin: &mut dyn Read) -> Output {
        let mut output = Output { code: CLEAN, ..Output::default() };
        for path in &self.paths {
            if path.is_dir() {
                for file in rust_files(path) {
                    match file {
                        Ok(file) => self.file(&file, true, stdin, &mut output),
                        Err(error) => complain(&mut output, &error.to_string()),
                    }
                }
            } else {
                self.file(path, false, stdin, &mut output);
            }
        }
        output
    }

    /// `found` is true for a file found in a directory, which may have no calls at all.
    fn file(&self, path: &Path, found: bool, stdin: &mut dyn Read, output: &mut Output) {
        let standard_input = path.as_os_str() == "-";
        let (name, text) = match text_of(path, stdin) {
            Ok(read) => read,
            Err(problem) => return complain(output, &problem.to_string()),
        };
        if found && !text.contains("pipeline") {
            return;
        }
        let problem_at = |problem: format::FormatError| InputProblem {
            file: name.clone(),
            position: Some((problem.line, problem.column)),
            message: problem.message,
        };
        let style = match style(if standard_input { Path::new(".") } else { path }) {
            Ok(style) => style,
            Err(problem) => return complain(output, &problem.to_string()),
        };
        format::forget_spans();
        let formatted = match format::file(&text, &style) {
            Ok(formatted) => formatted,
            Err(problem) => return complain(output, &problem_at(problem).to_string()),
        };
        for problem in formatted.skipped {
            complain(output, &problem_at(problem).to_string());
        }
        let changed = formatted.text != text;
        if self.check {
            if changed {
                let line = first_difference(&text, &formatted.text);
                output.stdout.push_str(&format!("{name}:{line}: not formatted\n"));
                output.code = output.code.max(FOUND);
            }
        } else if standard_input {
            output.stdout.push_str(&formatted.text);
        } else if changed && let Err(error) = replace(path, &formatted.text) {
            complain(output, &format!("{name}: this can't be written: {error}"));
        }
    }
}

fn complain(output: &mut Output, problem: &str) {
    output.code = UNUSABLE;
    output.stderr.push_str(&format!("error: {problem}\n"));
}

/// Replaces a file in one step: if anything fails, the old file is still there.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    // A link is kept, and the file that it points to is replaced.
    let path = path.canonicalize()?;
    let directory = path.parent().unwrap_or_else(|| Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(fs::metadata(&path)?.permissions())?;
    file.as_file().sync_all()?;
    file.persist(&path)?;
    Ok(())
}

/// The Rust files of a directory, without hidden files and the output of Cargo.
fn rust_files(directory: &Path) -> impl Iterator<Item = walkdir::Result<PathBuf>> {
    let ours = |entry: &DirEntry| {
        let hidden = entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b".");
        !hidden && !entry.path().join("CACHEDIR.TAG").exists()
    };
    WalkDir::new(directory).sort_by_file_name().into_iter().filter_entry(ours).filter_map(|entry| match entry {
        Ok(entry) => {
            let rust = entry.file_type().is_file() && entry.path().extension().is_some_and(|end| end == "rs");
            rust.then(|| Ok(entry.into_path()))
        }
        Err(error) => Some(Err(error)),
    })
}

/// The style of the nearest `rustfmt.toml` in the directory of the file, which need not be there yet, or above it.
pub(super) fn style(path: &Path) -> Result<format::Style, InputProblem> {
    let absolute = path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned());
    let names = ["rustfmt.toml", ".rustfmt.toml"];
    let Some(file) = absolute
        .ancestors()
        .flat_map(|directory| names.iter().map(move |name| directory.join(name)))
        .find(|file| file.is_file())
    else {
        return Ok(format::Style::default());
    };
    let problem = |message: String| InputProblem { file: file.display().to_string(), position: None, message };
    let text = fs::read_to_string(&file).map_err(|error| problem(format!("this can't be read: {error}")))?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| problem(error.message().to_owned()))?;
    let default = format::Style::default();
    let number = |key: &str, default: usize, most: usize| match table.get(key) {
        None => Ok(default),
        Some(value) => value
            .as_integer()
            .and_then(|number| usize::try_from(number).ok())
            .filter(|number| *number <= most)
            .ok_or_else(|| problem(format!("`{key}` is not a number of characters"))),
    };
    let hard_tabs = match table.get("hard_tabs") {
        None => default.hard_tabs,
        Some(value) => value.as_bool().ok_or_else(|| problem("`hard_tabs` is neither true nor false".to_owned()))?,
    };
    Ok(format::Style {
        max_width: number("max_width", default.max_width, usize::MAX)?,
        hard_tabs,
        tab_spaces: number("tab_spaces", default.tab_spaces, MOST_TAB_SPACES)?,
    })
}

/// The first line, counted from 1, in which two texts differ.
fn first_difference(one: &str, other: &str) -> usize {
    one.lines().zip(other.lines()).take_while(|(one, other)| one == other).count() + 1
}
