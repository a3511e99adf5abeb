//! Service roles.

use super::contract_fix::ContractFix;
use super::facts::{CallerFacts, RoleFacts};
use super::text::{same, sentence, unread};
use crate::core::sentences;
use crate::items::Stated;

const TRUST_POLICY: ContractFix = ContractFix::by_owner(sentences::service_trust_policy);

/// A service role lives in the account of its pipeline.
#[track_caller]
pub const fn service_role(caller: CallerFacts, role: RoleFacts) {
    if !unread(role.account, caller.account.id) && !same(role.account, caller.account.id) {
        sentence(sentences::service_role_account, role.written, caller.account.item, "")
            .push("\n  note: the role lives in account ")
            .push(role.account)
            .push(", `")
            .push(caller.account.item)
            .push("` is ")
            .push(caller.account.id)
            .declared(role.written, role.declared_at)
            .fail()
    }
    if let Some((id, Stated { service_trust: Some(false), .. })) = role.stated {
        TRUST_POLICY.of_role(role, id, [role.written, "", ""]).fail()
    }
}
