//! What the compiler knows about accounts, roles and pipelines.
//!
//! [`pipeline!`](crate::pipeline) implements these traits for the items that it declares. If you prefer plain Rust, implement
//! them by hand and use the [`builder`](crate::builder).

mod data;
mod grants;
mod topology;
mod traits;

pub use data::{AccountConst, PipelineConst, RoleConst, Trusts, VariableConst};
pub use grants::{Grants, Stated};
pub use topology::add_account;
pub(crate) use topology::{add_account_const, not_well_formed, to_trust};
pub use traits::{AccountItem, PipelineItem, RoleItem, Trusted};
