//! The grammar of `pipeline!`, for the macro and for the formatter: [`parse`] makes nodes ([`ast`]) from tokens and
//! continues after what doesn't parse, [`errors`] collects what is wrong.
//!
//! Not for programs: what is here changes with the macro. Programs use `codepipeline-xacct`.

pub mod ast;
pub mod errors;
#[cfg(feature = "format")]
pub mod format;
pub mod keys;
pub mod not_a_value;
pub mod parse;
#[cfg(feature = "format")]
pub mod print;
