//! AWS CodePipeline across accounts: a wrongly wired pipeline does not compile.
//!
//! A pipeline in one account starts a pipeline in another with an *invoke* action. It works only if six things are
//! right: the service role's trust, its right to assume the action role, that role's trust, its right to start the
//! target, three members of the action, and the target's variables. This crate derives all six from one reference to
//! the target, and proves them before anything is written.
//!
//! * [`pipeline!`] declares accounts, roles and pipelines; the compiler checks the wiring between them.
//! * [`build_script`] checks files or a topology in a build script.
//! * [`files`] reads JSON files with declarations and knows where each value is in them.
//! * [`builder`] declares pipelines with plain Rust types, [`Topology`] with values that are only known at run time.
#![cfg_attr(feature = "sdk", doc = "* [`aws`] reads the accounts, makes a plan, applies it and follows a run.")]
#![cfg_attr(feature = "local", doc = "* [`local`] is in-process IAM, STS and CodePipeline, for tests.")]
#![cfg_attr(
    feature = "local",
    doc = "* [`rehearsal`] plans, applies and runs a topology there, and says what came of it."
)]
//!
//! # Features
//!
//! * `sdk` (default): plan, apply and follow over the AWS SDK. Without it there is no AWS crate, no tokio and no HTTP.
//! * `sso`: profiles that sign in through IAM Identity Center.
//! * `local`: in-process AWS.
//! * `serve`: the same on a port, for the AWS CLI and other SDKs.
//! * `deploy`: a program that deploys a topology, in one line.
//! * `cli`: the program `cargo xacct`, which checks declarations in files, writes source from them, and explains the rules.

// The expansion of `pipeline!` names this crate by its public path, in its own tests too.
extern crate self as codepipeline_xacct;

#[cfg(feature = "sdk")]
pub mod aws;
pub mod build_script;
pub mod builder;
#[cfg(any(feature = "cli", feature = "deploy"))]
pub mod cli;
mod const_checks;
pub mod files;
pub mod items;
mod json_string;
#[doc(hidden)]
#[rustfmt::skip]
#[allow(non_snake_case, missing_docs, reason = "categories are written as AWS writes them")]
pub mod keys;
#[cfg(feature = "local")]
pub mod local;
#[doc(hidden)]
pub mod macro_support;
#[cfg(feature = "local")]
pub mod rehearsal;

/// The README's declaration compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}

pub use codepipeline_xacct_core as core;
pub use codepipeline_xacct_core::finding::{Finding, Findings, Severity};
pub use codepipeline_xacct_core::topology::Topology;
pub use codepipeline_xacct_core::topology::{Item, TopologyBuilder};
pub use codepipeline_xacct_macros::pipeline;
pub use json_string::json_string;
