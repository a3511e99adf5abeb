//! A topology as text for people: what it holds by account, what links it, and what is left to others. The documents are shown in
//! short; [`Topology::policies`] has them in full.

use std::fmt;

use super::items::{Account, Pipeline, ResolvedRole, RoleUser, Topology};
use super::wait::wait_name;
use crate::declaration::ArtifactStore;
use crate::ids::RoleArn;
use crate::policy::description::statements;

impl fmt::Display for Topology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "topology {}", self.name)?;
        for account in &self.accounts {
            self.account(account, f)?;
        }
        let policies = self.policies().into_iter().filter(|policy| !policy.managed);
        let policies = policies.map(|policy| format!("account {}: {}", policy.account, policy.title()));
        let rules = self.event_rules().into_iter().map(|rule| format!("account {}: {}", rule.account, rule.title()));
        let entries = self.access_entries().into_iter();
        let entries = entries.map(|entry| format!("account {}: {}", entry.account, entry.title()));
        let left: Vec<_> = policies.chain(rules).chain(entries).collect();
        if !left.is_empty() {
            writeln!(f, "\nnot managed here, must already exist")?;
        }
        left.iter().try_for_each(|line| writeln!(f, "  {line}"))?;
        self.warnings.iter().try_for_each(|warning| write!(f, "\n{warning}\n"))
    }
}

impl Topology {
    fn account(&self, account: &Account, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\naccount {} ({})", account.item, account.id)?;
        let pipelines = self.pipelines.iter().filter(|pipeline| *pipeline.arn.account() == account.id);
        pipelines.into_iter().try_for_each(|pipeline| self.one_pipeline(pipeline, f))?;
        let mut roles = self.roles.iter().filter(|role| *role.role.arn.account() == account.id);
        roles.try_for_each(|role| one_role(role, f))
    }

    fn one_pipeline(&self, pipeline: &Pipeline, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Pipeline { item, ownership, arn, declaration, .. } = pipeline;
        writeln!(f, "  {} pipeline {item}: {} in {}", ownership.as_str(), arn.name(), arn.region())?;
        if let Some(role) = &pipeline.service_role {
            writeln!(f, "      service role {}", self.item_of(role))?;
        }
        let mut store = |store: &ArtifactStore| match &store.encryption_key {
            Some(key) => writeln!(f, "      artifacts in {} with key {}", store.location, key.id),
            None => writeln!(f, "      artifacts in {}", store.location),
        };
        declaration.artifact_store.iter().try_for_each(&mut store)?;
        declaration.artifact_stores.iter().flatten().try_for_each(|(_, of_region)| store(of_region))?;
        for (stage, place) in pipeline.additions.stages() {
            writeln!(f, "      adds stage {stage} {place}")?;
        }
        for (stage, action) in pipeline.additions.actions() {
            writeln!(f, "      adds action {action} to stage {stage}")?;
        }
        for invoke in &pipeline.invokes {
            let (stage, action, target) = (&invoke.stage, &invoke.action, &invoke.target.item);
            match &invoke.role {
                Some(role) => writeln!(f, "      {stage} / {action} starts {target} with {}", self.item_of(role))?,
                None => writeln!(f, "      {stage} / {action} starts {target}")?,
            }
            if let Some(limit) = invoke.wait {
                let wait = wait_name(action);
                writeln!(
                    f,
                    "      {stage} / {wait} waits for what {action} starts, {limit} at most, and ends as it ends"
                )?;
            }
        }
        for link in &pipeline.role_links {
            let (stage, role) = (&link.stage, self.item_of(&link.role));
            match &link.user {
                RoleUser::Action(action) => writeln!(f, "      {stage} / {action} runs with {role}")?,
                RoleUser::Rule { gate, rule } => {
                    writeln!(f, "      {stage} / {} / {rule} runs with {role}", gate.as_str())?;
                }
            }
        }
        Ok(())
    }

    /// How a role is called in the program.
    fn item_of(&self, arn: &RoleArn) -> String {
        self.role(arn).map_or_else(|| arn.to_string(), |role| role.role.item.clone())
    }
}

fn one_role(resolved: &ResolvedRole, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let role = &resolved.role;
    if role.inline {
        writeln!(f, "  role {}", role.item)?;
    } else {
        writeln!(f, "  {} role {}: {}", role.ownership.as_str(), role.item, role.arn.path_and_name())?;
    }
    let documents = [("trusts", &resolved.trust), ("may", &resolved.policy)];
    for (verb, document) in documents.into_iter().filter_map(|(verb, document)| Some((verb, document.as_ref()?))) {
        statements(verb, document).iter().try_for_each(|line| writeln!(f, "      {line}"))?;
    }
    Ok(())
}
