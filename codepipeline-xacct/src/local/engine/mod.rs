//! Runs executions: one step at every tick of the clock. An invoke action really assumes its role and really starts its
//! target.

mod calls;
mod perform;
mod start;
mod step;
mod values;

pub(super) use start::{begin, cancel_running};
pub(super) use step::tick;
