//! The identity of a step.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::write::{Aspect, Verb, Write};
use crate::ids::AccountId;
use crate::topology::subject::Subject;

/// What identifies a step of a plan, in events, errors and reports; unique in the plan.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StepId {
    /// What it does.
    pub verb: Verb,
    /// The role or the pipeline.
    pub subject: Subject,
    /// Which part of it is written.
    pub aspect: Aspect,
}

impl StepId {
    /// The account in which the step writes.
    pub fn account(&self) -> &AccountId {
        self.subject.account()
    }
}

impl fmt::Display for StepId {
    /// `~ pipeline deploy (222222222222, eu-west-1)`, `+ role ci/Invoker (222222222222): trust policy`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, suffix, account) = (self.verb.sign(), self.aspect.suffix(), self.account());
        match &self.subject {
            Subject::Role(role) => write!(f, "{sign} role {} ({account}){suffix}", role.path_and_name()),
            Subject::Pipeline(pipeline) => {
                write!(f, "{sign} pipeline {} ({account}, {}){suffix}", pipeline.name(), pipeline.region())
            }
        }
    }
}

/// `role ci/Invoker`, `pipeline deploy (eu-west-1)`: as a plan says it, beside its account.
pub(in crate::plan) fn subject_text(subject: &Subject) -> String {
    match subject {
        Subject::Role(role) => format!("role {}", role.path_and_name()),
        Subject::Pipeline(pipeline) => format!("pipeline {} ({})", pipeline.name(), pipeline.region()),
    }
}

impl Write {
    /// What identifies the step.
    pub fn id(&self) -> StepId {
        let (verb, aspect) = self.effect();
        StepId { verb, subject: self.subject(), aspect }
    }
}
