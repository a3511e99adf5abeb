//! Reading tokens: what is left out, what comes next, groups, elements between commas.

use proc_macro2::TokenTree;
use syn::ext::IdentExt;
use syn::parse::{ParseBuffer, ParseStream};
use syn::{Ident, LitStr, Token, braced, bracketed, parenthesized, token};

use crate::errors::Errors;

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

pub(super) fn peek_word(input: ParseStream<'_>, word: &str) -> bool {
    input.fork().call(Ident::parse_any).is_ok_and(|ident| ident == word)
}

/// True for a single colon, not one of `::`.
pub(super) fn peek_colon(input: ParseStream<'_>) -> bool {
    input.peek(Token![:]) && !input.peek(Token![::])
}

/// A key with its colon, or a clause: a word and a string.
pub(super) fn starts_field(input: ParseStream<'_>) -> bool {
    let colon_behind = input.peek2(Token![:]) && !input.peek2(Token![::]);
    let word = input.peek(Ident::peek_any);
    (word || input.peek(LitStr)) && colon_behind || word && input.peek2(LitStr)
}

/// True for `#[…]`, which a doc comment is too.
pub(super) fn peek_attribute(input: ParseStream<'_>) -> bool {
    input.peek(Token![#]) && input.peek2(token::Bracket)
}

/// True where a value may end.
pub(super) fn ends_value(input: ParseStream<'_>) -> bool {
    input.is_empty() || input.peek(Token![,]) || input.peek(Token![;]) || starts_field(input) || peek_attribute(input)
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

/// The colon after a key; false where there is none. `=` and `=>` are reported and read as the colon.
pub(super) fn colon(key: &str, input: ParseStream<'_>, errors: &mut Errors) -> bool {
    if input.parse::<Token![:]>().is_ok() {
        return true;
    }
    let span = input.span();
    let other = input.peek(Token![=]);
    if other {
        if input.parse::<Token![=>]>().is_err() {
            skip(input);
        }
        errors.push_help(span, format!("expected `:` after `{key}`"), format!("write `{key}: …`"));
    }
    other
}

/// Parses elements between commas, always to the end.
pub(super) fn separated(
    input: ParseStream<'_>,
    errors: &mut Errors,
    mut element: impl FnMut(ParseStream<'_>, &mut Errors),
) {
    while !input.is_empty() {
        element(input, errors);
        if input.is_empty() || input.parse::<Token![,]>().is_ok() {
            continue;
        }
        errors.push_help(input.span(), "expected `,`", "put a comma between two entries");
        if input.peek(Token![;]) {
            skip(input);
        } else if !input.peek(Ident::peek_any) && !input.peek(LitStr) {
            while !input.is_empty() && input.parse::<Token![,]>().is_err() {
                skip(input);
            }
        }
    }
}
