//! Faults on demand: which calls fail, how, and when.

mod concurrent;
mod fault;
mod injector;
mod lag;

pub use concurrent::ConcurrentRequest;
pub use fault::{Fault, FaultBuilder, FaultEffect, When};
pub use injector::Faults;
pub use lag::Lag;
