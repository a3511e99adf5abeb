//! What a change edits, as a value: a command does it to what was read, a plan to what the accounts hold when it is made.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::declaration::PipelineDeclaration;
use crate::ids::{PipelineArn, RoleArn};
use crate::policy::Statement;

/// An edit of a document of a role, or of a pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edit {
    /// A document of a role.
    Role(Box<RoleEdit>),
    /// A pipeline.
    Pipeline(Box<PipelineEdit>),
}

/// A statement is added to a document of a role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoleEdit {
    /// The role. One that isn't there is created with a statement of its trust policy.
    pub role: RoleArn,
    /// The name of an inline policy; `None` for the trust policy.
    pub policy: Option<String>,
    /// The statement.
    pub statement: Statement,
}

/// Members of a pipeline are written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PipelineEdit {
    /// The pipeline.
    pub pipeline: PipelineArn,
    /// What is written.
    pub members: Members,
}

/// What is written of a pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Members {
    /// Members of an action.
    Action {
        /// The name of its stage.
        stage: String,
        /// Its name.
        action: String,
        /// Its Region, where that is written.
        region: Option<String>,
        /// Keys of its configuration; those without value are taken out.
        configuration: IndexMap<String, Option<String>>,
    },
    /// The ARN of a role, wherever another one stands.
    Role {
        /// The one that is there.
        role: String,
        /// What is written in its place.
        by: String,
    },
}

impl Members {
    /// Writes them. False if that is not there of which they are.
    pub(super) fn write(&self, declaration: &mut PipelineDeclaration) -> bool {
        match self {
            Members::Action { stage, action, region, configuration } => {
                let mut stages = declaration.stages.iter_mut().flatten().filter(|found| found.name == *stage);
                let found = stages.find_map(|stage| stage.actions.iter_mut().flatten().find(|a| a.name == *action));
                let Some(found) = found else { return false };
                if let Some(region) = region {
                    found.region = Some(region.clone());
                }
                let written = found.configuration.get_or_insert_default();
                for (key, value) in configuration {
                    match value {
                        Some(value) => drop(written.insert(key.clone(), value.clone())),
                        None => drop(written.shift_remove(key)),
                    }
                }
                true
            }
            Members::Role { role, by } => {
                let mut slots: Vec<&mut String> = declaration.role_arn.iter_mut().collect();
                let actions = declaration.stages.iter_mut().flatten().flat_map(|s| s.actions.iter_mut().flatten());
                slots.extend(actions.filter_map(|action| action.role_arn.as_mut()));
                slots.retain(|slot| **slot == *role);
                let stands = !slots.is_empty();
                slots.into_iter().for_each(|slot| slot.clone_from(by));
                stands
            }
        }
    }
}
