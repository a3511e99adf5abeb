//! Tokens to nodes. What doesn't parse is reported and left out; parsing continues after it, so that one call reports
//! all its mistakes and the declared items always exist.

mod account;
mod added_head;
mod added_stage;
mod addition;
mod body;
mod clause_head;
mod contract;
mod head;
mod item;
mod params;
mod path;
mod provider;
mod role_in_head;
mod tokens;
mod value;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{Path, Token};

use crate::ast::{CallNode, path_span};
use crate::errors::Errors;
use item::item;
use tokens::keep;

/// How deep groups may be nested. No real input comes near it.
const MOST_DEPTH: usize = 128;

/// Parses the whole call.
pub fn file(tokens: TokenStream, errors: &mut Errors) -> CallNode {
    let mut found = CallNode { library: None, items: Vec::new() };
    if let Some(span) = too_deep(tokens.clone()) {
        errors.push(span, format!("groups are nested more than {MOST_DEPTH} deep"));
        return found;
    }
    let parser = |input: ParseStream<'_>| {
        found.library = library(input, errors);
        while !input.is_empty() {
            if let Some(item) = item(input, errors) {
                found.items.push(item);
            }
        }
        Ok(())
    };
    // The parser above always reads to the end.
    if let Err(error) = parser.parse2(tokens) {
        errors.push(error.span(), error.to_string());
    }
    found
}

/// The first group that is too deep for recursive functions.
fn too_deep(tokens: TokenStream) -> Option<Span> {
    let mut open = vec![tokens.into_iter()];
    while let Some(top) = open.last_mut() {
        match top.next() {
            Some(TokenTree::Group(group)) if open.len() > MOST_DEPTH => return Some(group.span_open()),
            Some(TokenTree::Group(group)) => open.push(group.stream().into_iter()),
            Some(_) => {}
            None => {
                open.pop();
            }
        }
    }
    None
}

/// `crate = path;`
fn library(input: ParseStream<'_>, errors: &mut Errors) -> Option<Path> {
    if !(input.peek(Token![crate]) && input.peek2(Token![=])) {
        return None;
    }
    let parsed = (|| {
        input.parse::<Token![crate]>()?;
        input.parse::<Token![=]>()?;
        Path::parse_mod_style(input)
    })();
    let path = keep(parsed, errors)?;
    if input.parse::<Token![;]>().is_err() {
        errors.push(path_span(&path), "expected `;` after the path of the library");
    }
    Some(path)
}
