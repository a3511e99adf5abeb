//! IAM: roles, their boundaries, inline and managed policies, tags, simulation.

mod account;
mod attachments;
mod boundaries;
mod details;
mod documents;
mod inline;
mod managed;
mod operations;
mod parameters;
mod refusals;
mod request;
mod requested;
mod responses;
mod roles;
mod simulate;
mod simulated;
mod tags;
mod versions;

pub(super) use operations::answer;
pub(crate) use roles::put_role;
