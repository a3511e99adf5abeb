//! The state of planning: the topology, what the accounts hold, what has to be written and what is in the way.

use indexmap::IndexMap;

use super::input::options::PlanOptions;
use super::input::scope::{Scope, is_in, scope};
use super::input::state::{Found, State};
use super::outside::outside_change::OutsideChange;
use super::ownership::tags::owner;
use super::steps::write::Write;
use crate::finding::{Finding, Place};
use crate::ids::{AccountId, TopologyName};
use crate::rules;
use crate::topology::items::{Pipeline, ResolvedRole, Topology, policy_name};
use crate::topology::subject::Subject;

/// How something that has no owner gets one.
pub(super) const TAKE_OVER: &str =
    "take it over with `.adopt(…)`, with its item or its ARN, or with `--adopt` and its ARN";

/// A plan that is being made.
pub(super) struct Planner<'a> {
    pub(super) topology: &'a Topology,
    pub(super) state: &'a State,
    pub(super) options: &'a PlanOptions,
    pub(super) scope: Scope,
    pub(super) writes: Vec<Write>,
    pub(super) findings: Vec<Finding>,
    pub(super) outside: Vec<OutsideChange>,
}

impl<'a> Planner<'a> {
    pub(super) fn new(topology: &'a Topology, state: &'a State, options: &'a PlanOptions) -> Self {
        let scope = scope(topology, &options.targets);
        Self { topology, state, options, scope, writes: Vec::new(), findings: Vec::new(), outside: Vec::new() }
    }

    /// The pipelines that the plan is about.
    pub(super) fn pipelines(&self) -> Vec<&'a Pipeline> {
        let is_planned = |pipeline: &&Pipeline| is_in(&self.scope, &Subject::Pipeline(pipeline.arn.clone()));
        self.topology.pipelines().iter().filter(is_planned).collect()
    }

    /// The roles that the plan is about.
    pub(super) fn roles(&self) -> Vec<&'a ResolvedRole> {
        let is_planned = |resolved: &&ResolvedRole| is_in(&self.scope, &Subject::Role(resolved.role.arn.clone()));
        self.topology.roles().iter().filter(is_planned).collect()
    }
}

impl Planner<'_> {
    /// True if a thing carries the tag of the topology, under this name or the one that it had before.
    pub(super) fn owns(&self, tags: &IndexMap<String, String>) -> bool {
        owner(tags).is_some_and(|owner| self.names().any(|name| name.as_str() == owner))
    }

    /// The name of the topology, and the one that it had before.
    pub(super) fn names(&self) -> impl Iterator<Item = &TopologyName> {
        [Some(self.topology.name()), self.options.renamed_from.as_ref()].into_iter().flatten()
    }

    /// The names of the inline policies that the topology keeps in roles, under its name and the one that it had before.
    pub(super) fn policy_names(&self) -> impl Iterator<Item = String> {
        self.names().map(policy_name)
    }

    /// Whether a thing has an owner, or the plan is to take it over.
    pub(super) fn is_asked_for(&self, subject: &Subject, tags: &IndexMap<String, String>) -> bool {
        owner(tags).is_some() || self.options.adopted.contains(subject)
    }

    /// Whether a thing that exists may be written; if not, it is a finding.
    pub(super) fn may_write(&mut self, place: Place, subject: &Subject, tags: &IndexMap<String, String>) -> bool {
        let (what, name) = (subject.kind(), self.topology.name());
        self.findings.push(match owner(tags) {
            _ if self.owns(tags) => return true,
            Some(owner) => Finding::of(
                &rules::XA1005,
                place,
                format!("{what} `{subject}` belongs to topology `{owner}` and is not written by `{name}`"),
            )
            .help(format!(
                "declare it as extern here, or take it out of the other topology first; if `{name}` was called `{owner}`, plan with \
                 `.renamed_from(…)`, or `--rename-from {owner}`"
            )),
            None if self.is_asked_for(subject, tags) => return true,
            None => Finding::of(&rules::XA1006, place, format!("{what} `{subject}` already exists and is unmanaged"))
                .help(format!("{TAKE_OVER}; or extend it (`extended`), or choose another name")),
        });
        false
    }

    /// Reports something that has to be written but can't be read.
    pub(super) fn unreadable<T>(&mut self, found: &Found<T>, account: &AccountId, place: Place) {
        self.findings.push(match found {
            Found::Unreadable(why) => {
                Finding::of(&rules::XA1007, place, format!("it can't be read, so it can't be planned: {why}"))
            }
            Found::Present(_) | Found::Missing | Found::NotConnected => Finding::of(
                &rules::XA1007,
                place,
                format!("there is no client for account {account}, in which something has to be written"),
            )
            .help("give the session a profile, a role or a configuration for the account"),
        });
    }
}
