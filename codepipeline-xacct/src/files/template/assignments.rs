//! Assignments of the conditions of a template: which of them hold.

use std::collections::{BTreeSet, HashSet};

use super::node::Node;
use super::resolve::{Assignment, conditions};

/// With more conditions not every combination is looked at.
const ALL_OF: usize = 5;

/// The conditions that a node depends on and that are not decided.
pub(super) fn undecided<'n>(node: &'n Node, decided: &Assignment) -> BTreeSet<&'n str> {
    let mut found = HashSet::new();
    conditions(node, &mut found);
    found.into_iter().filter(|name| !decided.contains_key(*name)).collect()
}

/// The assignments of conditions that are not decided: all combinations of a few conditions; of many, those in which all hold, none, only one, and all but one.
/// In the first all hold. Those that are decided are the same in all.
pub(super) fn assignments(undecided: &BTreeSet<&str>, decided: &Assignment) -> Vec<Assignment> {
    let names: Vec<&str> = undecided.iter().copied().collect();
    let assignment = |holds: &dyn Fn(usize) -> bool| -> Assignment {
        let open = names.iter().enumerate().map(|(index, name)| ((*name).to_owned(), holds(index)));
        open.chain(decided.clone()).collect()
    };
    if names.len() <= ALL_OF {
        return (0..1usize << names.len()).map(|bits| assignment(&|index| bits >> index & 1 == 0)).collect();
    }
    let mut assignments = vec![assignment(&|_| true), assignment(&|_| false)];
    for one in 0..names.len().min(50) {
        assignments.push(assignment(&|index| index == one));
        assignments.push(assignment(&|index| index != one));
    }
    assignments
}
