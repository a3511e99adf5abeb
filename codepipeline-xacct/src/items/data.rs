//! Accounts, roles and pipelines as constants.

use crate::core::ids::{IdError, PipelineArn, RoleArn};
use crate::core::topology::{self, Target, TargetVariable};

/// An entry of `trusts:`, as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trusts {
    /// The service roles of the account's pipelines that use the role.
    Account(AccountConst),
    /// One role.
    Role(RoleConst),
    /// Every principal of the account that is allowed to.
    WholeAccount(AccountConst),
}

/// An account, as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountConst {
    /// The name of its item.
    pub item: &'static str,
    /// The id.
    pub id: &'static str,
    /// The partition.
    pub partition: &'static str,
}

impl AccountConst {
    /// The ARN of a role of the account.
    pub fn role_arn(self, path_and_name: &str) -> Result<RoleArn, IdError> {
        RoleArn::new(self.partition.parse()?, self.id.parse()?, path_and_name)
    }

    /// The account as a value of the topology.
    pub fn to_account(self) -> Result<topology::Account, IdError> {
        Ok(topology::Account { item: self.item.to_owned(), id: self.id.parse()?, partition: self.partition.parse()? })
    }
}

/// A role, as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleConst {
    /// The partition.
    pub partition: &'static str,
    /// The account id.
    pub account: &'static str,
    /// Path and name, as in the ARN after `role/`.
    pub path_and_name: &'static str,
}

impl RoleConst {
    /// The ARN.
    pub fn to_arn(self) -> Result<RoleArn, IdError> {
        RoleArn::new(self.partition.parse()?, self.account.parse()?, self.path_and_name)
    }
}

/// A pipeline, as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PipelineConst {
    /// The name of its item.
    pub item: &'static str,
    /// The account.
    pub account: AccountConst,
    /// The home Region.
    pub region: &'static str,
    /// The name.
    pub name: &'static str,
    /// The variables, if they are known.
    pub variables: Option<&'static [VariableConst]>,
}

impl PipelineConst {
    /// The ARN.
    pub fn to_arn(self) -> Result<PipelineArn, IdError> {
        Ok(PipelineArn::new(
            self.account.partition.parse()?,
            self.region.parse()?,
            self.account.id.parse()?,
            self.name.parse()?,
        ))
    }

    /// The pipeline as a target of the topology.
    pub fn to_target(self) -> Result<Target, IdError> {
        let variable = |v: &VariableConst| TargetVariable { name: v.name.to_owned(), required: v.required };
        Ok(Target {
            item: self.item.to_owned(),
            arn: self.to_arn()?,
            variables: self.variables.map(|variables| variables.iter().map(variable).collect()),
        })
    }
}

/// A pipeline variable, as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VariableConst {
    /// Its name.
    pub name: &'static str,
    /// True where it has no default, so that every start has to pass it.
    pub required: bool,
}
