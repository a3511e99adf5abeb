//! GetSessionToken.

use indexmap::IndexMap;

use super::credentials::credentials;
use crate::core::policy::evaluate::Caller;
use crate::local::refusal::Refusal;
use crate::local::role_session::RoleSession;
use crate::local::services::query::number;
use crate::local::store::Store;
use crate::local::wire::{Call, CommonError, Parameters, Protocol};

/// Seconds that can be asked for. Source: STS API Reference, "GetSessionToken".
const DURATION: std::ops::RangeInclusive<i64> = 900..=129_600;

/// Seconds that they last where nothing is asked for.
const USUAL: i64 = 43_200;

/// Temporary credentials of the caller, who is an IAM user.
pub(super) fn session_token(store: &mut Store, call: &Call, parameters: &Parameters) -> Result<String, Refusal> {
    if store.session(&call.key).is_some() {
        let message = "Cannot call GetSessionToken with session credentials";
        return Err(Refusal::new("AccessDenied", message).status(403));
    }
    if parameters.get("SerialNumber").is_some() || parameters.get("TokenCode").is_some() {
        return Err(Refusal::unsupported("MFA devices"));
    }
    let seconds = number(parameters, "DurationSeconds", DURATION)?.unwrap_or(USUAL);
    let expires = store.clock.saturating_add(seconds.saturating_mul(1000));
    let session = RoleSession {
        role_id: String::new(),
        policies: None,
        tags: IndexMap::new(),
        transitive: Vec::new(),
        source_identity: None,
        expires,
    };
    let key = store.session_key(call.caller.clone(), session);
    Ok(credentials(&key, expires))
}

/// The credentials of GetSessionToken only have IAM with MFA, and of STS only AssumeRole and GetCallerIdentity. Source: STS API
/// Reference, "GetSessionToken"; the error: github.com/99designs/aws-vault/issues/1056.
pub(crate) fn refuse_without_mfa(store: &Store, call: &Call, service: &str) -> Result<(), Refusal> {
    let of_session_token = matches!(call.caller, Caller::Account(_)) && store.session(&call.key).is_some();
    let allowed = match service {
        "iam" => false,
        // The operation itself has an error of its own.
        "sts" => ["AssumeRole", "GetCallerIdentity", "GetSessionToken"].contains(&call.operation.as_str()),
        _ => true,
    };
    if of_session_token && !allowed { Err(CommonError::UnknownKey.usual(Protocol::Query)) } else { Ok(()) }
}
