//! Pipelines that the program doesn't have, and that may run with a role which a plan deletes or takes rights from.

use std::collections::{BTreeMap, BTreeSet};

use crate::declaration::PipelineDeclaration;
use crate::finding::{Finding, Place};
use crate::ids::{AccountId, PipelineArn, RoleArn, split_arn};
use crate::plan::input::options::Intent;
use crate::plan::input::state::{Found, State};
use crate::plan::plan::Plan;
use crate::plan::planner::Planner;
use crate::plan::steps::rights::rights;
use crate::plan::steps::subjects_in::subjects_in;
use crate::plan::steps::write::Write;
use crate::policy::{Document, Effect, Principal, names_everybody};
use crate::rules;
use crate::topology::subject::Subject;

/// Roles by the accounts whose pipelines may run with them.
pub type RoleUsers = BTreeMap<AccountId, BTreeSet<RoleArn>>;

impl Plan {
    /// The accounts in which other pipelines may run with roles that the plan deletes or takes rights from, and that were not searched for
    /// them.
    pub fn users_in_doubt(&self, state: &State) -> RoleUsers {
        let mut users = users(state, self.steps.iter().map(|step| &step.write));
        users.retain(|account, _| !state.searched.contains_key(account));
        users
    }

    /// The accounts in which other pipelines may have begun to run with roles since the plan was made: those that it deletes, and if it was saved, also
    /// those that it takes rights from. `now` has the roles that it [rests on](Self::rests_on). A plan that puts back what an apply
    /// wrote has none: that a pipeline runs with what it takes back is not a reason to keep the rest.
    pub fn users_since(&self, now: &State) -> RoleUsers {
        let is_searched = |write: &&Write| match self.intent {
            Intent::Converge | Intent::Prune | Intent::Destroy => {
                self.was_saved() || matches!(write, Write::DeleteRole { .. })
            }
            Intent::Restore | Intent::Fix => false,
        };
        users(now, self.steps.iter().map(|step| &step.write).filter(is_searched))
    }

    /// Whether a pipeline that was found to run with a role came to do so after the plan was made: it is not one that the plan writes, and not one whose
    /// roles are compared.
    pub fn is_new_user(&self, pipeline: &PipelineArn) -> bool {
        let is_written = self.steps.iter().any(|step| {
            matches!(
                &step.write,
                Write::CreatePipeline { pipeline: of, .. }
                    | Write::UpdatePipeline { pipeline: of, .. }
                    | Write::DeletePipeline { pipeline: of, .. } if of == pipeline
            )
        });
        let is_it = |subject: &Subject| matches!(subject, Subject::Pipeline(of) if of == pipeline);
        !is_written && !self.rests_on().any(is_it)
    }
}

/// Whether a declaration names one of the roles.
pub fn runs_with(declaration: &PipelineDeclaration, roles: &BTreeSet<RoleArn>) -> bool {
    let text = serde_json::to_string(declaration).unwrap_or_default();
    subjects_in(&text).iter().any(|subject| matches!(subject, Subject::Role(role) if roles.contains(role)))
}

impl Planner<'_> {
    /// Reports roles that may be used in an account that was not searched.
    pub(in crate::plan) fn users_not_seen(&mut self) {
        let mut findings = Vec::new();
        for (account, roles) in users(self.state, self.writes.iter()) {
            let why = match self.state.searched.get(&account) {
                Some(Found::NotConnected) => None,
                Some(Found::Unreadable(why)) => Some(why),
                Some(Found::Present(()) | Found::Missing) | None => continue,
            };
            for role in roles {
                let deleted =
                    self.writes.iter().any(|w| matches!(w, Write::DeleteRole { role: of, .. } if *of == role));
                let item = self.item_of(&role);
                let becomes = if deleted { "would be deleted" } else { "would lose rights" };
                findings.extend(match why {
                    Some(why) => Some(Finding::of(
                        &rules::XA1032,
                        Place::role(item),
                        format!("role `{role}` {becomes}, and it is not known which pipelines of account {account} run with it: {why}"),
                    )),
                    None if deleted && !self.options.not_used_in.contains(&account) => Some(
                        Finding::of(
                            &rules::XA1036,
                            Place::role(item),
                            format!(
                                "role `{role}` would be deleted, but its trust policy names account {account}, which was not searched for pipelines that use it"
                            ),
                        )
                        .help(format!(
                            "give credentials for account {account}, with `--profile {account}=…`; or look there yourself, and plan with `.not_used_in(…)`, or \
                             `--not-used-in {account}`, if no pipeline does"
                        )),
                    ),
                    None => None,
                });
            }
        }
        let trusts_everybody = |role: &RoleArn| {
            self.state.roles.get(role).and_then(Found::present).is_some_and(|found| {
                found.trust.statements.iter().any(|s| s.effect == Effect::Allow && names_everybody(s))
            })
        };
        for write in &self.writes {
            let Write::DeleteRole { role, .. } = write else { continue };
            if trusts_everybody(role) {
                findings.push(Finding::of(
                    &rules::XA1032,
                    Place::role(self.item_of(role)),
                    format!(
                        "role `{role}` would be deleted, and it is not known which pipelines of other accounts run with it: its trust policy names everybody"
                    ),
                ));
            }
        }
        self.findings.append(&mut findings);
    }

    pub(in crate::plan) fn item_of<'a>(&'a self, role: &'a RoleArn) -> &'a str {
        self.topology.role(role).map_or(role.name().as_str(), |found| found.role.item.as_str())
    }
}

/// The accounts that may use what the writes delete or take away.
fn users<'a>(state: &State, writes: impl Iterator<Item = &'a Write>) -> RoleUsers {
    let mut users = RoleUsers::new();
    for write in writes {
        let trust = |role: &RoleArn| Some(&state.roles.get(role)?.present()?.trust);
        let (role, trust) = match write {
            Write::DeleteRole { role, trust, .. } => (role, Some(trust)),
            Write::UpdateTrust { role, before, after, .. } if !rights(before).is_subset(&rights(after)) => {
                (role, Some(before))
            }
            Write::DeleteRolePolicy { role, .. } => (role, trust(role)),
            Write::PutRolePolicy { role, before: Some(before), after, .. }
                if !rights(before).is_subset(&rights(after)) =>
            {
                (role, trust(role))
            }
            _ => continue,
        };
        for account in trust.map(|trust| trusted_accounts(role, trust)).into_iter().flatten() {
            users.entry(account).or_default().insert(role.clone());
        }
    }
    users
}

/// The accounts that a trust policy names; the one of the role where it names a service, whose pipelines are in the same account, or everybody.
fn trusted_accounts(role: &RoleArn, trust: &Document) -> BTreeSet<AccountId> {
    let mut accounts = BTreeSet::new();
    for statement in trust.statements.iter().filter(|statement| statement.effect == Effect::Allow) {
        let Some(Principal::Map(kinds)) = &statement.principal else { continue };
        let texts = kinds.get("AWS").into_iter().flat_map(|texts| texts.iter());
        let account = |text: &str| match text {
            "*" => Some(role.account().clone()),
            text => split_arn(text).map_or(text, |arn| arn.account).parse::<AccountId>().ok(),
        };
        accounts.extend(texts.filter_map(account));
        accounts.extend(kinds.contains_key("Service").then(|| role.account().clone()));
    }
    accounts
}
