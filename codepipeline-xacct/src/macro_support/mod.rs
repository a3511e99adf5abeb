//! Support code that the expansion of `pipeline!` calls. Not part of the public interface.
#![allow(missing_docs, reason = "only the macro writes these names")]

mod bound_paths;
mod draft;
mod parameters;
mod role;
mod text;

pub use bound_paths::{
    ToAccount, ToPipeline, ToRole, ToTrusted, UnknownAccount, account_const_of, account_of, add_linked_account,
    add_linked_target, add_trusted, home_of, pipeline_const, role_const, role_here, trust, whole_account,
};
pub use draft::{Draft, VariableValue, add_target, need_target};
pub use parameters::WithParameters;
pub use role::{RoleDocuments, add_role};
pub use text::runtime_text;

pub use crate::builder::{DeclaredBy, PipelineIn, RoleIn, ServiceRoleIn, Starts, VariableName};
pub use crate::const_checks::{
    CallerFacts, RoleFacts, TargetFacts, artifact_key, assume, assume_for, caller_variable, contract_account,
    item_account, no_role, passed_role, role, service_role, start, store, trust as trusts, variable, variables_passed,
};
pub use crate::core::topology::{Gate, Item, Ownership, TopologyBuilder};
pub use crate::items::{
    AccountConst, AccountItem, Grants, PipelineConst, PipelineItem, RoleConst, RoleItem, Stated, Trusted, Trusts,
    VariableConst, add_account,
};
pub use crate::keys;
