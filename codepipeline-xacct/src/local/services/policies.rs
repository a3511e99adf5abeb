//! The policies of buckets and keys, and the grants of keys, as S3 and KMS return them.
//!
//! Sources: S3 API Reference, "GetBucketPolicy" and "Error responses"; KMS API Reference, "GetKeyPolicy" and "ListGrants".

use serde_json::{Value, json};

use crate::core::arns::s3_arn;
use crate::core::ids::Partition;
use crate::core::policy::KeyGrant;
use crate::local::authorization::{authorize, denied};
use crate::local::refusal::Refusal;
use crate::local::resources::Resource;
use crate::local::store::Store;
use crate::local::trust::named;
use crate::local::wire::Call;

/// GetBucketPolicy.
pub(super) fn of_bucket(store: &Store, call: &Call, input: &Value) -> Result<Value, Refusal> {
    let name = input.get("Bucket").and_then(Value::as_str).unwrap_or_default();
    let arn = s3_arn(Partition::aws().as_str(), name);
    authorize(store, call, "s3", &arn)?;
    // One that was not put there belongs to whoever uses it, so that nobody knows whose policy it has.
    let bucket = store.resources.buckets.get(name);
    let bucket = bucket
        .ok_or_else(|| Refusal::unsupported(&format!("the policy of bucket `{name}`, which was not put there")))?;
    owned(call, bucket, "GetBucketPolicy", "s3", &arn)?;
    if bucket.policy.statements.is_empty() {
        return Err(Refusal::new("NoSuchBucketPolicy", "The bucket policy does not exist").status(404));
    }
    Ok(json!(named(store, &bucket.policy)))
}

/// GetKeyPolicy and ListGrants.
pub(super) fn of_key(store: &Store, call: &Call, input: &Value) -> Result<Value, Refusal> {
    let arn = input.get("KeyId").and_then(Value::as_str).unwrap_or_default();
    let key = store.resources.keys.get(arn);
    let key =
        key.ok_or_else(|| Refusal::unsupported(&format!("the policy of key `{arn}`, which was not put there")))?;
    authorize(store, call, "kms", arn)
        .and_then(|()| owned(call, key, &call.operation, "kms", arn))
        .map_err(|refusal| refusal.if_denied(|message| Refusal::new("AccessDeniedException", message)))?;
    if call.operation == "GetKeyPolicy" {
        return Ok(json!({ "Policy": named(store, &key.policy).to_json(), "PolicyName": "default" }));
    }
    let grants = key.grants.iter().map(|KeyGrant { grantee, operations, .. }| {
        json!({ "KeyId": arn, "GranteePrincipal": grantee, "Operations": operations, "IssuingAccount": key.account })
    });
    Ok(json!({ "Grants": grants.collect::<Vec<_>>(), "Truncated": false }))
}

/// Policies are returned to their own account alone.
fn owned(call: &Call, resource: &Resource, operation: &str, service: &str, arn: &str) -> Result<(), Refusal> {
    match call.caller.account() == Some(&resource.account) {
        true => Ok(()),
        false => Err(denied(&call.caller, &format!("{service}:{operation}"), arn, "")),
    }
}
