//! Carries out a plan.

mod event;
mod heal;
mod look;
mod report;
mod request;
mod retry;
mod schedule;
mod write;

pub use event::Event;
pub use report::{ApplyError, Report, StepError};
pub use request::{ApplyRequest, Applying};
pub use retry::RetryPolicy;
