//! A step of a plan: what is written, what identifies it, and what it waits for.

use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::diff::Change;
use super::mask::masks;
use crate::declaration::PipelineDeclaration;
use crate::ids::{AccountId, PipelineArn, RoleArn};
use crate::policy::Document;
use crate::topology::subject::Subject;

/// One write, with all that it needs and what it was planned against.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "operation")]
pub enum Write {
    /// CreateRole, with its trust policy and tags.
    CreateRole {
        /// The role.
        role: RoleArn,
        /// Its trust policy.
        trust: Document,
        /// Its tags.
        tags: IndexMap<String, String>,
    },
    /// UpdateAssumeRolePolicy.
    UpdateTrust {
        /// The role.
        role: RoleArn,
        /// The trust policy that is there.
        before: Document,
        /// The trust policy that will be there.
        after: Document,
    },
    /// TagRole.
    TagRole {
        /// The role.
        role: RoleArn,
        /// Tags that are added or changed.
        tags: IndexMap<String, String>,
    },
    /// PutRolePolicy.
    PutRolePolicy {
        /// The role.
        role: RoleArn,
        /// The name of the inline policy.
        name: String,
        /// What is there under this name.
        before: Option<Document>,
        /// What will be there.
        after: Document,
    },
    /// DeleteRolePolicy.
    DeleteRolePolicy {
        /// The role.
        role: RoleArn,
        /// The name of the inline policy.
        name: String,
        /// What is there under this name.
        before: Document,
    },
    /// DeleteRole.
    DeleteRole {
        /// The role.
        role: RoleArn,
    },
    /// CreatePipeline.
    CreatePipeline {
        /// The pipeline.
        pipeline: PipelineArn,
        /// Its declaration.
        #[serde(with = "super::mask::without_secrets")]
        declaration: Box<PipelineDeclaration>,
        /// Its tags.
        tags: IndexMap<String, String>,
    },
    /// UpdatePipeline.
    UpdatePipeline {
        /// The pipeline.
        pipeline: PipelineArn,
        /// The whole declaration that will be there.
        #[serde(with = "super::mask::without_secrets")]
        declaration: Box<PipelineDeclaration>,
        /// What differs from what is there.
        changes: Vec<Change>,
        /// The version that the changes were made for.
        version: i64,
        /// When that version was written.
        updated: String,
    },
    /// TagResource.
    TagPipeline {
        /// The pipeline.
        pipeline: PipelineArn,
        /// Tags that are added or changed.
        tags: IndexMap<String, String>,
    },
    /// DeletePipeline.
    DeletePipeline {
        /// The pipeline.
        pipeline: PipelineArn,
    },
}

impl Write {
    /// The role or the pipeline that is written.
    pub fn subject(&self) -> Subject {
        match self {
            Write::CreateRole { role, .. }
            | Write::UpdateTrust { role, .. }
            | Write::TagRole { role, .. }
            | Write::PutRolePolicy { role, .. }
            | Write::DeleteRolePolicy { role, .. }
            | Write::DeleteRole { role } => Subject::Role(role.clone()),
            Write::CreatePipeline { pipeline, .. }
            | Write::UpdatePipeline { pipeline, .. }
            | Write::TagPipeline { pipeline, .. }
            | Write::DeletePipeline { pipeline } => Subject::Pipeline(pipeline.clone()),
        }
    }

    /// The path of a secret that a saved plan no longer has. AWS takes `****` for a secret that it holds already, and for no
    /// other.
    pub fn lost_secret(&self) -> Option<String> {
        match self {
            Write::CreatePipeline { declaration, .. } => masks(declaration).into_iter().next(),
            Write::UpdatePipeline { declaration, changes, .. } => {
                masks(declaration).into_iter().find(|path| changes.iter().any(|change| change.covers(path)))
            }
            _ => None,
        }
    }

    /// What identifies the step.
    pub fn id(&self) -> StepId {
        let (verb, aspect) = match self {
            Write::CreateRole { .. } | Write::CreatePipeline { .. } => (Verb::Create, Aspect::Whole),
            Write::UpdatePipeline { .. } => (Verb::Update, Aspect::Whole),
            Write::DeleteRole { .. } | Write::DeletePipeline { .. } => (Verb::Delete, Aspect::Whole),
            Write::UpdateTrust { .. } => (Verb::Update, Aspect::TrustPolicy),
            Write::TagRole { .. } | Write::TagPipeline { .. } => (Verb::Update, Aspect::Tags),
            Write::PutRolePolicy { name, before: None, .. } => (Verb::Create, Aspect::InlinePolicy(name.clone())),
            Write::PutRolePolicy { name, .. } => (Verb::Update, Aspect::InlinePolicy(name.clone())),
            Write::DeleteRolePolicy { name, .. } => (Verb::Delete, Aspect::InlinePolicy(name.clone())),
        };
        StepId { verb, subject: self.subject(), aspect }
    }
}

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

/// A step of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What is written.
    pub write: Write,
    /// The steps that have to be done before.
    pub after: Vec<StepId>,
}

impl Step {
    /// What identifies it.
    pub fn id(&self) -> StepId {
        self.write.id()
    }
}
