//! A write: what it holds, what identifies it, its order and the permissions of its calls. A new kind of write also needs its words
//! (`effect`), what it is compared with before it is carried out (`guard`), where it is planned and how it is undone (`plan::restore`),
//! and its call in `codepipeline_xacct::aws`.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::precondition::{PipelinePrecondition, RolePrecondition};
use crate::declaration::PipelineDeclaration;
use crate::ids::{PipelineArn, RoleArn};
use crate::plan::ownership::applied_tag;
use crate::plan::pipelines::diff::Change;
use crate::plan::secrets::mask::masks;
use crate::plan::secrets::withheld_secrets::Withheld;
use crate::policy::Document;
use crate::topology::subject::Subject;

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Something that isn't there is created.
    Create,
    /// Something that is there is changed.
    Update,
    /// Something that is there is deleted.
    Delete,
}

impl Verb {
    /// The sign before a step.
    pub(in crate::plan) fn sign(self) -> char {
        match self {
            Verb::Create => '+',
            Verb::Update => '~',
            Verb::Delete => '-',
        }
    }
}

/// Which part of a role or a pipeline a step writes.
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

impl Aspect {
    pub(in crate::plan) fn is_whole(&self) -> bool {
        *self == Aspect::Whole
    }

    /// What the text of a step says after the role or the pipeline.
    pub(in crate::plan) fn suffix(&self) -> String {
        match self {
            Aspect::Whole => String::new(),
            Aspect::TrustPolicy => ": trust policy".to_owned(),
            Aspect::InlinePolicy(name) => format!(": inline policy {name}"),
            Aspect::Tags => ": tags".to_owned(),
        }
    }
}

/// One write, with everything it needs and what it was planned against.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "operation")]
pub enum Write {
    /// CreateRole: creates a role with its trust policy and tags.
    CreateRole {
        /// The role.
        role: RoleArn,
        /// Its trust policy.
        trust: Document,
        /// Its tags.
        tags: IndexMap<String, String>,
    },
    /// UpdateAssumeRolePolicy: replaces the trust policy of a role.
    UpdateTrust {
        /// The role.
        role: RoleArn,
        /// The role as the plan saw it.
        seen: RolePrecondition,
        /// The trust policy that is there.
        before: Document,
        /// The trust policy that will be there.
        after: Document,
    },
    /// TagRole: adds or changes tags of a role.
    TagRole {
        /// The role.
        role: RoleArn,
        /// The role as the plan saw it.
        seen: RolePrecondition,
        /// Tags that are added or changed.
        tags: IndexMap<String, String>,
    },
    /// UntagRole: removes tags of a role.
    UntagRole {
        /// The role.
        role: RoleArn,
        /// The role as the plan saw it.
        seen: RolePrecondition,
        /// Tags that are removed, with their values.
        tags: IndexMap<String, String>,
    },
    /// PutRolePolicy: adds or replaces an inline policy of a role.
    PutRolePolicy {
        /// The role.
        role: RoleArn,
        /// The role as the plan saw it; `None` where the plan creates it.
        seen: Option<RolePrecondition>,
        /// The name of the inline policy.
        name: String,
        /// What is there under this name; `None` if nothing is.
        before: Option<Document>,
        /// What will be there.
        after: Document,
    },
    /// DeleteRolePolicy: deletes an inline policy of a role.
    DeleteRolePolicy {
        /// The role.
        role: RoleArn,
        /// The role as the plan saw it.
        seen: RolePrecondition,
        /// The name of the inline policy.
        name: String,
        /// What is there under this name.
        before: Document,
    },
    /// DeleteRole: deletes a role.
    DeleteRole {
        /// The role.
        role: RoleArn,
        /// The role as the plan saw it.
        seen: RolePrecondition,
        /// The trust policy that is there.
        trust: Document,
    },
    /// CreatePipeline: creates a pipeline.
    CreatePipeline {
        /// The pipeline.
        pipeline: PipelineArn,
        /// Its declaration, with `****` in place of its secrets.
        declaration: Box<PipelineDeclaration>,
        /// Its secrets.
        #[serde(skip)]
        secrets: Withheld,
        /// Its tags.
        tags: IndexMap<String, String>,
    },
    /// UpdatePipeline: replaces the declaration of a pipeline.
    UpdatePipeline {
        /// The pipeline.
        pipeline: PipelineArn,
        /// The pipeline that the changes were made for.
        seen: PipelinePrecondition,
        /// The whole declaration that will be there, with `****` in place of its secrets.
        declaration: Box<PipelineDeclaration>,
        /// The secrets that are written; the account keeps all others.
        #[serde(skip)]
        secrets: Withheld,
        /// What differs from what is there.
        changes: Vec<Change>,
    },
    /// TagResource: adds or changes tags of a pipeline.
    TagPipeline {
        /// The pipeline.
        pipeline: PipelineArn,
        /// The pipeline as the plan saw it.
        seen: PipelinePrecondition,
        /// Tags that are added or changed.
        tags: IndexMap<String, String>,
    },
    /// UntagResource: removes tags of a pipeline.
    UntagPipeline {
        /// The pipeline.
        pipeline: PipelineArn,
        /// The pipeline as the plan saw it.
        seen: PipelinePrecondition,
        /// Tags that are removed, with their values.
        tags: IndexMap<String, String>,
    },
    /// DeletePipeline: deletes a pipeline.
    DeletePipeline {
        /// The pipeline.
        pipeline: PipelineArn,
        /// The pipeline as the plan saw it.
        seen: PipelinePrecondition,
    },
}

impl Write {
    /// The role or the pipeline that is written.
    pub fn subject(&self) -> Subject {
        match self {
            Write::CreateRole { role, .. }
            | Write::UpdateTrust { role, .. }
            | Write::TagRole { role, .. }
            | Write::UntagRole { role, .. }
            | Write::PutRolePolicy { role, .. }
            | Write::DeleteRolePolicy { role, .. }
            | Write::DeleteRole { role, .. } => Subject::Role(role.clone()),
            Write::CreatePipeline { pipeline, .. }
            | Write::UpdatePipeline { pipeline, .. }
            | Write::TagPipeline { pipeline, .. }
            | Write::UntagPipeline { pipeline, .. }
            | Write::DeletePipeline { pipeline, .. } => Subject::Pipeline(pipeline.clone()),
        }
    }

    /// Where the step writes a secret.
    pub(in crate::plan) fn secrets(&self) -> Vec<String> {
        match self {
            Write::CreatePipeline { secrets, .. } | Write::UpdatePipeline { secrets, .. } => {
                secrets.paths().map(str::to_owned).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The same step without its secrets.
    pub fn without_secrets(&self) -> Self {
        let mut write = self.clone();
        if let Write::CreatePipeline { secrets, .. } | Write::UpdatePipeline { secrets, .. } = &mut write {
            *secrets = Withheld::default();
        }
        write
    }

    /// The path of a secret that a saved plan no longer has. AWS only accepts `****` for a secret that it
    /// already holds.
    pub fn lost_secret(&self) -> Option<String> {
        match self {
            Write::CreatePipeline { declaration, secrets, .. } => {
                masks(declaration).into_iter().find(|path| !secrets.has(path))
            }
            Write::UpdatePipeline { declaration, secrets, changes, .. } => {
                let is_lost = |path: &String| !secrets.has(path) && changes.iter().any(|change| change.covers(path));
                masks(declaration).into_iter().find(is_lost)
            }
            _ => None,
        }
    }

    /// What it does, and which part of its subject it writes.
    pub(in crate::plan) fn effect(&self) -> (Verb, Aspect) {
        match self {
            Write::CreateRole { .. } | Write::CreatePipeline { .. } => (Verb::Create, Aspect::Whole),
            Write::UpdatePipeline { .. } => (Verb::Update, Aspect::Whole),
            Write::DeleteRole { .. } | Write::DeletePipeline { .. } => (Verb::Delete, Aspect::Whole),
            Write::UpdateTrust { .. } => (Verb::Update, Aspect::TrustPolicy),
            Write::TagRole { .. } | Write::TagPipeline { .. } => (Verb::Update, Aspect::Tags),
            Write::UntagRole { .. } | Write::UntagPipeline { .. } => (Verb::Delete, Aspect::Tags),
            Write::PutRolePolicy { name, before: None, .. } => (Verb::Create, Aspect::InlinePolicy(name.clone())),
            Write::PutRolePolicy { name, .. } => (Verb::Update, Aspect::InlinePolicy(name.clone())),
            Write::DeleteRolePolicy { name, .. } => (Verb::Delete, Aspect::InlinePolicy(name.clone())),
        }
    }

    /// Whether it only notes what other steps apply.
    pub(in crate::plan) fn is_note(&self) -> bool {
        match self {
            Write::TagRole { tags, .. } | Write::UntagRole { tags, .. } | Write::TagPipeline { tags, .. } => {
                applied_tag::is_note(tags)
            }
            _ => false,
        }
    }

    /// The order of steps that don't wait for each other, and of those of one role.
    pub(in crate::plan) fn rank(&self) -> u8 {
        match self {
            Write::DeletePipeline { .. } => 0,
            Write::CreateRole { .. } => 1,
            // It says what is about to be written.
            Write::TagRole { .. } => 2,
            Write::UpdateTrust { .. } => 3,
            Write::PutRolePolicy { .. } => 4,
            Write::DeleteRolePolicy { .. } => 5,
            Write::UntagRole { .. } => 6,
            Write::DeleteRole { .. } => 7,
            // It says what is about to be written, and what was there before.
            Write::TagPipeline { .. } => 8,
            Write::CreatePipeline { .. } | Write::UpdatePipeline { .. } => 9,
            Write::UntagPipeline { .. } => 10,
        }
    }

    /// The actions on its subject that the credentials have to be allowed: to look at it, before the write and after an answer that did
    /// not come, and to write it.
    pub(super) fn actions(&self) -> (&'static [&'static str], &'static [&'static str]) {
        const ROLE: &[&str] = &["iam:GetRole"];
        const POLICY: &[&str] = &["iam:GetRole", "iam:GetRolePolicy"];
        const PIPELINE: &[&str] = &["codepipeline:GetPipeline", "codepipeline:ListTagsForResource"];
        match self {
            Write::CreateRole { .. } => (ROLE, &["iam:CreateRole", "iam:TagRole"]),
            Write::UpdateTrust { .. } => (ROLE, &["iam:UpdateAssumeRolePolicy"]),
            Write::TagRole { .. } => (ROLE, &["iam:TagRole"]),
            Write::UntagRole { .. } => (ROLE, &["iam:UntagRole"]),
            Write::PutRolePolicy { .. } => (POLICY, &["iam:PutRolePolicy"]),
            Write::DeleteRolePolicy { .. } => (POLICY, &["iam:DeleteRolePolicy"]),
            Write::DeleteRole { .. } => (ROLE, &["iam:DeleteRole"]),
            // That its tags would need another permission is not documented.
            Write::CreatePipeline { .. } => (PIPELINE, &["codepipeline:CreatePipeline"]),
            Write::UpdatePipeline { .. } => (PIPELINE, &["codepipeline:UpdatePipeline"]),
            Write::TagPipeline { .. } => (PIPELINE, &["codepipeline:TagResource"]),
            Write::UntagPipeline { .. } => (PIPELINE, &["codepipeline:UntagResource"]),
            Write::DeletePipeline { .. } => (PIPELINE, &["codepipeline:DeletePipeline"]),
        }
    }
}
