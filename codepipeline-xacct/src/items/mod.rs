//! What the compiler knows of accounts, roles and pipelines.
//!
//! [`pipeline!`](crate::pipeline) implements these traits for the items that it declares. Whoever prefers plain Rust
//! implements them by hand and uses the [`builder`](crate::builder).

pub mod grants;

use codepipeline_xacct_core::rules;
use codepipeline_xacct_core::topology::{self, Target, TargetVariable, Trust};

use crate::core::finding::{Finding, Place};
use crate::core::ids::{IdError, PipelineArn, RoleArn};
use crate::core::topology::{Item, TopologyBuilder};
pub use grants::{Grants, Stated};

/// An AWS account.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an account",
    label = "not an account",
    note = "declare it with `account {Self} = \"<account id>\";`"
)]
pub trait Account: Copy + 'static {
    /// The name of the item, for messages.
    const ITEM: &'static str;
    /// The id: 12 digits.
    const ID: &'static str;
    /// The partition that the account lives in.
    const PARTITION: &'static str = "aws";
}

/// An IAM role.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a role",
    label = "not a role",
    note = "declare it with `role {Self} in <account> {{ … }}`, or write `managed(\"…\")`, `extended(\"arn:…\")` or `existing(\"arn:…\")`"
)]
pub trait Role: Item + Copy + 'static {
    /// The account that the role lives in.
    type Account: Account;
    /// The name of the item, for messages.
    const ITEM: &'static str;
    /// Path and name, as they stand behind `role/` in the ARN.
    const PATH_AND_NAME: &'static str;
    /// Whom the role trusts; `None` where it is not known before the plan.
    const TRUSTS: Option<&'static [Trusts]>;
    /// What the role may start; `None` where it is not known before the plan.
    const STARTS: Option<&'static [PipelineId]>;
    /// What the stated policies of a role that isn't ours grant for certain.
    const STATED: Stated = Stated::NOTHING;
    /// File and line of the declaration, for messages.
    const DECLARED_AT: &'static str = "";
    /// The value of the item.
    const VALUE: Self;
}

/// A pipeline.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a pipeline",
    label = "not a pipeline",
    note = "declare it with `pipeline {Self} in <account> {{ … }}`, or `extern pipeline` where it is not yours"
)]
pub trait Pipeline: Item + 'static {
    /// The account that the pipeline lives in.
    type Account: Account;
    /// The name of the item, for messages.
    const ITEM: &'static str;
    /// The name of the pipeline.
    const NAME: &'static str;
    /// The home Region of the pipeline.
    const REGION: &'static str;
    /// The variables that it declares; `None` where they are not known before the plan.
    const VARIABLES: Option<&'static [Variable]>;
    /// The service role; `None` where it is not stated.
    const SERVICE_ROLE: Option<RoleId>;
    /// File and line of the declaration, for messages.
    const DECLARED_AT: &'static str = "";

    /// Adds the pipeline to a topology in which another one starts it.
    fn add_as_target(topology: &mut TopologyBuilder);
}

/// An entry of `trusts:`: an account or a role.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither an account nor a role, so a role can't trust it",
    label = "neither an account nor a role",
    note = "an entry of `trusts` is an account, a role, `role(\"arn:…\")` or `whole_account(<account>)`"
)]
pub trait Trusted: 'static {
    /// The entry.
    const TRUST: Trusts;

    /// Adds the item to a topology.
    fn add_as_trusted(topology: &mut TopologyBuilder);
}

/// An entry of `trusts:`, as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trusts {
    /// The service roles of the account's pipelines that use the role.
    Account(AccountId),
    /// One role.
    Role(RoleId),
    /// Every principal of the account that is allowed to.
    WholeAccount(AccountId),
}

/// An account, as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountId {
    /// The name of its item.
    pub item: &'static str,
    /// The id.
    pub id: &'static str,
    /// The partition.
    pub partition: &'static str,
}

impl AccountId {
    /// An account item as data.
    pub const fn of<A: Account>() -> Self {
        Self { item: A::ITEM, id: A::ID, partition: A::PARTITION }
    }

    /// The account of the dynamic layer.
    pub fn to_account(self) -> Result<topology::Account, IdError> {
        Ok(topology::Account { item: self.item.to_owned(), id: self.id.parse()?, partition: self.partition.parse()? })
    }
}

/// A role, as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleId {
    /// The partition.
    pub partition: &'static str,
    /// The account id.
    pub account: &'static str,
    /// Path and name, as they stand behind `role/`.
    pub path_and_name: &'static str,
}

impl RoleId {
    /// A role item as data.
    pub const fn of<R: Role>() -> Self {
        Self::in_account::<R::Account>(R::PATH_AND_NAME)
    }

    /// A role of an account as data.
    pub const fn in_account<A: Account>(path_and_name: &'static str) -> Self {
        Self { partition: A::PARTITION, account: A::ID, path_and_name }
    }

    /// The ARN.
    pub fn to_arn(self) -> Result<RoleArn, IdError> {
        RoleArn::new(self.partition.parse()?, self.account.parse()?, self.path_and_name)
    }
}

/// A pipeline, as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PipelineId {
    /// The name of its item.
    pub item: &'static str,
    /// The account.
    pub account: AccountId,
    /// The home Region.
    pub region: &'static str,
    /// The name.
    pub name: &'static str,
    /// The variables, if they are known.
    pub variables: Option<&'static [Variable]>,
}

impl PipelineId {
    /// A pipeline item as data.
    pub const fn of<P: Pipeline>() -> Self {
        Self {
            item: P::ITEM,
            account: AccountId::of::<P::Account>(),
            region: P::REGION,
            name: P::NAME,
            variables: P::VARIABLES,
        }
    }

    /// The ARN.
    pub fn to_arn(self) -> Result<PipelineArn, IdError> {
        Ok(PipelineArn::new(
            self.account.partition.parse()?,
            self.region.parse()?,
            self.account.id.parse()?,
            self.name.parse()?,
        ))
    }

    /// The pipeline as something to start, for the dynamic layer.
    pub fn to_target(self) -> Result<Target, IdError> {
        let variable = |v: &Variable| TargetVariable { name: v.name.to_owned(), required: v.required };
        Ok(Target {
            item: self.item.to_owned(),
            arn: self.to_arn()?,
            variables: self.variables.map(|variables| variables.iter().map(variable).collect()),
        })
    }
}

/// A pipeline variable, as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// True where it has no default, so that every start has to pass it.
    pub required: bool,
}

/// Adds an account item to a topology; an id that is none becomes a finding.
pub fn add_account<A: Account>(topology: &mut TopologyBuilder) {
    add_account_id(topology, AccountId::of::<A>());
}

pub(crate) fn add_account_id(topology: &mut TopologyBuilder, account: AccountId) {
    match account.to_account() {
        Ok(account) => topology.account(account),
        Err(error) => topology.finding(not_well_formed(Place::account(account.item), &error)),
    }
}

/// A constant of a hand-written item that is not what it should be. What `pipeline!` writes was checked by it.
pub(crate) fn not_well_formed(place: Place, error: &IdError) -> Finding {
    Finding::of(&rules::XA0919, place, error.to_string())
}

/// The entry of `trusts:` in the dynamic layer.
pub(crate) fn to_trust(trust: Trusts) -> Result<Trust, IdError> {
    Ok(match trust {
        Trusts::Account(account) => Trust::Account(account.to_account()?),
        Trusts::WholeAccount(account) => Trust::WholeAccount(account.to_account()?),
        Trusts::Role(role) => Trust::Role(role.to_arn()?),
    })
}
