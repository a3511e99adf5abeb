//! What the test packages share.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a broken test has to stop")]

pub mod answers;
pub mod browser;
pub mod cases;
pub mod chains;
pub mod golden;
pub mod invariants;
pub mod peers;
