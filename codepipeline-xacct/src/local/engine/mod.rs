//! Runs executions on the virtual clock: a stage and an action are state machines that move when time passes. An invoke action
//! really assumes its role and really starts its target.

mod approve;
mod calls;
mod conditions;
mod due;
mod entry;
mod halt;
mod invoke;
mod pass;
mod perform;
mod retry;
mod roles;
mod rollback;
mod rules;
mod stage;
mod start;
mod timeouts;
mod values;
mod wait;
mod window;

pub(super) use approve::approve;
pub(super) use halt::{cancel_running, stop};
#[cfg(feature = "serve")]
pub(super) use invoke::target;
pub(super) use pass::{step, tick};
pub(super) use retry::{overridden, retry};
pub(super) use rollback::roll_back;
pub(super) use start::{Start, begin};
