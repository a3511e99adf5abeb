//! The command line.
#![cfg_attr(feature = "deploy", doc = "[`run`] makes a program that deploys a topology.")]
#![cfg_attr(feature = "cli", doc = "[`cargo_xacct`] is all of the program `cargo xacct`.")]

#[cfg(feature = "cli")]
mod cargo_xacct;
#[cfg(any(feature = "cli", feature = "deploy"))]
mod contract_file;
#[cfg(feature = "deploy")]
mod deploy;
mod diagnosis_output;
#[cfg(feature = "cli")]
mod formats;
mod generated;
mod graph_output;
#[cfg(feature = "cli")]
mod input;
mod output_file;
#[cfg(feature = "deploy")]
mod plan_file;
#[cfg(feature = "cli")]
mod report;
#[cfg(any(feature = "deploy", all(feature = "cli", feature = "serve")))]
mod stop_signal;
#[cfg(feature = "cli")]
mod terminal;
#[cfg(test)]
#[cfg(feature = "cli")]
mod tests;

#[cfg(feature = "cli")]
pub use cargo_xacct::cargo_xacct;
#[cfg(feature = "deploy")]
pub use deploy::{Console, run, run_in};
