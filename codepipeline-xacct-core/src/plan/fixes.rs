//! A plan of fixes: what a diagnosis offers, as steps like those of any other plan.

use std::collections::BTreeSet;

use super::input::options::Intent;
use super::input::state::State;
use super::ownership::basis::WasSaved;
use super::ownership::lease::lease_of_fixes;
use super::ownership::proof_basis::basis;
use super::plan::Plan;
use super::steps::order::sorted;
use super::steps::step::Step;
use super::steps::step_id::StepId;
use super::steps::subjects_in::subjects_in;
use super::steps::write::Write;
use crate::finding::Finding;
use crate::ids::TopologyName;
use crate::topology::items::Account;
use crate::topology::subject::Subject;

/// Makes a plan of some writes. `state` is what they were planned against, and what else they rest on.
pub(crate) fn of_fixes(
    topology: &TopologyName,
    accounts: Vec<Account>,
    state: &State,
    writes: Vec<Write>,
    warnings: Vec<Finding>,
) -> Plan {
    let basis = basis(state, &writes.iter().collect::<Vec<_>>());
    let leases = lease_of_fixes(&writes);
    Plan {
        topology: topology.clone(),
        intent: Intent::Fix,
        targets: BTreeSet::new(),
        accounts,
        steps: ordered(writes),
        proofs: Vec::new(),
        outside: Vec::new(),
        runs: Vec::new(),
        runs_not_known: BTreeSet::new(),
        leases,
        basis,
        was_saved: WasSaved::default(),
        warnings,
    }
}

/// The writes of a role come one after the other. A trust policy comes after the roles that it names and that are created, and a pipeline after what
/// is written of its roles: CodePipeline tries them when it is saved.
fn ordered(mut writes: Vec<Write>) -> Vec<Step> {
    writes.sort_by_key(Write::rank);
    let ids: Vec<StepId> = writes.iter().map(Write::id).collect();
    let names: Vec<BTreeSet<Subject>> =
        writes.iter().map(|write| subjects_in(&serde_json::to_string(write).unwrap_or_default())).collect();
    let waits = |(index, write): (usize, &Write)| {
        let names = |subject: &Subject| names.get(index).is_some_and(|names| names.contains(subject));
        let earlier = writes.iter().enumerate().filter(|(other, earlier)| {
            let subject = earlier.subject();
            match write {
                _ if subject == write.subject() => *other < index,
                Write::CreateRole { .. } | Write::UpdateTrust { .. } => {
                    matches!(earlier, Write::CreateRole { .. }) && names(&subject)
                }
                Write::UpdatePipeline { .. } => matches!(subject, Subject::Role(_)) && names(&subject),
                _ => false,
            }
        });
        earlier.map(|(other, _)| other).collect()
    };
    let before: Vec<Vec<usize>> = writes.iter().enumerate().map(waits).collect();
    sorted(writes, &ids, before)
}
