//! Roles of actions: where they live, whom they trust, what they may start, and who may assume them.

use super::contract_fix::ContractFix;
use super::facts::{CallerFacts, RoleFacts, TargetFacts};
use super::grants::{pipeline_arn, role_arn};
use super::text::{ConstText, same, sentence, unread};
use super::trust::trust;
use crate::core::sentences;
use crate::items::{PipelineConst, Stated};

const START_POLICY: ContractFix = ContractFix::by_owner(sentences::start_policy);
const ASSUME_POLICY: ContractFix = ContractFix::by_owner(sentences::assume_policy);

/// The role of an invoke action lives in the target's account, trusts the caller and may start the target. Only the first of
/// these that fails is reported. Whether the role trusts the caller is checked at its first use in a pipeline.
#[track_caller]
pub const fn role(caller: CallerFacts, target: TargetFacts, role: RoleFacts, first: bool) {
    if unread(role.account, target.id.account.id) || caller.account.id.is_empty() {
        return;
    }
    if !same(role.account, target.id.account.id) {
        // A role that starts pipelines of another account is reported where it is declared.
        if let Some(starts) = role.starts
            && starts_target(starts, target.id)
        {
            return;
        }
        sentence(sentences::role_account, role.written, target.id.account.item, target.written)
            .push("\n  note: the role lives in account ")
            .push(role.account)
            .push(", `")
            .push(target.id.account.item)
            .push("` is ")
            .push(target.id.account.id)
            .declared(role.written, role.declared_at)
            .fail()
    }
    if first {
        trust(caller, role);
    }
    if let Some(starts) = role.starts {
        if starts_target(starts, target.id) || starts_elsewhere(role.account, starts) {
            return;
        }
        let mut text = sentence(sentences::start, role.written, target.id.account.item, target.written);
        text = if starts.is_empty() {
            text.push("\n  note: it may start nothing")
        } else {
            text.push("\n  note: it may start ")
        };
        let mut index = 0;
        while index < starts.len() {
            text = text.push(if index == 0 { "`" } else { ", `" }).push(starts[index].item).push("`");
            index += 1;
        }
        text.declared(role.written, role.declared_at).fail()
    }
    if let Some((id, Stated { start: Some(grants), .. })) = role.stated
        && let Some(false) = grants.pipeline(target.id)
    {
        START_POLICY.of_role(role, id, [role.written, pipeline_arn(target.id).as_str(), target.written]).fail()
    }
}

/// A pipeline of another account is reported where the role is declared, and may be there instead of the right one.
const fn starts_elsewhere(account: &'static str, starts: &[PipelineConst]) -> bool {
    let mut index = 0;
    while index < starts.len() {
        let other = starts[index].account.id;
        if !unread(account, other) && !same(account, other) {
            return true;
        }
        index += 1;
    }
    false
}

const fn starts_target(starts: &[PipelineConst], target: PipelineConst) -> bool {
    let mut index = 0;
    while index < starts.len() {
        let start = starts[index];
        if same(start.account.id, target.account.id)
            && same(start.region, target.region)
            && same(start.name, target.name)
        {
            return true;
        }
        index += 1;
    }
    false
}

/// By its stated policies, the service role may assume the role of an action. A role in the wrong account is reported elsewhere.
#[track_caller]
pub const fn assume(service: RoleFacts, role: RoleFacts) {
    assume_in(service, role, role.account);
}

/// [`assume`] for the role of an invoke, which lives in the account of the target.
#[track_caller]
pub const fn assume_for(service: RoleFacts, role: RoleFacts, target: TargetFacts) {
    assume_in(service, role, target.id.account.id);
}

#[track_caller]
const fn assume_in(service: RoleFacts, role: RoleFacts, account: &'static str) {
    let (Some((service_id, Stated { assume: Some(grants), .. })), Some((id, _))) = (service.stated, role.stated) else {
        return;
    };
    // Within one account, the trust policy alone may allow it: that is left to the evaluator.
    if unread(service.account, role.account) || !same(role.account, account) || same(service.account, role.account) {
        return;
    }
    if let Some(false) = grants.role(id) {
        ASSUME_POLICY.of_role(service, service_id, [role.written, role_arn(id).as_str(), service.written]).fail()
    }
}

/// Without a role, the target lives in the caller's account. If only one of these roles may start it, that is named.
#[track_caller]
pub const fn no_role(caller: CallerFacts, target: TargetFacts, roles: &[RoleFacts]) {
    if !unread(caller.account.id, target.id.account.id) && !same(caller.account.id, target.id.account.id) {
        let (missing, role) = match starter(target.id, roles) {
            Some(role) => (sentences::ROLE_LEFT_OUT, role.written),
            None => (sentences::role_missing, ""),
        };
        sentence(missing, target.written, caller.account.item, role).declared(target.written, target.declared_at).fail()
    }
}

/// The only one of some roles that may start a target.
const fn starter(target: PipelineConst, roles: &[RoleFacts]) -> Option<RoleFacts> {
    let mut found = None;
    let mut index = 0;
    while index < roles.len() {
        let role = roles[index];
        index += 1;
        let starts = match role.starts {
            Some(starts) => starts_target(starts, target),
            None => same(role.account, target.account.id),
        };
        if starts && found.is_some() {
            return None;
        }
        if starts {
            found = Some(role);
        }
    }
    found
}

/// The builder takes the role of an action together with its target.
#[track_caller]
pub(crate) const fn role_behind_start(target: &'static str) {
    ConstText::new()
        .push("the role of an action that starts a pipeline is given together with its target\n  help: write `.start_as(\"…\", ")
        .push(target)
        .push(", <role>)` instead of `.start(…).role(<role>)`")
        .fail()
}

/// A role that an action passes to a service lives in the account in which the action runs.
#[track_caller]
pub const fn passed_role(runs_in: &'static str, key: &'static str, account: &'static str) {
    if !unread(runs_in, account) && !same(runs_in, account) {
        sentence(sentences::passed_role, key, runs_in, account).fail()
    }
}
