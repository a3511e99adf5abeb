//! What identifies a step.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::AccountId;
use crate::topology::subject::Subject;

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Something that isn't there is made.
    Create,
    /// Something that is there is changed.
    Update,
    /// Something that is there is deleted.
    Delete,
}

/// What of a role or a pipeline a step writes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    /// The role or the pipeline itself.
    Whole,
    /// The trust policy of a role.
    TrustPolicy,
    /// An inline policy of a role, by its name.
    InlinePolicy(String),
    /// Tags.
    Tags,
}

/// What identifies a step of a plan, in events, errors and reports: no two steps of a plan have the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StepId {
    /// What it does.
    pub verb: Verb,
    /// The role or the pipeline.
    pub subject: Subject,
    /// What of it is written.
    pub aspect: Aspect,
}

impl StepId {
    /// The account in which the step writes.
    pub fn account(&self) -> &AccountId {
        self.subject.account()
    }
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.verb {
            Verb::Create => '+',
            Verb::Update => '~',
            Verb::Delete => '-',
        };
        match &self.subject {
            Subject::Role(role) => write!(f, "{sign} role {}", role.path_and_name())?,
            Subject::Pipeline(pipeline) => write!(f, "{sign} pipeline {} ({})", pipeline.name(), pipeline.region())?,
        }
        match &self.aspect {
            Aspect::Whole => Ok(()),
            Aspect::TrustPolicy => f.write_str(": trust policy"),
            Aspect::InlinePolicy(name) => write!(f, ": inline policy {name}"),
            Aspect::Tags => f.write_str(": tags"),
        }
    }
}
