//! `pipeline!` source from what exists: declarations of pipelines, and roles with their documents.

mod given;
mod roles;
mod set;

pub(crate) use given::Given;
pub(crate) use set::{ImportOptions, arn, import};
