//! Assignments of the conditions of a template: which of them hold.

use std::collections::HashSet;

use super::node::Node;
use super::resolve::{Assignment, conditions};

/// With more conditions not every combination is looked at.
const ALL_OF: usize = 5;

/// The assignments of the conditions that a node depends on: all combinations of a few conditions; of many, those in which all hold, none, only one, and all but one.
/// In the first all hold.
pub(super) fn assignments(node: &Node) -> Vec<Assignment> {
    let mut found = HashSet::new();
    conditions(node, &mut found);
    let mut names: Vec<&str> = found.into_iter().collect();
    names.sort_unstable();
    let assignment = |holds: &dyn Fn(usize) -> bool| -> Assignment {
        names.iter().enumerate().map(|(index, name)| ((*name).to_owned(), holds(index))).collect()
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
