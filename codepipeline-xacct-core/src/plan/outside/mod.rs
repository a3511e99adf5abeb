//! Changes that were made outside of the program.

pub(super) mod accepted_changes;
pub(super) mod changed_parts;
pub(super) mod changes;
pub(super) mod last_applied;
pub(super) mod outside_change;
pub mod rebase;
pub(super) mod rebased_update;
