//! Makes plans, shows them, saves them and reads them back.

use std::io;
use std::path::Path;

use clap::ValueEnum;

use super::colour::coloured;
use super::console::Console;
use super::exit::Failure;
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
    /// Take over what carries the name that the topology had before
    #[arg(long, value_name = "TOPOLOGY")]
    pub(super) renamed_from: Option<TopologyName>,
    /// Look for everything that left the program, in all accounts
    #[arg(long)]
    pub(super) orphans: bool,
    /// No pipeline of this account runs with the roles that are deleted; for accounts without credentials
    #[arg(long, value_name = "ACCOUNT")]
    pub(super) not_used_in: Vec<AccountId>,
    /// What becomes of changes that were made to managed roles and pipelines outside of the program
    #[arg(long, value_enum, default_value_t)]
    pub(super) drift: Outside,
    /// Don't keep out other applies of the topology with a lease
    #[arg(long)]
    pub(super) not_exclusive: bool,
    /// Write the secrets of the program also where a pipeline holds one already, which can't be compared
    #[arg(long)]
    pub(super) rotate_secrets: bool,
    /// Show whole documents
    #[arg(long, short)]
    pub(super) verbose: bool,
}

/// The choice of `--drift`.
#[derive(Clone, Copy, Default, ValueEnum)]
pub(super) enum Outside {
    /// They are shown, and put back to what the program says
    #[default]
    Revert,
    /// They stay
    Keep,
    /// They are an error
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
    if let Some(name) = &options.renamed_from {
        request = request.renamed_from(name.clone());
    }
    request = options.not_used_in.iter().cloned().fold(request, |request, account| request.not_used_in(account));
    request = request.drift(options.drift.drift());
    if !options.not_exclusive {
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
