//! `cargo xacct contract check`: whether pipelines, roles and accounts still say what contracts say.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::judgement::Judgement;
use super::now::{Source, Wanted};
use super::who::Part;
use crate::cli::diagnosis_output::{HEALTHY, UNREAD};
use crate::cli::input::text_of_file;
use crate::cli::terminal::Stream;
use crate::core::contract::{Contract, FILE};

/// The folder of contracts where none is named.
const FOLDER: &str = "contracts";

/// Say which contracts no longer hold, what changed, and who changed it
///
/// CloudTrail's event history says who, where the credentials have cloudtrail:LookupEvents; it is only asked where something changed.
/// Exit code: 0 all hold, 1 wrong arguments or not all could be read, 2 something changed.
#[derive(clap::Args)]
pub(super) struct CheckContractsArgs {
    /// Contracts; without any, those in the folder `contracts`
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    source: Source,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t)]
    format: ContractFormat,
}

#[derive(Clone, Copy, Default, clap::ValueEnum)]
enum ContractFormat {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

impl CheckContractsArgs {
    pub(super) fn run(
        &self,
        stdin: &mut dyn Read,
        stdout: &mut Stream<'_>,
        stderr: &mut Stream<'_>,
    ) -> Result<u8, String> {
        let (mut contracts, mut unreadable) = (Vec::new(), Vec::new());
        for path in self.files()? {
            match contract(&path) {
                Ok(contract) => contracts.push((path, contract)),
                Err(error) => {
                    if let ContractFormat::Text = self.format {
                        stderr.write(&format!("error: {error}\n"));
                    }
                    unreadable.push(json!({ "file": path.display().to_string(), "message": error }));
                }
            }
        }
        let mut code = if unreadable.is_empty() { HEALTHY } else { UNREAD };
        // Nothing is asked of an account without pipelines and roles.
        let is_empty = |(_, contract): &(PathBuf, Contract)| contract.signature.subjects().is_empty();
        let (empty, contracts): (Vec<_>, Vec<_>) = contracts.into_iter().partition(is_empty);
        let parts: Vec<Part> = contracts.iter().flat_map(|(_, contract)| Part::all(contract)).collect();
        let (mut contracts, mut answers) = (contracts.into_iter().peekable(), Vec::new());
        let mut judge = |path, contract, now| {
            let judged = Judgement::new(path, contract, now);
            // A known change takes precedence over an unknown.
            code = code.max(judged.code());
            match self.format {
                ContractFormat::Text => stdout.write(&judged.text()),
                ContractFormat::Json => answers.push(judged.json()),
            }
        };
        empty.into_iter().for_each(|(path, contract)| judge(path, contract, Vec::new()));
        let mut of_one = Vec::new();
        if !parts.is_empty() {
            self.source.ask(&Wanted::Compared(&parts), stdin, &mut |_, _, now, who| {
                of_one.push((now, who));
                // In the order of the contracts; that of an account is about several.
                let all = |(_, contract): &(PathBuf, Contract)| contract.signature.subjects().len() == of_one.len();
                if let Some((path, contract)) = contracts.next_if(all) {
                    judge(path, contract, std::mem::take(&mut of_one));
                }
                Ok(())
            })?;
        }
        if let ContractFormat::Json = self.format {
            stdout.write(&format!("{:#}\n", json!({ "contracts": answers, "unreadable": unreadable })));
        }
        Ok(code)
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
    Contract::from_json(&text).map_err(|error| format!("{name}: {error}").replace(FILE, &name))
}
