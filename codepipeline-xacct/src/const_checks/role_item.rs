//! Role items, and items with a contract, where they are declared.

use super::facts::TargetFacts;
use super::text::{same, sentence, unread};
use crate::core::sentences::{self, Sentence};
use crate::items::AccountConst;

/// A role that is declared by its ARN is declared in the account of the ARN.
#[track_caller]
pub const fn item_account(account: AccountConst, arn: &'static str, arn_account: &'static str) {
    declared_in(sentences::item_account, account, arn, arn_account);
}

/// An item with a contract is declared in the account of the contract.
#[track_caller]
pub const fn contract_account(account: AccountConst, arn: &'static str, arn_account: &'static str) {
    declared_in(sentences::contract_account, account, arn, arn_account);
}

#[track_caller]
const fn declared_in(wrong: Sentence, account: AccountConst, arn: &'static str, arn_account: &'static str) {
    if !unread(account.id, arn_account) && !same(account.id, arn_account) {
        sentence(wrong, arn, account.item, "")
            .push("\n  note: `")
            .push(account.item)
            .push("` is ")
            .push(account.id)
            .fail()
    }
}

/// A role starts pipelines of its own account only.
#[track_caller]
pub const fn start(account: AccountConst, target: TargetFacts) {
    if !unread(account.id, target.id.account.id) && !same(account.id, target.id.account.id) {
        sentence(sentences::start_account, target.written, account.item, "")
            .declared(target.written, target.declared_at)
            .fail()
    }
}
