//! `pipeline!` source from what exists: declarations of pipelines, templates, and roles with their documents.

mod assembly;
mod inputs;
mod items;
mod named_in_stages;
mod note;
mod options;
mod pipeline_arn;
mod roles;
mod set;
mod templates;
mod unknown_parts;

pub(crate) use inputs::ImportFiles;
pub(crate) use note::NoteKind;
pub(crate) use options::ImportOptions;
pub(crate) use pipeline_arn::arn;
pub(crate) use set::{Subject, import};
