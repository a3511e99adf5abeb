//! What the compiler knows about an item, as traits of its type.

use super::data::{AccountConst, PipelineConst, RoleConst, Trusts, VariableConst};
use super::grants::Stated;
use crate::core::topology::{Item, TopologyBuilder};

/// An AWS account.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an account",
    label = "not an account",
    note = "declare it with `account {Self} = \"<account id>\";`"
)]
pub trait AccountItem: Copy + 'static {
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
    note = "declare it with `role {Self} in <account> {{ … }}`, or write `managed(\"…\")`, `extended(\"arn:…\")` or `existing(\"arn:…\")`",
    note = "in the builder, `.managed_service_role(\"<name>\")`, `.existing_service_role(\"arn:…\")` and `.start_as_existing(…)` take strings",
    note = "if it is the pipeline to start, the two are swapped: `invoke \"…\": <pipeline> {{ role: <role>, … }}`, `.start_as(\"…\", <pipeline>, <role>)`"
)]
pub trait RoleItem: Item + Copy + 'static {
    /// The role itself. What is asked of it, and not of the type, is not reported of a type that is not a role at all.
    #[doc(hidden)]
    type Itself;
    /// The account that the role lives in.
    type Account: AccountItem;
    /// The name of the item, for messages.
    const ITEM: &'static str;
    /// Path and name, as in the ARN after `role/`.
    const PATH_AND_NAME: &'static str;
    /// Whom the role trusts; `None` where it is not known before the plan.
    const TRUSTS: Option<&'static [Trusts]>;
    /// What the role may start; `None` where it is not known before the plan.
    const STARTS: Option<&'static [PipelineConst]>;
    /// What the stated policies of an extended or extern role certainly grant.
    const STATED: Stated = Stated::NOTHING;
    /// File and line of the declaration, for messages.
    const DECLARED_AT: &'static str = "";
    /// The file of its contract, if what it says comes from one, for messages.
    const CONTRACT: &'static str = "";
    /// The account of that contract.
    const CONTRACT_ACCOUNT: &'static str = "";
    /// The value of the item.
    const VALUE: Self;
}

/// A pipeline.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a pipeline",
    label = "not a pipeline",
    note = "declare it with `pipeline {Self} in <account> {{ … }}`, or `extern pipeline` where it is not yours",
    note = "if it is the role of an action, the two are swapped: `invoke \"…\": <pipeline> {{ role: <role>, … }}`, `.start_as(\"…\", <pipeline>, <role>)`"
)]
pub trait PipelineItem: Item + 'static {
    /// The pipeline itself. What is asked of it, and not of the type, is not reported of a type that is not a pipeline at all.
    #[doc(hidden)]
    type Itself: PipelineItem;
    /// The pipeline itself.
    #[doc(hidden)]
    fn itself(self) -> Self::Itself;
    /// The account that the pipeline lives in.
    type Account: AccountItem;
    /// The name of the item, for messages.
    const ITEM: &'static str;
    /// The name of the pipeline.
    const NAME: &'static str;
    /// The home Region of the pipeline.
    const REGION: &'static str;
    /// The variables that it declares; `None` where they are not known before the plan.
    const VARIABLES: Option<&'static [VariableConst]>;
    /// The service role; `None` where it is not stated.
    const SERVICE_ROLE: Option<RoleConst>;
    /// Whether a topology that it is added to manages it whole: then it declares the variable of `follow: caller_variable` by itself.
    const MANAGED: bool = false;
    /// File and line of the declaration, for messages.
    const DECLARED_AT: &'static str = "";
    /// The file of its contract, if what it says comes from one, for messages.
    const CONTRACT: &'static str = "";

    /// Adds the pipeline to a topology in which another pipeline starts it.
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

impl AccountConst {
    /// An account item as data.
    pub const fn of<A: AccountItem>() -> Self {
        Self { item: A::ITEM, id: A::ID, partition: A::PARTITION }
    }
}

impl RoleConst {
    /// A role item as data.
    pub const fn of<R: RoleItem>() -> Self {
        Self::in_account::<R::Account>(R::PATH_AND_NAME)
    }

    /// A role of an account as data.
    pub const fn in_account<A: AccountItem>(path_and_name: &'static str) -> Self {
        Self { partition: A::PARTITION, account: A::ID, path_and_name }
    }
}

impl PipelineConst {
    /// A pipeline item as data.
    pub const fn of<P: PipelineItem>() -> Self {
        Self {
            item: P::ITEM,
            account: AccountConst::of::<P::Account>(),
            region: P::REGION,
            name: P::NAME,
            variables: P::VARIABLES,
        }
    }
}
