//! Pipelines in plain Rust, with the same compile errors as [`pipeline!`](crate::pipeline).
//!
//! Accounts, roles and targets are types: items of `pipeline!`, or types of your own that implement the traits of
//! [`items`](crate::items) and state how they are wired with [`RoleIn`], [`Starts`], [`PipelineIn`], [`ServiceRoleIn`]
//! and [`DeclaredBy`]. What the traits don't state is refused by `cargo check`. A role that doesn't trust the caller and a
//! variable that is missing are refused by `cargo build`, since they are constants of the items. What needs values (ARNs,
//! text that is made at run time) is refused by [`TopologyBuilder::build`](crate::TopologyBuilder::build). The messages
//! are the same everywhere.
//!
//! ```
//! use codepipeline_xacct::{Topology, builder::{action, pipeline}, pipeline as declare};
//!
//! declare! {
//!     account Tooling = "111111111111";
//!     account Prod = "222222222222";
//!     extern pipeline Deploy in Prod { name: "deploy", region: "eu-west-1", variables: { version: "none" } }
//!     role Invoker in Prod { name: "invoker", trusts: [Tooling], starts: [Deploy] }
//! }
//!
//! let release = pipeline::<Tooling>("Release", "release", "eu-west-1")
//!     .managed_service_role("release-service")
//!     .artifact_bucket("release-artifacts")
//!     .stage("Source", |s| s.action("Source", action::codecommit("code", "main").output("Code").namespace("Source")))
//!     .stage("Deploy", |s| s.start_as("deploy", Deploy, Invoker).set(Deploy::version, "#{Source.CommitId}"))
//!     .build();
//! let topology = Topology::builder("release").add(release).build()?;
//! assert!(topology.warnings().is_empty());
//! # Ok::<(), codepipeline_xacct::Findings>(())
//! ```

pub mod action;
mod added;
mod bucket;
mod calls;
mod passed_variables;
mod pipeline;
mod provider;
mod relations;
pub mod rule;
mod stage;
mod stage_count;
mod stage_parts;
mod start_action;
mod texts;
mod trigger;

pub use action::common::ActionBuilder;
pub use bucket::Bucket;
pub use passed_variables::{PassedVariables, With};
pub use pipeline::{BuiltPipeline, PipelineBuilder, extended_pipeline, pipeline};
pub use provider::AnyProvider;
pub use relations::{DeclaredBy, Ended, EnoughStages, PipelineIn, RoleIn, ServiceRoleIn, Starts, VariableName};
pub use stage::{IntoStage, StageBuilder, StartBuilder, StartTarget};
pub use stage_count::{ExistingStages, NoStage, OneStage, StageCount, TwoStages};
pub use texts::Texts;
pub use trigger::{FilterCriteria, PullRequest, Push, Trigger};
