//! Findings about items that the macro reports too.

use crate::finding::{Finding, Place};
use crate::ids::AccountId;
use crate::rules;

/// A pipeline needs a service role. Source: CodePipeline API Reference, `PipelineDeclaration`.
pub fn no_service_role(item: &str) -> Finding {
    Finding::of(&rules::XA0918, Place::pipeline(item), format!("pipeline `{item}` has no service role"))
        .help("add `service_role: managed(\"<name>\")`, `extended(\"arn:…\")` or `existing(\"arn:…\")`")
}

/// Two items are the same account. This works, but is rarely intended.
pub fn one_account(first: &str, second: &str, id: &AccountId) -> Finding {
    let message = format!("`{first}` and `{second}` are the same account, `{id}`");
    Finding::of(&rules::XA0923, Place::account(second), message)
        .help("declare it once, and name the item wherever the account is meant; or correct one of the ids")
}
