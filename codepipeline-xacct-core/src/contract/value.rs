//! The contents of a contract.

use std::fmt;

use indexmap::IndexMap;

use crate::arns::account_root;
use crate::ids::{AccountId, Partition, PipelineArn, RoleArn};
use crate::policy::Document;
use crate::topology::{Subject, TargetVariable};

/// What a pipeline, a role or an account says to those that use it, and where that comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Contract {
    /// What its users depend on.
    pub signature: Signature,
    /// Where it comes from; nothing depends on it.
    pub origin: ContractOrigin,
}

/// What the users of a pipeline, a role or an account depend on.
#[derive(Debug, Clone, PartialEq)]
pub enum Signature {
    /// Of a pipeline.
    Pipeline(PipelineSignature),
    /// Of a role.
    Role(Box<RoleSignature>),
    /// Of an account.
    Account(Box<AccountSignature>),
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

/// What those that use pipelines and roles of an account depend on.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountSignature {
    /// The account.
    pub id: AccountId,
    /// Its partition.
    pub partition: Partition,
    /// Its pipelines, by the names that their items have.
    pub pipelines: IndexMap<String, PipelineSignature>,
    /// Its roles, by the names that their items have.
    pub roles: IndexMap<String, RoleSignature>,
}

impl AccountSignature {
    /// What it says of each pipeline and each role, by the names of the items.
    pub fn parts(&self) -> Vec<(&str, Signature)> {
        let pipelines = self.pipelines.iter().map(|(name, of)| (name.as_str(), Signature::Pipeline(of.clone())));
        let roles = self.roles.iter().map(|(name, of)| (name.as_str(), Signature::Role(Box::new(of.clone()))));
        pipelines.chain(roles).collect()
    }
}

/// Where a contract comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContractOrigin {
    /// The topology that keeps the pipeline or the role.
    pub topology: Option<String>,
    /// The version of the pipeline.
    pub version: Option<i64>,
    /// When the pipeline was last written, as AWS prints it.
    pub updated: Option<String>,
}

impl Signature {
    /// What it is of, in a word.
    pub fn kind(&self) -> &'static str {
        match self {
            Signature::Pipeline(_) => "pipeline",
            Signature::Role(_) => "role",
            Signature::Account(_) => "account",
        }
    }

    /// The account that it is about.
    pub fn account(&self) -> &AccountId {
        match self {
            Signature::Pipeline(pipeline) => pipeline.arn.account(),
            Signature::Role(role) => role.arn.account(),
            Signature::Account(account) => &account.id,
        }
    }

    /// The pipelines and roles of which it says something: one, or those of the account.
    pub fn subjects(&self) -> Vec<Subject> {
        match self {
            Signature::Pipeline(pipeline) => vec![Subject::Pipeline(pipeline.arn.clone())],
            Signature::Role(role) => vec![Subject::Role(role.arn.clone())],
            Signature::Account(account) => account.parts().iter().flat_map(|(_, part)| part.subjects()).collect(),
        }
    }
}

impl fmt::Display for Signature {
    /// The ARN.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Signature::Pipeline(pipeline) => pipeline.arn.fmt(f),
            Signature::Role(role) => role.arn.fmt(f),
            Signature::Account(account) => f.write_str(&account_root(account.partition.as_str(), account.id.as_str())),
        }
    }
}
