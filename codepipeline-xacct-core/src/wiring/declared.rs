//! Faults of a declared wiring.

use crate::rules;
use indexmap::IndexMap;

use crate::check::variable_mismatch::compare;
use crate::finding::{Finding, Place};
use crate::ids::{AccountId, PipelineArn, RoleArn};
use crate::sentences;
use crate::topology::items::{Invoke, Pipeline, Role, Trust};

/// Checks the links of one pipeline against what the items declare.
pub fn judge(pipeline: &Pipeline, roles: &[Role], accounts: &IndexMap<AccountId, String>, findings: &mut Vec<Finding>) {
    let account_item = |id: &AccountId| accounts.get(id).cloned().unwrap_or_else(|| id.to_string());
    if let Some(arn) = &pipeline.service_role
        && arn.account() != pipeline.arn.account()
    {
        let (message, help) = sentences::service_role_account
            .render(&[("Self", &role_item(roles, arn)), ("A", &account_item(pipeline.arn.account()))]);
        let place = Place::pipeline(&pipeline.item).key("roleArn").value();
        findings.push(Finding::of(&rules::XA0901, place, message).help(help));
    }
    for invoke in &pipeline.invokes {
        judge_invoke(pipeline, invoke, roles, &account_item, findings);
    }
    for link in &pipeline.role_links {
        let place = pipeline.link_place(link).key("roleArn").value();
        judge_trust(pipeline, &link.role, place, roles, &account_item, findings);
    }
}

/// The role of an action trusts the service role, if that is known.
fn judge_trust(
    pipeline: &Pipeline,
    arn: &RoleArn,
    place: Place,
    roles: &[Role],
    account_item: &dyn Fn(&AccountId) -> String,
    findings: &mut Vec<Finding>,
) {
    let trusts = roles.iter().find(|r| r.arn == *arn).and_then(|r| r.trusts.as_ref());
    if let Some(trusts) = trusts
        && !trusts.iter().any(|t| trust_covers(t, pipeline))
    {
        let names = [("Self", role_item(roles, arn)), ("A", account_item(pipeline.arn.account()))];
        let (message, help) = sentences::trust.render(&names.each_ref().map(|(key, name)| (*key, name.as_str())));
        findings.push(Finding::of(&rules::XA0904, place, message).help(help));
    }
}

fn role_item(roles: &[Role], arn: &RoleArn) -> String {
    roles.iter().find(|r| r.arn == *arn).map_or_else(|| arn.to_string(), |r| r.item.clone())
}

/// Whether a role may start a pipeline, where that is known, and else whether it lives beside it.
fn may_start(role: &Role, target: &PipelineArn) -> bool {
    match &role.starts {
        Some(starts) => starts.iter().any(|start| start.arn == *target),
        None => role.arn.account() == target.account(),
    }
}

fn judge_invoke(
    pipeline: &Pipeline,
    invoke: &Invoke,
    roles: &[Role],
    account_item: &dyn Fn(&AccountId) -> String,
    findings: &mut Vec<Finding>,
) {
    let place = pipeline.action_place(&invoke.stage, &invoke.action);
    let target = &invoke.target;
    let home = account_item(pipeline.arn.account());
    match &invoke.role {
        None if target.arn.account() != pipeline.arn.account() => {
            let mut starters = roles.iter().filter(|role| !role.inline && may_start(role, &target.arn));
            let (missing, role) = match (starters.next(), starters.next()) {
                (Some(role), None) => (sentences::ROLE_LEFT_OUT, role.item.as_str()),
                _ => (sentences::role_missing, ""),
            };
            let (message, help) = missing.render(&[("Self", &target.item), ("A", &home), ("T", role)]);
            findings.push(Finding::of(&rules::XA0902, place.clone(), message).help(help));
        }
        None => {}
        Some(arn) => {
            let item = role_item(roles, arn);
            let role_place = place.key("roleArn").value();
            if arn.account() != target.arn.account() {
                // Trust and start rights are only checked for a role in the right account.
                let (message, help) =
                    sentences::role_account.render(&[("Self", &item), ("A", &account_item(target.arn.account()))]);
                findings.push(Finding::of(&rules::XA0903, role_place, message).help(help));
            } else if let Some(role) = roles.iter().find(|r| r.arn == *arn) {
                judge_trust(pipeline, arn, role_place.clone(), roles, account_item, findings);
                if let Some(starts) = &role.starts
                    && !starts.iter().any(|s| s.arn == target.arn)
                {
                    let (message, help) = sentences::start.render(&[("Self", &item), ("T", &target.item)]);
                    findings.push(Finding::of(&rules::XA0905, role_place, message).help(help));
                }
            }
        }
    }
    let Some(declared) = &target.variables else { return };
    let passed = invoke.variables.keys().map(String::as_str);
    let declared = declared.iter().map(|variable| (variable.name.as_str(), variable.required));
    findings.extend(compare(passed, declared).iter().map(|mismatch| mismatch.finding(&place, &target.item)));
}

fn trust_covers(trust: &Trust, pipeline: &Pipeline) -> bool {
    match trust {
        Trust::Account(account) | Trust::WholeAccount(account) => account.id == *pipeline.arn.account(),
        Trust::Role(arn) => pipeline.service_role.as_ref() == Some(arn),
    }
}
