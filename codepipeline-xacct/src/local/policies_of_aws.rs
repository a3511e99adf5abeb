//! Managed policies of AWS: those that are usually attached for deploying and running pipelines.
//!
//! Source: AWS Managed Policy Reference, a page per policy; the texts and dates as moto 5.2.1 has read them from AWS.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use super::managed_policy::{PolicyVersion, StoredPolicy};
use super::refusal::Refusal;

#[derive(Deserialize)]
struct Published {
    path: String,
    version: u64,
    created: i64,
    updated: i64,
    document: Value,
}

static POLICIES: LazyLock<BTreeMap<String, StoredPolicy>> = LazyLock::new(|| {
    let all: BTreeMap<String, Published> =
        serde_json::from_str(include_str!("policies_of_aws.json")).unwrap_or_default();
    let stored = all.into_iter().enumerate().map(|(index, (name, published))| {
        let Published { path, version, created, updated, document } = published;
        let arn = format!("arn:aws:iam::aws:policy{path}{name}");
        let document = PolicyVersion { number: version, document: document.to_string(), created: updated };
        let policy = StoredPolicy {
            arn: arn.clone(),
            name,
            path,
            id: format!("ANPALOCALAWS{:09}", index + 1),
            description: None,
            tags: IndexMap::new(),
            created,
            updated,
            versions: vec![document],
            default: version,
            latest: version,
        };
        (arn, policy)
    });
    stored.collect()
});

/// Whether an ARN is that of a policy that AWS manages.
pub(super) fn is_of_aws(arn: &str) -> bool {
    arn.split(':').nth(4) == Some("aws")
}

/// A policy that AWS manages, by its ARN.
pub(super) fn policy_of_aws(arn: &str) -> Option<&'static StoredPolicy> {
    POLICIES.get(arn)
}

/// The policies of AWS that are available here.
pub(super) fn all_of_aws() -> impl Iterator<Item = &'static StoredPolicy> {
    POLICIES.values()
}

/// Refuses the policies of AWS that are not here.
pub(super) fn refuse_unknown_of_aws(arn: &str) -> Result<(), Refusal> {
    if is_of_aws(arn) && policy_of_aws(arn).is_none() {
        return Err(Refusal::unsupported(&format!("this managed policy of AWS (`{arn}`); {}", those_that_are_here())));
    }
    Ok(())
}

/// For messages.
fn those_that_are_here() -> String {
    let names: Vec<&str> = POLICIES.values().map(|policy| policy.name.as_str()).collect();
    format!("it has {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::{POLICIES, policy_of_aws};
    use crate::core::ids::Partition;
    use crate::core::policy::DocumentKind;
    use crate::core::policy::validate::accept;

    #[test]
    fn iam_accepts_every_document() {
        assert_eq!(POLICIES.len(), 8);
        for policy in POLICIES.values() {
            let text = &policy.versions.first().unwrap().document;
            assert!(accept(text, DocumentKind::Identity, &Partition::aws()).is_ok(), "{}", policy.name);
        }
        assert_eq!(policy_of_aws("arn:aws:iam::aws:policy/AdministratorAccess").unwrap().default, 1);
    }
}
