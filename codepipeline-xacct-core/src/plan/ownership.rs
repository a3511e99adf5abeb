//! Who owns what exists: the tags that mark what a topology manages, and what may be written.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::finding::{Finding, Place};
use crate::rules;
use crate::topology::items::{Role, Topology};
use crate::topology::subject::Subject;

/// The tag that names the topology which manages a role or a pipeline.
pub const TOPOLOGY_TAG: &str = "codepipeline-xacct:topology";
/// The tag that names the item of a role or a pipeline.
pub const ITEM_TAG: &str = "codepipeline-xacct:item";

/// The topology whose tag a thing carries.
pub fn owner(tags: &IndexMap<String, String>) -> Option<&str> {
    tags.get(TOPOLOGY_TAG).map(String::as_str)
}

/// True if a thing carries the tag of this topology.
pub fn is_owned(topology: &Topology, tags: &IndexMap<String, String>) -> bool {
    owner(tags) == Some(topology.name().as_str())
}

/// The tags of a managed role; one that is declared where it is used has no item, only its name.
pub(super) fn role_tags(topology: &Topology, role: &Role) -> IndexMap<String, String> {
    tags(topology, if role.inline { role.arn.name().as_str() } else { &role.item }, &role.tags)
}

/// The tags of a managed item.
pub(super) fn tags(topology: &Topology, item: &str, user: &IndexMap<String, String>) -> IndexMap<String, String> {
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
pub(super) fn missing_tags(
    wanted: &IndexMap<String, String>,
    found: &IndexMap<String, String>,
) -> IndexMap<String, String> {
    wanted.iter().filter(|(key, value)| found.get(*key) != Some(value)).map(|(k, v)| (k.clone(), v.clone())).collect()
}

/// Whether a thing that exists may be written; if not, why.
pub(super) fn may_write(
    topology: &Topology,
    adopted: &BTreeSet<Subject>,
    place: Place,
    subject: &Subject,
    tags: &IndexMap<String, String>,
) -> Result<(), Finding> {
    let what = subject.kind();
    match owner(tags) {
        Some(owner) if owner == topology.name().as_str() => Ok(()),
        Some(owner) => Err(Finding::of(
            &rules::XA1005,
            place,
            format!("{what} `{subject}` belongs to topology `{owner}` and is not written by `{}`", topology.name()),
        )
        .help("declare it as extern here, or take it out of the other topology first")),
        None if adopted.contains(subject) => Ok(()),
        None => Err(Finding::of(&rules::XA1006, place, format!("{what} `{subject}` already exists and is unmanaged"))
            .help(
                "take it over with `.adopt(…)`, with its item or its ARN; or extend it (`extended`), or choose another name",
            )),
    }
}
