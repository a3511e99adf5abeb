//! The `PipelineDeclaration` of the CodePipeline API, in the exact JSON shape of `get-pipeline`.
//!
//! Every member of the service model is here. A member that is left out stays left out, an empty list stays
//! an empty list, the entries of maps keep their order, and an unknown member is kept in `other` and
//! written back, so that a pipeline survives a round trip whatever AWS adds.
//!
//! Source: CodePipeline API Reference, `PipelineDeclaration` and the structures below it.

pub mod defaults;
mod document;
mod enumerations;
pub mod features;
#[cfg(feature = "topology")]
mod file;
pub mod fixed_values;
pub mod invoke;
mod members;
mod reading;
pub mod references;
pub mod resource_suffix;
pub mod runs_in;
mod secret_forms;
mod secret_words;
pub mod secrets;
mod structures;

pub use crate::json::member::Other;
pub use document::*;
pub use enumerations::*;
#[cfg(feature = "topology")]
pub use file::*;
pub use members::members;
pub use reading::{DeclarationError, read};
pub use structures::*;
