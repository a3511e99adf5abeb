//! Accounts, roles, pipelines and their links: what a program declares, and how it is put together.
//!
//! [`items`] are the values of the dynamic layer. The macro and the typed builder make them; a program that learns its accounts at
//! run time makes them itself. [`builder`] puts them together, derives what follows and checks the result.

pub mod as_subject;
pub mod builder;
mod checks;
mod collector;
pub mod items;
mod places;
pub mod subject;

pub use as_subject::AsSubject;
pub use builder::{Item, TopologyBuilder};
pub use checks::{no_service_role, one_account};
pub use items::{
    Account, Gate, Invoke, Ownership, Pipeline, ResolvedRole, Role, RoleLink, RoleUser, Target, TargetVariable,
    Topology, Trust,
};
pub use subject::Subject;

#[cfg(test)]
mod tests;
