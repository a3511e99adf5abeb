//! The wiring of what templates and plans declare, as one set.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::certain::Certain;
use super::chains::{Action, ActionWiring, actions};
use super::declared::Declared;
use super::resolve::Assignment;
use super::set::TemplateSet;
use super::terraform::TerraformFile;
use super::terraform_home::FileOptions;

/// The wiring of the actions that have a role or start a pipeline, as each is proven, with all chains that it may have: which one may be up to
/// conditions. A role may be in another file than what uses it, and a policy in another than its role.
pub(crate) fn wirings(
    templates: &TemplateSet<'_>,
    plans: &[(&TerraformFile, FileOptions)],
    mut proven: impl FnMut(Vec<ActionWiring>),
) {
    let declared = Declared::of(templates, plans);
    let certain = Certain::of(templates, plans);
    let makes = |symbol: &str| templates.makes(symbol);
    for ways in &declared.pipelines {
        let mut found: IndexMap<_, Vec<(Action<'_>, Vec<&Assignment>)>> = IndexMap::new();
        for (assignment, pipeline) in ways {
            for action in actions(pipeline, &declared, &makes) {
                let chains = found.entry(action.identity()).or_default();
                match chains.iter_mut().find(|(known, _)| known.is_like(&action)) {
                    Some((_, assignments)) => assignments.push(assignment),
                    None => chains.push((action, vec![assignment])),
                }
            }
        }
        for chains in found.into_values() {
            let all: Vec<&Assignment> =
                chains.iter().flat_map(|(_, assignments)| assignments.iter().copied()).collect();
            let judged = chains.into_iter().map(|(action, assignments)| action.judged(when(&assignments, &all)));
            proven(judged.map(|wiring| certain.settled(wiring)).collect());
        }
    }
}

/// What tells some assignments from all of them: the conditions that are alike in them, or else those of the first.
fn when(assignments: &[&Assignment], all: &[&Assignment]) -> BTreeMap<String, bool> {
    let Some(first) = assignments.first() else { return BTreeMap::new() };
    let alike = |assignments: &[&Assignment], name: &str| {
        assignments.iter().all(|assignment| assignment.get(name) == first.get(name))
    };
    let differing = first.iter().filter(|(name, _)| !alike(all, name));
    let differing: BTreeMap<String, bool> = differing.map(|(name, holds)| (name.clone(), *holds)).collect();
    let own = differing.iter().filter(|(name, _)| alike(assignments, name));
    let own: BTreeMap<String, bool> = own.map(|(name, holds)| (name.clone(), *holds)).collect();
    if own.is_empty() && assignments.len() < all.len() { differing } else { own }
}
