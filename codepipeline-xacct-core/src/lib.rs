//! The model, the checks and the role wiring of `codepipeline-xacct`: pure, with no I/O and no AWS SDK.
//!
//! A declaration goes through the modules in this order: [`ids`] and [`declaration`] hold what the API
//! defines, [`topology`] holds what the program declares, [`wiring`] derives the roles and the members of an
//! invoke action from it, [`check`] checks the result using the [`catalogue`], and every problem is reported
//! as a [`finding::Finding`] of one of the [`rules`]. [`topology::TopologyBuilder`] runs all of this for a program;
//! [`plan`] compares the result with what an account holds, and [`doctor`] judges what is there. [`contract`]
//! is another team's description of its pipelines and roles. [`graph`] draws a topology, and [`export`] writes it for other tools.
//! [`policy`] is IAM: documents, their comparison and their evaluation.
//!
//! Most programs use this crate through `codepipeline-xacct`.

pub mod arns;
pub mod case;
pub mod catalogue;
pub mod check;
pub mod contract;
pub mod cron;
pub mod declaration;
#[cfg(feature = "plan")]
pub mod doctor;
#[cfg(feature = "plan")]
pub mod export;
pub mod finding;
#[cfg(feature = "topology")]
pub mod graph;
mod hash;
pub mod ids;
mod json;
pub mod member_path;
pub mod ordered;
mod partitions;
#[cfg(feature = "plan")]
pub mod plan;
pub mod policy;
pub mod regions;
pub mod rules;
pub mod sentences;
#[cfg(feature = "plan")]
mod shell;
pub mod suggest;
mod time_zones;
pub mod topology;
#[cfg(feature = "topology")]
pub mod wiring;
pub mod xml;
