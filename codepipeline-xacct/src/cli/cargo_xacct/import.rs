//! `cargo xacct import`: the source of pipelines and roles that exist.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::fmt::style;
use crate::cli::input::text_of;
use crate::cli::terminal::{CLEAN, FOUND, Output, UNUSABLE};
use crate::core::check::files::Home;
use crate::core::finding::Severity;
use crate::core::ids::{AccountId, Region};
use crate::core::sentences::counted;
use crate::files;
use crate::files::import::{self, Given, ImportOptions};

/// Write `pipeline!` source for pipelines and roles that exist
///
/// Reads output of `get-pipeline`, `get-role`, `get-role-policy` and `get-account-authorization-details`, input of `create-pipeline`, bare
/// declarations, and the chains of roles that `wiring` takes. All files are one set: what they start in each other becomes references.
/// Exit code: 0 imported, 1 imported with findings or without a part of it, 2 a file can't be read or nothing was written.
#[derive(clap::Args)]
pub(super) struct ImportArgs {
    /// Files; `-` is the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The file to write; without it the source goes to the standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file that is there
    #[arg(long, requires = "output")]
    force: bool,
    /// Own only the actions that start pipelines: pipelines that have some are extended, all others extern
    #[arg(long)]
    extended: bool,
    /// Account of pipelines whose file doesn't tell it
    #[arg(long, value_name = "ID")]
    account: Option<AccountId>,
    /// Region of pipelines whose file doesn't tell it
    #[arg(long)]
    region: Option<Region>,
    /// The name of an account in the source
    #[arg(long, value_name = "ID=NAME", value_parser = account_name)]
    name: Vec<(AccountId, String)>,
}

fn account_name(text: &str) -> Result<(AccountId, String), String> {
    let (id, name) = text.split_once('=').ok_or("write `<account id>=<name>`")?;
    Ok((id.parse().map_err(|error: crate::core::ids::IdError| error.to_string())?, name.to_owned()))
}

impl ImportArgs {
    pub(super) fn run(self, stdin: &mut dyn Read) -> Output {
        let mut output = Output { code: CLEAN, ..Output::default() };
        let mut given = Given::default();
        for path in &self.files {
            let read = text_of(path, stdin).and_then(|(name, text)| Ok(given.add(name, text)?));
            if let Err(problem) = read {
                complain(&mut output, &problem.to_string());
            }
        }
        let style = match style(self.output.as_deref().unwrap_or_else(|| Path::new("."))) {
            Ok(style) => style,
            Err(problem) => {
                complain(&mut output, &problem.to_string());
                return output;
            }
        };
        let home = Home { account: self.account, region: self.region };
        // Each is checked where it is.
        let alone = given.pipelines.iter().map(|source| match import::arn(source, &home) {
            Ok(arn) => {
                files::alone(source, &Home { account: Some(arn.account().clone()), region: Some(arn.region().clone()) })
            }
            Err(_) => files::alone(source, &home),
        });
        for finding in files::together(&given.pipelines, alone.collect()) {
            output.stderr.push_str(&format!("{}\n", finding.in_one_line()));
            if finding.severity == Severity::Error {
                output.code = output.code.max(FOUND);
            }
        }
        let accounts: HashMap<AccountId, String> = self.name.into_iter().collect();
        let imported = import::import(&given, &ImportOptions { home, accounts, extended: self.extended, style });
        for note in &imported.notes {
            let word = if note.lost { "not imported" } else { "note" };
            output.stderr.push_str(&format!("{}: {word}: {}\n", note.at, note.message));
            if note.lost {
                output.code = output.code.max(FOUND);
            }
        }
        if imported.pipelines + imported.roles == 0 {
            complain(&mut output, "there is nothing to import");
            return output;
        }
        match &self.output {
            None => output.stdout = imported.source,
            Some(path) => match write(path, &imported.source, self.force) {
                Ok(()) => {
                    let (pipelines, roles) = (counted(imported.pipelines, "pipeline"), counted(imported.roles, "role"));
                    output.stderr.push_str(&format!("{}: {pipelines}, {roles}\n", path.display()));
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    complain(&mut output, &format!("{}: the file exists; `--force` replaces it", path.display()));
                }
                Err(error) => complain(&mut output, &format!("{}: this can't be written: {error}", path.display())),
            },
        }
        output
    }
}

/// Writes a new file; one that is there stays, unless it is to be replaced.
fn write(path: &Path, text: &str, replace: bool) -> io::Result<()> {
    if replace {
        return fs::write(path, text);
    }
    File::create_new(path)?.write_all(text.as_bytes())
}

fn complain(output: &mut Output, problem: &str) {
    output.code = UNUSABLE;
    output.stderr.push_str(&format!("error: {problem}\n"));
}
