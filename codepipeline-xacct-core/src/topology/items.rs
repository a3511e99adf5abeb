//! Accounts, roles, pipelines and their links: what a program says, before and after it is put together.
//!
//! These are the items of the dynamic layer. The macro and the typed builder make them; a program that learns
//! its accounts at run time makes them itself. [`TopologyBuilder`](super::builder::TopologyBuilder) puts them together.

use indexmap::IndexMap;

use super::additions::Additions;
pub use super::parts::{Gate, Ownership, RoleUser, TargetVariable};
use super::wait_limit::WaitLimit;
use crate::declaration::PipelineDeclaration;
use crate::finding::Finding;
use crate::ids::{AccountId, Partition, PipelineArn, RoleArn, TopologyName};
use crate::policy::{Document, Statement};

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "plan", derive(serde::Serialize, serde::Deserialize))]
pub struct Account {
    /// The name of its item.
    pub item: String,
    /// The id.
    pub id: AccountId,
    /// The partition that it lives in.
    pub partition: Partition,
}

/// An IAM role.
#[derive(Debug, Clone, PartialEq)]
pub struct Role {
    /// The name of its item, or how it was written where it is used.
    pub item: String,
    /// Who manages it.
    pub ownership: Ownership,
    /// True if it was written where it is used: `managed("…")`, `extended("…")`, `existing("…")`.
    pub inline: bool,
    /// Its ARN.
    pub arn: RoleArn,
    /// Whom it trusts. `None`: an inline managed role trusts those that use it; for any other role it is not known.
    pub trusts: Option<Vec<Trust>>,
    /// What it may start. `None`: an inline managed role may start what is started with it; for others it is not known.
    pub starts: Option<Vec<Target>>,
    /// Statements that are added to the derived policy.
    pub statements: Vec<Statement>,
    /// The stated trust policy of a role that is not managed.
    pub trust_policy: Option<Document>,
    /// The stated identity policies of an extern role.
    pub policies: Option<Vec<Document>>,
    /// The stated permissions boundary of an extern role. If its policies are stated, `None` means that it has none.
    pub permissions_boundary: Option<Document>,
    /// Tags of the role.
    pub tags: IndexMap<String, String>,
}

impl Role {
    /// A role with nothing but its ARN.
    pub fn new(item: &str, ownership: Ownership, arn: RoleArn) -> Self {
        Self {
            item: item.to_owned(),
            ownership,
            inline: false,
            arn,
            trusts: None,
            starts: None,
            statements: Vec::new(),
            trust_policy: None,
            policies: None,
            permissions_boundary: None,
            tags: IndexMap::new(),
        }
    }

    /// A role that is written where it is used.
    pub fn inline(ownership: Ownership, arn: RoleArn) -> Self {
        let item = match ownership {
            Ownership::Managed => format!("managed(\"{}\")", arn.path_and_name()),
            Ownership::Extended => format!("extended(\"{arn}\")"),
            Ownership::Extern => format!("existing(\"{arn}\")"),
        };
        Self { inline: true, ..Self::new(&item, ownership, arn) }
    }

    /// Whether a text is its item, its name or its ARN.
    pub fn is_called(&self, text: &str) -> bool {
        self.item == text || self.arn.is_called(text)
    }
}

/// An entry of `trusts:`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// The service roles of the account's pipelines that use the role.
    Account(Account),
    /// A role.
    Role(RoleArn),
    /// Every principal of the account that is allowed to assume it.
    WholeAccount(Account),
}

/// A pipeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Pipeline {
    /// The name of its item.
    pub item: String,
    /// Who manages it.
    pub ownership: Ownership,
    /// Its ARN.
    pub arn: PipelineArn,
    /// The declaration: all of a managed pipeline, the keys written for an extended one, and the variables of an
    /// extern one, if they are known.
    pub declaration: PipelineDeclaration,
    /// Its service role.
    pub service_role: Option<RoleArn>,
    /// Actions that start another pipeline.
    pub invokes: Vec<Invoke>,
    /// Other actions, and rules, with their own role.
    pub role_links: Vec<RoleLink>,
    /// What of the declaration an extended pipeline adds to the pipeline that is there.
    pub additions: Additions,
    /// Tags of the pipeline.
    pub tags: IndexMap<String, String>,
}

impl Pipeline {
    /// A pipeline with only its name declared so far.
    pub fn new(item: &str, ownership: Ownership, arn: PipelineArn) -> Self {
        let declaration = PipelineDeclaration { name: arn.name().to_string(), ..Default::default() };
        Self {
            item: item.to_owned(),
            ownership,
            arn,
            declaration,
            service_role: None,
            invokes: Vec::new(),
            role_links: Vec::new(),
            additions: Additions::default(),
            tags: IndexMap::new(),
        }
    }

    /// Whether a text is its item, its name or its ARN.
    pub fn is_called(&self, text: &str) -> bool {
        self.item == text || self.arn.is_called(text)
    }

    /// Whether an action is one that starts another pipeline.
    #[cfg(feature = "plan")]
    pub(crate) fn has_invoke(&self, stage: &str, action: &str) -> bool {
        self.invokes.iter().any(|invoke| invoke.stage == stage && invoke.action == action)
    }

    /// The pipeline as a target.
    pub fn target(&self) -> Target {
        let declared = self.declaration.variables.as_ref().map(|variables| {
            variables
                .iter()
                .map(|v| TargetVariable { name: v.name.clone(), required: v.default_value.is_none() })
                .collect()
        });
        // A pipeline that is not managed may have variables that are not declared here.
        let variables = match self.ownership {
            Ownership::Extended | Ownership::Extern => declared,
            Ownership::Managed => Some(declared.unwrap_or_default()),
        };
        Target { item: self.item.clone(), arn: self.arn.clone(), variables }
    }
}

/// An action that starts a pipeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Invoke {
    /// Name of the stage.
    pub stage: String,
    /// Name of the action.
    pub action: String,
    /// The pipeline that it starts.
    pub target: Target,
    /// The action role; needed where the target lives in another account.
    pub role: Option<RoleArn>,
    /// Values for the target's variables.
    pub variables: IndexMap<String, String>,
    /// How long the pipeline waits for what the action starts, if it does. [`Invoke::wait`] also passes what it takes.
    pub wait: Option<WaitLimit>,
}

/// The role of a rule, or of an action that is not an invoke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleLink {
    /// Name of the stage.
    pub stage: String,
    /// What runs with the role.
    pub user: RoleUser,
    /// The role.
    pub role: RoleArn,
}

/// A pipeline to start, with what its callers have to know about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The name of its item.
    pub item: String,
    /// Its ARN.
    pub arn: PipelineArn,
    /// The variables that it declares; `None` where they are not known.
    pub variables: Option<Vec<TargetVariable>>,
}

/// The items of a program, put together and checked, with everything that follows from their links.
///
/// Made by [`Topology::builder`]; a topology that was built has no errors.
#[derive(Debug, Clone, PartialEq)]
pub struct Topology {
    pub(crate) name: TopologyName,
    pub(crate) accounts: Vec<Account>,
    pub(crate) roles: Vec<ResolvedRole>,
    pub(crate) pipelines: Vec<Pipeline>,
    pub(crate) warnings: Vec<Finding>,
}

/// A role with the documents that follow from the topology.
#[derive(Debug, Clone, PartialEq)]
pub struct ResolvedRole {
    /// The role.
    pub role: Role,
    /// The trust policy of a managed role.
    pub trust: Option<Document>,
    /// The inline policy that this crate keeps in a managed or extended role; `None` if it needs none.
    pub policy: Option<Document>,
}

impl Topology {
    /// The name, which marks what the topology owns.
    pub fn name(&self) -> &TopologyName {
        &self.name
    }

    /// The accounts.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// The roles, with their documents.
    pub fn roles(&self) -> &[ResolvedRole] {
        &self.roles
    }

    /// The pipelines, with all members that follow from their links filled in.
    pub fn pipelines(&self) -> &[Pipeline] {
        &self.pipelines
    }

    /// The warnings.
    pub fn warnings(&self) -> &[Finding] {
        &self.warnings
    }

    /// The name of the inline policy that this crate keeps in a role.
    pub fn policy_name(&self) -> String {
        policy_name(&self.name)
    }

    /// The role with an ARN.
    pub fn role(&self, arn: &RoleArn) -> Option<&ResolvedRole> {
        self.roles.iter().find(|r| r.role.arn == *arn)
    }

    /// The pipeline with an ARN.
    pub fn pipeline(&self, arn: &PipelineArn) -> Option<&Pipeline> {
        self.pipelines.iter().find(|p| p.arn == *arn)
    }
}

/// The name of the inline policy that a topology keeps in a role.
pub(crate) fn policy_name(topology: &TopologyName) -> String {
    format!("codepipeline-xacct-{topology}")
}
