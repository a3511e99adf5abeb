//! The command line. [`run`] is all of the program `cargo xacct`.

mod cargo_xacct;
mod formats;
mod input;
mod report;
mod terminal;
#[cfg(test)]
mod tests;

pub use cargo_xacct::run;
