//! Grants that are not needed: to roles that don't exist, to roles that no action uses, and wider than needed.

use super::reading::Reading;
use crate::finding::{Finding, Place};
use crate::ids::RoleArn;
use crate::plan::Found;
use crate::policy::{ASSUME_ROLE, Effect, Texts, is_about};
use crate::rules;
use crate::wiring::{Chain, KnownRole, excess};

/// What is wider than needed, over all links of a pipeline.
#[derive(Default)]
pub(super) struct Excess {
    /// The findings of the links of each role that starts or assumes.
    by_role: Vec<(RoleArn, Vec<Finding>)>,
}

impl Excess {
    /// Adds a link, with the places of its roles.
    pub(super) fn add(&mut self, chain: &Chain, service: &Place, action: &Place) {
        self.by_role.push((chain.starter().arn.clone(), excess(chain, service, action)));
    }

    /// What is reported: a grant is only too wide if no link with the same role needs it.
    pub(super) fn findings(self) -> Vec<Finding> {
        let mut reported: Vec<Finding> = Vec::new();
        for (role, findings) in &self.by_role {
            for finding in findings {
                let same = |other: &&Finding| other.message == finding.message;
                let others = self.by_role.iter().filter(|(other, _)| other == role);
                let by_all = finding.code != rules::XA1309.code
                    || others.clone().all(|(_, findings)| findings.iter().any(|other| same(&other)));
                if by_all && !reported.iter().any(|other| same(&other)) {
                    reported.push(finding.clone());
                }
            }
        }
        reported
    }
}

/// The roles that a role may assume by their exact ARNs.
pub fn assumable(role: &KnownRole) -> Vec<RoleArn> {
    let statements = role.policies.iter().flatten().flat_map(|policy| &policy.document.statements);
    let action = ASSUME_ROLE.to_lowercase();
    let granted = statements.filter(|statement| statement.effect == Effect::Allow && is_about(statement, &action));
    let resources = granted.flat_map(|statement| statement.resource.iter().flat_map(Texts::iter));
    let mut roles: Vec<RoleArn> = Vec::new();
    for role in resources.filter(|text| !text.contains(['*', '?', '$'])).filter_map(|text| text.parse::<RoleArn>().ok())
    {
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    roles
}

/// Roles that the service role may assume although they don't exist, or no action uses them.
pub(super) fn dead(reading: &Reading, service: &RoleArn, used: &[RoleArn], pipeline: &Place) -> Vec<Finding> {
    let Some(Found::Present(known)) = reading.roles.get(service) else { return Vec::new() };
    let place = pipeline.key("roleArn");
    let unused = assumable(known).into_iter().filter(|role| !used.contains(role));
    let finding = |role: RoleArn| match reading.roles.get(&role) {
        Some(Found::Missing) => {
            let message = format!("role `{service}` may assume `{role}`, which does not exist");
            Some(Finding::of(&rules::XA1310, place.clone(), message).help("take the grant out"))
        }
        Some(Found::Present(found)) => {
            let of_another_path = found.arn != role;
            let message = if of_another_path {
                format!(
                    "role `{service}` may assume `{role}`, which does not exist: the role of that name is `{}`",
                    found.arn
                )
            } else {
                format!("role `{service}` may assume `{role}`, which no action of the pipeline uses")
            };
            let rule = if of_another_path { &rules::XA1310 } else { &rules::XA1309 };
            let help = if of_another_path {
                "write the ARN as it is"
            } else {
                "take the grant out, unless another pipeline needs it"
            };
            Some(Finding::of(rule, place.clone(), message).help(help))
        }
        // Whether it exists isn't known.
        Some(Found::Unreadable(_) | Found::NotConnected) | None => None,
    };
    unused.filter_map(finding).collect()
}
