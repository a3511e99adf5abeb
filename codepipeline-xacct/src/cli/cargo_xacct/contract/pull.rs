//! `cargo xacct contract pull`: records what pipelines and roles say.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::account;
use super::now::{Now, Source, Wanted};
use crate::cli::contract_file::save;
use crate::cli::diagnosis_output::{HEALTHY, UNREAD};
use crate::cli::terminal::Stream;
use crate::core::contract::{Contract, Signature};
use crate::core::topology::Subject;

/// Record what pipelines and roles say in contracts, for `extern pipeline … from "…";`
///
/// Contracts hold the ARN, the variables without their defaults, the trust policy and the policies. Several in one file are the contract of their
/// account. Exit code: 0 all are recorded, 1 not all.
#[derive(clap::Args)]
pub(super) struct PullArgs {
    /// Names or ARNs of pipelines, ARNs of roles; without any, those of the contract that `--output` names, or with `--offline` all pipelines
    /// in the files
    #[arg(value_name = "NAME|ARN", required_unless_present_any = ["offline", "output"])]
    names: Vec<String>,
    #[command(flatten)]
    source: Source,
    /// A folder, which gets a file of the name of each, or one file; without it, a contract is printed
    #[arg(long, short, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Replace files that are there and are not contracts of the same pipelines and roles
    #[arg(long, requires = "output")]
    force: bool,
}

impl PullArgs {
    pub(super) fn run(
        &self,
        stdin: &mut dyn Read,
        stdout: &mut Stream<'_>,
        stderr: &mut Stream<'_>,
    ) -> Result<u8, String> {
        let there = self.output.as_deref().map(contract_at).transpose()?.flatten();
        let again: Vec<Subject> = match &there {
            Some(contract) if self.names.is_empty() => contract.signature.subjects(),
            None if self.names.is_empty() && self.source.offline.is_empty() => {
                let message = "there is no contract to pull again";
                return Err(format!("{message}\n  help: name the pipelines and roles, or a contract as `--output`"));
            }
            _ => Vec::new(),
        };
        let wanted = if again.is_empty() { Wanted::Named(&self.names) } else { Wanted::These(&again) };
        let before = there.as_ref().and_then(|contract| match &contract.signature {
            Signature::Account(account) => Some(&**account),
            _ => None,
        });
        let mut written = Written { stdout, stderr, code: HEALTHY };
        // What goes into one contract of an account.
        let (mut of_account, mut parts) = (None, Vec::new());
        self.source.ask(&wanted, stdin, &mut |of, subject, now, _| {
            let one = of == 1;
            if self.output.is_none() && !one {
                return Err(format!("there are {of} contracts: give `--output FOLDER`"));
            }
            of_account = self.output.as_deref().filter(|path| is_file(path) && (before.is_some() || !one));
            let kind = subject.kind();
            let contract = match now {
                Now::Says(contract) => contract,
                Now::Gone if before.is_some() && !again.is_empty() => {
                    written.note(&format!("{kind} {subject} no longer exists, and is left out"));
                    return Ok(());
                }
                Now::Gone => {
                    written.fail(&format!("there is no {kind} {subject}"));
                    return Ok(());
                }
                Now::Unread(why) => {
                    written.fail(&format!("{kind} {subject}: {why}"));
                    return Ok(());
                }
            };
            if let Signature::Role(role) = &contract.signature
                && role.policies.is_none()
            {
                written.note(&format!(
                    "not all policies of role {} are known, so the contract doesn't say what it may do",
                    role.arn
                ));
            }
            match &self.output {
                None => written.stdout.write(&contract.to_json()),
                Some(_) if of_account.is_some() => parts.push((subject, contract)),
                Some(path) if is_file(path) => written.record(self.write(&contract, path)),
                Some(path) => written.record(self.write(&contract, &path.join(format!("{}.json", subject.name())))),
            }
            Ok(())
        })?;
        // A part of what was asked for is not all that the account says.
        if let Some(path) = of_account
            && written.code == HEALTHY
        {
            written.record(account::contract(before, again.is_empty(), parts).and_then(|all| self.write(&all, path)));
        }
        Ok(written.code)
    }

    fn write(&self, contract: &Contract, path: &Path) -> Result<String, String> {
        let replaces = self.force || is_renewed(path, contract);
        let written = if save(contract, path, replaces)? { "written" } else { "unchanged" };
        Ok(format!("{}: {written}\n", path.display()))
    }
}

/// Whether a file is an earlier contract of the same, so that nothing else is lost with it.
fn is_renewed(path: &Path, contract: &Contract) -> bool {
    let Ok(text) = fs::read_to_string(path) else { return false };
    let Ok(there) = Contract::from_json(&text) else {
        // What was cut off, edited or written by another version is there to be pulled again.
        return text.contains("\"contract\"");
    };
    let now = contract.signature.subjects();
    // One of an account was read, and its parts are in the new one or were reported.
    matches!(there.signature, Signature::Account(_)) || there.signature.subjects().iter().all(|one| now.contains(one))
}

/// What was written, and whether all went well.
struct Written<'a, 'o, 'e> {
    stdout: &'a mut Stream<'o>,
    stderr: &'a mut Stream<'e>,
    code: u8,
}

impl Written<'_, '_, '_> {
    fn record(&mut self, written: Result<String, String>) {
        match written {
            Ok(line) => self.stdout.write(&line),
            Err(error) => self.fail(&error),
        }
    }

    fn note(&mut self, text: &str) {
        self.stderr.write(&format!("note: {text}\n"));
    }

    fn fail(&mut self, error: &str) {
        self.code = UNREAD;
        self.stderr.write(&format!("error: {error}\n"));
    }
}

/// True for the path of one file, which need not be there.
fn is_file(path: &Path) -> bool {
    path.extension().is_some() && !path.is_dir()
}

/// The contract in a file, if it is one. One of an account that can't be read is not replaced by a part of what it had.
fn contract_at(path: &Path) -> Result<Option<Contract>, String> {
    let Ok(text) = fs::read_to_string(path) else { return Ok(None) };
    match Contract::from_json(&text) {
        Ok(contract) => Ok(Some(contract)),
        Err(error) if text.contains("\"account\":") => {
            let help = "restore the file, or delete it and name all pipelines and roles that it is to have";
            Err(format!("{}: {error}\n  help: {help}", path.display()))
        }
        Err(_) => Ok(None),
    }
}
