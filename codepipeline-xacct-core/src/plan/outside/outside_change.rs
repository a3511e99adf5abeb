//! A change that was made outside of the program.

use serde::{Deserialize, Serialize};

use crate::plan::pipelines::diff::Change;
use crate::plan::steps::write::Aspect;
use crate::topology::subject::Subject;

/// A change made by others to a managed role or pipeline, or to what a program writes into an extended pipeline, since the program last wrote it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutsideChange {
    /// The role or the pipeline.
    pub subject: Subject,
    /// Which part of it.
    pub aspect: Aspect,
    /// What a plan that reverts it writes. Empty for a role: there the whole part is meant.
    #[serde(default)]
    pub changes: Vec<Change>,
    /// False if the history of the pipeline can't be read and the program may have changed too, so that it is not known which of the changes
    /// are whose.
    pub certain: bool,
}

impl OutsideChange {
    /// True if others only took something out.
    pub(in crate::plan) fn is_removal(&self) -> bool {
        !self.changes.is_empty() && self.changes.iter().all(|change| change.before.is_none())
    }

    /// What the text of a plan says behind what undoes it.
    pub(in crate::plan) fn label(&self) -> &'static str {
        if self.certain { "changed outside" } else { "changed outside or by the program" }
    }
}
