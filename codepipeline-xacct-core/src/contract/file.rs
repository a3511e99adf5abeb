//! A contract as a JSON file: reading and writing.

use std::fmt;

use indexmap::IndexMap;
use serde_json::Value;

use super::value::{AccountSignature, Contract, ContractOrigin, PipelineSignature, RoleSignature, Signature};
use crate::declaration::read;
use crate::hash::fnv1a;
use crate::ids::{AccountId, Partition};
use crate::json::member::{Member, Node, Other, serde_by_member, structure};
use crate::json::shape::Shape;
use crate::policy::Document;
use crate::topology::TargetVariable;

/// The version of the format.
const FORMAT: i64 = 1;

/// The place of the name of the file in a help.
pub const FILE: &str = "<file>";
/// How large a contract may be, in bytes. IAM's own quotas keep all documents of a hundred roles below it.
pub const MAX_SIZE: usize = 1024 * 1024;

/// Names the schema for editors; it is kept out of the digest.
const SCHEMA: &str = "$schema";

structure! {
    /// The whole file.
    ContractFile {
        @required {
            /// The version of the format.
            contract: i64,
            /// The digest of the signature.
            digest: String,
        }
        /// Of a pipeline.
        pipeline: PipelineMember,
        /// Of a role.
        role: RoleMember,
        /// Of an account.
        account: AccountMember,
        /// Where it comes from.
        origin: OriginMember,
    }
}

structure! {
    /// The signature of a pipeline.
    PipelineMember {
        @required {
            /// The ARN.
            arn: String,
            /// The variables.
            variables: IndexMap<String, Need>,
        }
    }
}

structure! {
    /// The signature of a role.
    RoleMember {
        @required {
            /// The ARN.
            arn: String,
        }
        /// Whom it trusts.
        trust_policy: Document,
        /// What it may do.
        policies: Vec<Document>,
        /// What limits that.
        permissions_boundary: Document,
    }
}

structure! {
    /// The signature of an account.
    AccountMember {
        @required {
            /// The id.
            id: String,
            /// The partition.
            partition: String,
            /// The pipelines, by the names of their items.
            pipelines: IndexMap<String, PipelineMember>,
            /// The roles, by the names of their items.
            roles: IndexMap<String, RoleMember>,
        }
    }
}

structure! {
    /// Where a contract comes from.
    OriginMember {
        /// The topology.
        topology: String,
        /// The version of the pipeline.
        version: i64,
        /// When the pipeline was last written.
        updated: String,
    }
}

/// Whether a start has to pass a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It has no default.
    Required,
    /// It has one.
    Optional,
}

impl Member for Need {
    const SHAPE: Shape = Shape::Word(&["required", "optional"]);

    fn from_fitted(value: &Value) -> Self {
        if value.as_str() == Some("required") { Self::Required } else { Self::Optional }
    }

    fn node(&self) -> Node<'_> {
        Node::Text(match self {
            Self::Required => "required",
            Self::Optional => "optional",
        })
    }
}

serde_by_member!(Need);

/// Why a text is not a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoContract {
    /// What is wrong.
    pub message: String,
    /// How to fix it.
    pub help: String,
}

impl NoContract {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into() }
    }

    fn damaged(message: impl fmt::Display) -> Self {
        Self::new(
            format!("this contract can't be read: {message}"),
            format!("pull it again: `cargo xacct contract pull … -o {FILE}`"),
        )
    }
}

impl fmt::Display for NoContract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  help: {}", self.message, self.help)
    }
}

impl std::error::Error for NoContract {}

impl Contract {
    /// Reads a contract: the right version, a signature of one pipeline, one role or one account, as it was written.
    pub fn from_json(text: &str) -> Result<Self, NoContract> {
        if text.len() > MAX_SIZE {
            let message = format!("this has more than {MAX_SIZE} bytes, and no contract has");
            return Err(NoContract::new(message, "name the file that `cargo xacct contract pull` wrote"));
        }
        // Windows tools write a byte order mark.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let value: Value = serde_json::from_str(text).map_err(|error| NoContract::damaged(format!("{error}")))?;
        let Some(format) = value.get("contract") else {
            return Err(NoContract::new(
                "this is JSON, but not a contract",
                "name the file that `cargo xacct contract pull` wrote",
            ));
        };
        if format.as_i64() != Some(FORMAT) {
            return Err(NoContract::new(
                format!("this contract has version {format}, and this version of codepipeline-xacct reads {FORMAT}"),
                "pull it with the `cargo xacct` of this version, or use the version that wrote it",
            ));
        }
        let file: ContractFile = read(text).map_err(NoContract::damaged)?;
        nothing_else(&file.other, "", &[SCHEMA])?;
        let written = digest(file.pipeline.as_ref(), file.role.as_ref(), file.account.as_ref());
        let signature = match (file.pipeline, file.role, file.account) {
            (Some(pipeline), None, None) => Signature::Pipeline(pipeline_of(pipeline, "pipeline.")?),
            (None, Some(role), None) => Signature::Role(Box::new(role_of(role, "role.")?)),
            (None, None, Some(account)) => Signature::Account(Box::new(account_of(account)?)),
            _ => return Err(NoContract::damaged("it has one of the members `pipeline`, `role` and `account`")),
        };
        if file.digest != written {
            return Err(NoContract::new(
                format!("this contract was edited by hand: its digest is not `{}`", file.digest),
                "pull it again: it holds what the other side says, not what it should say",
            ));
        }
        let origin = file.origin.unwrap_or_default();
        nothing_else(&origin.other, "origin.", &[])?;
        let OriginMember { topology, version, updated, .. } = origin;
        Ok(Self { signature, origin: ContractOrigin { topology, version, updated } })
    }

    /// The contract as it is kept in a file: the same text for the same contract.
    pub fn to_json(&self) -> String {
        let ContractOrigin { topology, version, updated } = self.origin.clone();
        let origin = (self.origin != ContractOrigin::default()).then(|| OriginMember {
            topology,
            version,
            updated,
            ..Default::default()
        });
        let (mut pipeline, mut role, mut account) = (None, None, None);
        match &self.signature {
            Signature::Pipeline(signature) => pipeline = Some(pipeline_member(signature)),
            Signature::Role(signature) => role = Some(role_member(signature)),
            Signature::Account(signature) => account = Some(account_member(signature)),
        }
        let digest = digest(pipeline.as_ref(), role.as_ref(), account.as_ref());
        let file = ContractFile { contract: FORMAT, digest, pipeline, role, account, origin, ..Default::default() };
        // Strings as keys and finite numbers can always be written.
        let mut text = serde_json::to_string_pretty(&file).unwrap_or_default();
        text.push('\n');
        text
    }
}

fn pipeline_member(signature: &PipelineSignature) -> PipelineMember {
    let need = |required| if required { Need::Required } else { Need::Optional };
    let variables = signature.variables.iter().map(|variable| (variable.name.clone(), need(variable.required)));
    PipelineMember { arn: signature.arn.to_string(), variables: variables.collect(), ..Default::default() }
}

fn role_member(signature: &RoleSignature) -> RoleMember {
    let RoleSignature { arn, trust_policy, policies, permissions_boundary } = signature;
    RoleMember {
        arn: arn.to_string(),
        trust_policy: trust_policy.clone(),
        policies: policies.clone(),
        permissions_boundary: permissions_boundary.clone(),
        ..Default::default()
    }
}

fn account_member(signature: &AccountSignature) -> AccountMember {
    let AccountSignature { id, partition, pipelines, roles } = signature;
    let pipelines = pipelines.iter().map(|(name, pipeline)| (name.clone(), pipeline_member(pipeline)));
    let roles = roles.iter().map(|(name, role)| (name.clone(), role_member(role)));
    AccountMember {
        id: id.to_string(),
        partition: partition.to_string(),
        pipelines: pipelines.collect(),
        roles: roles.collect(),
        ..Default::default()
    }
}

/// What an account says; all of it is in the account.
fn account_of(account: AccountMember) -> Result<AccountSignature, NoContract> {
    nothing_else(&account.other, "account.", &[])?;
    let id: AccountId = account.id.parse().map_err(NoContract::damaged)?;
    let partition: Partition = account.partition.parse().map_err(NoContract::damaged)?;
    let (mut pipelines, mut roles) = (IndexMap::new(), IndexMap::new());
    for (name, member) in account.pipelines {
        let of = pipeline_of(member, &format!("account.pipelines.{name}."))?;
        pipelines.insert(name, of);
    }
    for (name, member) in account.roles {
        let of = role_of(member, &format!("account.roles.{name}."))?;
        roles.insert(name, of);
    }
    let signature = AccountSignature { id, partition, pipelines, roles };
    let elsewhere = signature.parts().into_iter().find(|(_, part)| {
        part.subjects().iter().any(|of| of.account() != &signature.id || of.partition() != &signature.partition)
    });
    match elsewhere {
        Some((name, part)) => Err(NoContract::damaged(format!("`{name}`, {part}, is not in account {}", signature.id))),
        None => Ok(signature),
    }
}

fn pipeline_of(pipeline: PipelineMember, path: &str) -> Result<PipelineSignature, NoContract> {
    nothing_else(&pipeline.other, path, &[])?;
    let variable = |(name, need)| TargetVariable { name, required: need == Need::Required };
    Ok(PipelineSignature {
        arn: pipeline.arn.parse().map_err(NoContract::damaged)?,
        variables: pipeline.variables.into_iter().map(variable).collect(),
    })
}

fn role_of(role: RoleMember, path: &str) -> Result<RoleSignature, NoContract> {
    nothing_else(&role.other, path, &[])?;
    if role.permissions_boundary.is_some() && role.policies.is_none() {
        return Err(NoContract::damaged(format!("`{path}permissionsBoundary` says nothing without `{path}policies`")));
    }
    Ok(RoleSignature {
        arn: role.arn.parse().map_err(NoContract::damaged)?,
        trust_policy: role.trust_policy,
        policies: role.policies,
        permissions_boundary: role.permissions_boundary,
    })
}

/// A contract has no members that this version doesn't know: it would not check what they say.
fn nothing_else(other: &Other, path: &str, known: &[&str]) -> Result<(), NoContract> {
    match other.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(NoContract::damaged(format!("it has no member `{path}{key}`"))),
        None => Ok(()),
    }
}

/// A digest of a signature. It finds edits and bad merges, nothing that somebody hides; that is what the review is for. So it needs no
/// cryptography, of which macros would have to wait for the compilation: this is FNV-1a.
fn digest(pipeline: Option<&PipelineMember>, role: Option<&RoleMember>, account: Option<&AccountMember>) -> String {
    let text = match account {
        Some(account) => serde_json::to_string(account),
        None => serde_json::to_string(&(pipeline, role)),
    };
    fnv1a(&text.unwrap_or_default())
}
