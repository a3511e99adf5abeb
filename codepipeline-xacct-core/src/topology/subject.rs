//! Either a role or a pipeline.

use std::fmt;

use crate::ids::{AccountId, PipelineArn, RoleArn};

/// A role or a pipeline, by its ARN.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "plan", derive(serde::Serialize, serde::Deserialize), serde(untagged))]
pub enum Subject {
    /// A role.
    Role(RoleArn),
    /// A pipeline.
    Pipeline(PipelineArn),
}

impl Subject {
    /// What it is, in a word.
    pub fn kind(&self) -> &'static str {
        match self {
            Subject::Role(_) => "role",
            Subject::Pipeline(_) => "pipeline",
        }
    }

    /// Its name in its account.
    pub fn name(&self) -> &str {
        match self {
            Subject::Role(role) => role.name().as_str(),
            Subject::Pipeline(pipeline) => pipeline.name().as_str(),
        }
    }

    /// The account that it lives in.
    pub fn account(&self) -> &AccountId {
        match self {
            Subject::Role(role) => role.account(),
            Subject::Pipeline(pipeline) => pipeline.account(),
        }
    }
}

impl fmt::Display for Subject {
    /// The ARN.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Role(role) => role.fmt(f),
            Subject::Pipeline(pipeline) => pipeline.fmt(f),
        }
    }
}
