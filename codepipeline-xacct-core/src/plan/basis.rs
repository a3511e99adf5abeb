//! A role or a pipeline that a plan rests on, and whether the plan was saved since.

use serde::{Deserialize, Serialize};

use crate::topology::subject::Subject;

/// A role or a pipeline as the plan saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Basis {
    pub(super) subject: Subject,
    /// Of what matters to the wiring; `None` if it was not there.
    pub(super) digest: Option<String>,
}

/// Whether a plan was read from a file. It is the same plan.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct WasSaved(pub(super) bool);

impl WasSaved {
    pub(super) fn yes() -> Self {
        Self(true)
    }
}

impl PartialEq for WasSaved {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
