//! The handle of local AWS: adds buckets and keys with their policies and grants.

use super::handle::{Local, LocalError};
use super::refusal::{Refusal, validation};
use super::resources::Resource;
use super::trust::bind;
use crate::core::ids::{AccountId, Partition, split_arn};
use crate::core::policy::validate::accept;
use crate::core::policy::{Document, DocumentKind, KeyGrant};

fn accepted(policy: Option<&Document>, kind: DocumentKind, partition: &Partition) -> Result<Document, Refusal> {
    let Some(policy) = policy else { return Ok(Document::new(Vec::new())) };
    accept(&policy.to_json(), kind, partition).map_err(|error| Refusal::new(error.code, error.message))
}

impl Local {
    /// Adds a bucket of an account, with its policy. What actions read from it and write to it is then judged with the policy, and
    /// from other accounts only with it. Buckets that were not put there are in the account that uses them.
    pub fn put_bucket(&self, account: &str, name: &str, policy: Option<&Document>) -> Result<(), LocalError> {
        let account: AccountId = account.parse().map_err(|error| validation(format!("{error}")))?;
        let policy = accepted(policy, DocumentKind::Bucket, &Partition::aws())?;
        let mut store = self.store();
        store.add_account(account.clone());
        let policy = bind(&store, &policy);
        store.resources.buckets.insert(name.to_owned(), Resource { account, policy, grants: Vec::new() });
        Ok(())
    }

    /// Adds a KMS key, with its policy: the same for what is encrypted with it. Only a pipeline that names the key by this ARN uses it.
    pub fn put_key(&self, arn: &str, policy: Option<&Document>) -> Result<(), LocalError> {
        let parts = split_arn(arn).filter(|parts| parts.service == "kms" && parts.resource.starts_with("key/"));
        let parts = parts.ok_or_else(|| validation(format!("{arn} is not the ARN of a key")))?;
        let account: AccountId = parts.account.parse().map_err(|error| validation(format!("{error}")))?;
        let partition: Partition = parts.partition.parse().map_err(|error| validation(format!("{error}")))?;
        let policy = accepted(policy, DocumentKind::Key, &partition)?;
        let mut store = self.store();
        store.add_account(account.clone());
        let policy = bind(&store, &policy);
        store.resources.keys.insert(arn.to_owned(), Resource { account, policy, grants: Vec::new() });
        Ok(())
    }

    /// Adds a grant of a key that was put there: `operations`, as `Decrypt`, with it.
    pub fn put_grant(&self, key: &str, grantee: &str, operations: &[&str]) -> Result<(), LocalError> {
        let mut store = self.store();
        let resource = store.resources.keys.get_mut(key);
        let resource = resource.ok_or_else(|| validation(format!("there is no key {key}")))?;
        let operations = operations.iter().map(|operation| (*operation).to_owned()).collect();
        resource.grants.push(KeyGrant { grantee: grantee.to_owned(), operations, is_limited: false });
        Ok(())
    }
}
