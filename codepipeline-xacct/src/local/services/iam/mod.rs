//! IAM: roles, inline and attached policies, tags.

mod documents;
mod operations;
mod roles;

pub(super) use operations::answer;
pub(crate) use roles::put_role;
