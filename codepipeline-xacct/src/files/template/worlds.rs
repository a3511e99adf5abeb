//! The ways in which the conditions of a template may turn out.

use std::collections::HashSet;

use super::node::Node;
use super::resolve::{World, conditions};

/// With more conditions not every combination is looked at.
const ALL_OF: usize = 5;

/// The worlds of a node: all combinations of a few conditions; of many, those in which all hold, none, only one, and all but one.
/// In the first all hold.
pub(super) fn worlds(node: &Node) -> Vec<World> {
    let mut found = HashSet::new();
    conditions(node, &mut found);
    let mut names: Vec<&str> = found.into_iter().collect();
    names.sort_unstable();
    let world = |holds: &dyn Fn(usize) -> bool| -> World {
        names.iter().enumerate().map(|(index, name)| ((*name).to_owned(), holds(index))).collect()
    };
    if names.len() <= ALL_OF {
        return (0..1usize << names.len()).map(|bits| world(&|index| bits >> index & 1 == 0)).collect();
    }
    let mut worlds = vec![world(&|_| true), world(&|_| false)];
    for one in 0..names.len().min(50) {
        worlds.push(world(&|index| index == one));
        worlds.push(world(&|index| index != one));
    }
    worlds
}
