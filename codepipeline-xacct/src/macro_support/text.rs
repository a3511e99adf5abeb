//! Values that are made when the program runs.

use std::fmt::Display;

/// What a Rust expression in parentheses may be: it is written as text.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` is not a text",
    label = "not a text",
    note = "an `Option` has `.unwrap_or_default()`, a list `.join(\",\")`; a struct has a field that is a text, or implements `Display`"
)]
pub trait RuntimeText {
    fn text(&self) -> String;
}

impl<T: Display + ?Sized> RuntimeText for T {
    fn text(&self) -> String {
        self.to_string()
    }
}

/// The text of a value.
pub fn runtime_text<T: RuntimeText + ?Sized>(value: &T) -> String {
    value.text()
}
