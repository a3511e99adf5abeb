//! The words of `pipeline!` as Rust items with documentation. In an editor the macro writes the user's keys as fields of these
//! types, so that completion, hover and rename know them; in a compilation it does not, and nothing here is used.
//!
//! The fields are generated: those of the grammar from the table in `codepipeline-xacct-syntax`, those of providers from the catalogue.

/// Stands for the value of a key. Nothing calls it.
pub fn value<T>() -> T {
    loop {
        std::hint::spin_loop();
    }
}

/// The variables of a pipeline item, as a type with a field for each.
pub trait Variables {
    /// The type.
    type Of;
}

/// Types with a field for each key.
macro_rules! keys {
    ($($(#[doc = $doc:literal])* $name:ident { $($(#[doc = $key_doc:literal])* $key:ident),* $(,)? })*) => {$(
        $(#[doc = $doc])*
        pub struct $name { $($(#[doc = $key_doc])* pub $key: ()),* }
    )*};
}

/// Modules with the words that a key takes.
macro_rules! words {
    ($($(#[doc = $doc:literal])* $key:ident { $($(#[doc = $word_doc:literal])* $word:ident),* $(,)? })*) => {$(
        $(#[doc = $doc])*
        #[allow(non_upper_case_globals)]
        pub mod $key {
            $($(#[doc = $word_doc])* pub const $word: () = ();)*
        }
    )*};
}

/// How a role is named where it is used.
pub mod role {
    /// A role that is created and kept, by its path and name.
    pub const fn managed(_path_and_name: &str) {}
    /// A role that exists, in which one inline policy is kept, by its ARN.
    pub const fn extended(_arn: &str) {}
    /// A role that exists and is only read, by its ARN.
    pub const fn existing(_arn: &str) {}
}

/// What a role trusts, where that is not an item.
pub mod trust {
    /// A role, by its ARN.
    pub const fn role(_arn: &str) {}
    /// Every principal of an account that is allowed to.
    pub fn whole_account<A>(_account: A) {}
}

/// Words that a key takes.
pub mod words {
    pub use super::constructs::words::*;
    pub use super::providers::words::*;
}

#[rustfmt::skip]
mod constructs;
#[rustfmt::skip]
mod providers;

pub use constructs::*;
pub use providers::{action, rule, source};
