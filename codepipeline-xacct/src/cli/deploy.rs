//! A program that deploys a topology: what is written, what runs, what is wrong, and what can be seen without an account.

mod colour;
mod connect;
mod console;
mod contract;
mod control;
mod doctor;
#[cfg(feature = "cli")]
mod execution_command;
mod exit;
mod export;
mod follow;
mod interrupt;
mod journal;
mod pipelines;
mod planning;
mod progress;
#[cfg(feature = "local")]
mod rehearse;
mod restore;
#[cfg(feature = "cli")]
mod saved_file;
mod show;
mod source;
mod start;
mod targets;
mod values;
mod writing;

use std::ffi::OsString;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};
use colour::Plain;
use connect::Connecting;
use control::Control;
use doctor::Doctor;
use exit::{CHANGES, DONE, FAILED, Failure, is_broken_pipe};
use pipelines::find;
use planning::{Deleting, Planning, Shared, planned, saved, show, show_permissions};
use start::Starting;
use targets::Targets;
use writing::{Writing, carry_out};

use crate::aws::Session;
use crate::cli::generated::{Completions, Man, program_name};
use crate::cli::graph_output::GraphOutput;
use crate::cli::plan_file::save;
use crate::core::finding::Findings;
use crate::core::plan::Intent;
use crate::core::topology::Topology;

pub use console::Console;
#[cfg(feature = "cli")]
pub(crate) use console::answers;
#[cfg(feature = "cli")]
pub(crate) use execution_command::ExecutionCommand;
#[cfg(feature = "cli")]
pub(crate) use saved_file::SavedFile;

#[derive(Parser)]
#[command(about = "Deploys the roles and pipelines that this program declares")]
struct Arguments {
    #[command(flatten)]
    connecting: Connecting,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show what would change; exits with 2 if there are changes
    Plan {
        #[command(flatten)]
        planning: Planning,
        #[command(flatten)]
        targets: Targets,
        /// Save the plan for `apply FILE`; secrets are not saved
        #[arg(long, value_name = "FILE", conflicts_with = "rotate_secrets")]
        out: Option<PathBuf>,
        /// Output format of the plan: text or JSON (schema in the book)
        #[arg(long, value_enum, default_value = "text")]
        format: follow::Format,
        /// The same as `--format json`
        #[arg(long, conflicts_with_all = ["verbose", "format"])]
        json: bool,
        /// Plan to delete what this program made
        #[arg(long, conflicts_with_all = ["adopt", "rename_from", "orphans", "rotate_secrets", "prune", "drift", "target"])]
        destroy: bool,
        /// Also plan to delete, and take out of extended pipelines, what is no longer in the program
        #[arg(long, conflicts_with = "target")]
        prune: bool,
        /// Print what the credentials of each account need to apply the plan, as policies, instead of the plan
        #[arg(long, conflicts_with = "verbose")]
        permissions: bool,
    },
    /// Plan, ask for confirmation, then apply
    Apply {
        #[command(flatten)]
        planning: Planning,
        #[command(flatten)]
        targets: Targets,
        /// A saved plan
        #[arg(value_name = "FILE", conflicts_with_all = ["adopt", "rename_from", "orphans", "rotate_secrets", "drift", "target", "not_used_in"])]
        plan: Option<PathBuf>,
        #[command(flatten)]
        writing: Writing,
    },
    /// Plan, including deletion and removal from extended pipelines of what is no longer in the program; ask for confirmation, then apply
    Prune {
        #[command(flatten)]
        planning: Planning,
        #[command(flatten)]
        writing: Writing,
    },
    /// Plan to delete what this program created, ask for confirmation, then delete it; extended pipelines are restored to their previous contents
    Destroy {
        #[command(flatten)]
        deleting: Deleting,
        #[command(flatten)]
        shared: Shared,
        #[command(flatten)]
        writing: Writing,
    },
    /// Plan to undo an apply, except where others have made changes since; ask for confirmation, then do it
    Restore {
        /// The journal of the apply
        #[arg(value_name = "JOURNAL")]
        file: PathBuf,
        #[command(flatten)]
        shared: Shared,
        #[command(flatten)]
        writing: Writing,
    },
    /// Start a pipeline and follow it and the pipelines it starts; exits with 3 if nothing that is certainly part of it failed, but not everything was seen to succeed
    Start {
        /// Its item, its name or its ARN
        pipeline: String,
        #[command(flatten)]
        starting: Starting,
    },
    #[command(flatten)]
    Control(Control),
    /// Say what is wrong with pipelines, hop by hop, and how to fix it; only reads, and exits with 2 if something is wrong
    Doctor(Doctor),
    /// Plan, apply and run on local AWS; needs no account
    #[cfg(feature = "local")]
    Rehearse(rehearse::Rehearse),
    /// Show the topology; needs no account
    Show(show::Shown),
    /// Draw the topology: accounts as boxes with roles on their borders, and arrows for assume and start; needs no account
    Graph {
        #[command(flatten)]
        output: GraphOutput,
    },
    /// Contracts, for teams that use what the topology manages
    #[command(subcommand)]
    Contract(contract::ContractCommand),
    /// Write what the topology manages for the AWS CLI, CloudFormation or Terraform; needs no account
    Export(export::Export),
    /// Print every policy document and event rule that the topology needs; needs no account
    Policies(show::Shown),
    /// Print a script that completes the arguments of this program; needs no account
    Completions(Completions),
    /// Write manual pages of this program and its commands; needs no account
    Man(Man),
}

/// Makes a program that deploys a topology: `plan`, `apply`, `prune`, `destroy`, `restore`; `start`, `follow`, `approve`, `reject`, `stop`,
/// `retry`, `rollback`, `doctor`; `show`, `graph`, `contract publish`, `export`, `policies`, `completions`, `man`, and with the feature `local` also
/// `rehearse`.
///
/// Each account of the topology is reached with the profile that `--profile ACCOUNT=PROFILE` names, or as the file of `--config` says (see
/// [`CredentialsTable`](crate::aws::CredentialsTable)); a single account with neither, with the credentials of the environment. `doctor`,
/// `start`, `follow` and what controls an execution skip accounts without credentials or that can't be reached. The program
/// ends with 0 if all was done, with 1 if something failed, `plan` with 2 if there is something to do, `doctor` with 2 if something is wrong, and
/// what follows a run with 3 if nothing that is certainly part of it failed, but not everything was seen to succeed. Ctrl-C and SIGTERM end an apply after the calls in flight, and
/// following with 130; the run continues. Plans have colours on a terminal, unless `NO_COLOR` is set.
///
/// ```no_run
/// use std::process::ExitCode;
///
/// use codepipeline_xacct::{Topology, cli};
///
/// # codepipeline_xacct::pipeline! {
/// #     account Prod = "222222222222";
/// #     extern pipeline Release in Prod { name: "release", region: "eu-west-1" }
/// # }
/// #[tokio::main]
/// async fn main() -> ExitCode {
///     cli::run(Topology::builder("release").add(Release).build()).await
/// }
/// ```
pub async fn run(topology: Result<Topology, Findings>) -> ExitCode {
    let mut answers = io::stdin().is_terminal().then(console::answers);
    let live = answers.is_some() && io::stderr().is_terminal();
    let console = Console {
        // Without colours if it is not a terminal, or the environment says so.
        stdout: &mut anstream::stdout(),
        stderr: &mut io::stderr(),
        stdin: answers.as_mut().map(|answers| answers as &mut dyn BufRead),
    };
    ExitCode::from(answer(topology, None, std::env::args_os(), console, live).await)
}

/// The same with a session of the program's own, other arguments and another console; for tests, and for credentials that no profile has.
/// The first argument is the name of the program. Returns the exit code. What is written to the console has no colours.
pub async fn run_in(
    topology: Result<Topology, Findings>,
    session: Session,
    args: impl IntoIterator<Item = OsString>,
    console: Console<'_>,
) -> u8 {
    let Console { stdout, stderr, stdin } = console;
    let mut plain = Plain::new(stdout);
    let stdin = stdin.map(|answers| answers as &mut dyn BufRead);
    let live = stdin.is_some() && io::stderr().is_terminal();
    answer(topology, Some(session), args, Console { stdout: &mut plain, stderr, stdin }, live).await
}

async fn answer(
    topology: Result<Topology, Findings>,
    session: Option<Session>,
    args: impl IntoIterator<Item = OsString>,
    mut console: Console<'_>,
    live: bool,
) -> u8 {
    let args: Vec<OsString> = args.into_iter().collect();
    let program = program_name(args.first().map(OsString::as_os_str), env!("CARGO_PKG_NAME"));
    let arguments = match Arguments::try_parse_from(args) {
        Ok(arguments) => arguments,
        Err(error) => {
            let text = error.render();
            let stream: &mut dyn Write = if error.use_stderr() { console.stderr } else { console.stdout };
            // Ignored: the output has been closed.
            let _ = write!(stream, "{text}");
            return if error.use_stderr() { FAILED } else { DONE };
        }
    };
    let done = async {
        // These have nothing to do with the topology, so it may be wrong.
        match arguments.command {
            Command::Completions(shell) => write!(console.stdout, "{}", shell.of(Arguments::command(), &program))?,
            Command::Man(man) => {
                for page in man.write(Arguments::command(), &program)? {
                    writeln!(console.stdout, "{}", page.display())?;
                }
            }
            command => {
                let topology = topology.map_err(Failure::from)?;
                return command.run(&topology, session, &arguments.connecting, &mut console, live).await;
            }
        }
        Ok(DONE)
    };
    match done.await {
        Ok(code) => code,
        // The output has been closed, so the reason can't be shown, and it must not look as if all was done.
        Err(error) if is_broken_pipe(&*error) => FAILED,
        Err(error) => {
            let text = error.to_string();
            // A finding begins with its severity.
            let label = if text.starts_with("error[") { "" } else { "error: " };
            let _ = writeln!(console.stderr, "{label}{text}");
            FAILED
        }
    }
}

impl Command {
    async fn run(
        self,
        topology: &Topology,
        session: Option<Session>,
        connecting: &Connecting,
        console: &mut Console<'_>,
        live: bool,
    ) -> Result<u8, Failure> {
        let goes_without = matches!(self, Command::Start { .. } | Command::Control(_) | Command::Doctor(_));
        let connected = async {
            match session {
                Some(session) => Ok(session),
                None if goes_without => connecting.connect_some(topology).await,
                None => connecting.connect(topology).await,
            }
        };
        match self {
            Command::Show(shown) => shown.topology(topology, console)?,
            Command::Graph { output } => write!(console.stdout, "{}", output.of(&topology.graph())?)?,
            Command::Contract(contract) => contract.run(topology, console)?,
            Command::Export(export) => export.run(topology, console)?,
            Command::Policies(shown) => shown.policies(topology, console)?,
            Command::Plan { planning, targets, out, format, json, destroy, prune, permissions } => {
                let intent = match (destroy, prune) {
                    (true, _) => Intent::Destroy,
                    (false, true) => Intent::Prune,
                    (false, false) => Intent::Converge,
                };
                let targets = targets.of(topology)?;
                let plan = planned(&connected.await?, topology, intent, &planning, targets).await?;
                // First, since the reader of the text may be gone.
                if let Some(out) = out {
                    save(&plan, &out)?;
                }
                let json = json || format == follow::Format::Json;
                match (permissions, json) {
                    (true, _) => show_permissions(&plan, json, console)?,
                    (false, true) => writeln!(console.stdout, "{}", serde_json::to_string_pretty(&plan)?)?,
                    (false, false) => show(&plan, planning.shared.verbose, console)?,
                }
                return Ok(if plan.is_empty() { DONE } else { CHANGES });
            }
            Command::Apply { planning, targets, plan, writing } => {
                let targets = targets.of(topology)?;
                let session = connected.await?;
                let plan = match plan {
                    Some(file) if planning.shared.not_exclusive => saved(&file, topology)?.not_exclusive(),
                    Some(file) => saved(&file, topology)?,
                    None => planned(&session, topology, Intent::Converge, &planning, targets).await?,
                };
                return carry_out(&session, &plan, planning.shared.verbose, &writing, console, live).await;
            }
            Command::Prune { planning, writing } => {
                let session = connected.await?;
                let plan = planned(&session, topology, Intent::Prune, &planning, Vec::new()).await?;
                return carry_out(&session, &plan, planning.shared.verbose, &writing, console, live).await;
            }
            Command::Destroy { deleting, shared, writing } => {
                let session = connected.await?;
                let planning = Planning { deleting, shared, ..Planning::default() };
                let plan = planned(&session, topology, Intent::Destroy, &planning, Vec::new()).await?;
                return carry_out(&session, &plan, planning.shared.verbose, &writing, console, live).await;
            }
            Command::Restore { file, shared, writing } => {
                let session = connected.await?;
                let plan = restore::planned(&session, topology, &file, shared.not_exclusive).await?;
                return carry_out(&session, &plan, shared.verbose, &writing, console, live).await;
            }
            Command::Start { pipeline, starting } => {
                let pipeline = find(topology, &pipeline)?;
                return starting.start(&connected.await?, pipeline, console, live).await;
            }
            Command::Control(control) => {
                let of = control.of();
                let pipelines = of.pipelines(topology)?;
                let session = connected.await?;
                return control.run(&of.find(&session, &pipelines).await?, console, live).await;
            }
            Command::Doctor(doctor) => {
                let pipelines = doctor.pipelines(topology)?;
                return doctor.run(&connected.await?, topology.name(), pipelines, console).await;
            }
            #[cfg(feature = "local")]
            Command::Rehearse(rehearse) => {
                let session = if rehearse.from_accounts { Some(connected.await?) } else { None };
                let succeeded = rehearse.run(topology, session.as_ref(), console.stdout).await?;
                return Ok(if succeeded { DONE } else { FAILED });
            }
            // Done before there is a topology.
            Command::Completions(_) | Command::Man(_) => {}
        }
        Ok(DONE)
    }
}
