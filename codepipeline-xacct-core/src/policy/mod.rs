//! IAM policies: documents ([`Document`]), what IAM refuses in one ([`validate`]), how large it may be ([`quota`]), and
//! the evaluation of one request ([`evaluate`]).

mod action_match;
pub mod certain;
mod check;
#[cfg(feature = "topology")]
mod condition;
#[cfg(feature = "topology")]
pub(crate) mod context;
mod date;
pub mod denial;
#[cfg(feature = "topology")]
pub(crate) mod description;
mod document;
mod element_faults;
#[cfg(feature = "topology")]
pub mod evaluate;
pub(crate) mod glob;
mod global_keys;
mod iam_error;
mod json;
#[cfg(feature = "plan")]
mod key_grant;
mod kind;
mod operator;
#[cfg(feature = "topology")]
pub(crate) mod pattern;
pub mod quota;
#[cfg(feature = "topology")]
mod statement;
mod statement_check;
#[cfg(feature = "topology")]
mod truth;
pub mod validate;
#[cfg(feature = "topology")]
mod verdict;

#[cfg(feature = "topology")]
pub(crate) use action_match::is_about;
pub use document::{
    ASSUME_ROLE, CODEPIPELINE, Document, Effect, Principal, START, Statement, Statements, Texts, VERSION,
    account_trust, is_service_principal, role_trust, service_trust,
};
#[cfg(feature = "topology")]
pub(crate) use document::{condition_values, is_principal_id};
#[cfg(feature = "plan")]
pub use key_grant::KeyGrant;
pub use kind::DocumentKind;
#[cfg(feature = "plan")]
pub(crate) use statement::names_everybody;
