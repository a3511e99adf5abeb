//! Findings about items that the macro reports too.

use crate::finding::{Finding, Place};
use crate::ids::AccountId;
use crate::rules;

/// A pipeline needs a service role. Source: CodePipeline API Reference, `PipelineDeclaration`.
pub fn no_service_role(item: &str) -> Finding {
    Finding::of(&rules::XA0918, Place::pipeline(item), format!("pipeline `{item}` has no service role"))
        .help("add `.managed_service_role(\"<name>\")` (`service_role: managed(\"<name>\")` in `pipeline!`), `.extended_service_role(\"arn:…\")` (`extended(\"arn:…\")` in `pipeline!`) or `.existing_service_role(\"arn:…\")` (`existing(\"arn:…\")` in `pipeline!`)")
}

/// Two items are the same account. This works, but is rarely intended.
pub fn one_account(first: &str, second: &str, id: &AccountId) -> Finding {
    let message = format!("`{first}` and `{second}` are the same account, `{id}`");
    Finding::of(&rules::XA0923, Place::account(second), message)
        .help("declare it once, and name the item wherever the account is meant; or correct one of the ids")
}

/// Something is added to a pipeline whose whole declaration is managed. `what` is how it is called: `stage "Deploy"`.
pub fn added_to_managed(place: Place, item: &str, what: &str) -> Finding {
    let message = format!("{what} is added to pipeline `{item}`, which is declared in full");
    Finding::of(&rules::XA0926, place, message).help(format!(
        "leave `add` out; or write `extended pipeline {item}`, to keep the rest of a pipeline that exists"
    ))
}

/// A stage is added with nothing in it.
pub fn empty_addition(place: Place, stage: &str) -> Finding {
    let message = format!("stage `{stage}` is added, and has no action");
    Finding::of(&rules::XA0926, place, message).help("give it an action, or leave the stage out")
}
