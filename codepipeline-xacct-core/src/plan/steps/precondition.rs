//! A step's record of the role or the pipeline that it was planned against.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::plan::input::state::{PipelineState, RoleState};
use crate::plan::ownership::applied_tag::APPLIED_TAG;
use crate::plan::ownership::tags::{is_of_topologies, owner};

/// A role as the plan saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RolePrecondition {
    /// The topology that its tag named.
    pub owner: Option<String>,
    /// Its id, `AROA…`: a recreated role has a different one.
    pub unique_id: String,
    /// What its tag said was last applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied: Option<String>,
    /// For a step that writes tags: those of these keys that were there, without our own.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub tags: IndexMap<String, String>,
}

/// A pipeline as the plan saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PipelinePrecondition {
    /// The topology that its tag named.
    pub owner: Option<String>,
    /// Its version.
    pub version: i64,
    /// When it was created: a recreated pipeline has the same versions.
    pub created: String,
    /// What its tag said was last applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied: Option<String>,
    /// For a step that writes tags: those of these keys that were there, without our own.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub tags: IndexMap<String, String>,
}

impl RoleState {
    /// What a step has to know about the role that it was planned against.
    pub(crate) fn seen(&self) -> RolePrecondition {
        RolePrecondition {
            owner: owner(&self.tags).map(str::to_owned),
            unique_id: self.unique_id.clone(),
            applied: self.tags.get(APPLIED_TAG).cloned(),
            tags: IndexMap::new(),
        }
    }

    /// The same for a step that writes or removes tags.
    pub(crate) fn seen_with(&self, tags: &IndexMap<String, String>) -> RolePrecondition {
        RolePrecondition { tags: foreign(tags, &self.tags), ..self.seen() }
    }
}

impl PipelineState {
    /// What a step has to know about the pipeline that it was planned against.
    pub(crate) fn seen(&self) -> PipelinePrecondition {
        PipelinePrecondition {
            owner: owner(&self.tags).map(str::to_owned),
            version: self.version(),
            created: self.created.clone(),
            applied: self.tags.get(APPLIED_TAG).cloned(),
            tags: IndexMap::new(),
        }
    }

    /// The same for a step that writes or removes tags.
    pub(crate) fn seen_with(&self, tags: &IndexMap<String, String>) -> PipelinePrecondition {
        PipelinePrecondition { tags: foreign(tags, &self.tags), ..self.seen() }
    }
}

/// The tags of some keys that are there, without our own.
fn foreign(of: &IndexMap<String, String>, there: &IndexMap<String, String>) -> IndexMap<String, String> {
    let is_one = |(key, _): &(&String, &String)| of.contains_key(*key) && !is_of_topologies(key);
    there.iter().filter(is_one).map(|(key, value)| (key.clone(), value.clone())).collect()
}
