//! Which hop an error of AWS is about.

use crate::core::policy::{ASSUME_ROLE, START};
use crate::core::wiring::Hop;

/// The hop that was denied, if the error of an action says that one was.
pub(super) fn denied_hop(code: &str, message: &str) -> Option<Hop> {
    let performs = |action: &str| message.contains(&format!("not authorized to perform: {action} "));
    match code {
        "InvalidRole" => Some(Hop::ServiceTrust),
        "AccessDenied" if performs(ASSUME_ROLE) => Some(Hop::Assume),
        "AccessDenied" if performs(START) => Some(Hop::Start),
        _ => None,
    }
}
