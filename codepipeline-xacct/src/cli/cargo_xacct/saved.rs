//! `cargo xacct apply` and `restore`: saved plans and journals, which need no program.

use std::io::{self, BufRead, IsTerminal};

use clap::Subcommand;

use super::accounts::{block_on, builder, profile};
use crate::cli::deploy::{Console, SavedFile, answers};
use crate::cli::terminal::{FOUND, Output};
use crate::core::ids::{AccountId, Partition};

#[derive(clap::Args)]
pub(super) struct Accounts {
    /// The AWS profile for an account; not needed for the only account, if the environment has credentials for it
    #[arg(long = "account-profile", value_name = "ID=PROFILE", value_parser = profile)]
    profiles: Vec<(AccountId, String)>,
}

#[derive(Subcommand)]
pub(super) enum Saved {
    /// Show a saved plan, for example of `doctor --fix-plan`, ask for confirmation, then apply it
    Apply {
        #[command(flatten)]
        of: SavedFile,
        /// Don't take the lease of the plan, which blocks other applies
        #[arg(long)]
        not_exclusive: bool,
        #[command(flatten)]
        accounts: Accounts,
    },
    /// Plan to undo an apply, from its journal, except where others have made changes since; ask for confirmation, then do it
    Restore {
        #[command(flatten)]
        of: SavedFile,
        #[command(flatten)]
        accounts: Accounts,
    },
}

impl Saved {
    /// Does it. It goes on for as long as the apply, so it writes to the standard streams itself.
    pub(super) fn run(self) -> Output {
        match self.done() {
            Ok(code) => Output { code, ..Output::default() },
            Err(error) => Output::error(FOUND, error),
        }
    }

    fn done(self) -> Result<u8, String> {
        let (filed, of, accounts) = match self {
            Saved::Apply { of, not_exclusive, accounts } => (of.plan(not_exclusive), of, accounts),
            Saved::Restore { of, accounts } => (of.journal(), of, accounts),
        };
        let filed = filed.map_err(|error| error.to_string())?;
        let mut answers = io::stdin().is_terminal().then(answers);
        let live = answers.is_some() && io::stderr().is_terminal();
        let mut console = Console {
            stdout: &mut anstream::stdout(),
            stderr: &mut io::stderr(),
            stdin: answers.as_mut().map(|answers| answers as &mut dyn BufRead),
        };
        block_on(async {
            let needed = filed.accounts();
            let only = needed.first().filter(|_| needed.len() == 1).map(|(account, _)| account);
            let partition = needed.first().map_or_else(Partition::aws, |(_, partition)| partition.clone());
            let session = builder(&accounts.profiles, only, &partition)?;
            let session = session.connect().await.map_err(|error| error.to_string())?;
            of.run(filed, &session, &mut console, live).await.map_err(|error| error.to_string())
        })
    }
}
