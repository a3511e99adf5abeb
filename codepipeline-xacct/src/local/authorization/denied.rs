//! AccessDenied as AWS words it.

use crate::core::policy::denial::request;
use crate::core::policy::evaluate::Caller;
use crate::local::refusal::Refusal;

/// A request that is not authorized, with AWS's reason where it gives one.
pub(crate) fn denied(caller: &Caller, action: &str, resource: &str, reason: &str) -> Refusal {
    let who = caller.arn();
    let space = if reason.is_empty() { "" } else { " " };
    let message = format!("{} on resource: {resource}{space}{reason}", request(&who, action));
    Refusal::new("AccessDenied", message).status(403)
}
