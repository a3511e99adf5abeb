//! The credentials that STS gives.

use crate::local::services::query::date;
use crate::local::wire::{SECRET, SESSION_TOKEN, element};

/// Seconds that a session of a role lasts where nothing is asked for, and the most that a session lasts that was made with another.
pub(super) const HOUR: i64 = 3600;

/// Credentials with their access key.
pub(super) fn credentials(key: &str, expires: i64) -> String {
    let members = [
        element("AccessKeyId", key),
        element("SecretAccessKey", SECRET),
        element("SessionToken", SESSION_TOKEN),
        date("Expiration", expires),
    ];
    format!("<Credentials>{}</Credentials>", members.concat())
}
