//! `pipeline!` source from what exists: declarations of pipelines, templates, and roles with their documents.

mod declared;
mod given;
mod items;
mod note;
mod options;
mod put_together;
mod roles;
mod set;
mod templates;

pub(crate) use given::Given;
pub(crate) use options::{ImportOptions, OfFile, ParameterValue};
pub(crate) use set::{Subject, arn, import};
