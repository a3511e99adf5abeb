//! How an added stage is written: `add stage "…" after "…" { … }`.

use std::fmt;

use syn::Ident;
use syn::parse::ParseStream;

use super::tokens::next_word;

/// The words before the name of the stage that an added stage is placed next to.
pub(super) const PLACES: [&str; 2] = ["after", "before"];

/// A place that is not told.
pub(super) const SOME_PLACE: &str = "after \"…\"";

/// An added stage as it is written.
pub(super) fn added_stage(name: &str, place: impl fmt::Display) -> String {
    format!("add stage {name:?} {place} {{ … }}")
}

/// Whether a word is one of [`PLACES`].
pub(super) fn is_place(word: &Ident) -> bool {
    PLACES.iter().any(|place| word == place)
}

/// Whether one of [`PLACES`] comes next.
pub(super) fn peek_place(input: ParseStream<'_>) -> bool {
    next_word(input).is_some_and(|word| is_place(&word))
}
