//! Plans: what has to be written, given what the accounts hold.
//!
//! Everything here is a value or a pure function. [`State`] is what was read from the accounts; [`plan()`] compares it
//! with a [`Topology`] and makes a [`Plan`], whose [`Step`]s know what they wait for. `codepipeline_xacct::aws` reads
//! the accounts and carries out the steps.

mod accounts;
mod alike;
mod fixes;
mod input;
mod journal;
mod outside;
mod ownership;
mod pipelines;
#[expect(clippy::module_inception, reason = "the value that the module is about")]
mod plan;
mod planner;
mod proof;
mod removal;
mod restore;
mod roles;
mod saved_findings;
mod secrets;
mod steps;
mod text;

use std::collections::BTreeSet;

use accounts::with_accounts_of;
use ownership::basis::WasSaved;
use ownership::proof_basis::basis;
use planner::Planner;

use crate::finding::Findings;
use crate::topology::items::Topology;

pub use outside::rebase;
pub use pipelines::diff;
pub(crate) use secrets::mask;

pub(crate) use fixes::of_fixes;
pub(crate) use input::disabled_transition::enable_command;
pub(crate) use ownership::tags::{extended, owner};

pub use input::custom_action_type::CustomActionType;
pub use input::disabled_transition::DisabledTransition;
pub use input::options::{Drift, Intent, PlanOptions, PrintPart};
pub use input::run_in_flight::RunInFlight;
pub use input::state::{Found, PipelineState, RoleState, State};
pub use journal::{Before, Begun, Journal, JournalEntry, WriteOutcome, Written};
pub use outside::outside_change::OutsideChange;
pub use ownership::applied_tag::APPLIED_TAG;
pub use ownership::lease::Lease;
pub use ownership::tags::{ITEM_TAG, TOPOLOGY_TAG, extended_by_tag, is_declared, is_of_topologies, is_tagged};
pub use pipelines::left_members::versions_before;
pub use plan::Plan;
pub use proof::LinkProof;
pub use removal::orphans::has_policy;
pub use restore::restore;
pub use roles::role_users::{RoleUsers, runs_with};
pub use secrets::withheld_secrets::Withheld;
pub use steps::guard::{Conflict, CurrentRole, Standing};
pub use steps::permissions::RequiredPermission;
pub use steps::precondition::{PipelinePrecondition, RolePrecondition};
pub use steps::step::Step;
pub use steps::step_id::StepId;
pub use steps::write::{Aspect, Verb, Write};
pub use text::Summary;

/// Makes a plan from what the accounts hold. Things that exist without the tag of a topology are only written if they
/// are adopted. If anything is in the way, one error has all findings.
pub fn plan(topology: &Topology, state: &State, options: &PlanOptions) -> Result<Plan, Findings> {
    let mut options = options.clone();
    // Otherwise the names of its own policies would be those of a topology that is gone.
    options.renamed_from.take_if(|former| former == topology.name());
    input::scope::refuse(topology, &options)?;
    let mut planner = Planner::new(topology, state, &options);
    let mut warnings = Vec::new();
    let mut proofs = Vec::new();
    match options.intent {
        Intent::Converge | Intent::Prune => {
            planner.plan_pipelines();
            planner.plan_roles();
            planner.transitions();
            planner.custom_actions();
            proofs = planner.prove();
            warnings.extend(topology.warnings().iter().cloned());
        }
        Intent::Destroy => planner.destroy(),
        Intent::Restore | Intent::Fix => {}
    }
    planner.orphans();
    planner.too_large();
    planner.still_used();
    planner.losses();
    planner.users_not_seen();
    let writes: Vec<_> = planner.writes.iter().collect();
    let leases = planner.lease_subjects(&writes);
    let basis = basis(state, &writes);
    warnings.extend(Findings::split(planner.findings)?);
    let steps = steps::order::ordered(topology, planner.writes);
    Ok(Plan {
        topology: topology.name().clone(),
        intent: options.intent,
        targets: options.targets.clone(),
        accounts: with_accounts_of(&steps, topology.accounts()),
        steps,
        proofs,
        outside: planner.outside,
        runs: Vec::new(),
        runs_not_known: BTreeSet::new(),
        leases,
        basis,
        was_saved: WasSaved::default(),
        warnings,
    })
}

/// Decides every hop as a plan does, from what the roles will hold once it is applied; also where a hop that is denied prevents the plan.
pub fn prove(topology: &Topology, state: &State) -> Vec<LinkProof> {
    let options = PlanOptions::default();
    Planner::new(topology, state, &options).prove()
}

#[cfg(test)]
mod tests;
