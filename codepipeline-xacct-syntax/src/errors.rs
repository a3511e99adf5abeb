//! Collects everything that is wrong with one call of the macro.

use codepipeline_xacct_core::finding::{Finding, Severity};
use codepipeline_xacct_core::sentences::dsl_form;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

use crate::keys;

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

    /// A list without its brackets.
    pub fn no_brackets(&mut self, span: Span, help: impl AsRef<str>) {
        self.push_help(span, "a list is written in brackets", help);
    }

    /// A word where a clause should begin.
    pub fn no_clause(&mut self, word: &Ident, help: impl AsRef<str>) {
        self.push_help(word.span(), not_a_clause(word), help);
    }

    /// The place of a stage behind what it belongs before.
    pub fn place_behind_body(&mut self, span: Span, help: impl AsRef<str>) {
        self.push_help(span, "where a stage goes is written before its body", help);
    }

    /// An error of which more may become known.
    pub fn push_first(&mut self, span: Span, message: impl AsRef<str>, help: impl AsRef<str>) -> ErrorId {
        self.push_help(span, message, help);
        ErrorId(self.errors.len() - 1)
    }

    /// Replaces an error with a better one, once more is known.
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
        let names = keys::of_place(&finding.place);
        let in_dsl = |text: &str| in_dsl(text, &names);
        let (text, help) = (in_dsl(&finding.message), finding.help.as_deref().map(in_dsl));
        let message = format!("{text} [{}]", finding.code);
        match (finding.severity, help) {
            (Severity::Error, Some(help)) => self.push_help(span, message, help),
            (Severity::Error, None) => self.push(span, message),
            (Severity::Warning, help) => {
                let help = help.map(|help| format!("\n  help: {help}")).unwrap_or_default();
                self.warnings.push((span, format!("{text}{help}"), finding.code));
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

/// A text of a rule with the forms of the DSL: `` `"name": …` (`name: …` in `pipeline!`) `` has both, and members of the API have keys.
fn in_dsl(text: &str, names: &[(&str, &str)]) -> String {
    let mut found = text.to_owned();
    while let Some((place, dsl)) = dsl_form(&found) {
        let before = found.get(..place.start).and_then(|before| before.strip_suffix('`'));
        let Some(json) = before.and_then(|before| before.rfind('`')) else { break };
        let dsl = format!("`{}`", dsl.strip_suffix(':').unwrap_or(dsl));
        found.replace_range(json..place.end, &dsl);
    }
    for (member, key) in names {
        found = found.replace(&format!("`{member}`"), &format!("`{key}`"));
    }
    found
}

/// What is said of a word that begins no clause.
pub(crate) fn not_a_clause(word: impl std::fmt::Display) -> String {
    format!("`{word}` does not begin a clause")
}

/// What is said of the place of a stage before its name.
pub(crate) const PLACE_BEHIND_NAME: &str = "the position of a stage comes after its name";

fn with_help(message: &str, help: &str) -> String {
    format!("{message}\n  help: {help}")
}

#[cfg(test)]
mod tests {
    use codepipeline_xacct_core::finding::Place;

    use super::in_dsl;
    use crate::keys;

    #[test]
    fn of_two_forms_the_one_of_the_dsl_is_told() {
        let text = "add `\"A\": \"…\"` (`a: \"…\"` in `pipeline!`): what `b` is (`B` (`b:` in `pipeline!`))";
        assert_eq!(in_dsl(text, &[]), "add `a: \"…\"`: what `b` is (`b`)");
        assert_eq!(in_dsl("no `form` (`x`)", &[]), "no `form` (`x`)");
        assert_eq!(in_dsl("(`x` in `pipeline!`)", &[]), "(`x` in `pipeline!`)");
    }

    #[test]
    fn members_are_told_by_the_keys_of_their_construct() {
        let told = |place: &Place, text: &str| in_dsl(text, &keys::of_place(place));
        let pipeline = Place::pipeline("Release");
        let action = pipeline.stage(0, "Source").action(0, "code");
        assert_eq!(told(&pipeline.key("roleArn").value(), "`roleArn` is empty"), "`service_role` is empty");
        assert_eq!(told(&action.key("roleArn"), "`roleArn` is empty"), "`role` is empty");
        let branch = action.key("configuration").key("BranchName").value();
        assert_eq!(
            told(&branch, "`BranchName` is empty, of `RepositoryName`"),
            "`branch` is empty, of `RepositoryName`"
        );
        // What people named themselves stays.
        assert_eq!(told(&branch, "there is no variable `roleArn`"), "there is no variable `roleArn`");
    }
}
