//! Plans.

pub mod merge;

pub use merge::*;
