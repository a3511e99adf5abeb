//! Rules of the conditions of a stage, by their provider: a function for each, which takes the name of the rule and what the
//! provider requires, and a method for each other key.

mod by_hand;
mod common;
mod members;
mod providers;
mod rules;

pub use by_hand::commands;
pub use common::{ConditionRule, of_provider};
pub use providers::*;
pub(super) use rules::OfRules;
pub use rules::Rules;
