//! A role or a pipeline that a plan rests on, and whether the plan was saved since.

use serde::{Deserialize, Serialize};

use crate::topology::subject::Subject;

/// A role or a pipeline as the plan saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::plan) struct Basis {
    pub(in crate::plan) subject: Subject,
    /// Of what matters to the wiring; `None` if it was not there.
    pub(in crate::plan) digest: Option<String>,
}

/// Whether a plan was read from a file. It is the same plan.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::plan) struct WasSaved(pub(in crate::plan) bool);

impl WasSaved {
    pub(in crate::plan) fn yes() -> Self {
        Self(true)
    }
}

impl PartialEq for WasSaved {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
