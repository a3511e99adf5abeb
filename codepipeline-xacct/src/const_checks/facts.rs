//! The facts about a caller, a target and a role that the checks use.

use super::text::{same, unread};
use crate::items::{AccountConst, AccountItem, PipelineConst, PipelineItem, RoleConst, RoleItem, Stated, Trusts};

/// What the checks know about a role.
#[derive(Clone, Copy)]
pub struct RoleFacts {
    pub(super) written: &'static str,
    pub(super) account: &'static str,
    pub(super) trusts: Option<&'static [Trusts]>,
    pub(super) starts: Option<&'static [PipelineConst]>,
    /// The role and its stated policies; `None` for a role that is written where it is used.
    pub(super) stated: Option<(RoleConst, Stated)>,
    pub(super) declared_at: &'static str,
    /// The file of its contract, or nothing.
    pub(super) contract: &'static str,
}

impl RoleFacts {
    /// A role item; `written` is how the user named it.
    pub const fn of_item<R: RoleItem>(written: &'static str) -> Self {
        let account = <R::Account as AccountItem>::ID;
        // A contract of another account is reported where the item is declared, and says nothing of a role of this one.
        if !R::CONTRACT_ACCOUNT.is_empty()
            && !unread(account, R::CONTRACT_ACCOUNT)
            && !same(account, R::CONTRACT_ACCOUNT)
        {
            return Self { declared_at: R::DECLARED_AT, contract: R::CONTRACT, ..Self::arn(written, account) };
        }
        Self {
            written,
            account,
            trusts: R::TRUSTS,
            starts: R::STARTS,
            stated: Some((RoleConst::of::<R>(), R::STATED)),
            declared_at: R::DECLARED_AT,
            contract: R::CONTRACT,
        }
    }

    /// A role that is only known by its ARN.
    pub const fn arn(arn: &'static str, account: &'static str) -> Self {
        Self { written: arn, account, trusts: None, starts: None, stated: None, declared_at: "", contract: "" }
    }
}

/// What the checks know about a target.
#[derive(Clone, Copy)]
pub struct TargetFacts {
    pub(super) written: &'static str,
    pub(super) id: PipelineConst,
    pub(super) managed: bool,
    pub(super) declared_at: &'static str,
    /// The file of its contract, or nothing.
    pub(super) contract: &'static str,
}

impl TargetFacts {
    /// A pipeline item; `written` is how the user named it.
    pub(crate) const fn of_item<P: PipelineItem>(written: &'static str) -> Self {
        let id = PipelineConst::of::<P>();
        Self { written, id, managed: P::MANAGED, declared_at: P::DECLARED_AT, contract: P::CONTRACT }
    }
}

/// The pipeline whose action is checked.
#[derive(Clone, Copy)]
pub struct CallerFacts {
    pub(super) account: AccountConst,
    pub(super) service_role: Option<RoleConst>,
}

impl CallerFacts {
    pub const fn of<P: PipelineItem>() -> Self {
        Self { account: AccountConst::of::<P::Account>(), service_role: P::SERVICE_ROLE }
    }
}
