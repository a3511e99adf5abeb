//! Collects everything that is wrong with one call of the macro.

use codepipeline_xacct_core::finding::{Finding, Severity};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

/// An error that was reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorId(usize);

/// Errors and warnings in the order in which they were found. Nothing stops at the first.
#[derive(Default)]
pub struct Errors {
    errors: Vec<(Span, String)>,
    warnings: Vec<(Span, String, &'static str)>,
    left_open: Option<Span>,
}

impl Errors {
    /// Notes a token that is wrong, and is reported by those who know what belongs there.
    pub fn leave_open(&mut self, span: Span) {
        self.left_open.get_or_insert(span);
    }

    /// The first token that is wrong and not reported yet.
    pub fn left_open(&self) -> Option<Span> {
        self.left_open
    }

    /// An error at a token.
    pub fn push(&mut self, span: Span, message: impl Into<String>) {
        self.errors.push((span, message.into()));
    }

    /// An error with its fix on a separate line.
    pub fn push_help(&mut self, span: Span, message: impl AsRef<str>, help: impl AsRef<str>) {
        self.push(span, with_help(message.as_ref(), help.as_ref()));
    }

    /// An error of which more may become known.
    pub fn push_first(&mut self, span: Span, message: impl AsRef<str>, help: impl AsRef<str>) -> ErrorId {
        self.push_help(span, message, help);
        ErrorId(self.errors.len() - 1)
    }

    /// Says something better in place of an error, once more is known.
    pub fn replace(&mut self, error: ErrorId, message: impl AsRef<str>, help: impl AsRef<str>) {
        if let Some((_, text)) = self.errors.get_mut(error.0) {
            *text = with_help(message.as_ref(), help.as_ref());
        }
    }

    /// How many errors there are.
    pub fn count(&self) -> usize {
        self.errors.len()
    }

    /// The finding of a rule, with its code.
    pub fn finding(&mut self, span: Span, finding: &Finding) {
        let message = format!("{} [{}]", finding.message, finding.code);
        let help = finding.help.as_ref();
        match (finding.severity, help) {
            (Severity::Error, Some(help)) => self.push_help(span, message, help),
            (Severity::Error, None) => self.push(span, message),
            (Severity::Warning, help) => {
                let help = help.map(|help| format!("\n  help: {help}")).unwrap_or_default();
                self.warnings.push((span, format!("{}{help}", finding.message), finding.code));
            }
        }
    }

    /// The errors, with their tokens.
    pub fn iter(&self) -> impl Iterator<Item = (Span, &str)> {
        self.errors.iter().map(|(span, message)| (*span, message.as_str()))
    }

    /// One `compile_error!` per error. A warning is the use of a deprecated constant: stable Rust has no other way.
    pub fn into_tokens(self) -> TokenStream {
        let errors =
            self.errors.into_iter().map(|(span, message)| quote_spanned!(span=> ::core::compile_error! { #message }));
        let warnings = self.warnings.into_iter().map(|(span, note, code)| {
            let code = Ident::new(code, span);
            quote_spanned! {span=>
                const _: () = {
                    #[deprecated(note = #note)]
                    const #code: () = ();
                    #code
                };
            }
        });
        errors.chain(warnings).collect()
    }
}

fn with_help(message: &str, help: &str) -> String {
    format!("{message}\n  help: {help}")
}
