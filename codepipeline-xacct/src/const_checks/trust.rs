//! Whom roles of actions trust.

use super::contract_fix::ContractFix;
use super::facts::{CallerFacts, RoleFacts};
use super::grants::role_arn;
use super::text::{same, sentence, unread};
use crate::core::sentences;
use crate::items::{AccountConst, AccountItem, RoleConst, RoleItem, Stated, Trusts};

const POLICY: ContractFix = ContractFix::by_owner(sentences::trust_policy);

/// The role of an action trusts the caller's service role.
#[track_caller]
pub const fn trust(caller: CallerFacts, role: RoleFacts) {
    // A service role of another account is reported as such.
    if let Some(service) = caller.service_role
        && !same(service.account, caller.account.id)
    {
        return;
    }
    if let Some((id, Stated { trust: Some(grants), .. })) = role.stated
        && let Some(service) = caller.service_role
        && !unread(service.account, role.account)
        && let Some(false) = grants.trust(service)
    {
        POLICY.of_role(role, id, [role.written, caller.account.item, role_arn(service).as_str()]).fail()
    }
    let Some(trusts) = role.trusts else { return };
    if unread(caller.account.id, role.account) {
        return;
    }
    let mut index = 0;
    while index < trusts.len() {
        let covers = match trusts[index] {
            Trusts::Account(account) | Trusts::WholeAccount(account) => same(account.id, caller.account.id),
            Trusts::Role(trusted) => match caller.service_role {
                Some(service) => same_role(trusted, service),
                // Whether it is this service role is known when the topology is built.
                None => same(trusted.account, caller.account.id),
            },
        };
        if covers {
            return;
        }
        index += 1;
    }
    let mut text = sentence(sentences::trust, role.written, caller.account.item, "");
    text = if trusts.is_empty() { text.push("\n  note: it trusts nobody") } else { text.push("\n  note: it trusts ") };
    let mut index = 0;
    while index < trusts.len() {
        text = text.push(if index == 0 { "`" } else { ", `" });
        text = match trusts[index] {
            Trusts::Account(account) | Trusts::WholeAccount(account) => text.push(account.item),
            Trusts::Role(role) => text
                .push("arn:")
                .push(role.partition)
                .push(":iam::")
                .push(role.account)
                .push(":role/")
                .push(role.path_and_name),
        };
        text = text.push("`");
        index += 1;
    }
    text.declared(role.written, role.declared_at).fail()
}

/// [`trust`], for the typed builder, which knows the account but not yet the service role.
#[track_caller]
pub(crate) const fn trusts_account<A: AccountItem, R: RoleItem>() {
    let caller = CallerFacts { account: AccountConst::of::<A>(), service_role: None };
    let account = <R::Account as AccountItem>::ID;
    let role = RoleFacts {
        written: R::ITEM,
        account,
        trusts: R::TRUSTS,
        starts: None,
        stated: None,
        declared_at: "",
        contract: "",
    };
    trust(caller, role);
}

const fn same_role(a: RoleConst, b: RoleConst) -> bool {
    same(a.account, b.account) && same(a.path_and_name, b.path_and_name) && same(a.partition, b.partition)
}
