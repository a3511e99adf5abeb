//! IAM's errors that are not about a document.

use crate::local::refusal::Refusal;

pub(super) fn no_role_policy(name: &str) -> Refusal {
    no_such(format!("The role policy with name {name} cannot be found."))
}

pub(super) fn no_such(message: impl Into<String>) -> Refusal {
    Refusal::new("NoSuchEntity", message).status(404)
}

pub(super) fn exists(message: impl Into<String>) -> Refusal {
    Refusal::new("EntityAlreadyExists", message).status(409)
}

pub(super) fn conflict(message: &str) -> Refusal {
    Refusal::new("DeleteConflict", message).status(409)
}

pub(super) fn limit(message: impl Into<String>) -> Refusal {
    Refusal::new("LimitExceeded", message).status(409)
}

/// A quota by its name in IAM.
pub(super) fn quota(name: &str, most: usize) -> Refusal {
    limit(format!("Cannot exceed quota for {name}: {most}"))
}

pub(super) fn invalid_input(message: impl Into<String>) -> Refusal {
    Refusal::new("InvalidInput", message)
}

/// A policy that AWS manages can't be changed. The text is not verified.
pub(super) fn outside_of_the_account() -> Refusal {
    Refusal::new("AccessDenied", "Policy is outside your own account.").status(403)
}

/// A role that only AWS may change: a service-linked one, or one of IAM Identity Center.
pub(super) fn protected(name: &str) -> Refusal {
    let message =
        format!("Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS");
    Refusal::new("UnmodifiableEntity", message)
}
