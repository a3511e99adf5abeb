//! Values of keys.

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, LitBool, LitInt, LitStr, Token, token};

use super::tokens::{braces, brackets, colon, keep, parentheses, path, separated, skip};
use crate::ast::{EntryNode, MapKey, ValueNode};
use crate::errors::Errors;

/// A value, or a hole; `key` and `at` name what it is for.
pub(super) fn value(key: &str, at: Span, input: ParseStream<'_>, errors: &mut Errors) -> ValueNode {
    let hole = || ValueNode::Hole(at, TokenStream::new());
    if input.is_empty() || input.peek(Token![,]) {
        errors.push_help(at, format!("expected a value for `{key}`"), format!("write `{key}: …`"));
        return hole();
    }
    let span = input.span();
    if input.peek(LitStr) {
        return input.parse().map_or_else(|_| hole(), ValueNode::Str);
    }
    if input.peek(LitInt) {
        return input.parse().map_or_else(|_| hole(), ValueNode::Int);
    }
    if input.peek(LitBool) {
        return input.parse().map_or_else(|_| hole(), ValueNode::Bool);
    }
    if input.peek(token::Bracket) {
        let Some(content) = keep(brackets(input), errors) else { return hole() };
        return ValueNode::List(elements(key, span, &content, errors), span);
    }
    if input.peek(token::Brace) {
        let Some(content) = braces(input) else { return hole() };
        let mut entries = Vec::new();
        separated(&content, errors, |input, errors| entries.extend(entry(input, errors)));
        return ValueNode::Map(entries, span);
    }
    if input.peek(token::Paren) {
        let tokens = keep(parentheses(input).and_then(|content| content.parse::<TokenStream>()), errors);
        let Some(tokens) = tokens else { return hole() };
        if tokens.is_empty() {
            errors.push(span, "expected a Rust expression between the parentheses");
            return hole();
        }
        return ValueNode::Runtime(tokens, span);
    }
    let path = match path(input) {
        Ok(path) => path,
        Err(begun) => {
            errors.push(span, format!("this is not a value for `{key}`"));
            if begun.is_empty() || !input.peek(Token![,]) {
                skip(input);
            }
            return ValueNode::Hole(at, begun);
        }
    };
    if !input.peek(token::Paren) {
        return ValueNode::Path(path);
    }
    let Some(content) = keep(parentheses(input), errors) else { return hole() };
    ValueNode::Call(path, elements(key, span, &content, errors))
}

/// The elements of a list.
pub(super) fn elements(key: &str, at: Span, input: ParseStream<'_>, errors: &mut Errors) -> Vec<ValueNode> {
    let mut values = Vec::new();
    separated(input, errors, |input, errors| values.push(value(key, at, input, errors)));
    values
}

/// `key: value` or `key`
pub(super) fn entry(input: ParseStream<'_>, errors: &mut Errors) -> Option<EntryNode> {
    let key = if input.peek(LitStr) {
        MapKey::Str(input.parse().ok()?)
    } else if input.peek(Ident::peek_any) {
        MapKey::Ident(input.call(Ident::parse_any).ok()?)
    } else {
        errors.push(input.span(), "expected a name or a string");
        skip(input);
        return None;
    };
    if input.is_empty() || input.peek(Token![,]) {
        return Some(EntryNode { key, value: None });
    }
    if !colon(&key.text(), input, errors) {
        errors.push_help(
            key.span(),
            format!("expected `:` after `{}`", key.text()),
            format!("write `{}: …`", key.text()),
        );
    }
    // A value that does not parse is reported; the key is kept.
    let value = value(&key.text(), key.span(), input, errors);
    Some(EntryNode { key, value: Some(value) })
}
