//! `contract`: what the topology says to other teams.

use std::path::PathBuf;

use clap::Subcommand;

use super::console::Console;
use super::exit::Failure;
use crate::cli::contract_file::save;
use crate::core::contract::Contract;
use crate::core::topology::Topology;

#[derive(Subcommand)]
pub(super) enum ContractCommand {
    /// Write the contract of a managed pipeline or role, or of an account with all of them, for teams that use it; asks no account
    Publish {
        /// Its item, its name or its ARN; of an account, its item or its id
        item: String,
        /// The file; without it, the contract is printed
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Replace a file that says something else
        #[arg(long, requires = "output")]
        force: bool,
    },
}

impl ContractCommand {
    pub(super) fn run(&self, topology: &Topology, console: &mut Console<'_>) -> Result<(), Failure> {
        let Self::Publish { item, output, force } = self;
        let contract = Contract::published(topology, item)?;
        match output {
            Some(path) => {
                let written = if save(&contract, path, *force)? { "written" } else { "unchanged" };
                writeln!(console.stdout, "{}: {written}", path.display())?;
            }
            None => write!(console.stdout, "{}", contract.to_json())?,
        }
        Ok(())
    }
}
