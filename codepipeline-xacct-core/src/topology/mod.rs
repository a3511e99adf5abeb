//! Accounts, roles, pipelines and their links: what a program declares, and how it is put together.
//!
//! [`Account`], [`Role`] and [`Pipeline`] are the values of the dynamic layer. The macro and the typed builder make them; a program that
//! learns its accounts at run time makes them itself. [`TopologyBuilder`] puts them together, derives what follows and checks
//! the result.

pub(crate) mod additions;
#[cfg(feature = "topology")]
pub(crate) mod as_subject;
#[cfg(feature = "topology")]
pub(crate) mod builder;
mod caller_variable;
#[cfg(feature = "topology")]
mod checks;
#[cfg(feature = "topology")]
mod collector;
#[cfg(feature = "topology")]
mod declared_caller_variable;
#[cfg(feature = "topology")]
mod display;
mod findings;
#[cfg(feature = "topology")]
pub(crate) mod items;
pub(crate) mod parts;
#[cfg(feature = "topology")]
mod places;
#[cfg(feature = "topology")]
pub(crate) mod policies;
pub(crate) mod subject;
#[cfg(feature = "topology")]
pub(crate) mod wait;
mod wait_limit;
#[cfg(feature = "topology")]
mod waits;
#[cfg(feature = "topology")]
mod without_waits;

pub use additions::{Additions, StagePlace};
#[cfg(feature = "topology")]
pub use as_subject::AsSubject;
#[cfg(feature = "topology")]
pub use builder::{Item, TopologyBuilder};
pub use caller_variable::{CALLER_VARIABLE, caller_value};
pub use findings::{added_to_managed, empty_addition, no_service_role, one_account};
#[cfg(feature = "topology")]
pub use items::{Account, Invoke, Pipeline, ResolvedRole, Role, RoleLink, Target, Topology, Trust};
pub use parts::{Gate, Ownership, RoleUser, TargetVariable};
#[cfg(feature = "topology")]
pub use policies::{AttachedPolicy, AttachedTo};
pub use subject::{NoSubject, Subject};
#[cfg(feature = "topology")]
pub use wait::{RUN_READS, Wait, wait_name, waited_name};
pub use wait_limit::{WaitLimit, WaitLimitError};
#[cfg(feature = "topology")]
pub use without_waits::{InvokeWait, without_waits};

#[cfg(test)]
mod tests;
