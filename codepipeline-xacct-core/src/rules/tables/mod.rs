//! The rules themselves, by family.

/// Defines a constant for each rule, and the list of them.
macro_rules! rules {
    ($($code:ident $effect:ident $title:literal, $text:literal, [$($source:literal),*], $example:expr;)*) => {
        $(
            #[doc = $text]
            pub static $code: crate::rules::Rule = crate::rules::Rule {
                code: stringify!($code),
                title: $title,
                effect: crate::rules::Consequence::$effect,
                text: $text,
                sources: &[$($source),*],
                example: $example,
            };
        )*

        pub(super) static ALL: &[&crate::rules::Rule] = &[$(&$code),*];
    };
}

mod actions;
mod artifacts;
mod limits;
mod plan;
mod policies;
mod shape;
mod stages;
mod structure;
mod variables;
mod wiring;

use super::{Example, Rule};

pub use actions::*;
pub use artifacts::*;
pub use limits::*;
pub use plan::*;
pub use policies::*;
pub use shape::*;
pub use stages::*;
pub use structure::*;
pub use variables::*;
pub use wiring::*;

/// An edit of the example declaration.
const fn edit(at: &'static str, fault: &'static str, fix: &'static str) -> Example {
    Example::Edit { at, fault, fix }
}

/// An example in words.
const fn text(fault: &'static str, fix: &'static str) -> Example {
    Example::Text { fault, fix }
}

/// Every rule, by code.
pub(super) fn all() -> impl Iterator<Item = &'static Rule> {
    let families = [
        shape::ALL,
        structure::ALL,
        limits::ALL,
        artifacts::ALL,
        variables::ALL,
        actions::ALL,
        wiring::ALL,
        plan::ALL,
        stages::ALL,
        policies::ALL,
    ];
    families.into_iter().flatten().copied()
}
