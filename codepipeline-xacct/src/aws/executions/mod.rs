//! Executions: start, follow through the invoke actions into other accounts, control.

mod advice;
mod blocked;
mod console_page;
mod control;
mod correlate;
mod engine;
mod error;
mod event;
mod execution;
mod facts;
mod failure;
mod json;
mod live;
mod pace;
mod reader;
mod start;
mod text;
mod tree;
mod wait;

pub use advice::FailureCause;
pub use control::{RetryMode, StopMode};
pub use error::ExecutionError;
pub use event::{LostBecause, RunChange, RunEvent};
pub use execution::Execution;
pub use failure::ReadFailure;
pub use start::{StartArnRequest, StartRequest};
pub use tree::{ActionExecution, Candidate, Correlation, FollowedExecution, Invoked, InvokedState, RunOutcome};
pub use wait::WaitRequest;
