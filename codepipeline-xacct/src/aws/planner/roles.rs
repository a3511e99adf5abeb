//! Roles: create, keep trust, tags and the inline policy.

use super::super::plan::Step;
use super::super::read::{RoleState, Seen, State};
use super::{Planner, changed};
use crate::aws::Error;
use crate::core::finding::{Finding, Place};
use crate::core::ids::RoleArn;
use crate::core::policy::Document;
use crate::core::rules;
use crate::core::topology::{Ownership, ResolvedRole};

impl Planner<'_> {
    pub(super) fn plan_roles(&self, state: &State, findings: &mut Vec<Finding>) -> Result<Vec<Vec<Step>>, Error> {
        let mut create: Vec<&ResolvedRole> = Vec::new();
        let (mut trusts, mut policies, mut tags) = (Vec::new(), Vec::new(), Vec::new());
        for resolved in self.topology.roles() {
            let role = &resolved.role;
            let place = Place::role(&role.item);
            let found = match state.roles.get(&role.arn) {
                Some(Seen::There(found)) => Some(found),
                Some(Seen::Unknown(why)) if role.ownership != Ownership::Extern => {
                    self.unreached(role.arn.account(), why, place, findings)?;
                    continue;
                }
                Some(Seen::Missing) if role.ownership != Ownership::Managed => {
                    findings.push(
                        Finding::of(&rules::XA1008, place, format!("role `{}` does not exist", role.arn))
                            .help("check name, path and account, or declare it without `extern` or `extended`"),
                    );
                    continue;
                }
                _ => None,
            };
            if let Some(found) = found
                && found.arn != role.arn.to_string()
            {
                // GetRole goes by the name alone.
                let message = format!("the account has `{}`, where `{}` is declared", found.arn, role.arn);
                findings.push(Finding::of(&rules::XA1009, place, message).help(
                    "role names are unique in an account whatever their path: write the path that is there, or another name",
                ));
                continue;
            }
            match role.ownership {
                Ownership::Extern => {
                    findings.extend(found.into_iter().flat_map(|found| stated_otherwise(resolved, found)));
                    continue;
                }
                Ownership::Extended => {}
                Ownership::Managed => match found {
                    None => create.push(resolved),
                    Some(found) => self.update_role(resolved, found, &mut trusts, &mut tags, findings),
                },
            }
            policies.extend(self.policy_step(resolved, found));
            self.quota(resolved, findings);
        }
        let mut phases = self.create_roles(&create);
        // IAM answers two writes of one role at once with a conflict.
        phases.extend([trusts, tags, policies]);
        Ok(phases)
    }

    /// A role that names another one in its trust comes after it: IAM refuses a principal that doesn't exist.
    fn create_roles(&self, roles: &[&ResolvedRole]) -> Vec<Vec<Step>> {
        let names = |resolved: &ResolvedRole, arn: &RoleArn| {
            resolved.trust.as_ref().is_some_and(|t| t.to_json().contains(&format!("\"{arn}\"")))
        };
        let mut rest: Vec<&ResolvedRole> = roles.to_vec();
        let mut phases = Vec::new();
        while !rest.is_empty() {
            let (ready, waiting): (Vec<_>, Vec<_>) = rest.iter().copied().partition(|resolved| {
                !rest.iter().any(|other| other.role.arn != resolved.role.arn && names(resolved, &other.role.arn))
            });
            // Roles that trust each other can't be ordered; IAM says so then.
            let (ready, waiting) = if ready.is_empty() { (waiting, Vec::new()) } else { (ready, waiting) };
            phases.push(ready.into_iter().map(|resolved| self.create_role(resolved)).collect());
            rest = waiting;
        }
        phases
    }

    fn create_role(&self, resolved: &ResolvedRole) -> Step {
        let role = &resolved.role;
        Step::CreateRole {
            role: role.arn.clone(),
            trust: resolved.trust.clone().unwrap_or_else(|| Document::new(Vec::new())),
            tags: self.role_tags(role),
        }
    }

    fn update_role(
        &self,
        resolved: &ResolvedRole,
        found: &RoleState,
        trusts: &mut Vec<Step>,
        tagged: &mut Vec<Step>,
        findings: &mut Vec<Finding>,
    ) {
        let role = &resolved.role;
        let place = Place::role(&role.item);
        let arn = role.arn.to_string();
        if let Err(finding) = self.owned(place, "role", &arn, &found.tags) {
            findings.push(finding);
            return;
        }
        if let Some(trust) = &resolved.trust
            && !trust.same_meaning(&found.trust)
        {
            trusts.push(Step::UpdateTrust {
                role: role.arn.clone(),
                before: found.trust.clone(),
                after: trust.clone(),
            });
        }
        let tags = changed(&self.role_tags(role), &found.tags);
        if !tags.is_empty() {
            tagged.push(Step::TagRole { role: role.arn.clone(), tags });
        }
    }

    fn policy_step(&self, resolved: &ResolvedRole, found: Option<&RoleState>) -> Option<Step> {
        let name = self.topology.policy_name();
        let role = resolved.role.arn.clone();
        let before = found.and_then(|f| f.inline.get(&name)).cloned();
        match (&resolved.policy, before) {
            (Some(after), Some(before)) if after.same_meaning(&before) => None,
            (Some(after), before) => Some(Step::PutRolePolicy { role, name, before, after: after.clone() }),
            (None, Some(_)) => Some(Step::DeleteRolePolicy { role, name }),
            (None, None) => None,
        }
    }

    /// Quotas can be raised, so passing one is a warning. Source: IAM User Guide, "IAM and AWS STS quotas".
    fn quota(&self, resolved: &ResolvedRole, findings: &mut Vec<Finding>) {
        for (document, what, most) in
            [(&resolved.trust, "trust policy", 2048), (&resolved.policy, "inline policy", 10240)]
        {
            let size = document.as_ref().map_or(0, Document::size);
            if size > most {
                let message = format!(
                    "the {what} of role `{}` has {size} characters; the quota of IAM is {most} by default",
                    resolved.role.arn
                );
                findings.push(Finding::of(&rules::XA1010, Place::role(&resolved.role.item), message));
            }
        }
    }
}

/// Where the documents that are stated of an extern role are not those that it has.
fn stated_otherwise(resolved: &ResolvedRole, found: &RoleState) -> Vec<Finding> {
    let role = &resolved.role;
    let place = Place::role(&role.item);
    let mut findings = Vec::new();
    let mut differs = |key: &str, what: &str, there: &[&Document]| {
        let message = format!("the {what} of role `{}` is not what is stated of it", role.arn);
        let there: Vec<String> = there.iter().map(|document| document.to_json()).collect();
        let there = if key == "policies" { format!("[{}]", there.join(", ")) } else { there.join("") };
        let help = if there.is_empty() {
            format!("leave `{key}` out: it has none")
        } else {
            format!("state it as it is: `{key}: {there}`")
        };
        findings.push(Finding::of(&rules::XA1016, place.key(key), message).help(help));
    };
    if role.trust_policy.as_ref().is_some_and(|stated| !stated.same_meaning(&found.trust)) {
        differs("trust_policy", "trust policy", &[&found.trust]);
    }
    if found.hidden {
        return findings;
    }
    let there: Vec<&Document> =
        found.inline.values().chain(found.attached.iter().map(|(_, document)| document)).collect();
    if let Some(stated) = &role.policies {
        // How the statements are spread over documents makes no difference.
        let whole = |documents: &[&Document]| {
            Document::new(documents.iter().flat_map(|document| document.statements.clone()).collect())
        };
        let stated: Vec<&Document> = stated.iter().collect();
        if !whole(&stated).same_meaning(&whole(&there)) {
            differs("policies", "sum of the policies", &there);
        }
        let same_boundary = match (&role.permissions_boundary, &found.boundary) {
            (Some(stated), Some(found)) => stated.same_meaning(found),
            (stated, found) => stated.is_none() && found.is_none(),
        };
        if !same_boundary {
            differs("permissions_boundary", "permissions boundary", &found.boundary.iter().collect::<Vec<_>>());
        }
    }
    findings
}
