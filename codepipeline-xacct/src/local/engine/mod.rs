//! Runs executions on the virtual clock: a stage and an action are state machines that move when time passes. An invoke action
//! really assumes its role and really starts its target.

mod approve;
mod calls;
mod conditions;
mod due;
mod entry;
mod halt;
mod hand_out;
mod invoke;
mod jobs;
mod pass;
mod passed;
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
pub(super) use hand_out::{function_of, is_function};
#[cfg(feature = "serve")]
pub(super) use invoke::target;
pub(super) use jobs::{Report, credentials_of, fail_job, find_job, report};
pub(super) use pass::{step, tick};
pub(super) use passed::{revisions, variables};
pub(super) use perform::artifact_store;
pub(super) use retry::{overridden, retry};
pub(super) use rollback::roll_back;
pub(super) use start::{Start, begin};
