//! Plans: what has to be written, given what the accounts hold.
//!
//! Everything here is a value or a pure function. [`State`] is what was read from the accounts; [`plan()`] compares it
//! with a [`Topology`] and makes a [`Plan`], whose [`Step`]s know what they wait for. `codepipeline_xacct::aws` reads
//! the accounts and carries out the steps.

mod accepted_changes;
mod accounts;
mod added_parts;
mod additions;
mod applied_pipeline;
mod applied_role;
mod applied_tag;
mod basis;
mod cancelled_runs;
mod custom_action_type;
mod custom_actions;
mod desired;
mod destroy;
pub mod diff;
mod digest;
mod disabled_transition;
mod effect;
mod entries;
mod extend;
mod fixes;
mod guard;
mod journal;
mod last_applied;
mod lease;
mod lost_permissions;
pub(crate) mod mask;
mod merge;
mod missing_parts;
mod options;
mod order;
mod orphans;
mod outside;
mod outside_change;
mod ownership;
mod passed_variables;
mod permissions;
mod pipelines;
#[expect(clippy::module_inception, reason = "the value that the module is about")]
mod plan;
mod planner;
mod precondition;
mod proof;
mod proof_basis;
pub mod rebase;
mod rebased_update;
mod removed_additions;
mod restore;
mod rights;
mod role_users;
mod roles;
mod run_in_flight;
mod saved_findings;
mod scope;
mod secret_keys;
mod secrets;
mod state;
mod step;
mod step_id;
mod subjects_in;
mod text;
mod transitions;
mod unknown_members;
mod withheld_secrets;
mod write;

use std::collections::BTreeSet;

use accounts::with_accounts_of;
use basis::WasSaved;
use planner::Planner;
use proof_basis::basis;

use crate::finding::Findings;
use crate::topology::items::Topology;

pub(crate) use disabled_transition::enable_command;
pub(crate) use fixes::of_fixes;
pub(crate) use ownership::{extended, owner};

pub use applied_tag::APPLIED_TAG;
pub use custom_action_type::CustomActionType;
pub use disabled_transition::DisabledTransition;
pub use guard::{Conflict, CurrentRole, Standing};
pub use journal::{Before, Begun, Journal, JournalEntry, WriteOutcome, Written};
pub use lease::Lease;
pub use options::{Drift, Intent, PlanOptions, PrintPart};
pub use outside_change::OutsideChange;
pub use ownership::{
    ITEM_TAG, TOPOLOGY_TAG, extended_by_tag, is_declared, is_of_topologies, is_tagged, version_before,
};
pub use permissions::RequiredPermission;
pub use plan::Plan;
pub use precondition::{PipelinePrecondition, RolePrecondition};
pub use proof::LinkProof;
pub use restore::restore;
pub use role_users::{RoleUsers, runs_with};
pub use run_in_flight::RunInFlight;
pub use state::{Found, PipelineState, RoleState, State};
pub use step::Step;
pub use step_id::StepId;
pub use text::Summary;
pub use withheld_secrets::Withheld;
pub use write::{Aspect, Verb, Write};

/// Makes a plan from what the accounts hold. Things that exist without the tag of a topology are only written if they
/// are adopted. If anything is in the way, one error has all findings.
pub fn plan(topology: &Topology, state: &State, options: &PlanOptions) -> Result<Plan, Findings> {
    let mut options = options.clone();
    // Otherwise the names of its own policies would be those of a topology that is gone.
    options.renamed_from.take_if(|former| former == topology.name());
    scope::refuse(topology, &options)?;
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
    planner.still_used();
    planner.losses();
    planner.users_not_seen();
    let writes: Vec<_> = planner.writes.iter().collect();
    let leases = planner.lease_subjects(&writes);
    let basis = basis(state, &writes);
    warnings.extend(Findings::split(planner.findings)?);
    let steps = order::ordered(topology, planner.writes);
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
