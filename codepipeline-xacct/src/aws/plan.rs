//! A plan: the ordered steps from what the accounts hold to what a topology says, and the proof of its wiring.

use indexmap::IndexMap;
use serde_json::Value;

use crate::core::declaration::PipelineDeclaration;
use crate::core::finding::{Finding, Place};
use crate::core::ids::{AccountId, PipelineArn, RoleArn};
use crate::core::plan::Change;
use crate::core::policy::Document;
use crate::core::topology;
use crate::core::wiring::HopProof;

/// One write.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Step {
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
        declaration: Box<PipelineDeclaration>,
        /// Its tags.
        tags: IndexMap<String, String>,
    },
    /// UpdatePipeline.
    UpdatePipeline {
        /// The pipeline.
        pipeline: PipelineArn,
        /// The whole declaration that will be there.
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

impl Step {
    /// The account in which it writes.
    pub fn account(&self) -> &AccountId {
        match self {
            Step::CreateRole { role, .. }
            | Step::UpdateTrust { role, .. }
            | Step::TagRole { role, .. }
            | Step::PutRolePolicy { role, .. }
            | Step::DeleteRolePolicy { role, .. }
            | Step::DeleteRole { role } => role.account(),
            Step::CreatePipeline { pipeline, .. }
            | Step::UpdatePipeline { pipeline, .. }
            | Step::TagPipeline { pipeline, .. }
            | Step::DeletePipeline { pipeline } => pipeline.account(),
        }
    }
}

/// What is known of one action with a role, or of a pipeline without any: each hop allowed, denied or unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct Proof {
    /// The action, or the pipeline.
    pub place: Place,
    /// The pipeline that the action starts.
    pub target: Option<PipelineArn>,
    /// The hops in their order.
    pub hops: Vec<HopProof>,
}

/// Steps in phases: those of a phase don't depend on each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub(super) topology: String,
    pub(super) accounts: Vec<topology::Account>,
    pub(super) phases: Vec<Vec<Step>>,
    pub(super) proofs: Vec<Proof>,
    pub(super) warnings: Vec<Finding>,
    /// What is said where there are no steps.
    pub(super) nothing: &'static str,
}

impl Plan {
    /// The steps in the order in which they are applied.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.phases.iter().flatten()
    }

    /// True where the accounts hold what the topology says.
    pub fn is_empty(&self) -> bool {
        self.steps().next().is_none()
    }

    /// What is known of each action with a role.
    pub fn proofs(&self) -> &[Proof] {
        &self.proofs
    }

    /// What should be looked at.
    pub fn warnings(&self) -> &[Finding] {
        &self.warnings
    }
}

/// A declaration as the API takes it.
pub(super) fn declaration_value(declaration: &PipelineDeclaration) -> Value {
    serde_json::to_value(declaration).unwrap_or_default()
}
