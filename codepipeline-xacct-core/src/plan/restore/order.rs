//! The order in which things are put back: that of the apply, backwards.

use std::collections::BTreeSet;

use super::notes::changes_owner;
use super::restorer::needed;
use crate::ordered::map;
use crate::plan::journal::Journal;
use crate::plan::ownership::applied_tag::APPLIED_TAG;
use crate::plan::ownership::tags::extension_tags;
use crate::plan::steps::order::sorted;
use crate::plan::steps::rights::rights;
use crate::plan::steps::step::Step;
use crate::plan::steps::step_id::StepId;
use crate::plan::steps::subjects_in::subjects_in;
use crate::plan::steps::write::{Aspect, Write};
use crate::topology::subject::Subject;

/// Gives each write, which puts back the step at its position, the steps that it waits for: those that put back what waited for its own, and
/// those that create again what it names. The tags of a role or a pipeline come last of it, since they say whose it is; but those that say what
/// was there before a topology extended a pipeline, or what is about to be written, come first, as in an apply.
pub(super) fn ordered(journal: &Journal, mut writes: Vec<(usize, Write)>) -> Vec<Step> {
    writes.sort_by_key(|(position, _)| std::cmp::Reverse(*position));
    let needed = needed(journal);
    let nothing = BTreeSet::new();
    let creating = writes.iter().enumerate().filter(|(_, (_, write))| matches!(write, Write::CreateRole { .. }));
    let created = map(creating.map(|(index, (_, write))| (write.subject(), index)));
    let turn = |write: &Write| match write {
        Write::TagPipeline { tags, .. } if !extension_tags(journal.topology(), tags).is_empty() => 0,
        Write::TagRole { tags, .. } | Write::TagPipeline { tags, .. }
            if tags.contains_key(APPLIED_TAG) && !changes_owner(write) =>
        {
            0
        }
        write if write.id().aspect == Aspect::Tags => 2,
        _ => 1,
    };
    let names: Vec<BTreeSet<Subject>> =
        writes.iter().map(|(_, write)| subjects_in(&serde_json::to_string(write).unwrap_or_default())).collect();
    // UpdatePipeline is refused unless its roles may do what the restored declaration needs of them.
    let needs = |(index, pipeline): (usize, &Write), policy: &Write| {
        matches!(pipeline, Write::UpdatePipeline { .. })
            && gives_back(policy)
            && names.get(index).is_some_and(|names| names.contains(&policy.subject()))
    };
    let waits = |(index, (position, write)): (usize, &(usize, Write))| {
        let undone_before = writes.iter().enumerate().filter(|(other, (other_position, other_write))| {
            if needs((*other, other_write), write) {
                return false;
            }
            if needs((index, write), other_write) {
                return true;
            }
            if other_write.subject() == write.subject() && turn(other_write) != turn(write) {
                return turn(other_write) < turn(write);
            }
            let waited = needed.get(*other_position).unwrap_or(&nothing).contains(position);
            waited || other_position == position && *other < index
        });
        let named = names.get(index).into_iter().flatten().filter_map(|subject| created.get(subject)).copied();
        let named = named.filter(|other| *other != index);
        let mut waits: Vec<usize> = undone_before.map(|(other, _)| other).chain(named).collect();
        waits.sort_unstable();
        waits.dedup();
        waits
    };
    let before: Vec<Vec<usize>> = writes.iter().enumerate().map(waits).collect();
    let writes: Vec<Write> = writes.into_iter().map(|(_, write)| write).collect();
    let ids: Vec<StepId> = writes.iter().map(Write::id).collect();
    sorted(writes, &ids, before)
}

/// Whether a policy gives a role rights that it doesn't have now.
fn gives_back(write: &Write) -> bool {
    match write {
        Write::PutRolePolicy { before: Some(before), after, .. } => !rights(after).is_subset(&rights(before)),
        Write::PutRolePolicy { before: None, .. } => true,
        _ => false,
    }
}
