//! Whether an access key still counts.

use crate::core::policy::evaluate::Caller;
use crate::local::refusal::Refusal;
use crate::local::store::Store;
use crate::local::wire::{CommonError, Protocol};

/// The caller behind an access key. Refuses a key that is not known, and the credentials of a session that has expired or
/// whose role is gone. A role that is recreated with the same name has a different id, and its sessions are different ones.
pub(crate) fn caller_of(store: &Store, protocol: Protocol, key: &str) -> Result<Caller, Refusal> {
    let unknown = || CommonError::UnknownKey.usual(protocol);
    let caller = store.caller(key).ok_or_else(unknown)?;
    let Some(session) = store.session(key) else { return Ok(caller.clone()) };
    if session.expires <= store.clock {
        return Err(CommonError::Expired.usual(protocol));
    }
    match caller {
        Caller::Session { role, .. } if store.role(role).is_none_or(|role| role.id != session.role_id) => {
            Err(unknown())
        }
        _ => Ok(caller.clone()),
    }
}
