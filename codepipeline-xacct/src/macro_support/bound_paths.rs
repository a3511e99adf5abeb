//! Links between items: each of the user's paths as a type, and what the expansion needs from it.

use crate::const_checks::{RoleFacts, TargetFacts};
use crate::core::topology::TopologyBuilder;
use crate::items::{
    AccountConst, AccountItem, PipelineConst, PipelineItem, RoleConst, RoleItem, Trusted, Trusts, add_account,
};

/// A type that represents one of the user's paths. The path is written once, so that a mistake in it is reported once.
pub trait ToAccount {
    type To: AccountItem;
}

/// See [`ToAccount`].
pub trait ToRole {
    type To: RoleItem;
}

/// See [`ToAccount`].
pub trait ToPipeline {
    type To: PipelineItem;
}

/// See [`ToAccount`].
pub trait ToTrusted {
    type To: Trusted;
}

impl RoleFacts {
    /// A role item; `written` is how the user named it.
    pub const fn of<L: ToRole>(written: &'static str) -> Self {
        Self::of_item::<L::To>(written)
    }
}

impl TargetFacts {
    /// A pipeline item; `written` is how the user named it.
    pub const fn of<L: ToPipeline>(written: &'static str) -> Self {
        Self::of_item::<L::To>(written)
    }
}

pub const fn trust<L: ToTrusted>() -> Trusts {
    L::To::TRUST
}

pub const fn whole_account<L: ToAccount>() -> Trusts {
    Trusts::WholeAccount(AccountConst::of::<L::To>())
}

/// The account of a role item.
pub const fn account_of<L: ToRole>() -> &'static str {
    <<L::To as RoleItem>::Account as AccountItem>::ID
}

/// The account in which a role item is declared. That it is an account is checked at the item.
pub const fn account_const_of<R: RoleItem>() -> AccountConst {
    AccountConst::of::<R::Account>()
}

/// The account in which a pipeline item is declared.
pub const fn home_of<P: PipelineItem>() -> AccountConst {
    AccountConst::of::<P::Account>()
}

/// A role in the account of a pipeline.
pub const fn role_here<P: PipelineItem>(path_and_name: &'static str) -> RoleConst {
    RoleConst::in_account::<P::Account>(path_and_name)
}

pub const fn pipeline_const<L: ToPipeline>() -> PipelineConst {
    PipelineConst::of::<L::To>()
}

pub const fn role_const<L: ToRole>() -> RoleConst {
    RoleConst::of::<L::To>()
}

pub fn add_trusted<L: ToTrusted>(topology: &mut TopologyBuilder) {
    L::To::add_as_trusted(topology);
}

pub fn add_linked_account<L: ToAccount>(topology: &mut TopologyBuilder) {
    add_account::<L::To>(topology);
}

pub fn add_linked_target<L: ToPipeline>(topology: &mut TopologyBuilder) {
    L::To::add_as_target(topology);
}

/// Stands for an account that could not be read. Its id is empty, so that no check looks at it.
#[derive(Clone, Copy)]
pub struct UnknownAccount;

impl AccountItem for UnknownAccount {
    const ITEM: &'static str = "";
    const ID: &'static str = "";
}
