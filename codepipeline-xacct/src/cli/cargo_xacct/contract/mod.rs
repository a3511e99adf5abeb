//! `cargo xacct contract`: what pipelines, roles and accounts of other teams say, in files that `pipeline!` reads.

mod account;
mod check;
mod judgement;
mod now;
mod pull;
mod who;

use std::io::{self, Read, Write};

use clap::Subcommand;

use crate::cli::diagnosis_output::UNREAD;
use crate::cli::terminal::Stream;

/// Record what pipelines and roles of other teams say in contracts, and compare contracts with the accounts
///
/// Contracts of your own pipelines are written by the program that manages them: `<program> contract publish <ITEM> -o <FILE>`.
#[derive(clap::Args)]
pub(super) struct ContractArgs {
    #[command(subcommand)]
    command: ContractCommand,
}

#[derive(Subcommand)]
enum ContractCommand {
    Pull(pull::PullArgs),
    Check(check::CheckContractsArgs),
    /// Publishing is a command of the program that manages the pipeline
    #[command(hide = true)]
    Publish {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
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
            ContractCommand::Publish { arguments } => Err(published_by_its_program(&arguments)),
        };
        let code = code.unwrap_or_else(|error| {
            stderr.write(&format!("error: {error}\n"));
            UNREAD
        });
        (code, stdout.end().and(stderr.end()))
    }
}

/// How a contract is published, with what was given for that.
fn published_by_its_program(arguments: &[String]) -> String {
    let rest = if arguments.is_empty() { "<ITEM> -o <FILE>".to_owned() } else { arguments.join(" ") };
    format!(
        "a contract is published by the program that manages the pipeline, which has its topology\n  help: in its crate, run `cargo run -- contract publish {rest}`"
    )
}
