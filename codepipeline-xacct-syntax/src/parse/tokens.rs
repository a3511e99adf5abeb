//! Reading tokens: what is left out, what comes next, groups, elements between commas.

use std::fmt::Display;

use proc_macro2::{Literal, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseBuffer, ParseStream};
use syn::{Expr, Ident, Lit, LitStr, Meta, Token, braced, bracketed, parenthesized, token};

use crate::errors::Errors;
use crate::not_a_value;

/// The word before a clause that an extended pipeline adds.
pub(super) const ADD: &str = "add";

pub(super) fn keep<T>(parsed: syn::Result<T>, errors: &mut Errors) -> Option<T> {
    parsed.map_err(|error| errors.push(error.span(), error.to_string())).ok()
}

/// Skips one token.
pub(super) fn skip(input: ParseStream<'_>) {
    let _ = input.parse::<TokenTree>();
}

/// Skips everything up to the end of an item: `;` or a brace group.
pub(super) fn skip_item(input: ParseStream<'_>) {
    while !input.is_empty() {
        let end = input.peek(token::Brace) || input.peek(Token![;]);
        skip(input);
        if end {
            return;
        }
    }
}

pub(super) fn starts_item(input: ParseStream<'_>) -> bool {
    input.peek(Token![pub])
        || input.peek(Token![#])
        || input.peek(Token![extern])
        || ["account", "role", "pipeline", "extended"].iter().any(|word| peek_word(input, word))
}

/// The next token, where it is a word.
pub(super) fn next_word(input: ParseStream<'_>) -> Option<Ident> {
    input.cursor().ident().map(|(word, _)| word)
}

pub(super) fn peek_word(input: ParseStream<'_>, word: &str) -> bool {
    next_word(input).is_some_and(|ident| ident == word)
}

/// True where a string is next. To peek for `LitStr` alone would make an error wherever there is none, which is nearly everywhere.
pub(super) fn peek_text(input: ParseStream<'_>) -> bool {
    input.cursor().literal().is_some() && input.peek(LitStr)
}

/// True where a literal may begin: a string, a number, `true` or `false`.
pub(super) fn peek_literal(input: ParseStream<'_>) -> bool {
    let cursor = input.cursor();
    cursor.literal().is_some()
        || cursor.ident().is_some_and(|(word, _)| matches!(word.to_string().as_str(), "true" | "false"))
}

/// The text of `'text'`, which the lexer has reported.
pub(super) fn in_single_quotes(literal: &Literal) -> Option<String> {
    let literal = literal.to_string();
    let text = literal.strip_prefix('\'')?.strip_suffix('\'')?;
    (!text.starts_with('\\') && text.chars().count() > 1).then(|| text.to_owned())
}

/// True for a single colon, not one of `::`.
pub(super) fn peek_colon(input: ParseStream<'_>) -> bool {
    input.peek(Token![:]) && !input.peek(Token![::])
}

/// True where a single colon follows the next token.
pub(super) fn peek2_colon(input: ParseStream<'_>) -> bool {
    input.peek2(Token![:]) && !input.peek2(Token![::])
}

/// A key with its colon, or a clause: a word and a string.
pub(super) fn starts_field(input: ParseStream<'_>) -> bool {
    let word = input.peek(Ident::peek_any);
    (word || peek_text(input)) && peek2_colon(input) || word && input.peek2(LitStr)
}

/// True for `#[…]` and `#![…]`, which doc comments are too.
pub(super) fn peek_attribute(input: ParseStream<'_>) -> bool {
    let inner = input.peek(Token![#]) && input.peek2(Token![!]) && input.peek3(token::Bracket);
    inner || input.peek(Token![#]) && input.peek2(token::Bracket)
}

/// Attributes and doc comments where none belong, reported and left out.
pub(super) fn no_attributes(input: ParseStream<'_>, errors: &mut Errors) {
    while peek_attribute(input) {
        let span = input.span();
        let inner = input.peek2(Token![!]);
        let parse = if inner { syn::Attribute::parse_inner } else { syn::Attribute::parse_outer };
        let Ok(attributes) = input.call(parse) else {
            skip(input);
            return;
        };
        for attribute in attributes {
            let comment = match &attribute.meta {
                Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
                    Expr::Lit(literal) => match &literal.lit {
                        Lit::Str(text) => Some(text.value()),
                        _ => None,
                    },
                    _ => None,
                },
                _ => None,
            };
            match comment {
                Some(text) => {
                    let help = format!("write a comment: `// {}`", text.trim());
                    errors.push_help(span, "a doc comment belongs before an item", help);
                }
                None => {
                    errors.push_help(span, "an attribute belongs before an item", "leave it out");
                }
            }
        }
    }
}

/// What is left of the input, as it was written.
pub(super) fn written(input: ParseStream<'_>) -> String {
    input.fork().parse::<TokenStream>().map_or_else(|_| "…".to_owned(), |tokens| not_a_value::text(&tokens))
}

/// The next token or group, as it was written.
pub(super) fn next_written(input: ParseStream<'_>) -> String {
    input.fork().parse::<TokenTree>().map_or_else(|_| "…".to_owned(), |token| not_a_value::text(&token.into()))
}

/// The input behind so many tokens.
pub(super) fn behind<'a>(input: ParseStream<'a>, tokens: usize) -> ParseBuffer<'a> {
    let ahead = input.fork();
    for _ in 0..tokens {
        skip(&ahead);
    }
    ahead
}

/// The tokens up to the end of a value, as they were written.
pub(super) fn rest_of_value(input: ParseStream<'_>) -> String {
    let ahead = input.fork();
    let mut tokens = TokenStream::new();
    while !ends_value(&ahead) && (tokens.is_empty() || !ahead.peek(token::Brace)) {
        match ahead.parse::<TokenTree>() {
            Ok(token) => tokens.extend([token]),
            Err(_) => break,
        }
    }
    if tokens.is_empty() {
        return "…".to_owned();
    }
    let behind = if ahead.peek(token::Brace) { " { … }" } else { "" };
    not_a_value::text(&tokens) + behind
}

/// True where a value may end.
pub(super) fn ends_value(input: ParseStream<'_>) -> bool {
    let separated = input.is_empty() || input.peek(Token![,]) || input.peek(Token![;]);
    separated || starts_field(input) || starts_addition(input) || peek_attribute(input)
}

/// `add`, a word and a string.
pub(super) fn starts_addition(input: ParseStream<'_>) -> bool {
    input.peek2(Ident::peek_any) && input.peek3(LitStr) && peek_word(input, ADD)
}

/// The contents of a brace group, if one comes next.
pub(super) fn braces<'a>(input: ParseStream<'a>) -> Option<ParseBuffer<'a>> {
    let group = |input: ParseStream<'a>| {
        let content;
        braced!(content in input);
        Ok::<_, syn::Error>(content)
    };
    group(input).ok()
}

pub(super) fn brackets<'a>(input: ParseStream<'a>) -> syn::Result<ParseBuffer<'a>> {
    let content;
    bracketed!(content in input);
    Ok(content)
}

pub(super) fn parentheses<'a>(input: ParseStream<'a>) -> syn::Result<ParseBuffer<'a>> {
    let content;
    parenthesized!(content in input);
    Ok(content)
}

/// The colon after a key; false where there is none. Other signs in its place are reported and read as the colon.
pub(super) fn colon(key: impl Display, input: ParseStream<'_>, errors: &mut Errors) -> bool {
    if input.peek(Token![?]) && input.peek2(Token![:]) {
        errors.push_help(input.span(), format!("`?` is not a part of the key `{key}`"), "leave the `?` out");
        skip(input);
        return input.parse::<Token![:]>().is_ok();
    }
    let mut span = input.span();
    if input.peek(Token![:]) {
        let doubled = input.peek(Token![::]);
        skip(input);
        // `key: ::path`
        let path = !doubled && input.peek(Token![::]);
        if path || !input.peek(Token![:]) && !input.peek(Token![=]) {
            return true;
        }
        // `::` is one sign, of `:=` the second is too much.
        if input.peek(Token![=]) {
            span = input.span();
        }
        skip(input);
    } else if input.parse::<Token![=>]>().is_err() && input.parse::<Token![->]>().is_err() {
        if !input.peek(Token![=]) {
            return false;
        }
        skip(input);
    }
    let help = format!("write `{key}: {}`", rest_of_value(input));
    errors.push_help(span, format!("expected `:` after `{key}`"), help);
    true
}

pub(super) fn nothing_before_comma(input: ParseStream<'_>, errors: &mut Errors) {
    errors.push_help(input.span(), "there is nothing before this comma", "leave the comma out");
}

/// Parses elements between commas, always to the end.
pub(super) fn separated(
    input: ParseStream<'_>,
    errors: &mut Errors,
    mut element: impl FnMut(ParseStream<'_>, &mut Errors),
) {
    while !input.is_empty() {
        no_attributes(input, errors);
        if input.peek(Token![,]) {
            nothing_before_comma(input, errors);
            skip(input);
            continue;
        }
        element(input, errors);
        if input.is_empty() || input.parse::<Token![,]>().is_ok() {
            continue;
        }
        errors.push_help(input.span(), "expected `,`", "put a comma between two entries");
        if input.peek(Token![;]) {
            skip(input);
        } else if !input.peek(Ident::peek_any) && !peek_text(input) {
            while !input.is_empty() && input.parse::<Token![,]>().is_err() {
                skip(input);
            }
        }
    }
}
