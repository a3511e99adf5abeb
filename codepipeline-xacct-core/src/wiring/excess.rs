//! Wiring that works, but grants more than is needed, or names what no longer exists.

use std::collections::BTreeSet;

use super::chain::{Chain, KnownRole, Policy};
use super::fix::missed;
use super::hop::Hop;
use super::prove::is_allowed;
use crate::finding::{Finding, Place};
use crate::ids::{AccountId, PipelineArn, RoleArn, split_arn};
use crate::policy::{
    ASSUME_ROLE, CODEPIPELINE, Effect, Principal, START, Statement, condition_values, is_about, is_principal_id,
};
use crate::rules;

/// What works but should be reviewed. `service` and `action` are the places of the two roles; `others` is what other chains are known to need of
/// a role: the roles that it assumes, and the pipelines that it starts.
pub fn excess(
    chain: &Chain,
    others: &dyn Fn(&RoleArn) -> Vec<String>,
    service: &Place,
    action: &Place,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    trust(&chain.service_role, None, service, &mut findings);
    let with_others = |own: String, role: &RoleArn, is_such: fn(&str) -> bool| {
        let mut wanted = vec![own];
        wanted.extend(others(role).into_iter().filter(|other| is_such(other)));
        let mut seen = BTreeSet::new();
        wanted.retain(|text| seen.insert(text.clone()));
        wanted
    };
    if let Some(role) = &chain.action_role {
        trust(role, Some(&chain.service_role), action, &mut findings);
        let is_role = |text: &str| text.parse::<RoleArn>().is_ok();
        let wanted = with_others(role.arn.to_string(), &chain.service_role.arn, is_role);
        grants(&chain.service_role, ASSUME_ROLE, &wanted, &|_| false, service, &mut findings);
    }
    if let Some(target) = &chain.target {
        let place = if chain.action_role.is_some() { action } else { service };
        let is_pipeline = |text: &str| text.parse::<PipelineArn>().is_ok();
        let wanted = with_others(target.to_string(), &chain.starter().arn, is_pipeline);
        // A grant that misses the target grants too little, and the hop says so, unless another statement allows it.
        let told = |text: &str| missed(text, target).is_some() && !is_allowed(chain, Hop::Start);
        grants(chain.starter(), START, &wanted, &told, place, &mut findings);
    }
    findings
}

/// Statements that allow an action.
fn allows<'a>(
    statements: impl IntoIterator<Item = &'a Statement>,
    action: &str,
) -> impl Iterator<Item = (usize, &'a Statement)> {
    let action = action.to_lowercase();
    statements
        .into_iter()
        .enumerate()
        .filter(move |(_, statement)| statement.effect == Effect::Allow && is_about(statement, &action))
}

fn trust(role: &KnownRole, trusted: Option<&KnownRole>, place: &Place, findings: &mut Vec<Finding>) {
    let Some(document) = &role.trust else { return };
    for (index, statement) in allows(&document.statements, ASSUME_ROLE) {
        let Some(Principal::Map(kinds)) = &statement.principal else { continue };
        let place = place.key("trust").key("Statement").index(index).key("Principal");
        let free = !narrows(statement);
        for text in kinds.get("AWS").into_iter().flat_map(|texts| texts.iter()) {
            findings.extend(principal(role, text, free, trusted, &place));
        }
    }
}

/// Whether a condition only admits some principals or requests: it tests who asks or from where, and its values are not
/// wildcards.
fn narrows(statement: &Statement) -> bool {
    const WHO: [&str; 13] = [
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalaccount",
        "aws:principaltype",
        "aws:userid",
        "aws:sourceip",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:sourcearn",
        "aws:sourceaccount",
        "sts:externalid",
        "sts:rolesessionname",
    ];
    let of_whom = |key: &str| {
        let key = key.to_lowercase();
        WHO.contains(&key.as_str()) || key.starts_with("aws:principaltag/") || key.starts_with("aws:requesttag/")
    };
    let vacuous = |value: &str| value.chars().all(|c| c == '*' || c == ':');
    statement.condition.iter().flatten().any(|(operator, keys)| {
        let operator = operator.to_lowercase();
        let positive = !operator.contains("not") && !operator.ends_with("ifexists") && operator != "null";
        positive
            && keys.iter().any(|(key, values)| of_whom(key) && !condition_values(values).iter().any(|v| vacuous(v)))
    })
}

fn principal(role: &KnownRole, text: &str, free: bool, service: Option<&KnownRole>, place: &Place) -> Option<Finding> {
    let trusted = service.map(|role| &role.arn);
    let known_id = service.and_then(|role| role.unique_id.as_deref());
    let exact = trusted.map_or_else(
        || format!("name `{CODEPIPELINE}` as the service, and nobody else"),
        |arn| format!("name the service role, `{arn}`, or add the condition `ArnEquals` on `aws:PrincipalArn`"),
    );
    let of = &role.arn;
    if text == "*" {
        return free.then(|| {
            let message = format!("every principal of every account with permission may assume role `{of}`");
            Finding::of(&rules::XA1308, place.clone(), message).help(exact)
        });
    }
    if let Some(account) = account_of(text) {
        return free.then(|| {
            let message = format!("every principal of account {account} with permission may assume role `{of}`");
            Finding::of(&rules::XA1307, place.clone(), message).help(exact)
        });
    }
    if is_principal_id(text) {
        if known_id == Some(text) {
            return None;
        }
        let message = format!("role `{of}` trusts a principal by its id, `{text}`, as IAM shows it once it is deleted");
        return Some(
            Finding::of(&rules::XA1310, place.clone(), message)
                .help("write the ARN again, so that IAM looks up the new id"),
        );
    }
    let trusted = trusted?;
    same_name(text, trusted).then(|| {
        let message = format!("role `{of}` trusts `{text}`, which can't exist alongside the service role `{trusted}`");
        Finding::of(&rules::XA1310, place.clone(), message)
            .help("role names are unique in an account whatever their path and letter case; write the ARN as it is")
    })
}

/// The account whose root a principal is.
fn account_of(text: &str) -> Option<&str> {
    if text.parse::<AccountId>().is_ok() {
        return Some(text);
    }
    split_arn(text).filter(|arn| arn.service == "iam" && arn.resource == "root").map(|arn| arn.account)
}

/// True for another ARN of what is the same role to IAM: names are unique ignoring path and case.
fn same_name(text: &str, role: &RoleArn) -> bool {
    let Some(arn) = split_arn(text) else { return false };
    let name = arn.resource.strip_prefix("role/").and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    text != role.to_string()
        && arn.service == "iam"
        && arn.account == role.account().as_str()
        && name.eq_ignore_ascii_case(role.name().as_str())
}

/// Grants of an action on more than what the chain needs, except on resources that the hop already names (`told`).
fn grants(
    role: &KnownRole,
    action: &str,
    wanted: &[String],
    told: &dyn Fn(&str) -> bool,
    place: &Place,
    findings: &mut Vec<Finding>,
) {
    for (position, Policy { document, .. }) in role.policies.iter().flatten().enumerate() {
        for (index, statement) in allows(&document.statements, action) {
            let place = place.key("policies").index(position).key("Statement").index(index);
            if statement.not_resource.is_some() {
                let message = format!("role `{}` may `{action}` on all but some resources", role.arn);
                findings.push(Finding::of(&rules::XA1309, place.key("NotResource"), message).help(only(wanted)));
                continue;
            }
            for text in statement.resource.iter().flat_map(|texts| texts.iter()).filter(|text| !told(text)) {
                findings.extend(grant(role, action, wanted, text, &place.key("Resource")));
            }
        }
    }
}

fn grant(role: &KnownRole, action: &str, wanted: &[String], text: &str, place: &Place) -> Option<Finding> {
    if wanted.iter().any(|needed| needed == text) {
        return None;
    }
    let dead = wanted.iter().filter_map(|needed| needed.parse::<RoleArn>().ok()).find(|needed| same_name(text, needed));
    if let Some(needed) = dead {
        let message = format!("role `{}` may assume `{text}`, which can't exist alongside `{needed}`", role.arn);
        return Some(
            Finding::of(&rules::XA1310, place.clone(), message).help(
                "role names are unique in an account whatever their path and letter case; write the ARN as it is",
            ),
        );
    }
    let wide = text.contains(['*', '?']);
    // Other exact names may be for other actions, except in a role that starts a pipeline, which is for one action.
    (wide || action == START).then(|| {
        let message = format!("role `{}` may `{action}` on `{text}`, more than this action needs", role.arn);
        Finding::of(&rules::XA1309, place.clone(), message).help(only(wanted))
    })
}

fn only(wanted: &[String]) -> String {
    format!("allow it on `{}` only, unless another pipeline needs it", wanted.join("`, `"))
}
