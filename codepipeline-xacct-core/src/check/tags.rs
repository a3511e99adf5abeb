//! Tags of roles and pipelines.

#[cfg(feature = "topology")]
use indexmap::IndexMap;

use crate::finding::{Finding, Place};
use crate::rules;

/// At most 50 tags, two of which this crate adds; keys of 1 to 128 characters, no prefix `aws:`, values of up to 256.
/// Source: CodePipeline User Guide, "Quotas"; IAM User Guide, "Tagging IAM resources".
#[cfg(feature = "topology")]
pub(crate) fn check(place: &Place, tags: &IndexMap<String, String>, findings: &mut Vec<Finding>) {
    let place = place.key("tags");
    if tags.len() > 48 {
        let message = format!("there are {} tags; 48 are allowed in addition to the two of this library", tags.len());
        findings.push(Finding::of(&rules::XA0921, place.clone(), message));
    }
    for (key, value) in tags {
        findings.extend(tag(key, value, &place.key(key)));
    }
}

/// One tag.
pub fn tag(key: &str, value: &str, place: &Place) -> Option<Finding> {
    let wrong = if !(1..=128).contains(&key.chars().count()) {
        "is not a tag key of 1 to 128 characters"
    } else if key.to_lowercase().starts_with("aws:") {
        "begins with `aws:`, which is reserved"
    } else if value.chars().count() > 256 {
        "has a value of more than 256 characters"
    } else if key.trim_end() != key || value.trim_end() != value {
        "ends with a space, or its value does"
    } else {
        return None;
    };
    Some(Finding::of(&rules::XA0921, place.clone(), format!("tag `{key}` {wrong}")))
}
