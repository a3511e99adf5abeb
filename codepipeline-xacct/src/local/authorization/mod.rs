//! Authorization: who may do what.

mod assume;
mod caller_policies;
mod context;
mod credentials;
mod denied;
mod pipeline_roles;
mod request;

pub(super) use assume::{Assumption, may_assume_with};
pub(super) use context::{add_tags, user_id};
pub(super) use credentials::caller_of;
pub(super) use denied::denied;
pub(super) use pipeline_roles::{action_session, service_session};
pub(super) use request::{Judge, authorize, authorize_action, pass_role, permitted};
