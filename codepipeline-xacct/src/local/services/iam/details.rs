//! All roles and policies of an account at once.
//!
//! Source: IAM API Reference, "GetAccountAuthorizationDetails".

use std::collections::BTreeSet;

use super::request::IamRequest;
use super::responses::{encoded, policy, role, version};
use crate::local::managed_policy::StoredPolicy;
use crate::local::policies_of_aws::policy_of_aws;
use crate::local::refusal::Refusal;
use crate::local::services::query::{Page, constraint, list};
use crate::local::store::{Store, StoredAccount, StoredRole};
use crate::local::wire::element;

/// What may be asked for.
const KINDS: [&str; 5] = ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"];

enum Detail<'s> {
    Role(&'s StoredRole),
    Policy(&'s StoredPolicy),
}

impl Detail<'_> {
    /// Roles come first.
    fn name(&self) -> String {
        match self {
            Self::Role(role) => format!("1{}", role.arn.name()),
            Self::Policy(policy) => format!("2{}", policy.arn),
        }
    }
}

impl IamRequest<'_> {
    pub(super) fn details(&self, store: &Store) -> Result<String, Refusal> {
        let page = Page::of(self.parameters)?;
        let wanted = self.parameters.list("Filter");
        for (index, kind) in wanted.iter().enumerate() {
            if !KINDS.contains(&kind.as_str()) {
                let place = format!("filter.{}.member", index + 1);
                let values = format!("Member must satisfy enum value set: [{}]", KINDS.join(", "));
                return Err(constraint(kind, &place, &values));
            }
        }
        let has = |kind: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == kind);
        let account = store.existing_account(&self.account)?;
        let roles = account.roles.values().filter(|_| has("Role"));
        let own = account.policies.values().filter(|_| has("LocalManagedPolicy"));
        // Of the policies of AWS, those that are used.
        let used = account.roles.values().flat_map(|role| role.attached.iter().chain(&role.boundary));
        let used: BTreeSet<&String> = used.filter(|_| has("AWSManagedPolicy")).collect();
        let of_aws = used.into_iter().filter_map(|arn| policy_of_aws(arn));
        let all = roles.map(Detail::Role).chain(own.chain(of_aws).map(Detail::Policy));
        let (page, end) = page.take(all, Detail::name);
        let roles = page.iter().filter_map(|detail| match detail {
            Detail::Role(role) => Some(self.role_detail(store, role)),
            Detail::Policy(_) => None,
        });
        let policies = page.iter().filter_map(|detail| match detail {
            Detail::Role(_) => None,
            Detail::Policy(policy) => Some(policy_detail(account, policy)),
        });
        let none = || std::iter::empty::<String>();
        let lists = [
            list("UserDetailList", none()),
            list("GroupDetailList", none()),
            list("RoleDetailList", roles),
            list("Policies", policies),
            end,
        ];
        Ok(lists.concat())
    }

    fn role_detail(&self, store: &Store, of: &StoredRole) -> String {
        let inline = of.inline.iter();
        let inline =
            inline.map(|(name, text)| element("PolicyName", name) + &element("PolicyDocument", &encoded(text)));
        let attached = of.attached.iter().filter_map(|arn| store.policy(&self.account, arn));
        let attached = attached.map(|p| element("PolicyName", &p.name) + &element("PolicyArn", &p.arn));
        [
            role(store, of),
            list("InstanceProfileList", std::iter::empty()),
            list("RolePolicyList", inline),
            list("AttachedManagedPolicies", attached),
        ]
        .concat()
    }
}

fn policy_detail(account: &StoredAccount, of: &StoredPolicy) -> String {
    let versions = of.versions.iter().rev().map(|one| version(of, one, true));
    policy(account, of) + &list("PolicyVersionList", versions)
}
