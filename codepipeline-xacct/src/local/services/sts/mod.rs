//! STS: who calls, and sessions of roles.

mod assume;
mod credentials;
mod operations;
mod parameters;
mod session_token;

pub(super) use operations::answer;
pub(super) use session_token::refuse_without_mfa;
