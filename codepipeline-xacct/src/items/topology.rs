//! Adds items to a topology.

use super::data::{AccountConst, Trusts};
use super::traits::AccountItem;
use crate::core::check;
use crate::core::finding::{Finding, Place};
use crate::core::ids::{IdError, Region};
use crate::core::rules;
use crate::core::topology::{TopologyBuilder, Trust};

/// Adds an account item to a topology. An id that is not valid becomes a finding.
pub fn add_account<A: AccountItem>(topology: &mut TopologyBuilder) {
    add_account_const(topology, AccountConst::of::<A>());
}

pub(crate) fn add_account_const(topology: &mut TopologyBuilder, account: AccountConst) {
    match account.to_account() {
        Ok(account) => topology.account(account),
        Err(error) => topology.finding(not_well_formed(Place::account(account.item), &error)),
    }
}

/// A constant of a hand-written item that is not well-formed. The constants of `pipeline!` are checked by the macro.
pub(crate) fn not_well_formed(place: Place, error: &IdError) -> Finding {
    let finding = Finding::of(&rules::XA0919, place, error.to_string());
    // An ARN has signs that a name can't have.
    let meant = if error.expected == Region::EXPECTED { check::meant_id(error) } else { None };
    let meant = meant.map(|meant| format!("write `{meant}`"));
    match meant.or_else(|| check::fill_in(&error.text)) {
        Some(help) => finding.help(help),
        None => finding,
    }
}

/// The entry of `trusts:` as a value of the topology.
pub(crate) fn to_trust(trust: Trusts) -> Result<Trust, IdError> {
    Ok(match trust {
        Trusts::Account(account) => Trust::Account(account.to_account()?),
        Trusts::WholeAccount(account) => Trust::WholeAccount(account.to_account()?),
        Trusts::Role(role) => Trust::Role(role.to_arn()?),
    })
}
