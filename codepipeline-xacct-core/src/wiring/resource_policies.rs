//! The policies of artifact buckets and of their keys, which the tool does not write: what has to be in them.
//!
//! Source: CodePipeline User Guide, "Create a pipeline that uses resources from another account".

use indexmap::{IndexMap, IndexSet};

use super::artifact_access::{
    ArtifactUser, KEY_ACTIONS, KEY_READ_ACTIONS, READ_ACTIONS, WRITE_ACTIONS, Who, artifact_users,
};
use crate::arns::s3_arn;
use crate::ids::{AccountId, Partition, split_arn};
use crate::policy::{Document, DocumentKind, Statement};
use crate::topology::items::Pipeline;

/// What has to be in the policy of a bucket, a key or an event bus. There may be more in it, which stays.
#[derive(Debug, Clone, PartialEq)]
pub struct ResourcePolicy {
    /// The account that owns the resource.
    pub account: AccountId,
    /// Whether it is a bucket, a key or an event bus.
    pub kind: DocumentKind,
    /// The name of a bucket, the ARN of an event bus, and a key as it is declared: by its ARN, its id or an alias.
    pub resource: String,
    /// The statements.
    pub document: Document,
    /// Who else has to be allowed although no declaration names him, in words.
    pub unnamed: Vec<String>,
}

/// A bucket or a key by its owner.
#[derive(PartialEq, Eq, Hash)]
struct Resource {
    account: AccountId,
    partition: Partition,
    name: String,
}

/// Who uses a bucket or a key.
#[derive(Default)]
struct Users {
    writers: IndexSet<String>,
    readers: IndexSet<String>,
    unnamed: IndexSet<String>,
}

impl Users {
    fn add(&mut self, user: &ArtifactUser<'_>) {
        match &user.who {
            Who::Role(role) => {
                self.readers.extend(user.reads.then(|| role.to_string()));
                self.writers.extend(user.writes.then(|| role.to_string()));
            }
            Who::Unnamed(account, text) => {
                let does = if user.writes { "reads and writes" } else { "reads" };
                self.unnamed.insert(format!("{text} in account {account}, which {does} artifacts too"));
            }
            Who::Perhaps(role, when) => {
                self.unnamed.insert(format!("{role}, which reads artifacts {when}"));
            }
        }
    }

    fn policy(self, resource: Resource, kind: DocumentKind, statements: Vec<Statement>) -> Option<ResourcePolicy> {
        let Resource { account, name, .. } = resource;
        let document = Document::new(statements);
        let unnamed = self.unnamed.into_iter().collect();
        (!document.statements.is_empty()).then_some(ResourcePolicy { account, kind, resource: name, document, unnamed })
    }
}

/// What has to be in the policies of the artifact buckets that roles of other accounts use, and of all keys of artifact buckets. A
/// bucket lives in the account of its pipeline.
pub fn resource_policies(pipelines: &[Pipeline]) -> Vec<ResourcePolicy> {
    let mut buckets: IndexMap<Resource, Users> = IndexMap::new();
    let mut keys: IndexMap<Resource, Users> = IndexMap::new();
    for pipeline in pipelines {
        let (home, partition) = (pipeline.arn.account(), pipeline.arn.partition());
        let resource = |account: &AccountId, name: &str| Resource {
            account: account.clone(),
            partition: partition.clone(),
            name: name.to_owned(),
        };
        for user in artifact_users(pipeline) {
            let foreign = user.who.account() != home;
            if foreign {
                buckets.entry(resource(home, &user.store.location)).or_default().add(&user);
            }
            // In its own account, the key of an unnamed role is a matter of that account.
            if let Some(key) = &user.store.encryption_key
                && (foreign || matches!(user.who, Who::Role(_)))
            {
                let owner = split_arn(&key.id).and_then(|arn| arn.account.parse().ok());
                keys.entry(resource(owner.as_ref().unwrap_or(home), &key.id)).or_default().add(&user);
            }
        }
    }
    let buckets = buckets.into_iter().filter_map(|(resource, users)| bucket_policy(resource, users));
    buckets.chain(keys.into_iter().filter_map(|(resource, users)| key_policy(resource, users))).collect()
}

/// Across accounts both sides have to allow, so it allows what the roles are allowed; who only reads is not allowed to write.
fn bucket_policy(bucket: Resource, users: Users) -> Option<ResourcePolicy> {
    let objects = s3_arn(bucket.partition.as_str(), &format!("{}/*", bucket.name));
    let roles = |roles: &IndexSet<String>| roles.iter().cloned().collect();
    let statements = [(READ_ACTIONS, roles(&users.readers)), (WRITE_ACTIONS, roles(&users.writers))];
    let statements =
        statements.into_iter().filter_map(|(actions, roles)| allow_roles(actions, roles, &objects)).collect();
    users.policy(bucket, DocumentKind::Bucket, statements)
}

/// In the policy of a key, `*` is the key.
fn key_policy(key: Resource, users: Users) -> Option<ResourcePolicy> {
    let only_read = users.readers.difference(&users.writers).cloned().collect();
    let statements = [(KEY_ACTIONS, users.writers.iter().cloned().collect()), (KEY_READ_ACTIONS, only_read)];
    let statements = statements.into_iter().filter_map(|(actions, roles)| allow_roles(actions, roles, "*")).collect();
    users.policy(key, DocumentKind::Key, statements)
}

fn allow_roles(actions: &[&str], roles: Vec<String>, resource: &str) -> Option<Statement> {
    if roles.is_empty() {
        return None;
    }
    Some(Statement::allow(actions, vec![resource.to_owned()]).for_principals("AWS", roles))
}
