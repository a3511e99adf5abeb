//! The wiring of what templates and plans declare, as one set.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::chains::{Action, ActionWiring, actions};
use super::declaration::Open;
use super::resolve::Assignment;
use super::role::TemplateRole;
use super::set::TemplateSet;
use super::terraform::TerraformFile;
use super::terraform_home::FileOptions;
use crate::files::source_file::SourceFile;

/// The wiring of the actions that have a role or start a pipeline, as each is proven, with all chains that it may have: which one may be up to
/// conditions. A role may be in another file than what uses it, and a policy in another than its role.
pub(crate) fn wirings(
    templates: &TemplateSet<'_>,
    plans: &[(&TerraformFile, FileOptions)],
    mut proven: impl FnMut(Vec<ActionWiring>),
) {
    let Declared { roles, pipelines } = Declared::of(templates, plans);
    let makes = |symbol: &str| templates.makes(symbol);
    for ways in &pipelines {
        let mut found: IndexMap<_, Vec<(Action<'_>, Vec<&Assignment>)>> = IndexMap::new();
        for (assignment, pipeline) in ways {
            for action in actions(pipeline, &roles, &makes) {
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
            proven(chains.into_iter().map(|(action, assignments)| action.judged(when(&assignments, &all))).collect());
        }
    }
}

/// What templates and plans declare.
pub(super) struct Declared {
    /// The roles by their ARNs.
    pub(super) roles: BTreeMap<String, TemplateRole>,
    /// The pipelines, each in the ways in which its conditions may turn out.
    pub(super) pipelines: Vec<Vec<(Assignment, SourceFile)>>,
}

impl Declared {
    pub(super) fn of(templates: &TemplateSet<'_>, plans: &[(&TerraformFile, FileOptions)]) -> Self {
        let mut roles = templates.roles();
        let mut pipelines: Vec<Vec<(Assignment, SourceFile)>> = templates.all_ways();
        let mut elsewhere = Vec::new();
        for (plan, said) in plans {
            let (of_plan, planned) = plan.parts(said, Open::Left);
            pipelines.extend(of_plan.into_iter().map(|pipeline| vec![(Assignment::new(), pipeline)]));
            elsewhere.extend(planned.elsewhere);
            for (arn, role, _) in planned.all {
                match roles.get_mut(&arn) {
                    Some(known) => known.join(role),
                    None => {
                        roles.insert(arn, role);
                    }
                }
            }
        }
        for (arn, role) in &mut roles {
            elsewhere.iter().for_each(|policy| policy.add_to(arn, role));
        }
        Self { roles, pipelines }
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
