//! `cargo xacct contract`: what pipelines, roles and accounts of other teams say, in files that `pipeline!` reads.

mod account;
mod check;
mod judgement;
mod now;
mod pull;

use std::io::{self, Read, Write};

use clap::Subcommand;

use crate::cli::diagnosis_output::UNREAD;
use crate::cli::terminal::Stream;

/// Record what pipelines and roles of other teams say in contracts, and compare contracts with the accounts
#[derive(clap::Args)]
pub(super) struct ContractArgs {
    #[command(subcommand)]
    command: ContractCommand,
}

#[derive(Subcommand)]
enum ContractCommand {
    Pull(pull::PullArgs),
    Check(check::CheckContractsArgs),
}

impl ContractArgs {
    /// Writes what each contract comes to as it is known, and returns the exit code and whether all could be written.
    pub(super) fn run(
        self,
        stdin: &mut dyn Read,
        stdout: &mut dyn Write,
        stderr: &mut dyn Write,
    ) -> (u8, io::Result<()>) {
        let (mut stdout, mut stderr) = (Stream::new(stdout), Stream::new(stderr));
        let code = match self.command {
            ContractCommand::Pull(pull) => pull.run(stdin, &mut stdout, &mut stderr),
            ContractCommand::Check(check) => check.run(stdin, &mut stdout, &mut stderr),
        };
        let code = code.unwrap_or_else(|error| {
            stderr.write(&format!("error: {error}\n"));
            UNREAD
        });
        (code, stdout.end().and(stderr.end()))
    }
}
