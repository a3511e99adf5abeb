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
mod commands;
mod conditions;
mod configuration_sizes;
mod declared_variables;
mod environment;
mod execution_input;
mod files;
mod fixed_words;
mod invoke;
mod names;
mod numbers;
mod other_provider;
mod placeholder;
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
pub use commands::*;
pub use conditions::*;
pub use configuration_sizes::*;
pub use declared_variables::*;
pub use environment::*;
pub use execution_input::*;
pub use files::*;
pub use fixed_words::*;
pub use invoke::*;
pub use names::*;
pub use numbers::*;
pub use other_provider::*;
pub use placeholder::*;
pub use plan::*;
pub use policy::*;
pub use quotes::*;
pub use regions::*;
pub use rule::{Consequence, EXAMPLE, Example, Exception, Explanation, Rule, ServiceError, UnreadPart};
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

/// One table of every family.
macro_rules! of_each_family {
    ($table:ident) => {
        [
            accounts::$table,
            action_types::$table,
            actions::$table,
            artifacts::$table,
            change_sets::$table,
            commands::$table,
            conditions::$table,
            configuration_sizes::$table,
            declared_variables::$table,
            environment::$table,
            execution_input::$table,
            files::$table,
            fixed_words::$table,
            invoke::$table,
            names::$table,
            numbers::$table,
            other_provider::$table,
            placeholder::$table,
            plan::$table,
            policy::$table,
            quotes::$table,
            regions::$table,
            shape::$table,
            stack_sets::$table,
            stages::$table,
            stores::$table,
            tags::$table,
            targets::$table,
            templates::$table,
            topology::$table,
            triggers::$table,
            variables::$table,
            wiring::$table,
        ]
        .into_iter()
        .flatten()
    };
}

/// Every rule, sorted by code.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    sorted(of_each_family!(ALL).copied(), |rule| rule.code)
}

/// The explanation of every rule, sorted by code.
pub fn explanations() -> impl Iterator<Item = &'static Explanation> {
    sorted(of_each_family!(EXPLANATIONS), |explanation| explanation.rule.code)
}

fn sorted<T>(rows: impl Iterator<Item = T>, code: fn(&T) -> &'static str) -> impl Iterator<Item = T> {
    let mut rows: Vec<T> = rows.collect();
    rows.sort_unstable_by_key(code);
    rows.into_iter()
}

/// The rule with this code.
pub fn find(code: &str) -> Option<&'static Rule> {
    of_each_family!(ALL).copied().find(|rule| rule.code == code)
}

/// The explanation of the rule with this code.
pub fn explanation(code: &str) -> Option<&'static Explanation> {
    of_each_family!(EXPLANATIONS).find(|explanation| explanation.rule.code == code)
}

/// Whether a rule is about an action that starts a pipeline, alone or together with the pipeline that it starts.
pub fn is_of_start(code: &str) -> bool {
    [invoke::ALL, targets::ALL].into_iter().flatten().any(|rule| rule.code == code)
}
