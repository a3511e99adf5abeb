//! A program that deploys a topology: plan, apply, prune, destroy, start, and what can be seen without an account.

mod follow;
#[cfg(feature = "local")]
mod rehearse;
mod values;

use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::future::IntoFuture;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};
use futures_util::future::{Either, select};
use values::{pair, subject};

use crate::aws::{RunPolicy, Session};
use crate::core::finding::Findings;
use crate::core::ids::{PipelineArn, TopologyName, VariableName};
use crate::core::plan::{Intent, Plan};
use crate::core::topology::items::{Account, Pipeline};
use crate::core::topology::{Subject, Topology};

/// Exit code: done, or nothing to do.
const DONE: u8 = 0;
/// Exit code: something failed.
const FAILED: u8 = 1;
/// Exit code of `plan`: there is something to do.
const CHANGES: u8 = 2;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Parser)]
#[command(about = "Deploys the roles and pipelines that this program declares")]
struct Arguments {
    /// The AWS profile for an account, by its item or its id; for each account, or not at all if there is only one
    #[arg(long, global = true, value_name = "ACCOUNT=PROFILE", value_parser = pair)]
    profile: Vec<(String, String)>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show what would be written; exits with 2 if there is something to do
    Plan {
        #[command(flatten)]
        planning: Planning,
        /// Save the plan, for `apply FILE`; it has no secrets
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Print the plan as JSON
        #[arg(long, conflicts_with = "verbose")]
        json: bool,
        /// Plan to delete what this program made
        #[arg(long, conflicts_with_all = ["adopt", "renamed_from", "orphans", "prune"])]
        destroy: bool,
        /// Plan to delete what left the program as well
        #[arg(long)]
        prune: bool,
    },
    /// Plan, ask, and write
    Apply {
        #[command(flatten)]
        planning: Planning,
        /// A saved plan
        #[arg(value_name = "FILE", conflicts_with_all = ["adopt", "renamed_from", "orphans"])]
        plan: Option<PathBuf>,
        #[command(flatten)]
        writing: Writing,
    },
    /// Plan, and delete what left the program as well; ask, and do it
    Prune {
        #[command(flatten)]
        planning: Planning,
        #[command(flatten)]
        writing: Writing,
    },
    /// Plan to delete what this program made, ask, and delete it; extended pipelines get back what they held before
    Destroy {
        /// Show whole documents
        #[arg(long, short)]
        verbose: bool,
        #[command(flatten)]
        writing: Writing,
    },
    /// Start a pipeline, and follow it and those that it starts; exits with 3 if nothing was seen to fail, but not all to succeed
    Start {
        /// Its item, its name or its ARN
        pipeline: String,
        /// A variable
        #[arg(long = "variable", short = 'v', value_name = "NAME=VALUE", value_parser = pair)]
        variables: Vec<(String, String)>,
        /// Don't follow
        #[arg(long)]
        no_wait: bool,
        #[command(flatten)]
        following: follow::Following,
    },
    /// Follow an execution that was started before, and those that it starts
    Follow {
        /// Its id
        execution: String,
        /// Its pipeline: the item, the name or the ARN; without it, the pipelines of the topology are asked
        #[arg(long)]
        pipeline: Option<String>,
        #[command(flatten)]
        following: follow::Following,
    },
    /// Plan, apply and run on local AWS; needs no account
    #[cfg(feature = "local")]
    Rehearse(rehearse::Rehearse),
    /// Show the topology; needs no account
    Show,
    /// Print every policy document and event rule that the topology needs; needs no account
    Policies,
}

#[derive(clap::Args, Default)]
struct Planning {
    /// Take over a role or a pipeline that exists and is unmanaged
    #[arg(long, value_name = "ARN", value_parser = subject)]
    adopt: Vec<Subject>,
    /// Take over what carries the name that the topology had before
    #[arg(long, value_name = "TOPOLOGY")]
    renamed_from: Option<TopologyName>,
    /// Look for everything that left the program, in all accounts
    #[arg(long)]
    orphans: bool,
    /// Show whole documents
    #[arg(long, short)]
    verbose: bool,
}

#[derive(clap::Args)]
struct Writing {
    /// Don't ask
    #[arg(long, short)]
    yes: bool,
    /// What becomes of runs in progress, which an update of their pipeline would cancel
    #[arg(long, value_enum, default_value_t)]
    runs: Runs,
    /// Don't ask IAM before the first write whether the credentials may write everything
    #[arg(long)]
    without_asking_first: bool,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Runs {
    /// Those that the plan names are cancelled; if others have begun since, their pipeline is not written
    #[default]
    AsPlanned,
    /// Wait for their end, for an hour at most
    Wait,
    /// All are cancelled
    Cancel,
}

impl Runs {
    fn policy(self) -> RunPolicy {
        match self {
            Runs::AsPlanned => RunPolicy::AsPlanned,
            Runs::Wait => RunPolicy::Wait { poll: Duration::from_secs(15), timeout: Duration::from_secs(3600) },
            Runs::Cancel => RunPolicy::Cancel,
        }
    }
}

/// Where the program reads and writes.
pub struct Console<'a> {
    /// Plans, results.
    pub stdout: &'a mut (dyn Write + Send),
    /// Errors, questions, what happens meanwhile.
    pub stderr: &'a mut (dyn Write + Send),
    /// The answers to questions; `None` where nobody is there to answer.
    pub stdin: Option<&'a mut dyn BufRead>,
}

impl Console<'_> {
    fn output(&mut self) -> follow::Output<'_> {
        let live = self.stdin.is_some() && io::stderr().is_terminal();
        follow::Output { stdout: &mut *self.stdout, stderr: &mut *self.stderr, live }
    }
}

impl fmt::Debug for Console<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Console").field("answers", &self.stdin.is_some()).finish_non_exhaustive()
    }
}

/// Makes a program that deploys a topology: `plan`, `apply`, `prune`, `destroy`, `start`, `follow`, `show`, `policies`, and with the feature `local`
/// also `rehearse`.
///
/// Each account of the topology is reached with the profile that `--profile ACCOUNT=PROFILE` names; a single account without one with
/// the credentials of the environment. The program ends with 0 if all was done, with 1 if something failed, `plan` with 2 if there is
/// something to do, and `start` and `follow` with 3 if nothing was seen to fail, but not all to succeed. Ctrl-C ends
/// following with 130; the run goes on.
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
    let stdin = io::stdin();
    let mut answers = stdin.is_terminal().then(|| stdin.lock());
    let console = Console {
        stdout: &mut io::stdout(),
        stderr: &mut io::stderr(),
        stdin: answers.as_mut().map(|answers| answers as &mut dyn BufRead),
    };
    ExitCode::from(answer(topology, None, std::env::args_os(), console).await)
}

/// The same with a session of the program's own, other arguments and another console; for tests, and for credentials that no profile has.
/// The first argument is the name of the program. Returns the exit code.
pub async fn run_in(
    topology: Result<Topology, Findings>,
    session: Session,
    args: impl IntoIterator<Item = OsString>,
    console: Console<'_>,
) -> u8 {
    answer(topology, Some(session), args, console).await
}

async fn answer(
    topology: Result<Topology, Findings>,
    session: Option<Session>,
    args: impl IntoIterator<Item = OsString>,
    mut console: Console<'_>,
) -> u8 {
    let arguments = match Arguments::try_parse_from(args) {
        Ok(arguments) => arguments,
        Err(error) => {
            let text = error.render();
            let stream: &mut dyn Write = if error.use_stderr() { console.stderr } else { console.stdout };
            // Nobody reads it.
            let _ = write!(stream, "{text}");
            return if error.use_stderr() { FAILED } else { DONE };
        }
    };
    let done = async {
        let topology = topology.map_err(Failure::from)?;
        arguments.command.run(&topology, session, &arguments.profile, &mut console).await
    };
    match done.await {
        Ok(code) => code,
        // Nobody reads why, and it must not look as if all was done.
        Err(error) if is_broken_pipe(&*error) => FAILED,
        Err(error) => {
            let _ = writeln!(console.stderr, "error: {error}");
            FAILED
        }
    }
}

/// The reader, for example `head`, has read enough.
fn is_broken_pipe(error: &(dyn std::error::Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

impl Command {
    async fn run(
        self,
        topology: &Topology,
        session: Option<Session>,
        profiles: &[(String, String)],
        console: &mut Console<'_>,
    ) -> Result<u8, Failure> {
        let connected = async {
            match session {
                Some(session) => Ok(session),
                None => connect(topology, profiles).await,
            }
        };
        match self {
            Command::Show => write!(console.stdout, "{topology}")?,
            Command::Policies => {
                for policy in topology.policies() {
                    writeln!(console.stdout, "{policy}\n")?;
                }
                for rule in topology.event_rules() {
                    writeln!(console.stdout, "{rule}\n")?;
                }
            }
            Command::Plan { planning, out, json, destroy, prune } => {
                let intent = match (destroy, prune) {
                    (true, _) => Intent::Destroy,
                    (false, true) => Intent::Prune,
                    (false, false) => Intent::Converge,
                };
                let plan = planned(&connected.await?, topology, intent, &planning).await?;
                // First, since the reader of the text may be gone.
                if let Some(out) = out {
                    save(&plan, &out)?;
                }
                if json {
                    writeln!(console.stdout, "{}", serde_json::to_string_pretty(&plan)?)?;
                } else {
                    show(&plan, planning.verbose, console)?;
                }
                return Ok(if plan.is_empty() { DONE } else { CHANGES });
            }
            Command::Apply { planning, plan, writing } => {
                let session = connected.await?;
                let plan = match plan {
                    Some(file) => saved(&file, topology)?,
                    None => planned(&session, topology, Intent::Converge, &planning).await?,
                };
                return carry_out(&session, &plan, planning.verbose, &writing, console).await;
            }
            Command::Prune { planning, writing } => {
                let session = connected.await?;
                let plan = planned(&session, topology, Intent::Prune, &planning).await?;
                return carry_out(&session, &plan, planning.verbose, &writing, console).await;
            }
            Command::Destroy { verbose, writing } => {
                let session = connected.await?;
                let plan = planned(&session, topology, Intent::Destroy, &Planning::default()).await?;
                return carry_out(&session, &plan, verbose, &writing, console).await;
            }
            Command::Start { pipeline, variables, no_wait, following } => {
                let pipeline = find(topology, &pipeline)?;
                return start(&connected.await?, pipeline, variables, (!no_wait).then_some(following), console).await;
            }
            Command::Follow { execution, pipeline, following } => {
                let pipelines = match pipeline {
                    Some(pipeline) => vec![find(topology, &pipeline)?.clone()],
                    None => topology.pipelines().iter().map(|pipeline| pipeline.arn.clone()).collect(),
                };
                let session = connected.await?;
                let execution = follow::find(&session, &pipelines, &execution).await?;
                return follow::follow(&execution, &following, console.output(), interrupted()).await;
            }
            #[cfg(feature = "local")]
            Command::Rehearse(rehearse) => {
                let session = if rehearse.from_accounts { Some(connected.await?) } else { None };
                let succeeded = rehearse.run(topology, session.as_ref(), console.stdout).await?;
                return Ok(if succeeded { DONE } else { FAILED });
            }
        }
        Ok(DONE)
    }
}

/// Reaches each account with its profile.
async fn connect(topology: &Topology, profiles: &[(String, String)]) -> Result<Session, Failure> {
    let accounts = topology.accounts();
    let is = |account: &Account, name: &str| account.item == name || account.id.as_str() == name;
    if let Some((name, _)) = profiles.iter().find(|(name, _)| !accounts.iter().any(|account| is(account, name))) {
        let known: Vec<String> = accounts.iter().map(|account| format!("{} ({})", account.item, account.id)).collect();
        return Err(format!("the topology has no account `{name}`; it has {}", known.join(", ")).into());
    }
    let mut builder = Session::builder();
    let mut without = Vec::new();
    for account in accounts {
        // Of several, the last one counts, as with other options.
        match profiles.iter().rev().find(|(name, _)| is(account, name)) {
            Some((_, profile)) => builder = builder.account_profile(account.clone(), profile),
            None if accounts.len() == 1 => builder = builder.account_default(account.clone()),
            None => without.push(account),
        }
    }
    if !without.is_empty() {
        let names: Vec<String> = without.iter().map(|account| format!("{} ({})", account.item, account.id)).collect();
        let options: Vec<String> = without.iter().map(|account| format!("--profile {}=…", account.item)).collect();
        let (names, options) = (names.join(", "), options.join(" "));
        return Err(format!("there is no profile for {names}\n  help: add {options}").into());
    }
    Ok(builder.connect().await?)
}

async fn planned(session: &Session, topology: &Topology, intent: Intent, options: &Planning) -> Result<Plan, Failure> {
    let mut request = session.plan(topology).intent(intent);
    request = options.adopt.iter().cloned().fold(request, |request, subject| request.adopt(subject));
    if let Some(name) = &options.renamed_from {
        request = request.renamed_from(name.clone());
    }
    if options.orphans {
        request = request.orphans();
    }
    Ok(request.await?)
}

fn show(plan: &Plan, verbose: bool, console: &mut Console<'_>) -> io::Result<()> {
    if verbose { write!(console.stdout, "{plan:#}") } else { write!(console.stdout, "{plan}") }
}

fn save(plan: &Plan, file: &Path) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(plan)?;
    fs::write(file, text).map_err(|error| format!("{}: this can't be written: {error}", file.display()).into())
}

fn saved(file: &Path, topology: &Topology) -> Result<Plan, Failure> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: this can't be read: {error}", file.display()))?;
    let plan: Plan = serde_json::from_str(&text)
        .map_err(|error| format!("{}: this is not a saved plan: {error}", file.display()))?;
    if plan.topology() != topology.name() {
        let (planned, own) = (plan.topology(), topology.name());
        return Err(format!("{}: this is a plan of topology `{planned}`, not of `{own}`", file.display()).into());
    }
    Ok(plan)
}

/// Shows a plan, asks, and carries it out.
async fn carry_out(
    session: &Session,
    plan: &Plan,
    verbose: bool,
    writing: &Writing,
    console: &mut Console<'_>,
) -> Result<u8, Failure> {
    show(plan, verbose, console)?;
    if plan.is_empty() {
        return Ok(DONE);
    }
    let verb = match plan.intent() {
        Intent::Destroy => "delete",
        Intent::Prune => "apply and delete",
        _ => "apply",
    };
    if !writing.yes && !asked(&format!("{verb}? [y/N] "), console)? {
        writeln!(console.stderr, "nothing was written")?;
        return Ok(FAILED);
    }
    // A terminal that is gone is no reason to stop in the middle.
    let stderr = Mutex::new(&mut *console.stderr);
    let on_event = |event| {
        if let Ok(mut stderr) = stderr.lock() {
            let _ = writeln!(stderr, "{event}");
        }
    };
    let stop = async {
        interrupted().await;
        if let Ok(mut stderr) = stderr.lock() {
            let _ = writeln!(stderr, "stopping after the calls in flight; again, and it ends at once");
        }
    };
    let at_once = async {
        interrupted().await;
        interrupted().await;
    };
    let mut request = session.apply(plan).runs(writing.runs.policy()).on_event(on_event).stop_on(stop);
    if writing.without_asking_first {
        request = request.without_asking_first();
    }
    let applying = request.into_future();
    let report = match select(applying, pin!(at_once)).await {
        Either::Left((result, _)) => result?,
        Either::Right(((), _)) => {
            return Err(
                "interrupted: whether the calls in flight were carried out is not known; the next plan shows it".into(),
            );
        }
    };
    let steps = if report.done.len() == 1 { "step" } else { "steps" };
    let _ = writeln!(console.stdout, "{} {steps} done", report.done.len());
    Ok(DONE)
}

/// Ends with the next Ctrl-C; never where none can be received.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn asked(question: &str, console: &mut Console<'_>) -> Result<bool, Failure> {
    let Some(stdin) = console.stdin.as_mut() else {
        return Err("nobody is there to ask\n  help: add `--yes` to write without asking".into());
    };
    write!(console.stderr, "{question}")?;
    console.stderr.flush()?;
    let mut answer = String::new();
    stdin.read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

/// A pipeline of the topology by its item, its name or its ARN.
fn find<'a>(topology: &'a Topology, name: &str) -> Result<&'a PipelineArn, Failure> {
    let is = |pipeline: &&Pipeline| {
        pipeline.item == name || pipeline.arn.name().as_str() == name || pipeline.arn.to_string() == name
    };
    let found: Vec<&Pipeline> = topology.pipelines().iter().filter(is).collect();
    match found.as_slice() {
        [pipeline] => Ok(&pipeline.arn),
        [] => {
            let known: Vec<&str> = topology.pipelines().iter().map(|pipeline| pipeline.item.as_str()).collect();
            Err(format!("the topology has no pipeline `{name}`; it has {}", known.join(", ")).into())
        }
        several => {
            let arns: Vec<String> = several.iter().map(|pipeline| pipeline.arn.to_string()).collect();
            Err(format!("several pipelines are called `{name}`: {}", arns.join(", ")).into())
        }
    }
}

async fn start(
    session: &Session,
    pipeline: &PipelineArn,
    variables: Vec<(String, String)>,
    following: Option<follow::Following>,
    console: &mut Console<'_>,
) -> Result<u8, Failure> {
    let mut request = session.start_arn(pipeline.clone());
    for (name, value) in variables {
        let name: VariableName = name.parse()?;
        request = request.variable(&name, value);
    }
    let execution = request.await?;
    writeln!(console.stderr, "started execution {} of {pipeline}", execution.id())?;
    match following {
        Some(following) => follow::follow(&execution, &following, console.output(), interrupted()).await,
        None => {
            writeln!(console.stdout, "{}", execution.id())?;
            Ok(DONE)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::pipeline! {
        account Tooling = "111111111111";
        account Prod = "222222222222";
        extern pipeline Release in Tooling { name: "release", region: "eu-west-1" }
        extern pipeline Deploy in Prod { name: "deploy", region: "eu-west-1" }
    }

    async fn refused(profiles: &[(&str, &str)]) -> String {
        let topology = Topology::builder("t").add(Release).add(Deploy).build().unwrap();
        let profiles: Vec<_> = profiles.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        connect(&topology, &profiles).await.unwrap_err().to_string()
    }

    #[tokio::test]
    async fn accounts_without_a_profile_are_named_with_the_options_to_add() {
        assert_eq!(
            refused(&[]).await,
            "there is no profile for Tooling (111111111111), Prod (222222222222)\n  help: add --profile Tooling=… --profile Prod=…"
        );
        assert_eq!(
            refused(&[("111111111111", "tooling")]).await,
            "there is no profile for Prod (222222222222)\n  help: add --profile Prod=…"
        );
    }

    #[tokio::test]
    async fn a_profile_for_an_account_that_is_not_there_is_an_error() {
        assert_eq!(
            refused(&[("Staging", "staging")]).await,
            "the topology has no account `Staging`; it has Tooling (111111111111), Prod (222222222222)"
        );
    }
}
