//! `cargo xacct contract check`: whether pipelines and roles still say what contracts say.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::judgement::Judgement;
use super::now::{Source, Wanted};
use crate::cli::diagnosis_output::{HEALTHY, UNREAD};
use crate::cli::input::text_of_file;
use crate::cli::terminal::Output;
use crate::core::contract::Contract;
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
    pub(super) fn run(&self, stdin: &mut dyn Read) -> Result<Output, String> {
        let (mut contracts, mut unreadable) = (Vec::new(), Vec::new());
        for path in self.files()? {
            match contract(&path) {
                Ok(contract) => contracts.push((path, contract)),
                Err(error) => unreadable.push((path, error)),
            }
        }
        let subjects: Vec<Subject> = contracts.iter().map(|(_, contract)| contract.signature.subject()).collect();
        let asked = if subjects.is_empty() { Vec::new() } else { self.source.ask(&Wanted::These(&subjects), stdin)? };
        let judged = contracts.into_iter().zip(asked);
        let judged: Vec<Judgement> =
            judged.map(|((path, contract), (subject, now))| Judgement::new(path, contract, subject, now)).collect();
        let read = if unreadable.is_empty() { HEALTHY } else { UNREAD };
        // A known change takes precedence over an unknown.
        let code = judged.iter().map(Judgement::code).fold(read, u8::max);
        let (stdout, stderr) = match self.format {
            ContractFormat::Text => {
                let problems = unreadable.iter().map(|(_, error)| format!("error: {error}\n"));
                (judged.iter().map(Judgement::text).collect(), problems.collect())
            }
            ContractFormat::Json => {
                let problem =
                    |(path, error): &(PathBuf, String)| json!({ "file": path.display().to_string(), "message": error });
                let contracts: Vec<Value> = judged.iter().map(Judgement::json).collect();
                let unreadable: Vec<Value> = unreadable.iter().map(problem).collect();
                let answer = json!({ "contracts": contracts, "unreadable": unreadable });
                (format!("{answer:#}\n"), String::new())
            }
        };
        Ok(Output { code, stdout, stderr })
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
