//! Carries out a plan.

mod context;
mod event;
mod heal;
mod journal;
mod json;
mod lease;
mod lease_note;
mod look;
mod preflight;
mod private_file;
mod report;
mod request;
mod retry;
mod retry_policy;
mod run_policy;
mod runs;
mod schedule;
mod undo;
mod write;

pub use event::Event;
pub use report::{ApplyError, LeftLease, Report, StepError, Undo};
pub use request::{ApplyRequest, Applying};
pub use retry_policy::RetryPolicy;
pub use run_policy::RunPolicy;
