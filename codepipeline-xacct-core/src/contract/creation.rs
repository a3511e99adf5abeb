//! Contracts of what accounts hold, and of what a topology declares.

use std::fmt;

use indexmap::IndexMap;

use super::value::{AccountSignature, Contract, ContractOrigin, PipelineSignature, RoleSignature, Signature};
use crate::declaration::PipelineDeclaration;
use crate::ids::{AccountId, Partition, PipelineArn};
use crate::plan::TOPOLOGY_TAG;
use crate::policy::Document;
use crate::suggest::nearest;
use crate::topology::{Account, Ownership, ResolvedRole, TargetVariable, Topology};
use crate::wiring::KnownRole;

/// Why a topology publishes no contract of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotPublished(String);

impl fmt::Display for NotPublished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotPublished {}

impl Contract {
    /// The contract of a pipeline as an account or a file has it. The defaults of its variables are left out.
    pub fn of_pipeline(arn: PipelineArn, declaration: &PipelineDeclaration) -> Self {
        let variables = declaration.variables.iter().flatten();
        let variables = variables
            .map(|variable| TargetVariable { name: variable.name.clone(), required: variable.default_value.is_none() })
            .collect();
        let origin = ContractOrigin { version: declaration.version, ..Default::default() };
        Self { signature: Signature::Pipeline(PipelineSignature { arn, variables }), origin }
    }

    /// The contract of a role as an account or a file has it.
    pub fn of_role(role: &KnownRole) -> Self {
        let policies = role.policies.as_ref();
        let policies = policies.map(|all| sorted(all.iter().map(|policy| policy.document.clone()).collect()));
        let permissions_boundary = policies.as_ref().and(role.boundary.clone());
        let topology = role.tags.as_ref().and_then(|tags| tags.get(TOPOLOGY_TAG).cloned());
        Self {
            signature: Signature::Role(Box::new(RoleSignature {
                arn: role.arn.clone(),
                trust_policy: role.trust.clone(),
                policies,
                permissions_boundary,
            })),
            origin: ContractOrigin { topology, ..Default::default() },
        }
    }

    /// The contract of an account, of the contracts of its pipelines and roles by the names of their items. Those of other accounts are left
    /// out.
    pub fn of_account(id: AccountId, partition: Partition, parts: impl IntoIterator<Item = (String, Self)>) -> Self {
        let mut signature = AccountSignature { id, partition, pipelines: IndexMap::new(), roles: IndexMap::new() };
        let mut origins = Vec::new();
        for (name, part) in parts {
            if *part.signature.account() != signature.id {
                continue;
            }
            origins.push(part.origin.topology);
            match part.signature {
                Signature::Pipeline(pipeline) => signature.pipelines.insert(name, pipeline).map(|_| ()),
                Signature::Role(role) => signature.roles.insert(name, *role).map(|_| ()),
                Signature::Account(_) => None,
            };
        }
        signature.pipelines.sort_keys();
        signature.roles.sort_keys();
        // The topology that keeps all of it.
        let topology = origins.first().filter(|first| origins.iter().all(|other| other == *first)).cloned().flatten();
        let origin = ContractOrigin { topology, ..Default::default() };
        Self { signature: Signature::Account(Box::new(signature)), origin }
    }

    /// The contract of a managed pipeline or role of a topology, by the name of its item, its name in AWS or its ARN; or of an account with
    /// all managed pipelines and roles that are items, by the name of its item or its id. No account is asked.
    pub fn published(topology: &Topology, name: &str) -> Result<Self, NotPublished> {
        let pipelines: Vec<_> = topology.pipelines().iter().filter(|pipeline| pipeline.is_called(name)).collect();
        let roles: Vec<_> = topology.roles().iter().filter(|resolved| resolved.role.is_called(name)).collect();
        match (pipelines.as_slice(), roles.as_slice()) {
            ([pipeline], []) => {
                managed(&pipeline.item, pipeline.ownership)?;
                Ok(Self::of_pipeline(pipeline.arn.clone(), &pipeline.declaration).of_topology(topology))
            }
            ([], [resolved]) => {
                managed(&resolved.role.item, resolved.role.ownership)?;
                Ok(Self::of_resolved(resolved).of_topology(topology))
            }
            ([], []) => {
                let account = topology.accounts().iter().find(|a| a.item == name || a.id.as_str() == name);
                let account = account.ok_or_else(|| unknown(topology, name))?;
                Self::of_items(topology, account)
            }
            _ => Err(NotPublished(format!("several items are called `{name}`\n  help: give the ARN"))),
        }
    }

    fn of_items(topology: &Topology, account: &Account) -> Result<Self, NotPublished> {
        let is_here = |ownership, of: &AccountId| ownership == Ownership::Managed && *of == account.id;
        let pipelines = topology.pipelines().iter().filter(|of| is_here(of.ownership, of.arn.account()));
        let pipelines = pipelines.map(|of| (of.item.clone(), Self::of_pipeline(of.arn.clone(), &of.declaration)));
        // A role that is written in place has no name by which others could declare it.
        let roles = topology.roles().iter().filter(|of| !of.role.inline);
        let roles = roles.filter(|of| is_here(of.role.ownership, of.role.arn.account()));
        let roles = roles.map(|of| (of.role.item.clone(), Self::of_resolved(of)));
        let parts = pipelines.chain(roles).filter(|(item, _)| !item.is_empty());
        let parts: Vec<_> = parts.map(|(item, part)| (item, part.of_topology(topology))).collect();
        if parts.is_empty() {
            let text = format!("the topology manages no pipeline and no role that is an item in `{}`", account.item);
            return Err(NotPublished(text));
        }
        Ok(Self::of_account(account.id.clone(), account.partition.clone(), parts))
    }

    fn of_topology(mut self, topology: &Topology) -> Self {
        self.origin = ContractOrigin { topology: Some(topology.name().to_string()), ..Default::default() };
        self
    }

    fn of_resolved(resolved: &ResolvedRole) -> Self {
        Self {
            signature: Signature::Role(Box::new(RoleSignature {
                arn: resolved.role.arn.clone(),
                trust_policy: resolved.trust.clone(),
                policies: Some(resolved.policy.iter().cloned().collect()),
                permissions_boundary: None,
            })),
            origin: ContractOrigin::default(),
        }
    }
}

/// Only of a managed item the program says all that its users depend on.
fn managed(item: &str, ownership: Ownership) -> Result<(), NotPublished> {
    if ownership == Ownership::Managed {
        return Ok(());
    }
    let text = format!("`{item}` is {}, so the program doesn't say all of it", ownership.as_str());
    Err(NotPublished(format!("{text}\n  help: `cargo xacct contract pull` asks its account")))
}

fn unknown(topology: &Topology, name: &str) -> NotPublished {
    let pipelines = topology.pipelines().iter().map(|pipeline| pipeline.item.as_str());
    let roles = topology.roles().iter().map(|role| role.role.item.as_str());
    let accounts = topology.accounts().iter().map(|account| account.item.as_str());
    let items: Vec<&str> = pipelines.chain(roles).chain(accounts).filter(|item| !item.is_empty()).collect();
    let help = match nearest(name, items.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it has {}", items.join(", ")),
    };
    NotPublished(format!("the topology has no pipeline, role or account `{name}`\n  help: {help}"))
}

/// In the order of their texts: AWS promises none.
fn sorted(mut documents: Vec<Document>) -> Vec<Document> {
    documents.sort_by_cached_key(Document::to_json);
    documents
}
