//! Grants that are not needed: to roles that don't exist, to roles that no action uses, and wider than needed.

use std::collections::HashMap;

use indexmap::IndexSet;

use super::reading::Reading;
use crate::finding::{Finding, Place};
use crate::ids::RoleArn;
use crate::plan::Found;
use crate::policy::{ASSUME_ROLE, Effect, Texts, is_about};
use crate::rules;
use crate::wiring::{Chain, KnownRole, excess, links};

/// What the pipelines that were read need of each role: the roles that it assumes, and the pipelines that it starts.
#[derive(Default)]
pub(super) struct Uses(HashMap<RoleArn, IndexSet<String>>);

impl Uses {
    pub(super) fn of(reading: &Reading) -> Self {
        let mut uses = Self::default();
        for (arn, found) in &reading.pipelines {
            let Some(declaration) = found.present() else { continue };
            let service = declaration.role_arn.as_deref().and_then(|role| role.parse::<RoleArn>().ok());
            for link in links(arn, declaration) {
                let role = link.role_arn();
                if let (Some(service), Some(role)) = (&service, &role) {
                    uses.needs(service, role.to_string());
                }
                let starter = if link.role.is_some() { &role } else { &service };
                if let (Some(starter), Some(target)) = (starter, &link.target) {
                    uses.needs(starter, target.to_string());
                }
            }
        }
        uses
    }

    fn needs(&mut self, role: &RoleArn, what: String) {
        self.0.entry(role.clone()).or_default().insert(what);
    }

    fn of_role(&self, role: &RoleArn) -> Vec<String> {
        self.0.get(role).into_iter().flatten().cloned().collect()
    }
}

/// What is wider than needed, over all links of a pipeline, each once.
#[derive(Default)]
pub(super) struct Excess(Vec<Finding>);

impl Excess {
    /// Adds a link, with the places of its roles.
    pub(super) fn add(&mut self, chain: &Chain, uses: &Uses, service: &Place, action: &Place) {
        for finding in excess(chain, &|role| uses.of_role(role), service, action) {
            if !self.0.iter().any(|other| other.message == finding.message) {
                self.0.push(finding);
            }
        }
    }

    /// What is reported.
    pub(super) fn findings(self) -> Vec<Finding> {
        self.0
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

/// Roles that the service role may assume although they don't exist, or no action of a pipeline that was read uses them.
pub(super) fn dead(reading: &Reading, service: &RoleArn, uses: &Uses, pipeline: &Place) -> Vec<Finding> {
    let Some(Found::Present(known)) = reading.roles.get(service) else { return Vec::new() };
    let place = pipeline.key("roleArn");
    let used = uses.of_role(service);
    let unused = assumable(known).into_iter().filter(|role| !used.contains(&role.to_string()));
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
