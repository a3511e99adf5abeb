//! How large policies may be. No other file knows IAM's numbers.
//!
//! Sources: IAM User Guide, "IAM and AWS STS quotas" (reference_iam-quotas); IAM API Reference, `CreateRole`.

#[cfg(feature = "topology")]
use super::document::Document;
use super::kind::DocumentKind;
use crate::finding::{Finding, Place};
use crate::rules;

/// Characters of a trust policy, by default; quota L-C07B4B0D raises it. White space is not counted.
pub const TRUST_POLICY: usize = 2048;
/// Characters of all inline policies of a role together. White space is not counted.
pub const INLINE_POLICIES: usize = 10_240;
/// Characters of a managed policy, and so of a permissions boundary. White space is not counted.
pub const MANAGED_POLICY: usize = 6144;
/// Characters of any document as the parameter of an API call, with white space.
pub const PARAMETER: usize = 131_072;

/// Reports a document that is over its quota. Most quotas can be raised, and the AWS pages disagree on how far, so this
/// is a warning.
#[cfg(feature = "topology")]
pub(crate) fn over_quota(document: &Document, kind: DocumentKind, place: &Place) -> Option<Finding> {
    size_over_quota(document.size(), kind, place)
}

/// Reports a document of this size.
pub(super) fn size_over_quota(size: usize, kind: DocumentKind, place: &Place) -> Option<Finding> {
    let (limit, what, help) = match kind {
        DocumentKind::Trust => (
            TRUST_POLICY,
            "a trust policy can have by default",
            "ask for a higher quota (L-C07B4B0D), or let fewer service roles use one role",
        ),
        DocumentKind::Identity if size > INLINE_POLICIES => {
            (INLINE_POLICIES, "all inline policies of a role can have", "split it into managed policies")
        }
        DocumentKind::Identity => (MANAGED_POLICY, "a managed policy can have", "keep it inline, or split it"),
        DocumentKind::Boundary => (MANAGED_POLICY, "a managed policy can have", "shorten it"),
        DocumentKind::Session
        | DocumentKind::ServiceControl
        | DocumentKind::ResourceControl
        | DocumentKind::Bucket
        | DocumentKind::Key
        | DocumentKind::EventBus => return None,
    };
    (size > limit).then(|| {
        let message =
            format!("the document has {size} characters without white space, more than the {limit} that {what}");
        Finding::of(&rules::XA1305, place.clone(), message).help(help)
    })
}

/// Reports inline policies of a role that are together over the quota.
#[cfg(feature = "topology")]
pub(crate) fn over_inline_quota(size: usize, place: &Place) -> Option<Finding> {
    (size > INLINE_POLICIES).then(|| {
        let message = format!(
            "the policies have {size} characters together, and the inline policies of a role can have \
             {INLINE_POLICIES} at most"
        );
        Finding::of(&rules::XA1305, place.clone(), message).help("put some of them into managed policies")
    })
}

/// Reports the inline policy that this crate keeps in a role, if it alone is over the quota.
#[cfg(feature = "topology")]
pub(crate) fn over_derived_quota(document: &Document, place: &Place) -> Option<Finding> {
    let size = document.size();
    (size > INLINE_POLICIES).then(|| {
        let message = format!(
            "the derived policy has {size} characters without white space, more than the {INLINE_POLICIES} that all inline \
             policies of a role can have"
        );
        Finding::of(&rules::XA1305, place.clone(), message)
            .help("let some actions use roles of their own, or let fewer pipelines use one role")
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_rule_has_the_numbers_that_are_checked() {
        for number in [TRUST_POLICY, INLINE_POLICIES, MANAGED_POLICY] {
            assert!(rules::XA1305.text.contains(&number.to_string()), "{number}: {}", rules::XA1305.text);
        }
    }

    /// The text of the rule has them too; the test above compares them.
    #[test]
    fn no_other_file_has_the_numbers() {
        let mut found = Vec::new();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut folders = vec![source.clone()];
        while let Some(folder) = folders.pop() {
            for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let text = std::fs::read_to_string(&path).unwrap().replace('_', "");
                    if [TRUST_POLICY, INLINE_POLICIES, MANAGED_POLICY, PARAMETER]
                        .iter()
                        .any(|number| text.contains(&number.to_string()))
                    {
                        found.push(path.strip_prefix(&source).unwrap().to_string_lossy().replace('\\', "/"));
                    }
                }
            }
        }
        found.sort();
        assert_eq!(found, ["policy/quota.rs", "rules/policy.rs"]);
    }
}
