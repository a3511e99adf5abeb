//! The list of rules: what each code means, its sources, and an example of the fault and of the fix.
//!
//! A code never changes its meaning once it is released. `cargo xacct explain XA0101` prints an entry; the whole list
//! is a page of the documentation. A rule is in the file with the same name as its check: the rules of
//! `check/variables.rs` are in `rules/variables.rs`. Those of [`crate::wiring`], [`crate::topology`], [`crate::policy`],
//! of plans and of templates have a file each.
//!
#![doc = include_str!("../../docs/rules.md")]

mod accounts;
mod action_types;
mod actions;
mod artifacts;
mod change_sets;
mod conditions;
mod execution_input;
mod files;
mod invoke;
mod names;
mod other_provider;
mod plan;
mod policy;
mod quotes;
mod regions;
pub(crate) mod rule;
mod shape;
mod stack_sets;
mod stages;
mod stores;
mod tags;
mod targets;
mod templates;
mod topology;
mod triggers;
mod variables;
mod wiring;

pub use accounts::*;
pub use action_types::*;
pub use actions::*;
pub use artifacts::*;
pub use change_sets::*;
pub use conditions::*;
pub use execution_input::*;
pub use files::*;
pub use invoke::*;
pub use names::*;
pub use other_provider::*;
pub use plan::*;
pub use policy::*;
pub use quotes::*;
pub use regions::*;
pub use rule::{Consequence, EXAMPLE, Example, Exception, Rule, ServiceError, UnreadPart};
pub use shape::*;
pub use stack_sets::*;
pub use stages::*;
pub use stores::*;
pub use tags::*;
pub use targets::*;
pub use templates::*;
pub use topology::*;
pub use triggers::*;
pub use variables::*;
pub use wiring::*;

fn families() -> impl Iterator<Item = &'static Rule> {
    let families = [
        accounts::ALL,
        action_types::ALL,
        actions::ALL,
        artifacts::ALL,
        change_sets::ALL,
        stack_sets::ALL,
        execution_input::ALL,
        conditions::ALL,
        files::ALL,
        invoke::ALL,
        names::ALL,
        other_provider::ALL,
        plan::ALL,
        policy::ALL,
        quotes::ALL,
        regions::ALL,
        shape::ALL,
        stages::ALL,
        stores::ALL,
        tags::ALL,
        targets::ALL,
        templates::ALL,
        topology::ALL,
        triggers::ALL,
        variables::ALL,
        wiring::ALL,
    ];
    families.into_iter().flatten().copied()
}

/// Every rule, sorted by code.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    let mut rules: Vec<&'static Rule> = families().collect();
    rules.sort_unstable_by_key(|rule| rule.code);
    rules.into_iter()
}

/// The rule with this code.
pub fn find(code: &str) -> Option<&'static Rule> {
    families().find(|rule| rule.code == code)
}

/// Whether a rule is about an action that starts a pipeline, alone or together with the pipeline that it starts.
pub fn is_of_start(code: &str) -> bool {
    [invoke::ALL, targets::ALL].into_iter().flatten().any(|rule| rule.code == code)
}
