//! Adds what exists somewhere else, as it was read there. It is not checked as a request is: what an account holds was accepted by AWS, and its
//! trust policies may name principals that were not read.

use indexmap::{IndexMap, IndexSet};

use super::handle::Local;
use super::managed_policy::StoredPolicy;
use super::store::{Store, StoredRole};
use super::trust::bind;
use crate::core::arns::iam_arn;
use crate::core::ids::{AccountId, PipelineArn, RoleArn};
use crate::core::policy::Document;

/// A role as it was read.
#[derive(Debug, Clone)]
pub(crate) struct Seed {
    pub(crate) arn: RoleArn,
    /// `AROA…`; local AWS makes one where it is empty.
    pub(crate) id: String,
    pub(crate) trust: Document,
    pub(crate) inline: IndexMap<String, Document>,
    /// Attached policies by their ARNs.
    pub(crate) attached: IndexMap<String, Document>,
    pub(crate) boundary: Option<Document>,
    pub(crate) tags: IndexMap<String, String>,
}

impl Seed {
    /// A role with a trust policy and nothing else.
    pub(crate) fn new(arn: RoleArn, trust: Document) -> Self {
        Self {
            arn,
            id: String::new(),
            trust,
            inline: IndexMap::new(),
            attached: IndexMap::new(),
            boundary: None,
            tags: IndexMap::new(),
        }
    }
}

impl Local {
    /// Adds roles. Those that are there are replaced.
    pub(crate) fn seed_roles(&self, roles: Vec<Seed>) {
        let mut store = self.store();
        let arns: Vec<RoleArn> = roles.iter().map(|role| role.arn.clone()).collect();
        roles.into_iter().for_each(|role| add(&mut store, role));
        // Roles trust each other, so the ids of all have to be known first.
        for arn in arns {
            let Some(trust) = store.role(&arn).map(|role| bind(&store, &role.trust)) else { continue };
            if let Ok(role) = store.role_mut(arn.account(), arn.name().as_str()) {
                role.trust = trust;
            }
        }
    }

    /// Gives a pipeline tags.
    pub(crate) fn seed_tags(&self, pipeline: &PipelineArn, tags: IndexMap<String, String>) {
        if let Some(record) = self.store().pipelines.get_mut(pipeline) {
            record.tags = tags;
        }
    }
}

fn add(store: &mut Store, seed: Seed) {
    let Seed { arn, id, trust, inline, attached, boundary, tags } = seed;
    let account = arn.account().clone();
    store.add_account(account.clone());
    let attached: IndexSet<String> =
        attached.into_iter().map(|(policy, document)| attach(store, &account, &policy, &document)).collect();
    // Its ARN was not read.
    let boundary = boundary.map(|document| {
        let policy = iam_arn(arn.partition().as_str(), account.as_str(), &format!("policy/boundary/{}", arn.name()));
        attach(store, &account, &policy, &document)
    });
    let role = StoredRole {
        id: if id.is_empty() { store.role_id() } else { id },
        trust,
        inline: inline.into_iter().map(|(name, document)| (name, document.to_json())).collect(),
        attached,
        tags,
        created: store.clock,
        description: None,
        max_session: 3600,
        boundary,
        other: IndexMap::new(),
        arn,
    };
    // Its account was added above.
    let _ = store.add_role(role);
}

/// Adds a managed policy under its ARN; returns that. One of AWS has the document that was read, in this account.
fn attach(store: &mut Store, account: &AccountId, arn: &str, document: &Document) -> String {
    let path_and_name = arn.split_once(":policy").map_or(arn, |(_, rest)| rest);
    let (path, name) = path_and_name.rsplit_once('/').unwrap_or(("", path_and_name));
    let now = store.clock;
    let mut made = StoredPolicy {
        arn: arn.to_owned(),
        name: name.to_owned(),
        path: format!("{path}/"),
        id: store.policy_id(),
        description: None,
        tags: IndexMap::new(),
        created: now,
        updated: now,
        versions: Vec::new(),
        default: 0,
        latest: 0,
    };
    made.add(document.to_json(), now, true);
    if let Ok(account) = store.account(account) {
        account.policies.insert(made.arn.clone(), made);
    }
    arn.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::policy::role_trust;

    #[test]
    #[allow(clippy::unwrap_used)]
    fn a_role_that_trusts_another_is_shown_with_its_arn() {
        let one: RoleArn = "arn:aws:iam::111111111111:role/one".parse().unwrap();
        let other: RoleArn = "arn:aws:iam::222222222222:role/team/other".parse().unwrap();
        let trust = |role| Document::new(vec![role_trust([role])]);
        let local = Local::new();
        local.seed_roles(vec![Seed::new(one.clone(), trust(&other)), Seed::new(other.clone(), trust(&one))]);
        assert_eq!((local.trust(&one), local.trust(&other)), (Some(trust(&other)), Some(trust(&one))));
    }
}
