//! The collector of everything that is wrong with one call of the macro.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

/// Errors in the order in which they were found. Nothing stops at the first.
#[derive(Default)]
pub(crate) struct Errors(Vec<(Span, String)>);

impl Errors {
    pub(crate) fn push(&mut self, span: Span, message: impl Into<String>) {
        self.0.push((span, message.into()));
    }

    /// An error with its mend on a line of its own.
    pub(crate) fn push_help(&mut self, span: Span, message: impl AsRef<str>, help: impl AsRef<str>) {
        self.push(span, format!("{}\n  help: {}", message.as_ref(), help.as_ref()));
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// One `compile_error!` per error.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.0.into_iter().map(|(span, message)| quote_spanned!(span=> ::core::compile_error! { #message })).collect()
    }
}
