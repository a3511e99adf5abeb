//! Assignments of the conditions of a template: which of them hold.

use std::collections::HashSet;

use super::node::Node;
use super::resolve::{Assignment, conditions};

/// With more conditions not every combination is looked at.
const ALL_OF: usize = 5;

/// The assignments of the conditions that a node depends on: all combinations of a few conditions; of many, those in which all hold, none, only one, and all but one.
/// In the first all hold. Those that are decided are the same in all.
pub(super) fn assignments(node: &Node, decided: &Assignment) -> Vec<Assignment> {
    let mut found = HashSet::new();
    conditions(node, &mut found);
    let mut names: Vec<&str> = found.into_iter().filter(|name| !decided.contains_key(*name)).collect();
    names.sort_unstable();
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
