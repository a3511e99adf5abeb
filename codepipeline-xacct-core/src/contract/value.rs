//! The contents of a contract.

use crate::ids::{PipelineArn, RoleArn};
use crate::policy::Document;
use crate::topology::{Subject, TargetVariable};

/// What a pipeline or a role says to those that use it, and where that comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Contract {
    /// What its users depend on.
    pub signature: Signature,
    /// Where it comes from; nothing depends on it.
    pub origin: Origin,
}

/// What the users of a pipeline or a role depend on.
#[derive(Debug, Clone, PartialEq)]
pub enum Signature {
    /// Of a pipeline.
    Pipeline(PipelineSignature),
    /// Of a role.
    Role(Box<RoleSignature>),
}

/// What those that start a pipeline depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PipelineSignature {
    /// The pipeline; its account and its Region are in the ARN.
    pub arn: PipelineArn,
    /// Its variables, in the order in which it declares them.
    pub variables: Vec<TargetVariable>,
}

/// What those that assume a role depend on.
#[derive(Debug, Clone, PartialEq)]
pub struct RoleSignature {
    /// The role.
    pub arn: RoleArn,
    /// Its trust policy; `None` where it isn't known.
    pub trust_policy: Option<Document>,
    /// Its policies, inline and attached, in the order of their texts; `None` where not all of them are known.
    pub policies: Option<Vec<Document>>,
    /// Its permissions boundary; `None` where it has none, or its policies aren't known.
    pub permissions_boundary: Option<Document>,
}

/// Where a contract comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The topology that keeps the pipeline or the role.
    pub topology: Option<String>,
    /// The version of the pipeline.
    pub version: Option<i64>,
    /// When the pipeline was last written, as AWS prints it.
    pub updated: Option<String>,
}

impl Signature {
    /// The pipeline or the role.
    pub fn subject(&self) -> Subject {
        match self {
            Signature::Pipeline(pipeline) => Subject::Pipeline(pipeline.arn.clone()),
            Signature::Role(role) => Subject::Role(role.arn.clone()),
        }
    }
}
