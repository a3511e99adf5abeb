//! Tags of roles and pipelines.

#[cfg(feature = "topology")]
use indexmap::IndexMap;

use crate::finding::{Finding, Place};
use crate::rules;

/// How long the value of a tag may be. Source: CodePipeline User Guide, "Quotas"; IAM User Guide, "Tagging IAM resources".
pub(crate) const TAG_VALUE: usize = 256;

/// How many tags of a program a role or a pipeline may have: AWS allows 50, and this library adds up to five, for the topology, the item, what
/// was applied (two while a role is written) and the lease. Source: as above.
#[cfg(feature = "topology")]
pub(crate) const TAGS: usize = 45;

/// At most [`TAGS`] tags; keys of 1 to 128 characters, no prefix `aws:`, values of up to [`TAG_VALUE`]. Source: as above.
#[cfg(feature = "topology")]
pub(crate) fn check(place: &Place, tags: &IndexMap<String, String>, findings: &mut Vec<Finding>) {
    let place = place.key("tags");
    if tags.len() > TAGS {
        let message = format!("there are {} tags; {TAGS} are allowed in addition to those of this library", tags.len());
        findings.push(Finding::of(&rules::XA0921, place.clone(), message));
    }
    for (key, value) in tags {
        findings.extend(tag(key, value, &place.key(key)));
    }
}

/// Whether only AWS may write tags with this key.
pub fn is_reserved(key: &str) -> bool {
    key.to_lowercase().starts_with("aws:")
}

/// One tag.
pub fn tag(key: &str, value: &str, place: &Place) -> Option<Finding> {
    let wrong = if !(1..=128).contains(&key.chars().count()) {
        "is not a tag key of 1 to 128 characters"
    } else if is_reserved(key) {
        "begins with `aws:`, which is reserved"
    } else if value.chars().count() > TAG_VALUE {
        "has a value of more than 256 characters"
    } else if key.trim_end() != key || value.trim_end() != value {
        "ends with a space, or its value does"
    } else {
        return None;
    };
    Some(Finding::of(&rules::XA0921, place.clone(), format!("tag `{key}` {wrong}")))
}
