//! Tags of roles and pipelines.

#[cfg(feature = "topology")]
use indexmap::IndexMap;

use crate::finding::{Finding, Place};
use crate::rules;

/// How many tags a role, a policy, a session, a pipeline or an action type may have. Source: CodePipeline User Guide, "Quotas"; IAM User Guide,
/// "Tagging IAM resources"; STS API Reference, `AssumeRole`.
pub const TAGS: usize = 50;
/// How long the key of a tag may be, from 1. Source: as above.
pub const TAG_KEY: usize = 128;
/// How long the value of a tag may be. Source: as above.
pub const TAG_VALUE: usize = 256;

/// How many tags of a program a role or a pipeline may have: this library adds up to five, for the topology, the item, what was applied (two
/// while a role is written) and the lease.
#[cfg(feature = "topology")]
pub(crate) const OWN_TAGS: usize = TAGS - 5;

/// At most [`OWN_TAGS`] tags; keys of 1 to [`TAG_KEY`] characters, no prefix `aws:`, values of up to [`TAG_VALUE`].
#[cfg(feature = "topology")]
pub(crate) fn check(place: &Place, tags: &IndexMap<String, String>, findings: &mut Vec<Finding>) {
    let place = place.key("tags");
    if tags.len() > OWN_TAGS {
        let message =
            format!("there are {} tags; {OWN_TAGS} are allowed in addition to those of this library", tags.len());
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
    let wrong = if !(1..=TAG_KEY).contains(&key.chars().count()) {
        format!("is not a tag key of 1 to {TAG_KEY} characters")
    } else if is_reserved(key) {
        "begins with `aws:`, which is reserved".to_owned()
    } else if value.chars().count() > TAG_VALUE {
        format!("has a value of more than {TAG_VALUE} characters")
    } else if key.trim_end() != key || value.trim_end() != value {
        "ends with a space, or its value does".to_owned()
    } else {
        return None;
    };
    Some(Finding::of(&rules::XA0921, place.clone(), format!("tag `{key}` {wrong}")))
}
