//! Roles: what has to be written for them, and who loses what.

pub(super) mod lost_permissions;
pub(super) mod planning;
pub(super) mod policy_sizes;
pub(super) mod role_users;
