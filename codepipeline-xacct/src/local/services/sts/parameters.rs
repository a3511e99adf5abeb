//! The parameters that each operation of STS knows.

use crate::local::refusal::Refusal;
use crate::local::services::query::unknown;
use crate::local::wire::Parameters;

/// Refuses parameters that local AWS doesn't know.
pub(super) fn check(operation: &str, parameters: &Parameters) -> Result<(), Refusal> {
    let known: &[&str] = match operation {
        "AssumeRole" => &[
            "RoleArn",
            "RoleSessionName",
            "PolicyArns",
            "Policy",
            "DurationSeconds",
            "Tags",
            "TransitiveTagKeys",
            "ExternalId",
            "SourceIdentity",
        ],
        "GetAccessKeyInfo" => &["AccessKeyId"],
        "DecodeAuthorizationMessage" => &["EncodedMessage"],
        "GetCallerIdentity" => &[],
        "GetSessionToken" => &["DurationSeconds", "SerialNumber", "TokenCode"],
        other => return Err(Refusal::unsupported(&format!("sts:{other}"))),
    };
    match unknown(parameters, known).first() {
        Some(key) => Err(Refusal::unsupported(&format!("the parameter `{key}` of sts:{operation}"))),
        None => Ok(()),
    }
}
