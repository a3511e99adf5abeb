//! The hop at which an action, or a rule of a condition, was refused.

use super::execution::StoredActionExecution;
use crate::core::doctor::denial;
use crate::core::policy::{ASSUME_ROLE, START};
use crate::core::wiring::Hop;

/// The code of an action whose configuration can't be resolved: it asks for nothing.
const UNRESOLVED: &str = "ConfigurationError";

/// The hop that was denied, if an error says that one was.
pub(crate) fn denied_hop(code: &str, message: &str) -> Option<Hop> {
    match code {
        "InvalidRole" => Some(Hop::ServiceTrust),
        "AccessDenied" => match denial(message)?.action {
            ASSUME_ROLE => Some(Hop::Assume),
            START => Some(Hop::Start),
            _ => None,
        },
        _ => None,
    }
}

/// The hop that was denied, or the start that the target refused. An action that was told to fail was refused nothing.
pub(super) fn refused_hop(action: &StoredActionExecution) -> Option<Hop> {
    let (code, message) = action.error.as_ref()?;
    let asked_in_vain = action.declaration.action_type_id.is_pipeline_invoke()
        && action.began.is_none()
        && action.ends.is_err()
        && code != UNRESOLVED;
    denied_hop(code, message).or(asked_in_vain.then_some(Hop::Start))
}
