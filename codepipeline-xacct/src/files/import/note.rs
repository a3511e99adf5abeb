//! The notes of an import.

use crate::core::check::symbol::shown;
use crate::files::template::missing;

/// What can't be expressed in the source, or how it is expressed there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    /// The file, and where in it, if that is known.
    pub(crate) at: String,
    /// What it is.
    pub(crate) message: String,
    /// True where something is missing in the source.
    pub(crate) lost: bool,
}

impl Note {
    /// Something that is not in the source.
    pub(super) fn lost(at: String, message: impl AsRef<str>) -> Self {
        Self { at, message: shown(message.as_ref()), lost: true }
    }

    /// Something to know.
    pub(super) fn hint(at: String, message: impl AsRef<str>) -> Self {
        Self { at, message: shown(message.as_ref()), lost: false }
    }
}

/// How to say what CloudFormation calls a resource.
pub(super) fn missing_name<'s>(symbols: impl Iterator<Item = &'s str>) -> String {
    match missing(symbols) {
        // A stack tells no more where an option of its own asks.
        other if !other.contains("--parameter") => other,
        some => format!("{some}, or the output of `aws cloudformation describe-stack-resources`"),
    }
}
