//! Whether an access key still counts.

use crate::core::policy::evaluate::Caller;
use crate::local::refusal::Refusal;
use crate::local::store::Store;
use crate::local::wire::Call;

/// Refuses the credentials of a session that has expired, or whose role is gone. A role that is made anew under the
/// same name has another id, and its sessions are others.
pub(crate) fn check_credentials(store: &Store, call: &Call, service: &str) -> Result<(), Refusal> {
    let (Caller::Session { role, .. }, Some(session)) = (&call.caller, store.session(&call.key)) else {
        return Ok(());
    };
    let json = service == "codepipeline";
    if session.expires <= store.clock {
        let message = "The security token included in the request is expired";
        return Err(if json {
            Refusal::new("ExpiredTokenException", message)
        } else {
            Refusal::new("ExpiredToken", message).status(403)
        });
    }
    if store.role(role).is_some_and(|role| role.id == session.role_id) {
        return Ok(());
    }
    let message = "The security token included in the request is invalid.";
    Err(if json {
        Refusal::new("UnrecognizedClientException", message)
    } else {
        Refusal::new("InvalidClientTokenId", message).status(403)
    })
}
