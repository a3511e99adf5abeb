//! What a plan is made from: what the accounts hold, and what was asked for.

pub(super) mod custom_action_type;
pub(super) mod disabled_transition;
pub(super) mod options;
pub(super) mod run_in_flight;
pub(super) mod scope;
pub(super) mod state;
