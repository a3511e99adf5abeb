//! Files with declarations, and where each value is in them.
//!
//! [`SourceFile::parse`] reads the output of `get-pipeline`, the input of `create-pipeline` or a bare declaration, and
//! [`SourceFile::locate`] turns the place of a finding into line, column and path.

pub mod chain;
mod check;
#[cfg(feature = "cli")]
pub(crate) mod homes;
#[cfg(feature = "cli")]
pub(crate) mod import;
#[cfg(feature = "cli")]
pub(crate) mod inputs;
mod json_tree;
#[cfg(feature = "cli")]
pub(crate) mod parallel;
#[cfg(feature = "cli")]
pub(crate) mod parameters;
mod source_file;
#[cfg(feature = "cli")]
mod spelling;
#[cfg(feature = "cli")]
pub(crate) mod template;
mod unreadable;
mod walk;

pub use check::{Located, check};
#[cfg(feature = "cli")]
pub(crate) use check::{alone, together};
pub use source_file::{Location, SourceFile};
pub use unreadable::Unreadable;
