//! `cargo xacct contract check`: whether pipelines and roles still say what contracts say.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::now::{Now, Source, Wanted};
use crate::cli::diagnosis_output::{HEALTHY, ILL, UNREAD};
use crate::cli::input::text_of_file;
use crate::cli::terminal::Output;
use crate::core::contract::{Contract, Origin, changes};
use crate::core::topology::Subject;

/// The folder of contracts where none is named.
const FOLDER: &str = "contracts";

/// Say which contracts no longer hold, what changed, and who keeps it
///
/// Exit code: 0 all hold, 1 wrong arguments or not all could be read, 2 something changed.
#[derive(clap::Args)]
pub(super) struct CheckContractsArgs {
    /// Contracts; without any, those in the folder `contracts`
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    source: Source,
}

impl CheckContractsArgs {
    pub(super) fn run(&self, stdin: &mut dyn Read) -> Result<Output, String> {
        let mut output = Output { code: HEALTHY, ..Output::default() };
        let mut contracts = Vec::new();
        for path in self.files()? {
            match contract(&path) {
                Ok(contract) => contracts.push((path, contract)),
                Err(error) => {
                    output.code = UNREAD;
                    output.stderr.push_str(&format!("error: {error}\n"));
                }
            }
        }
        let subjects: Vec<Subject> = contracts.iter().map(|(_, contract)| contract.signature.subject()).collect();
        if subjects.is_empty() {
            return Ok(output);
        }
        let asked = self.source.ask(&Wanted::These(&subjects), stdin)?;
        for ((path, contract), (subject, now)) in contracts.iter().zip(asked) {
            let (code, text) = judged(path, contract, &subject, &now);
            output.stdout.push_str(&text);
            // What is known to have changed counts for more than what isn't known.
            output.code = output.code.max(code);
        }
        Ok(output)
    }

    fn files(&self) -> Result<Vec<PathBuf>, String> {
        if !self.files.is_empty() {
            return Ok(self.files.clone());
        }
        let entries = fs::read_dir(FOLDER).map_err(|error| format!("{FOLDER}: {error}\n  help: name the contracts"))?;
        let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        files.sort();
        if files.is_empty() {
            return Err(format!("there is no contract in `{FOLDER}`\n  help: name the contracts"));
        }
        Ok(files)
    }
}

fn contract(path: &Path) -> Result<Contract, String> {
    let (name, text) = text_of_file(path).map_err(|problem| problem.to_string())?;
    Contract::from_json(&text).map_err(|error| format!("{name}: {error}"))
}

/// Whether a contract holds: the exit code, and the text.
fn judged(path: &Path, contract: &Contract, subject: &Subject, now: &Now) -> (u8, String) {
    let head = format!("{}: {} {subject}", path.display(), subject.kind());
    let now = match now {
        Now::Says(now) => now,
        Now::Gone => return (ILL, format!("{head} is gone{}\n", by(&contract.origin))),
        Now::Unread(why) => return (UNREAD, format!("{head} could not be read: {why}\n")),
    };
    let changes = changes(&contract.signature, &now.signature);
    let mut text = match (changes.changed.is_empty(), changes.unknown.is_empty()) {
        (true, true) => return (HEALTHY, format!("{head} says the same\n")),
        (true, false) => format!("{head} could not be read as a whole\n"),
        (false, _) => format!("{head} changed\n"),
    };
    changes.changed.iter().for_each(|line| text.push_str(&format!("  {line}\n")));
    changes.unknown.iter().for_each(|what| text.push_str(&format!("  {what} may not be read\n")));
    if changes.changed.is_empty() {
        return (UNREAD, text);
    }
    if let Some(note) = origin(&contract.origin, &now.origin) {
        text.push_str(&format!("  note: {note}\n"));
    }
    text.push_str(&format!("  help: `cargo xacct contract pull {subject} -o {}` records it\n", path.display()));
    (ILL, text)
}

/// Who changed it, and since when, as far as it is known.
fn origin(contract: &Origin, now: &Origin) -> Option<String> {
    let mut parts = Vec::new();
    if let Some(topology) = &now.topology {
        parts.push(format!("topology `{topology}` keeps it"));
    }
    if let Some(version) = now.version {
        let updated = now.updated.as_ref().map(|updated| format!(", written {updated}")).unwrap_or_default();
        let before = contract.version.map(|version| format!("; the contract is of version {version}"));
        parts.push(format!("it has version {version}{updated}{}", before.unwrap_or_default()));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The topology that kept it.
fn by(origin: &Origin) -> String {
    origin.topology.as_ref().map(|topology| format!("; topology `{topology}` kept it")).unwrap_or_default()
}
