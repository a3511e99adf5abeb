//! Roles: what has to be written for them, and who loses what.

pub(super) mod lost_permissions;
pub(super) mod planning;
pub(super) mod role_users;
