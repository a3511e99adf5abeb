//! How large policies may be, and how much there may be. No other file knows IAM's numbers; those of tags are in [`crate::check::tags`].
//!
//! Sources: IAM User Guide, "IAM and AWS STS quotas" (reference_iam-quotas); IAM API Reference, `CreateRole`; STS API Reference, `AssumeRole`.

use std::ops::RangeInclusive;

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
/// Managed policies of a role, by default; quota L-0DA4ABF3 raises it.
pub const ATTACHED_POLICIES: usize = 10;
/// Versions of a managed policy.
pub const POLICY_VERSIONS: usize = 5;
/// Roles of an account, by default; quota L-FE177D64 raises it.
pub const ROLES: usize = 1000;
/// Characters of the description of a role or a policy.
pub const DESCRIPTION: usize = 1000;
/// Characters of an ARN as the parameter of an API call.
pub const ARN: RangeInclusive<usize> = 20..=2048;
/// The seconds that a role may allow a session to last. The least is what it allows unless it says otherwise.
pub const MAX_SESSION: RangeInclusive<i64> = 3600..=43_200;
/// The seconds that a session of a role can be asked for.
pub const SESSION: RangeInclusive<i64> = 900..=*MAX_SESSION.end();
/// Managed policies of one session of a role.
pub const SESSION_POLICIES: usize = 10;

/// The size as IAM counts it: characters without white space.
pub fn size(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

/// Reports a document of a size that is over its quota. Most quotas can be raised, and the AWS pages disagree on how far, so this
/// is a warning.
pub(crate) fn over_quota(size: usize, kind: DocumentKind, place: &Place) -> Option<Finding> {
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
pub(crate) fn over_derived_quota(size: usize, place: &Place) -> Option<Finding> {
    (size > INLINE_POLICIES).then(|| {
        let message = format!(
            "the derived policy has {size} characters without white space, more than the {INLINE_POLICIES} that all inline \
             policies of a role can have"
        );
        Finding::of(&rules::XA1305, place.clone(), message)
            .help("let some actions use roles of their own, or let fewer pipelines use one role")
    })
}

/// Refuses an inline policy with which those of a role would be over the quota, which can't be raised. `others` is the size of those that it has
/// under other names.
#[cfg(feature = "plan")]
pub(crate) fn inline_refused(size: usize, others: usize, place: &Place) -> Option<Finding> {
    let with_others = match others {
        0 => String::new(),
        others => format!(", and its other inline policies {others}"),
    };
    (size + others > INLINE_POLICIES).then(|| {
        let message = format!(
            "the inline policy of the topology has {size} characters without white space{with_others}: IAM refuses more than {INLINE_POLICIES} together"
        );
        let help = match others {
            0 => "let some actions use roles of their own, or let fewer pipelines use one role",
            _ => "put other policies of the role into managed policies, let some actions use roles of their own, or let fewer pipelines use one role",
        };
        Finding::of(&rules::XA1064, place.clone(), message).help(help)
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_rule_has_the_numbers_that_are_checked() {
        let text = rules::explanation(rules::XA1305.code).unwrap().text;
        for number in [TRUST_POLICY, INLINE_POLICIES, MANAGED_POLICY] {
            assert!(text.contains(&number.to_string()), "{number}: {text}");
        }
    }

    /// The text of the rule has them too; the test above compares them.
    #[test]
    fn no_other_file_has_the_numbers() {
        let mut found = Vec::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut folders: Vec<_> = ["-core", ""].map(|name| root.join(format!("codepipeline-xacct{name}/src"))).into();
        while let Some(folder) = folders.pop() {
            for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let text = std::fs::read_to_string(&path).unwrap().replace('_', "");
                    let text = text.split(|c: char| !c.is_ascii_digit()).collect::<Vec<_>>();
                    if [TRUST_POLICY, INLINE_POLICIES, MANAGED_POLICY, PARAMETER, 43_200]
                        .iter()
                        .any(|number| text.contains(&number.to_string().as_str()))
                    {
                        found.push(path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/"));
                    }
                }
            }
        }
        found.sort();
        let others = [
            // The length of a constant text, and of ids of CodePipeline.
            "codepipeline-xacct/src/const_checks/text.rs",
            "codepipeline-xacct/src/local/services/codepipeline/action_types.rs",
            "codepipeline-xacct/src/local/services/codepipeline/jobs.rs",
            // What a session of a user lasts.
            "codepipeline-xacct/src/local/services/sts/session_token.rs",
        ];
        found.retain(|file| !others.contains(&file.as_str()));
        assert_eq!(
            found,
            ["codepipeline-xacct-core/src/policy/quota.rs", "codepipeline-xacct-core/src/rules/policy.rs"]
        );
    }
}
