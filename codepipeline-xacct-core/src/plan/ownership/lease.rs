//! The lease with which one apply of a topology keeps out others: tags on something of the topology that is there.
//!
//! AWS has no compare-and-set for tags, so each apply writes a tag of its own, and looks for those of others after that. Of two that write theirs at
//! the same time at least one sees the other's.

use std::fmt;

use indexmap::IndexMap;

use crate::ids::{AccountId, TopologyName};
use crate::ordered::set;
use crate::plan::input::options::PlanOptions;
use crate::plan::input::state::{Found, State};
use crate::plan::plan::Plan;
use crate::plan::planner::Planner;
use crate::plan::steps::write::Write;
use crate::topology::items::{Ownership, Topology};
use crate::topology::subject::Subject;

/// A lease of an apply, as its tag has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// What tells it from others. Of two at the same time the lower one wins.
    pub id: String,
    /// Until when it holds, in seconds since 1970.
    pub until: u64,
    /// The ARN of whom it belongs to.
    pub by: String,
}

impl fmt::Display for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.by.fmt(f)
    }
}

/// What the keys of the tags of all topologies begin with.
const LEASE: &str = "codepipeline-xacct:lease:";

/// What the keys of the tags begin with.
fn prefix(topology: &TopologyName) -> String {
    format!("{LEASE}{topology}:")
}

/// Tags without leases, which are of what was at work then.
pub(in crate::plan) fn without_leases(tags: &IndexMap<String, String>) -> IndexMap<String, String> {
    tags.iter().filter(|(key, _)| !key.starts_with(LEASE)).map(|(key, value)| (key.clone(), value.clone())).collect()
}

impl Lease {
    /// The tag of the lease.
    pub fn tag(&self, topology: &TopologyName) -> (String, String) {
        (format!("{}{}", prefix(topology), self.id), format!("{} {}", self.until, self.by))
    }

    /// The leases of a topology among the tags of something.
    pub fn all(topology: &TopologyName, tags: &IndexMap<String, String>) -> Vec<Self> {
        let prefix = prefix(topology);
        let lease = |(key, value): (&String, &String)| {
            let id = key.strip_prefix(&prefix)?.to_owned();
            let (until, by) = value.split_once(' ')?;
            Some(Self { id, until: until.parse().ok()?, by: by.to_owned() })
        };
        tags.iter().filter_map(lease).collect()
    }
}

impl Plan {
    /// Lets applying the plan keep out other applies of the topology, with the lease that any plan of it takes. `state` is what the accounts hold
    /// of the topology; where nothing of it is there, there is no lease.
    pub fn exclusive(mut self, topology: &Topology, state: &State) -> Self {
        let options = PlanOptions { exclusive: true, ..PlanOptions::default() };
        let writes: Vec<&Write> = self.steps.iter().map(|step| &step.write).collect();
        self.leases = Planner::new(topology, state, &options).lease_subjects(&writes);
        self
    }
}

impl Planner<'_> {
    /// What carries the lease: the first thing of the topology that exists; in each account in which steps write, the first thing there; and each
    /// existing pipeline that a step writes. So two versions of a program never write the same pipeline at the same time.
    pub(in crate::plan) fn lease_subjects(&self, writes: &[&Write]) -> Vec<Subject> {
        let mut subjects: Vec<Subject> = Vec::new();
        if !self.options.exclusive {
            return subjects;
        }
        for subject in self.could_carry_a_lease(writes) {
            let is_of = |account: &AccountId| subject.account() == account;
            let is_first = !subjects.iter().any(|other| is_of(other.account()));
            let is_wanted = writes.iter().map(|write| write.subject()).any(|written| match &subject {
                Subject::Pipeline(_) if written == subject => true,
                _ => is_first && is_of(written.account()),
            });
            if subjects.is_empty() || is_wanted {
                subjects.push(subject);
            }
        }
        subjects
    }

    /// What is there of the topology, the pipelines before the roles: what the program names, and what left it and is written.
    fn could_carry_a_lease(&self, writes: &[&Write]) -> Vec<Subject> {
        let pipelines = self.topology.pipelines().iter().filter(|pipeline| {
            let tags = self.state.pipelines.get(&pipeline.arn).and_then(Found::present).map(|found| &found.tags);
            match pipeline.ownership {
                Ownership::Managed => tags.is_some_and(|tags| self.owns(tags)),
                Ownership::Extended => tags.is_some(),
                Ownership::Extern => false,
            }
        });
        let roles = self.topology.roles().iter().map(|resolved| &resolved.role).filter(|role| {
            let found = self.state.roles.get(&role.arn).and_then(Found::present);
            role.ownership == Ownership::Managed && found.is_some_and(|found| self.owns(&found.tags))
        });
        // What is no longer in the program and is deleted, or put back.
        let written = writes.iter().filter_map(|write| match write {
            Write::DeletePipeline { pipeline, .. }
            | Write::UpdatePipeline { pipeline, .. }
            | Write::TagPipeline { pipeline, .. }
            | Write::UntagPipeline { pipeline, .. } => Some(Subject::Pipeline(pipeline.clone())),
            Write::DeleteRole { role, .. } => Some(Subject::Role(role.clone())),
            _ => None,
        });
        let pipelines = pipelines.map(|pipeline| Subject::Pipeline(pipeline.arn.clone()));
        let all = set(pipelines.chain(roles.map(|role| Subject::Role(role.arn.clone()))).chain(written));
        let (pipelines, roles): (Vec<Subject>, Vec<Subject>) =
            all.into_iter().partition(|subject| matches!(subject, Subject::Pipeline(_)));
        pipelines.into_iter().chain(roles).collect()
    }
}

/// What carries the lease of a plan of fixes: the pipelines that it writes. Roles of others carry none.
pub(in crate::plan) fn lease_of_fixes(writes: &[Write]) -> Vec<Subject> {
    let pipelines = writes.iter().map(Write::subject).filter(|subject| matches!(subject, Subject::Pipeline(_)));
    set(pipelines).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_is_read_from_its_tag_and_other_tags_are_none() {
        let topology: TopologyName = "release".parse().unwrap();
        let by = "arn:aws:sts::111111111111:assumed-role/deploy/me@example.com".to_owned();
        let lease = Lease { id: "1a".to_owned(), until: 1_800_000_000, by };
        let mut tags: IndexMap<String, String> = [lease.tag(&topology)].into_iter().collect();
        for (key, value) in [
            ("codepipeline-xacct:lease:release-2:1b", "1800000000 them"),
            ("codepipeline-xacct:lease:release:1c", "soon them"),
            ("codepipeline-xacct:topology", "release"),
        ] {
            tags.insert(key.to_owned(), value.to_owned());
        }
        assert_eq!(Lease::all(&topology, &tags), [lease]);
    }
}
