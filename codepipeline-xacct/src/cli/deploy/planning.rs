//! Makes plans, shows them, saves them and reads them back.

use std::io;
use std::path::Path;

use clap::ValueEnum;

use super::colour::coloured;
use super::console::Console;
use super::exit::Failure;
use super::source::source;
use super::values::text_of;
use crate::aws::Session;
use crate::core::ids::{AccountId, TopologyName};
use crate::core::plan::{Drift, Intent, Plan};
use crate::core::topology::{Subject, Topology};

#[derive(clap::Args, Default)]
pub(super) struct Planning {
    /// Take over a role or a pipeline that exists and is unmanaged
    #[arg(long, value_name = "ARN")]
    pub(super) adopt: Vec<Subject>,
    /// Take over resources tagged with the topology's former name
    #[arg(long, value_name = "TOPOLOGY")]
    pub(super) rename_from: Option<TopologyName>,
    /// Search all accounts for resources that are no longer in the program
    #[arg(long)]
    pub(super) orphans: bool,
    #[command(flatten)]
    pub(super) deleting: Deleting,
    /// What to do about changes made outside the program
    #[arg(long, value_enum, default_value_t)]
    pub(super) drift: Outside,
    /// Write the program's secrets even where the pipeline already has one, which can't be compared
    #[arg(long)]
    pub(super) rotate_secrets: bool,
    #[command(flatten)]
    pub(super) shared: Shared,
}

// A doc comment would take the place of the help of the command.
#[derive(clap::Args, Default)]
pub(super) struct Deleting {
    /// Assert that no pipeline in this account uses the roles to be deleted; for accounts without credentials
    #[arg(long, value_name = "ACCOUNT")]
    not_used_in: Vec<AccountId>,
}

// Options of all commands that make a plan.
#[derive(clap::Args, Default)]
pub(super) struct Shared {
    /// Don't take a lease that blocks other applies of the topology
    #[arg(long)]
    pub(super) not_exclusive: bool,
    /// Show whole documents
    #[arg(long, short)]
    pub(super) verbose: bool,
}

/// The choice of `--drift`.
#[derive(Clone, Copy, Default, ValueEnum)]
pub(super) enum Outside {
    /// Show them and revert them
    #[default]
    Revert,
    /// Keep them
    Keep,
    /// Refuse to plan
    Refuse,
}

impl Outside {
    fn drift(self) -> Drift {
        match self {
            Outside::Revert => Drift::Revert,
            Outside::Keep => Drift::Keep,
            Outside::Refuse => Drift::Refuse,
        }
    }
}

pub(super) async fn planned(
    session: &Session,
    topology: &Topology,
    intent: Intent,
    options: &Planning,
    targets: Vec<Subject>,
) -> Result<Plan, Failure> {
    let mut request = session.plan(topology).intent(intent);
    request = targets.into_iter().fold(request, |request, target| request.target(target));
    request = options.adopt.iter().cloned().fold(request, |request, subject| request.adopt(subject));
    if let Some(name) = &options.rename_from {
        request = request.renamed_from(name.clone());
    }
    request =
        options.deleting.not_used_in.iter().cloned().fold(request, |request, account| request.not_used_in(account));
    request = request.drift(options.drift.drift()).print(source);
    if !options.shared.not_exclusive {
        request = request.exclusive();
    }
    if options.orphans {
        request = request.orphans();
    }
    if options.rotate_secrets {
        request = request.rotate_secrets();
    }
    Ok(request.await?)
}

pub(super) fn show(plan: &Plan, verbose: bool, console: &mut Console<'_>) -> io::Result<()> {
    let text = if verbose { format!("{plan:#}") } else { plan.to_string() };
    write!(console.stdout, "{}", coloured(&text))
}

/// Prints what the credentials of each account need to apply a plan, as the policies of a topology are printed.
pub(super) fn show_permissions(plan: &Plan, json: bool, console: &mut Console<'_>) -> Result<(), Failure> {
    let needed = plan.required_permissions();
    if json {
        writeln!(console.stdout, "{}", serde_json::to_string_pretty(&needed)?)?;
        return Ok(());
    }
    if needed.is_empty() {
        writeln!(console.stdout, "nothing to do, so nothing is needed")?;
    }
    for (account, document) in needed {
        let document = serde_json::to_string_pretty(&document)?;
        writeln!(
            console.stdout,
            "account {account}: policy of the credentials (what applying needs, beyond reading)\n{document}\n"
        )?;
    }
    Ok(())
}

pub(super) fn read_plan(file: &Path) -> Result<Plan, Failure> {
    let text = text_of(file)?;
    serde_json::from_str(&text).map_err(|error| format!("{}: this is not a saved plan: {error}", file.display()).into())
}

pub(super) fn saved(file: &Path, topology: &Topology) -> Result<Plan, Failure> {
    let plan = read_plan(file)?;
    if plan.topology() != topology.name() {
        let (planned, own) = (plan.topology(), topology.name());
        return Err(format!("{}: this is a plan of topology `{planned}`, not of `{own}`", file.display()).into());
    }
    Ok(plan)
}
