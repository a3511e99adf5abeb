//! How large a policy may be.
//!
//! Source: IAM User Guide, "IAM and AWS STS quotas".

use super::document::Document;
use super::kind::DocumentKind;
use crate::finding::{Finding, Place};
use crate::rules;

/// What is said of a document that passes a quota.
pub(crate) fn over_quota(document: &Document, kind: DocumentKind, place: &Place) -> Option<Finding> {
    finding(document.size(), kind, place)
}

/// What is said where all inline policies of a role together pass the quota.
pub(crate) fn over_inline_quota(size: usize, place: &Place) -> Option<Finding> {
    (size > 10240).then(|| {
        let message = format!(
            "the policies have {size} characters together, and the inline policies of a role have 10240 at most"
        );
        Finding::of(&rules::XA1305, place.clone(), message).help("put some of them into managed policies")
    })
}

/// Quotas, counted without white space. Most can be raised, and the pages disagree on how far: what passes them is a warning.
pub(super) fn finding(size: usize, kind: DocumentKind, place: &Place) -> Option<Finding> {
    let (limit, what, raise) = match kind {
        DocumentKind::Trust => (
            2048,
            "a trust policy has by default",
            "ask for a higher quota (L-C07B4B0D), or let fewer service roles use one role",
        ),
        DocumentKind::Identity if size > 10240 => {
            (10240, "all inline policies of a role have", "split it into managed policies")
        }
        DocumentKind::Identity => (6144, "a managed policy has", "keep it inline, or split it"),
        DocumentKind::Boundary => (6144, "a managed policy has", "shorten it"),
        DocumentKind::Session | DocumentKind::ServiceControl | DocumentKind::ResourceControl => return None,
    };
    (size > limit).then(|| {
        let message =
            format!("the document has {size} characters without white space, more than the {limit} that {what}");
        Finding::of(&rules::XA1305, place.clone(), message).help(raise)
    })
}
