//! The state of the accounts, as it was read: roles with their documents and tags, pipelines with their tags.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::custom_action_type::CustomActionType;
use super::disabled_transition::DisabledTransition;
use crate::declaration::PipelineDeclaration;
use crate::ids::{AccountId, PipelineArn, Region, RoleArn};
use crate::ordered::map;
use crate::policy::Document;
use crate::wiring::{KnownRole, Policy};

/// The result of looking for a thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found<T> {
    /// It is there.
    Present(T),
    /// It isn't.
    Missing,
    /// It can't be read, for this reason.
    Unreadable(String),
    /// Its account was not asked: there are no credentials for it.
    NotConnected,
}

impl<T> Found<T> {
    /// The thing, where it is there.
    pub fn present(&self) -> Option<&T> {
        match self {
            Found::Present(thing) => Some(thing),
            Found::Missing | Found::Unreadable(_) | Found::NotConnected => None,
        }
    }
}

/// A role as its account holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoleState {
    /// Its ARN. GetRole goes by the name alone, so the path may differ from the one that was looked for.
    pub arn: RoleArn,
    /// Its id, `AROA…`.
    pub unique_id: String,
    /// Its trust policy.
    pub trust: Document,
    /// Its inline policies by name.
    pub inline: IndexMap<String, Document>,
    /// Its attached policies by the ARN of the policy.
    pub attached: IndexMap<String, Document>,
    /// Its permissions boundary.
    pub boundary: Option<Document>,
    /// Its tags.
    pub tags: IndexMap<String, String>,
    /// True if not all of its policies can be read.
    pub partial: bool,
}

impl RoleState {
    /// A role as it is right after it was created; its id is not known yet.
    pub(in crate::plan) fn created(arn: &RoleArn, trust: &Document, tags: &IndexMap<String, String>) -> Self {
        Self {
            arn: arn.clone(),
            unique_id: String::new(),
            trust: trust.clone(),
            inline: IndexMap::new(),
            attached: IndexMap::new(),
            boundary: None,
            tags: tags.clone(),
            partial: false,
        }
    }

    /// What the wiring has to know about the role, with some inline policies replaced by another.
    pub fn known(&self, replaced: &[String], by: Option<(&str, &Document)>) -> KnownRole {
        let mut known = KnownRole::new(self.arn.clone());
        known.trust = Some(self.trust.clone());
        known.unique_id = Some(self.unique_id.clone()).filter(|id| !id.is_empty());
        known.tags = Some(map(self.tags.iter().map(|(key, value)| (key.clone(), value.clone()))));
        if self.partial {
            return known;
        }
        known.boundary.clone_from(&self.boundary);
        let inline = self.inline.iter().filter(|(name, _)| !replaced.contains(name));
        let inline = inline.map(|(name, document)| (name.as_str(), document)).chain(by);
        let attached = self.attached.iter().map(|(arn, document)| (arn.as_str(), document));
        let named =
            |(name, document): (&str, &Document)| Policy { name: Some(name.to_owned()), document: document.clone() };
        known.policies = Some(inline.chain(attached).map(named).collect());
        known
    }
}

/// A pipeline as its account holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PipelineState {
    /// Its declaration, with its version.
    pub declaration: PipelineDeclaration,
    /// When it was created, as AWS prints it.
    pub created: String,
    /// Its tags.
    pub tags: IndexMap<String, String>,
}

impl PipelineState {
    /// The number of its version.
    pub(in crate::plan) fn version(&self) -> i64 {
        self.declaration.version.unwrap_or_default()
    }
}

/// Everything that a topology looks at.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct State {
    /// The roles.
    pub roles: IndexMap<RoleArn, Found<RoleState>>,
    /// The pipelines.
    pub pipelines: IndexMap<PipelineArn, Found<PipelineState>>,
    /// Extended pipelines as they were before the topology extended them; only needed to destroy.
    #[serde(default)]
    pub before: IndexMap<PipelineArn, Found<PipelineDeclaration>>,
    /// The earlier versions of pipelines that tell what was last applied, where others may have written since
    /// ([`PipelineState::versions_to_read`]).
    #[serde(default)]
    pub earlier: IndexMap<PipelineArn, IndexMap<i64, PipelineDeclaration>>,
    /// Pipelines of which an earlier version that was asked for may not be read: what is not known of it may be known with other credentials.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub history_not_read: BTreeSet<PipelineArn>,
    /// The disabled transitions of pipelines that a topology writes, where they may be read.
    #[serde(default)]
    pub disabled: IndexMap<PipelineArn, Vec<DisabledTransition>>,
    /// The action types that accounts made, of Regions in which the program has custom actions: which of their keys are secret.
    #[serde(default)]
    pub custom_actions: IndexMap<AccountId, IndexMap<Region, Found<Vec<CustomActionType>>>>,
    /// The accounts in which resources that are no longer in the program could not be searched for, with the reason.
    #[serde(default)]
    pub not_listed: IndexMap<AccountId, String>,
    /// The accounts whose pipelines were looked at, all of them, for roles that a plan deletes or takes rights from. What they run with is in
    /// `pipelines`.
    #[serde(default)]
    pub searched: IndexMap<AccountId, Found<()>>,
}
