//! What the test packages share.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a broken test has to stop")]

pub mod answers;
pub mod browser;
pub mod cases;
pub mod chains;
pub mod golden;
pub mod invariants;
pub mod peers;

/// Says on standard error that a test did not run, even where it passes: `eprintln!` is only shown of a test that fails.
pub fn not_run(test: &str, why: &str) {
    use std::io::Write as _;
    std::io::stderr().write_all(format!("NOT RUN: {test}: {why}\n").as_bytes()).unwrap();
}
