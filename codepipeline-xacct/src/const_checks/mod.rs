//! The wiring between items, checked while the compiler evaluates constants.
//!
//! The macro writes one constant per check, which calls one of these functions. The parentheses of the call carry the span
//! of the token to blame. A failed check is a panic in constant evaluation, which is an error of `cargo check`. Its text is
//! the same as that of the builder and of the topology.
#![allow(missing_docs, reason = "only the macro writes these names")]
#![expect(clippy::panic, reason = "the panic of a constant is a compile error")]
#![expect(clippy::indexing_slicing, reason = "constant evaluation has no iterators; a wrong index is a compile error")]

mod contract_fix;
mod facts;
mod grants;
mod role;
mod role_item;
mod service_role;
mod stores;
mod text;
mod trust;
mod variables;

pub use facts::{CallerFacts, RoleFacts, TargetFacts};
pub(crate) use role::role_behind_start;
pub use role::{assume, assume_for, no_role, passed_role, role};
pub use role_item::{contract_account, item_account, start};
pub use service_role::service_role;
pub use stores::{artifact_key, store};
pub use trust::trust;
pub(crate) use trust::trusts_account;
pub(crate) use variables::passed_all;
pub use variables::{Names, caller_variable, variable, variables_passed};
