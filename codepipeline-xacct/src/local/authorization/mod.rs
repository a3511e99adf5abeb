//! Authorization: who may do what.

mod assume;
mod context;
mod credentials;
mod denied;
mod held;
mod request;

pub(super) use assume::{Assumption, may_assume, may_assume_with};
pub(super) use context::add_tags;
pub(super) use credentials::check_credentials;
pub(super) use denied::denied;
pub(super) use request::{authorize, authorize_action, pass_role, permitted};
