//! The documents of the roles, from the pipelines that use them.

use crate::rules;
use indexmap::{IndexMap, IndexSet};

use super::grants::Grants;
use super::suggested_statement::Offers;
use crate::finding::{Finding, Place};
use crate::ids::{AccountId, Partition, RoleArn};
use crate::policy::quota;
use crate::policy::{Document, DocumentKind, START, Statement, account_trust, role_trust, service_trust};
use crate::topology::items::{Account, Ownership, Pipeline, ResolvedRole, Role, Trust};

/// Derives the documents of every role: least privilege, exact ARNs.
pub fn derive_roles(
    roles: Vec<Role>,
    pipelines: &[Pipeline],
    accounts: &[Account],
    findings: &mut Vec<Finding>,
) -> Vec<ResolvedRole> {
    let known: IndexSet<RoleArn> = roles.iter().map(|r| r.arn.clone()).collect();
    roles
        .into_iter()
        .map(|role| {
            let trust =
                (role.ownership == Ownership::Managed).then(|| derive_trust(&role, pipelines, &known, findings));
            let policy = match role.ownership {
                Ownership::Managed | Ownership::Extended => derive_policy(&role, pipelines, accounts, findings),
                Ownership::Extern => None,
            };
            ResolvedRole { role, trust, policy }
        })
        .collect()
}

/// The pipelines whose actions run with a role.
fn users<'a>(role: &'a RoleArn, pipelines: &'a [Pipeline]) -> impl Iterator<Item = &'a Pipeline> {
    pipelines.iter().filter(move |p| {
        p.invokes.iter().any(|i| i.role.as_ref() == Some(role)) || p.role_links.iter().any(|link| link.role == *role)
    })
}

fn derive_trust(
    role: &Role,
    pipelines: &[Pipeline],
    known: &IndexSet<RoleArn>,
    findings: &mut Vec<Finding>,
) -> Document {
    let place = Place::role(&role.item);
    let mut statements = Vec::new();
    if pipelines.iter().any(|p| p.service_role.as_ref() == Some(&role.arn)) {
        statements.push(service_trust());
    }
    let trusted = trusted_roles(role, pipelines, &mut statements, findings);
    // IAM refuses a principal that doesn't exist. Roles of this topology exist by then, given the order in which
    // it is applied; any other role is named in a condition, where it need not exist.
    // A role can't name itself when it is created, either.
    let exists = |arn: &RoleArn| known.contains(arn) && *arn != role.arn;
    let (exact, elsewhere): (Vec<_>, Vec<_>) = trusted.into_iter().partition(exists);
    if !exact.is_empty() {
        statements.push(role_trust(&exact));
    }
    let mut by_account: IndexMap<(Partition, AccountId), Vec<String>> = IndexMap::new();
    for arn in elsewhere {
        by_account.entry((arn.partition().clone(), arn.account().clone())).or_default().push(arn.to_string());
    }
    for ((partition, account), arns) in by_account {
        statements.push(account_trust(&partition, &account).when("ArnEquals", "aws:PrincipalArn", &arns));
    }
    let named = role.trusts.as_ref().is_some_and(|trusts| !trusts.is_empty());
    if statements.is_empty() && !named {
        findings.push(
            Finding::of(&rules::XA0910, place.clone(), format!("nobody may assume role `{}`", role.item))
                .help("use it as a service role or for an action, or name in `trusts: […]` who assumes it"),
        );
    }
    let document = Document::new(statements);
    findings.extend(quota::over_quota(document.size(), DocumentKind::Trust, &place.key("trusts")));
    document
}

/// The roles that a role trusts by name; statements for whole accounts go straight into its trust policy.
fn trusted_roles(
    role: &Role,
    pipelines: &[Pipeline],
    statements: &mut Vec<Statement>,
    findings: &mut Vec<Finding>,
) -> IndexSet<RoleArn> {
    let place = Place::role(&role.item);
    let mut trusted: IndexSet<RoleArn> = IndexSet::new();
    let service_roles = |account: Option<&AccountId>| -> Vec<RoleArn> {
        users(&role.arn, pipelines)
            .filter(|p| account.is_none_or(|a| p.arn.account() == a))
            .filter_map(|p| p.service_role.clone())
            .collect()
    };
    match &role.trusts {
        None => trusted.extend(service_roles(None)),
        Some(trusts) => {
            for trust in trusts {
                match trust {
                    Trust::Role(arn) => {
                        trusted.insert(arn.clone());
                    }
                    Trust::Account(account) => {
                        let of_account = service_roles(Some(&account.id));
                        if of_account.is_empty() {
                            findings.push(
                                Finding::of(
                                    &rules::XA0908,
                                    place.key("trusts"),
                                    format!(
                                        "role `{}` trusts account `{}`, but no pipeline of that account uses it in this topology",
                                        role.item, account.item
                                    ),
                                )
                                .help(format!(
                                    "name the service role (`role(\"arn:…\")`) that the other program uses, or write `whole_account({})`",
                                    account.item
                                )),
                            );
                        }
                        trusted.extend(of_account);
                    }
                    Trust::WholeAccount(account) => {
                        statements.push(account_trust(&account.partition, &account.id));
                        findings.push(
                            Finding::of(
                                &rules::XA0909,
                                place.key("trusts"),
                                format!(
                                    "role `{}` trusts every principal of account `{}` that is allowed to assume it",
                                    role.item, account.item
                                ),
                            )
                            .help(format!("trust `{}` or one of its roles instead", account.item)),
                        );
                    }
                }
            }
        }
    }
    trusted
}

fn derive_policy(
    role: &Role,
    pipelines: &[Pipeline],
    accounts: &[Account],
    findings: &mut Vec<Finding>,
) -> Option<Document> {
    let callers = users(&role.arn, pipelines).map(|pipeline| pipeline.arn.account()).collect();
    let mut grants = Grants::new(role, Offers { accounts, callers }, findings);
    for pipeline in pipelines.iter().filter(|p| p.service_role.as_ref() == Some(&role.arn)) {
        grants.service_role(pipeline);
    }
    for pipeline in users(&role.arn, pipelines) {
        grants.action_role(pipeline);
    }
    for target in role.starts.iter().flatten() {
        grants.add(Statement::allow(&[START], vec![target.arn.to_string()]));
    }
    for statement in &role.statements {
        grants.add(statement.clone());
    }
    let statements = grants.into_statements();
    if statements.is_empty() {
        return None;
    }
    let document = Document::new(statements);
    findings.extend(quota::over_derived_quota(document.size(), &Place::role(&role.item).key("policies")));
    Some(document)
}
