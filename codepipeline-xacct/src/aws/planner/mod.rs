//! Makes plans: reads the accounts, decides what has to be written and what stands in the way.

mod pipelines;
mod proof;
mod roles;

use crate::core::rules;
use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::clients::Accounts;
use super::error::Error;
use super::plan::{Plan, Proof, Step};
use super::read::{self, Seen, State};
use super::{ITEM_TAG, TOPOLOGY_TAG};
use crate::core::finding::{Finding, Findings, Place};
use crate::core::ids::AccountId;
use crate::core::topology::{self, Ownership, Topology};

/// Makes plans.
#[derive(Debug)]
pub struct Planner<'a> {
    topology: &'a Topology,
    accounts: &'a Accounts,
    adopt: BTreeSet<String>,
}

impl<'a> Planner<'a> {
    /// For a topology and the accounts that it lives in.
    pub fn new(topology: &'a Topology, accounts: &'a Accounts) -> Self {
        Self { topology, accounts, adopt: BTreeSet::new() }
    }

    /// Allows to take over a role or a pipeline, named by its ARN, that exists and carries no tag of a topology.
    #[must_use]
    pub fn adopt(mut self, arn: &str) -> Self {
        self.adopt.insert(arn.to_owned());
        self
    }

    /// Reads the accounts and plans what has to be written. Nothing is written; what stands in the way is one error
    /// with all findings.
    pub async fn plan(&self) -> Result<Plan, Error> {
        let state = self.read().await?;
        let mut findings = Vec::new();
        let pipelines = self.plan_pipelines(&state, &mut findings)?;
        let roles = self.plan_roles(&state, &mut findings)?;
        let proofs = self.prove(&state, &mut findings);
        let warnings = Findings::split(findings)?;
        let mut phases = roles;
        phases.extend(pipelines);
        phases.retain(|phase| !phase.is_empty());
        let warnings = self.topology.warnings().iter().cloned().chain(warnings).collect();
        Ok(self.finished(phases, proofs, warnings, "nothing to do, the accounts hold what it says"))
    }

    /// Plans to delete what carries the topology's tag, and its inline policies in extended roles. Keys that it wrote into
    /// extended pipelines stay, since what stood there before is not known.
    pub async fn destroy(&self) -> Result<Plan, Error> {
        let state = self.read().await?;
        let name = self.topology.policy_name();
        let (mut pipelines, mut policies, mut roles) = (Vec::new(), Vec::new(), Vec::new());
        let mut findings = Vec::new();
        let mine = |tags: &IndexMap<String, String>| {
            tags.get(TOPOLOGY_TAG).map(String::as_str) == Some(self.topology.name().as_str())
        };
        for pipeline in self.topology.pipelines().iter().filter(|p| p.ownership == Ownership::Managed) {
            match state.pipelines.get(&pipeline.arn) {
                Some(Seen::There(found)) if mine(&found.tags) => {
                    pipelines.push(Step::DeletePipeline { pipeline: pipeline.arn.clone() });
                }
                Some(Seen::Unknown(why)) => {
                    let place = Place::pipeline(&pipeline.item);
                    self.unreached(pipeline.arn.account(), why, place, &mut findings)?;
                }
                _ => {}
            }
        }
        for resolved in self.topology.roles().iter().filter(|r| r.role.ownership != Ownership::Extern) {
            let arn = &resolved.role.arn;
            let found = match state.roles.get(arn) {
                Some(Seen::There(found)) => found,
                Some(Seen::Unknown(why)) => {
                    self.unreached(arn.account(), why, Place::role(&resolved.role.item), &mut findings)?;
                    continue;
                }
                _ => continue,
            };
            let managed = resolved.role.ownership == Ownership::Managed;
            if (!managed || mine(&found.tags)) && found.inline.contains_key(&name) {
                policies.push(Step::DeleteRolePolicy { role: arn.clone(), name: name.clone() });
            }
            if managed && mine(&found.tags) {
                roles.push(Step::DeleteRole { role: arn.clone() });
            }
        }
        Findings::split(findings)?;
        let phases = [pipelines, policies, roles].into_iter().filter(|phase| !phase.is_empty()).collect();
        Ok(self.finished(phases, Vec::new(), Vec::new(), "nothing to delete"))
    }

    fn finished(
        &self,
        phases: Vec<Vec<Step>>,
        proofs: Vec<Proof>,
        warnings: Vec<Finding>,
        nothing: &'static str,
    ) -> Plan {
        let accounts = self.topology.accounts().to_vec();
        Plan { topology: self.topology.name().to_string(), accounts, phases, proofs, warnings, nothing }
    }

    /// Reads all that the topology names, from accounts whose credentials are what they are said to be.
    async fn read(&self) -> Result<State, Error> {
        for account in self.topology.accounts().iter().filter(|a| self.accounts.reaches(&a.id)) {
            self.accounts.guard(account).await?;
        }
        read::state(self.topology, self.accounts).await
    }

    /// The tags of a role of ours; one that is written where it is used has no item but its name.
    fn role_tags(&self, role: &topology::Role) -> IndexMap<String, String> {
        self.tags(if role.inline { role.arn.name().as_str() } else { &role.item }, &role.tags)
    }

    /// The tags of an item of ours.
    fn tags(&self, item: &str, user: &IndexMap<String, String>) -> IndexMap<String, String> {
        let mut tags = user.clone();
        tags.insert(TOPOLOGY_TAG.to_owned(), self.topology.name().to_string());
        // Tag values have a character set of their own.
        let item: String = item
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '.' | ':' | '/' | '=' | '+' | '-' | '@'))
            .collect();
        tags.insert(ITEM_TAG.to_owned(), item);
        tags
    }

    /// Whether a thing that exists may be written.
    fn owned(&self, place: Place, what: &str, arn: &str, tags: &IndexMap<String, String>) -> Result<(), Finding> {
        match tags.get(TOPOLOGY_TAG) {
            Some(owner) if owner == self.topology.name().as_str() => Ok(()),
            Some(owner) => Err(Finding::of(
                &rules::XA1005,
                place,
                format!(
                    "{what} `{arn}` belongs to topology `{owner}` and is not written by `{}`",
                    self.topology.name()
                ),
            )
            .help("declare it as extern here, or take it out of the other topology first")),
            None if self.adopt.contains(arn) => Ok(()),
            None => Err(Finding::of(&rules::XA1006, place, format!("{what} `{arn}` exists already and is not ours"))
                .help(format!(
                    "take it over with `.adopt(\"{arn}\")`, extend it (`extended`), or choose another name"
                ))),
        }
    }

    /// Something of an account without a client has to be written.
    fn unreached(
        &self,
        account: &AccountId,
        why: &str,
        place: Place,
        findings: &mut Vec<Finding>,
    ) -> Result<(), Error> {
        if !self.accounts.reaches(account) {
            return Err(Error::NoClient { account: account.to_string() });
        }
        findings.push(Finding::of(&rules::XA1007, place, format!("it can't be read, so it can't be planned: {why}")));
        Ok(())
    }
}

/// Tags that are not there or have another value.
fn changed(wanted: &IndexMap<String, String>, found: &IndexMap<String, String>) -> IndexMap<String, String> {
    wanted.iter().filter(|(key, value)| found.get(*key) != Some(value)).map(|(k, v)| (k.clone(), v.clone())).collect()
}
