//! A concurrent request, made just before a call.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A request that an administrator of an account makes.
///
/// ```
/// use codepipeline_xacct::local::ConcurrentRequest;
///
/// let edit: ConcurrentRequest = serde_json::from_str(
///     r#"{
///         "account": "222222222222", "service": "iam", "operation": "TagRole",
///         "input": {"RoleName": "deploy-invoker", "Tags": [{"Key": "team", "Value": "shop"}]}
///     }"#,
/// )?;
/// assert_eq!(edit.region, "us-east-1");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConcurrentRequest {
    /// The account.
    pub account: String,
    /// The Region.
    #[serde(default = "region")]
    pub region: String,
    /// `codepipeline`, `iam` or `sts`.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// Its input, with the names of the API.
    #[serde(default)]
    pub input: Value,
}

/// Without its input, which may have a secret.
impl fmt::Debug for ConcurrentRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { account, region, service, operation, .. } = self;
        write!(f, "{service}:{operation} in {account}, {region}")
    }
}

fn region() -> String {
    "us-east-1".to_owned()
}
