//! Actions by their provider: a function for each, which takes what the provider requires, and a method for each other key.
//!
//! A value that is only known when the action runs is a `#{…}` reference: where a method does not take a text, set it with
//! [`ActionBuilder::configuration`](super::ActionBuilder::configuration). An action type that is not here is made with [`of_type`].

mod by_hand;
pub(super) mod common;
mod members;
mod providers;

pub use by_hand::commands;
pub use common::of_type;
pub use providers::*;
