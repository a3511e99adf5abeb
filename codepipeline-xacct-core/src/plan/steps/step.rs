//! A step of a plan: what is written, and what it waits for.

use serde::{Deserialize, Serialize};

use super::step_id::StepId;
use super::write::Write;

/// A step of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What is written.
    pub write: Write,
    /// The steps that have to be done first.
    pub after: Vec<StepId>,
}

impl Step {
    /// What identifies it.
    pub fn id(&self) -> StepId {
        self.write.id()
    }
}
