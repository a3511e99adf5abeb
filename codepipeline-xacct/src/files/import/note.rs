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
    /// What happened to it.
    pub(crate) kind: NoteKind,
}

/// What happened to what a note is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoteKind {
    /// It is not in the source.
    Lost,
    /// Something else is in its place.
    StandIn,
    /// An option that nothing uses.
    Unused,
    /// It is there, and there is something to know.
    Hint,
}

impl NoteKind {
    /// The word before the note.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Lost => "not imported",
            Self::StandIn => "stand-in",
            Self::Unused => "not used",
            Self::Hint => "note",
        }
    }
}

impl Note {
    /// Something that is not in the source.
    pub(super) fn lost(at: String, message: impl AsRef<str>) -> Self {
        Self::new(NoteKind::Lost, at, message)
    }

    /// Something that is not in the source, as something else is.
    pub(super) fn stand_in(at: String, message: impl AsRef<str>) -> Self {
        Self::new(NoteKind::StandIn, at, message)
    }

    /// An option that nothing uses.
    pub(super) fn unused(option: String, why: impl AsRef<str>) -> Self {
        Self::new(NoteKind::Unused, option, why)
    }

    /// Something to know.
    pub(super) fn hint(at: String, message: impl AsRef<str>) -> Self {
        Self::new(NoteKind::Hint, at, message)
    }

    fn new(kind: NoteKind, at: String, message: impl AsRef<str>) -> Self {
        Self { at, message: shown(message.as_ref()), kind }
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
