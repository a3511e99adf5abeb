//! Doctor: what is wrong with deployed pipelines, however they were made.
//!
//! [`Reading`] is what the accounts hold, as it was read or as files state it. [`diagnose`] makes a [`Diagnosis`] of it: for each
//! pipeline a tree, hop by hop, of every action with a role and every start of another pipeline, with the statement that decides, what fails and
//! when, and the fix; and what else is wrong. Everything here is a value or a pure function: nothing is read or written.

mod access;
mod artifacts;
mod command;
mod diagnosing;
mod diagnosis;
mod edit;
mod examination;
mod failure;
mod fixer;
mod grants;
mod plan;
mod reading;
mod reading_from_files;
mod redact;
mod samples;
mod stages;
mod start;
mod text;

pub use access::{Policed, policed};
pub use command::Remedy;
pub use diagnosing::{Diagnosing, diagnose};
pub use diagnosis::{
    ArtifactDiagnosis, Cause, Confidence, Diagnosis, Fix, HopDiagnosis, LinkDiagnosis, Moment, PipelineDiagnosis,
    Problem, Unread, Weight,
};
pub use edit::{Edit, Members, PipelineEdit, RoleEdit};
pub use failure::{Denial, denial};
pub use grants::assumable;
pub use reading::{Access, ActionFailure, Basis, Call, Reading, Simulated, StageState};
pub use reading_from_files::UnusableFile;
