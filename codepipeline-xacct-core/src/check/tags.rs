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

/// At most [`OWN_TAGS`] tags, each of which is right by itself: [`tag`] or [`role_tag`].
#[cfg(feature = "topology")]
pub(crate) fn check(
    place: &Place,
    tags: &IndexMap<String, String>,
    one: impl Fn(&str, &str, &Place) -> Option<Finding>,
    findings: &mut Vec<Finding>,
) {
    let place = place.key("tags");
    if tags.len() > OWN_TAGS {
        let message =
            format!("there are {} tags; {OWN_TAGS} are allowed in addition to those of this library", tags.len());
        findings.push(Finding::of(&rules::XA0921, place.clone(), message));
    }
    for (key, value) in tags {
        findings.extend(one(key, value, &place.key(key)));
    }
}

/// Whether only AWS may write tags with this key.
pub fn is_reserved(key: &str) -> bool {
    key.to_lowercase().starts_with("aws:")
}

/// Whether IAM takes a character in the key or the value of a tag. The tags of pipelines have no such bound. Source: IAM API Reference, `Tag`.
pub fn is_of_iam(character: char) -> bool {
    let is_separator = character.is_whitespace() && !character.is_control();
    character.is_alphanumeric() || is_separator || "_.:/=+-@".contains(character)
}

/// One tag of a role.
pub fn role_tag(key: &str, value: &str, place: &Place) -> Option<Finding> {
    let refused = |text: &str| text.chars().find(|character| !is_of_iam(*character));
    let of_iam = || {
        let (what, character) = match (refused(key), refused(value)) {
            (Some(character), _) => ("", character),
            (None, Some(character)) => ("the value of ", character),
            (None, None) => return None,
        };
        let message = format!("{what}tag `{key}` has {character:?}, which IAM doesn't take");
        let help = "use letters, digits, spaces and `_.:/=+-@`";
        Some(Finding::of(&rules::XA0921, place.clone(), message).help(help))
    };
    tag(key, value, place).or_else(of_iam)
}

/// One tag of a pipeline, or of anything else.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_roles_have_the_characters_that_iam_takes() {
        let place = Place::role("Deploy");
        for (key, value) in [("team", "shop"), ("Größe", "ein Wert/1:2=3+4-5@6.7_8"), ("日本", "")] {
            assert_eq!(role_tag(key, value, &place), None, "{key}");
        }
        let message = |key: &str, value: &str| role_tag(key, value, &place).unwrap().message;
        assert_eq!(message("team", "shop & co"), "the value of tag `team` has '&', which IAM doesn't take");
        assert_eq!(message("a!b", "x"), "tag `a!b` has '!', which IAM doesn't take");
        assert_eq!(tag("team", "shop & co", &place), None, "a pipeline may have it");
    }
}
