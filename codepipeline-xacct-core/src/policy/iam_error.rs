//! The errors with which IAM refuses documents, in its words.

use std::fmt;

pub(super) const SYNTAX: &str = "Syntax errors in policy.";
pub(super) const LEGACY: &str = "The policy failed legacy parsing";
pub(super) const VENDOR: &str = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
pub(super) const TRUST_ACTIONS: &str = "AssumeRole policy may only specify STS AssumeRole actions.";

/// The error with which IAM refuses a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IamError {
    /// The code of the error.
    pub code: &'static str,
    /// IAM's own text.
    pub message: String,
}

impl fmt::Display for IamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for IamError {}

impl IamError {
    /// A document that IAM reads and refuses.
    pub(super) fn malformed(message: &str) -> Self {
        Self { code: "MalformedPolicyDocument", message: message.to_owned() }
    }

    /// A parameter that can't be a document at all.
    pub(super) fn parameter(message: &str) -> Self {
        Self { code: "ValidationError", message: message.to_owned() }
    }

    /// A principal of a kind (`AWS`, `Service`) that is not well formed, or that doesn't exist.
    pub fn invalid_principal(kind: &str, text: &str) -> Self {
        let kind = if kind == "Service" { "SERVICE" } else { kind };
        Self::malformed(&format!("Invalid principal in policy: \"{kind}\":\"{text}\""))
    }
}
