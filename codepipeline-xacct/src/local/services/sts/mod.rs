//! STS: who calls, and sessions of roles.

mod assume;
mod operations;
mod parameters;

pub(super) use operations::answer;
