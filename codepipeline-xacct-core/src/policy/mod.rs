//! IAM policies: documents ([`Document`]), what IAM refuses in one ([`validate`]), how large it may be ([`quota`]), and
//! the evaluation of one request ([`evaluate`]).

pub mod certain;
mod condition;
pub mod context;
mod document;
pub mod evaluate;
mod global_keys;
#[cfg(feature = "topology")]
pub(crate) mod in_words;
mod json;
mod kind;
pub(crate) mod pattern;
pub mod quota;
mod statement;
mod truth;
pub mod validate;

#[cfg(feature = "topology")]
pub(crate) use document::condition_values;
pub use document::{
    ASSUME_ROLE, CODEPIPELINE, Document, Effect, Principal, START, Statement, Statements, Texts, VERSION,
    account_trust, role_trust, service_trust,
};
pub use kind::DocumentKind;
#[cfg(feature = "topology")]
pub(crate) use statement::is_about;
