//! The parts of items that the macro knows: who manages them, where a role or a condition is, and what a target declares.

use crate::declaration::fixed_values::{BEFORE_ENTRY_RESULTS, ON_FAILURE_RESULTS, ON_SUCCESS_RESULTS};
use crate::declaration::{Condition, StageDeclaration};

/// Who manages a role or a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "plan", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Ownership {
    /// Created and kept as declared.
    Managed,
    /// Exists; only what is declared for it is managed.
    Extended,
    /// Exists; only read.
    Extern,
}

impl Ownership {
    /// The word for it. The macro writes the last two before the kind of an item.
    pub fn as_str(self) -> &'static str {
        match self {
            Ownership::Managed => "managed",
            Ownership::Extended => "extended",
            Ownership::Extern => "extern",
        }
    }
}

/// What runs with its own role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleUser {
    /// An action, by its name.
    Action(String),
    /// A rule of a condition.
    Rule {
        /// Where the condition is.
        gate: Gate,
        /// Name of the rule.
        rule: String,
    },
}

/// Where in its stage a condition is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "plan", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Gate {
    /// Before the stage is entered.
    BeforeEntry,
    /// When the stage succeeded.
    OnSuccess,
    /// When the stage failed.
    OnFailure,
}

impl Gate {
    /// All of them, in the order of a run.
    pub const ALL: [Gate; 3] = [Gate::BeforeEntry, Gate::OnSuccess, Gate::OnFailure];

    /// The name of the member of the stage.
    pub fn as_str(self) -> &'static str {
        match self {
            Gate::BeforeEntry => "beforeEntry",
            Gate::OnSuccess => "onSuccess",
            Gate::OnFailure => "onFailure",
        }
    }

    /// The results that a condition there may have.
    pub fn results(self) -> &'static [&'static str] {
        match self {
            Gate::BeforeEntry => BEFORE_ENTRY_RESULTS,
            Gate::OnSuccess => ON_SUCCESS_RESULTS,
            Gate::OnFailure => ON_FAILURE_RESULTS,
        }
    }

    /// The conditions that a stage has there.
    pub fn conditions(self, stage: &StageDeclaration) -> Option<&[Condition]> {
        match self {
            Gate::BeforeEntry => stage.before_entry.as_ref()?.conditions.as_deref(),
            Gate::OnSuccess => stage.on_success.as_ref()?.conditions.as_deref(),
            Gate::OnFailure => stage.on_failure.as_ref()?.conditions.as_deref(),
        }
    }

    /// The conditions that a stage has there, to be filled in.
    pub fn conditions_mut(self, stage: &mut StageDeclaration) -> Option<&mut Vec<Condition>> {
        match self {
            Gate::BeforeEntry => stage.before_entry.as_mut()?.conditions.as_mut(),
            Gate::OnSuccess => stage.on_success.as_mut()?.conditions.as_mut(),
            Gate::OnFailure => stage.on_failure.as_mut()?.conditions.as_mut(),
        }
    }
}

/// A variable of a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetVariable {
    /// Its name.
    pub name: String,
    /// True if it has no default, so that every start has to pass it.
    pub required: bool,
}
