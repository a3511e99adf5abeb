//! `cargo xacct start`, `follow`, `approve`, `reject`, `stop`, `retry`, `rollback`: executions of pipelines, by their ARNs.

use std::io::{self, IsTerminal};

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, Subcommand};

use super::accounts::{block_on, builder, profile};
use crate::cli::deploy::{Console, ExecutionCommand};
use crate::cli::terminal::{FOUND, Output};
use crate::core::ids::AccountId;

#[derive(Args)]
struct Accounts {
    /// The AWS profile for an account; without any, the environment has the credentials for the account of the pipeline
    #[arg(long = "account-profile", value_name = "ID=PROFILE", value_parser = profile)]
    profiles: Vec<(AccountId, String)>,
}

/// What is done, and how the accounts are reached: each command has both.
pub(super) struct Execution {
    accounts: Accounts,
    what: ExecutionCommand,
}

impl FromArgMatches for Execution {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let what = ExecutionCommand::from_arg_matches(matches)?;
        let of_command = matches.subcommand().map_or(matches, |(_, of_command)| of_command);
        Ok(Self { accounts: Accounts::from_arg_matches(of_command)?, what })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Subcommand for Execution {
    fn augment_subcommands(command: Command) -> Command {
        let own = ExecutionCommand::augment_subcommands(Command::new("executions"));
        // No topology is asked here.
        let by_arn = |pipeline: Arg| pipeline.required(true).value_name("ARN").help("The ARN of its pipeline");
        let of_command = |command: Command| {
            let has_option = command.get_arguments().any(|arg| arg.get_long() == Some("pipeline"));
            let command = if has_option { command.mut_arg("pipeline", by_arn) } else { command };
            Accounts::augment_args(command)
        };
        command.subcommands(own.get_subcommands().cloned().map(of_command))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        ExecutionCommand::has_subcommand(name)
    }
}

impl Execution {
    /// Does it. It takes as long as a run, so it writes to the standard streams itself.
    pub(super) fn run(self) -> Output {
        match self.done() {
            Ok(code) => Output { code, ..Output::default() },
            Err(error) => Output::error(FOUND, error),
        }
    }

    fn done(self) -> Result<u8, String> {
        let (mut stdout, mut stderr) = (io::stdout(), io::stderr());
        let live = stderr.is_terminal();
        block_on(async {
            let pipeline = self.what.pipeline().map_err(|error| error.to_string())?;
            let session = builder(&self.accounts.profiles, Some(pipeline.account()), pipeline.partition())?;
            let session = session.go_without().connect().await.map_err(|error| error.to_string())?;
            let mut console = Console { stdout: &mut stdout, stderr: &mut stderr, stdin: None };
            self.what.run(&session, &mut console, live).await.map_err(|error| error.to_string())
        })
    }
}
