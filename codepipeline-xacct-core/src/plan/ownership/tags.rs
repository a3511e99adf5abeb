//! Who owns what exists: the tags that mark what a topology manages and extends.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::applied_parts::{AppliedParts, parts_tags_of};
use super::applied_tag::APPLIED_BY;
use super::numbered_tags::topology_of_tag;
use crate::ids::TopologyName;
use crate::ordered::set;
use crate::plan::input::state::PipelineState;
use crate::plan::pipelines::added_parts::{ADDED_BY, tags_of};
use crate::topology::items::{Role, Topology};
use crate::topology::subject::Subject;

/// The tag that names the topology which manages a role or a pipeline.
pub const TOPOLOGY_TAG: &str = "codepipeline-xacct:topology";
/// The tag that names the item of a role or a pipeline.
pub const ITEM_TAG: &str = "codepipeline-xacct:item";

/// What the keys of the tags of all topologies that extend a pipeline begin with.
const EXTENDED_BY: &str = "codepipeline-xacct:extended-by:";

/// The value of that tag where it was lost: a version of later has what the topology wrote.
const NOT_KNOWN: &str = "unknown";

/// The tag with which a topology marks a pipeline that it extends. The value is the version that was there before.
pub fn extended_by_tag(topology: &TopologyName) -> String {
    format!("{EXTENDED_BY}{topology}")
}

/// Tags without the versions that were there before topologies extended the pipeline: of one that is created again, a version of that number is
/// another one, or none.
pub(in crate::plan) fn without_versions_before(mut tags: IndexMap<String, String>) -> IndexMap<String, String> {
    tags.retain(|key, _| !key.starts_with(EXTENDED_BY));
    tags
}

impl PipelineState {
    /// The version that the pipeline had before a topology of one of these names extended it, if a tag says it, and is of this pipeline.
    pub fn version_before<'a>(&self, names: impl IntoIterator<Item = &'a TopologyName>) -> Option<i64> {
        let version = |name: &TopologyName| {
            let version = self.tags.get(&extended_by_tag(name))?.parse().ok().filter(|version| *version >= 1)?;
            AppliedParts::read([name], &self.tags).is_none_or(|parts| parts.is_of(self)).then_some(version)
        };
        names.into_iter().find_map(version)
    }

    /// The tag that says which version the pipeline had before the first of these topologies, which is one by several names, extended it; `None` if it doesn't.
    pub(in crate::plan) fn mark(&self, names: &[&TopologyName], extends: bool) -> Option<(String, String)> {
        let is_extended = names.iter().any(|name| !extension_tags(name, &self.tags).is_empty());
        let version = match self.version_before(names.iter().copied()) {
            Some(version) => version.to_string(),
            None if is_extended => NOT_KNOWN.to_owned(),
            None => self.declaration.version.filter(|_| extends)?.to_string(),
        };
        Some((extended_by_tag(names.first()?), version))
    }
}

/// Whether a thing carries the tag of a topology of one of these names, or is marked as extended by it.
pub fn is_tagged(names: &[&TopologyName], tags: &IndexMap<String, String>) -> bool {
    names.iter().any(|name| owner(tags) == Some(name.as_str()) || !extension_tags(name, tags).is_empty())
}

/// The tags by which a topology knows a pipeline that it extends: which version was there before, what it added, and what it last wrote.
pub(in crate::plan) fn extension_tags(
    topology: &TopologyName,
    tags: &IndexMap<String, String>,
) -> IndexMap<String, String> {
    let version = tags.get_key_value(&extended_by_tag(topology)).map(|(key, value)| (key.as_str(), value.as_str()));
    let marks = version.into_iter().chain(tags_of(topology, tags)).chain(parts_tags_of(topology, tags));
    marks.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// The topologies that extend a pipeline, by its tags.
pub fn extended(tags: &IndexMap<String, String>) -> BTreeSet<&str> {
    let numbered = |key| topology_of_tag(ADDED_BY, key).or_else(|| topology_of_tag(APPLIED_BY, key));
    set(tags.keys().filter_map(|key| key.strip_prefix(EXTENDED_BY).or_else(|| numbered(key))))
}

/// Whether a topology has a role or a pipeline, in whatever way.
pub fn is_declared(topology: &Topology, subject: &Subject) -> bool {
    match subject {
        Subject::Role(role) => topology.role(role).is_some(),
        Subject::Pipeline(pipeline) => topology.pipeline(pipeline).is_some(),
    }
}

/// True for the key of a tag that only a topology writes.
pub fn is_of_topologies(key: &str) -> bool {
    let of = |key: &str| key.split_once(':').map(|(of, _)| of.to_owned());
    of(key) == of(TOPOLOGY_TAG)
}

/// The topology whose tag a thing carries.
pub fn owner(tags: &IndexMap<String, String>) -> Option<&str> {
    tags.get(TOPOLOGY_TAG).map(String::as_str)
}

/// The tags of a managed role; one that is declared where it is used has no item, only its name.
pub(in crate::plan) fn role_tags(topology: &Topology, role: &Role) -> IndexMap<String, String> {
    tags(topology, if role.inline { role.arn.name().as_str() } else { &role.item }, &role.tags)
}

/// The tags of a managed item.
pub(in crate::plan) fn tags(
    topology: &Topology,
    item: &str,
    user: &IndexMap<String, String>,
) -> IndexMap<String, String> {
    let mut tags = user.clone();
    tags.insert(TOPOLOGY_TAG.to_owned(), topology.name().to_string());
    // Tag values have their own character set.
    let item: String = item
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '.' | ':' | '/' | '=' | '+' | '-' | '@'))
        .collect();
    tags.insert(ITEM_TAG.to_owned(), item);
    tags
}

/// Tags that are not there or have another value.
pub(in crate::plan) fn missing_tags(
    wanted: &IndexMap<String, String>,
    found: &IndexMap<String, String>,
) -> IndexMap<String, String> {
    wanted.iter().filter(|(key, value)| found.get(*key) != Some(value)).map(|(k, v)| (k.clone(), v.clone())).collect()
}
