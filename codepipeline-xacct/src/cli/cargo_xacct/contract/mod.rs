//! `cargo xacct contract`: what pipelines and roles of other teams say, in files that `pipeline!` reads.

mod check;
mod judgement;
mod now;
mod pull;

use std::io::Read;

use clap::Subcommand;

use crate::cli::diagnosis_output::UNREAD;
use crate::cli::terminal::Output;

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
    pub(super) fn run(self, stdin: &mut dyn Read) -> Output {
        let output = match self.command {
            ContractCommand::Pull(pull) => pull.run(stdin),
            ContractCommand::Check(check) => check.run(stdin),
        };
        output.unwrap_or_else(|error| Output { code: UNREAD, stderr: format!("error: {error}\n"), ..Output::default() })
    }
}
