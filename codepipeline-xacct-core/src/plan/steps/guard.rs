//! Whether what a step was planned against still holds, right before it is carried out, and what an answer that never came left
//! behind.
//!
//! AWS has no compare-and-set for roles or pipelines, so a step is looked at once more before it is written, and after a call whose
//! outcome is not known. Between the look and the write a moment remains.

use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::precondition::{PipelinePrecondition, RolePrecondition};
use super::write::Write;
use crate::ids::TopologyName;
use crate::plan::input::state::PipelineState;
use crate::plan::ownership::applied_mark::mark;
use crate::plan::ownership::applied_parts::{AppliedParts, parts_tags_of};
use crate::plan::ownership::applied_tag::{APPLIED_BEFORE_TAG, APPLIED_TAG};
use crate::plan::ownership::tags::{ITEM_TAG, is_of_topologies, missing_tags, owner};
use crate::plan::pipelines::diff::{Change, changes};
use crate::policy::Document;

/// A role as its account holds it now, with the inline policy that a step writes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CurrentRole {
    /// Its id.
    pub unique_id: String,
    /// Its trust policy.
    pub trust: Document,
    /// Its tags.
    pub tags: IndexMap<String, String>,
    /// The inline policy of the step's name, if the step writes one and it is there.
    pub policy: Option<Document>,
    /// The ARN of its permissions boundary.
    #[serde(default)]
    pub boundary: Option<String>,
}

/// Whether a step still has to be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// What it was planned against still holds.
    Open,
    /// The account already holds what it would write.
    Done,
}

/// Why a step is no longer what was planned.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Conflict {
    /// It was deleted.
    Gone,
    /// A role was deleted and recreated.
    Recreated,
    /// Something else has the name of what the step creates.
    Exists,
    /// It lost the tag of the topology.
    Disowned,
    /// It carries the tag of another topology.
    Foreign {
        /// The other topology.
        owner: String,
    },
    /// The trust policy is a different one.
    Trust,
    /// The inline policy is a different one, or was added or removed.
    Policy {
        /// The name of the policy.
        name: String,
    },
    /// A tag that the step writes or removes has another value, or was added or removed.
    Tag {
        /// The key of the tag.
        key: String,
    },
    /// Something else was applied to it.
    Applied,
    /// The pipeline was written.
    Written {
        /// The version when the plan was made.
        planned: i64,
        /// The version now.
        found: i64,
    },
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Conflict::Gone => f.write_str("was deleted"),
            Conflict::Recreated => f.write_str("was deleted and recreated"),
            Conflict::Exists => f.write_str("was created by others"),
            Conflict::Disowned => f.write_str("lost the tag of the topology"),
            Conflict::Foreign { owner } => write!(f, "was given to topology `{owner}`"),
            Conflict::Trust => f.write_str("has a different trust policy now"),
            Conflict::Policy { name } => write!(f, "no longer has inline policy `{name}` as the plan saw it"),
            Conflict::Tag { key } => write!(f, "no longer has tag `{key}` as the plan saw it"),
            Conflict::Applied => f.write_str("has been changed by another plan since this one was made"),
            Conflict::Written { planned, found } => {
                write!(f, "has been written since the plan was made (version {planned} then, {found} now)")
            }
        }
    }
}

impl Write {
    /// Whether what the step writes has to be looked at before: what the plan creates can't have changed since.
    pub fn has_seen(&self) -> bool {
        match self {
            Write::CreateRole { .. } | Write::CreatePipeline { .. } => false,
            Write::PutRolePolicy { seen, .. } => seen.is_some(),
            Write::UpdateTrust { .. }
            | Write::TagRole { .. }
            | Write::UntagRole { .. }
            | Write::DeleteRolePolicy { .. }
            | Write::DeleteRole { .. }
            | Write::UpdatePipeline { .. }
            | Write::TagPipeline { .. }
            | Write::UntagPipeline { .. }
            | Write::DeletePipeline { .. } => true,
        }
    }

    /// Compares a step that writes a role with the role as it is now, `None` if it isn't there.
    pub fn role_standing(&self, topology: &TopologyName, now: Option<&CurrentRole>) -> Result<Standing, Conflict> {
        match (self, now) {
            (Write::CreateRole { .. }, None) => Ok(Standing::Open),
            (Write::DeleteRole { .. } | Write::DeleteRolePolicy { .. } | Write::UntagRole { .. }, None) => {
                Ok(Standing::Done)
            }
            (_, None) => Err(Conflict::Gone),
            (Write::CreateRole { trust, tags, .. }, Some(now)) => {
                let ours = is_of(tags, &now.tags) && trust.same_meaning(&now.trust);
                if ours { Ok(Standing::Done) } else { Err(Conflict::Exists) }
            }
            (Write::UpdateTrust { seen, before, after, .. }, Some(now)) => {
                same_role(topology, seen, now)?;
                match now.trust.same_meaning(after) {
                    true => Ok(Standing::Done),
                    false if now.trust.same_meaning(before) => Ok(Standing::Open),
                    false => Err(Conflict::Trust),
                }
            }
            // Done before anything else: the tag of the topology may be one of them.
            (Write::TagRole { tags, .. }, Some(now)) if is_tagged(tags, &now.tags) => Ok(Standing::Done),
            (Write::UntagRole { tags, .. }, Some(now)) if !has_any(tags, &now.tags) => Ok(Standing::Done),
            (Write::TagRole { seen, tags, .. } | Write::UntagRole { seen, tags, .. }, Some(now)) => {
                same_role(topology, seen, now)?;
                same_tags(tags, &seen.tags, &now.tags)?;
                same_applied(tags, seen.applied.as_ref(), &now.tags).map(|()| Standing::Open)
            }
            (Write::PutRolePolicy { seen, name, before, after, .. }, Some(now)) => {
                if let Some(seen) = seen {
                    same_role(topology, seen, now)?;
                }
                match (&now.policy, before) {
                    (Some(now), _) if now.same_meaning(after) && mark(now) == mark(after) => Ok(Standing::Done),
                    (Some(now), Some(before)) if now.same_meaning(before) => Ok(Standing::Open),
                    (None, None) => Ok(Standing::Open),
                    _ => Err(Conflict::Policy { name: name.clone() }),
                }
            }
            (Write::DeleteRolePolicy { seen, name, before, .. }, Some(now)) => {
                same_role(topology, seen, now)?;
                match &now.policy {
                    None => Ok(Standing::Done),
                    Some(now) if now.same_meaning(before) => Ok(Standing::Open),
                    Some(_) => Err(Conflict::Policy { name: name.clone() }),
                }
            }
            // IAM itself rejects the deletion of a role to which others have given a policy.
            (Write::DeleteRole { seen, trust, .. }, Some(now)) => {
                same_role(topology, seen, now)?;
                match now.trust.same_meaning(trust) || now.trust.is_after_deletions(trust) {
                    true => Ok(Standing::Open),
                    false => Err(Conflict::Trust),
                }
            }
            _ => Ok(Standing::Open),
        }
    }

    /// Compares a step that writes a pipeline with the pipeline as it is now, `None` if it isn't there.
    pub fn pipeline_standing(
        &self,
        topology: &TopologyName,
        now: Option<&PipelineState>,
    ) -> Result<Standing, Conflict> {
        match (self, now) {
            (Write::CreatePipeline { .. }, None) => Ok(Standing::Open),
            (Write::DeletePipeline { .. } | Write::UntagPipeline { .. }, None) => Ok(Standing::Done),
            (_, None) => Err(Conflict::Gone),
            (Write::CreatePipeline { pipeline, declaration, secrets, tags }, Some(now)) => {
                let wanted = secrets.put_into(declaration);
                let same = changes(&now.declaration, &wanted, pipeline.region()).is_empty();
                if same && is_of(tags, &now.tags) { Ok(Standing::Done) } else { Err(Conflict::Exists) }
            }
            (Write::UpdatePipeline { pipeline, seen, declaration, secrets, changes: written }, Some(now)) => {
                same_owner(topology, seen.owner.as_deref(), &now.tags)?;
                // What holds all that is planned still lacks a secret that is to be written, unless it was written since.
                let rotates = written.iter().any(Change::rotates) && same_version(seen, now).is_ok();
                let wanted = secrets.put_into(declaration);
                if !rotates && changes(&now.declaration, &wanted, pipeline.region()).is_empty() {
                    return Ok(Standing::Done);
                }
                same_version(seen, now).map(|()| Standing::Open)
            }
            (Write::TagPipeline { tags, .. }, Some(now)) if missing_tags(tags, &now.tags).is_empty() => {
                Ok(Standing::Done)
            }
            (Write::UntagPipeline { tags, .. }, Some(now)) if !has_any(tags, &now.tags) => Ok(Standing::Done),
            (Write::TagPipeline { seen, tags, .. } | Write::UntagPipeline { seen, tags, .. }, Some(now)) => {
                same_owner(topology, seen.owner.as_deref(), &now.tags)?;
                same_tags(tags, &seen.tags, &now.tags)?;
                if matches!(self, Write::TagPipeline { .. }) {
                    same_parts(topology, tags, seen, now)?;
                }
                same_applied(tags, seen.applied.as_ref(), &now.tags).map(|()| Standing::Open)
            }
            (Write::DeletePipeline { seen, .. }, Some(now)) => {
                same_owner(topology, seen.owner.as_deref(), &now.tags)?;
                same_version(seen, now).map(|()| Standing::Open)
            }
            _ => Ok(Standing::Open),
        }
    }
}

fn has_any(tags: &IndexMap<String, String>, now: &IndexMap<String, String>) -> bool {
    tags.keys().any(|key| now.contains_key(key))
}

/// True if what is there belongs to whom it is created for, nobody for a fix, and is of the same item.
pub(in crate::plan) fn is_of(wanted: &IndexMap<String, String>, now: &IndexMap<String, String>) -> bool {
    owner(now) == owner(wanted) && now.get(ITEM_TAG) == wanted.get(ITEM_TAG)
}

fn same_role(topology: &TopologyName, seen: &RolePrecondition, now: &CurrentRole) -> Result<(), Conflict> {
    if seen.unique_id != now.unique_id {
        return Err(Conflict::Recreated);
    }
    same_owner(topology, seen.owner.as_deref(), &now.tags)
}

/// The tag may have become ours since: a step of the same plan writes it.
pub(in crate::plan) fn same_owner(
    topology: &TopologyName,
    seen: Option<&str>,
    now: &IndexMap<String, String>,
) -> Result<(), Conflict> {
    match owner(now) {
        now if now == seen || now == Some(topology.as_str()) => Ok(()),
        Some(other) => Err(Conflict::Foreign { owner: other.to_owned() }),
        None => Err(Conflict::Disowned),
    }
}

/// Whether tags are there. What a role had before is removed once it is written.
fn is_tagged(tags: &IndexMap<String, String>, now: &IndexMap<String, String>) -> bool {
    let is_noted = tags.contains_key(APPLIED_TAG);
    missing_tags(tags, now).keys().all(|key| is_noted && key == APPLIED_BEFORE_TAG)
}

/// Tags that aren't ours may only be written over or removed as the plan saw them. What is there already is not in the way.
fn same_tags(
    written: &IndexMap<String, String>,
    seen: &IndexMap<String, String>,
    now: &IndexMap<String, String>,
) -> Result<(), Conflict> {
    let differs = |(key, value): &(&String, &String)| {
        let (seen, now) = (seen.get(*key), now.get(*key));
        !is_of_topologies(key) && now != seen && now != Some(*value)
    };
    match written.iter().find(differs) {
        Some((key, _)) => Err(Conflict::Tag { key: key.clone() }),
        None => Ok(()),
    }
}

/// What was applied may only be recorded again by a step that knows the earlier record.
fn same_applied(
    written: &IndexMap<String, String>,
    seen: Option<&String>,
    now: &IndexMap<String, String>,
) -> Result<(), Conflict> {
    let is_same = !written.contains_key(APPLIED_TAG) || now.get(APPLIED_TAG) == seen;
    if is_same { Ok(()) } else { Err(Conflict::Applied) }
}

/// The same of an extended pipeline, where another plan of the topology was applied since.
fn same_parts(
    topology: &TopologyName,
    written: &IndexMap<String, String>,
    seen: &PipelinePrecondition,
    now: &PipelineState,
) -> Result<(), Conflict> {
    let is_later = |applied: AppliedParts| applied.seen >= seen.version && now.version() > seen.version;
    let records = parts_tags_of(topology, written).next().is_some();
    match records && AppliedParts::read([topology], &now.tags).is_some_and(is_later) {
        true => Err(Conflict::Applied),
        false => Ok(()),
    }
}

fn same_version(seen: &PipelinePrecondition, now: &PipelineState) -> Result<(), Conflict> {
    let found = now.version();
    if found == seen.version && now.created == seen.created {
        return Ok(());
    }
    Err(Conflict::Written { planned: seen.version, found })
}
