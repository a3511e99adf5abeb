//! Faults on demand: which calls fail, how, and when.

mod fault;
mod injector;
mod lag;

pub use fault::{Effect, Fault, FaultBuilder, When};
pub use injector::Faults;
pub use lag::Lag;
