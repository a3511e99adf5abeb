//! A role between what an action is and its keys, where none belongs.

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative;
use syn::{Ident, Path, Token, token};

use super::tokens::{behind, next_word, next_written, parentheses, peek_colon, peek_word, skip};
use super::value::elements;
use crate::ast::{FieldNode, ValueNode, path_text};
use crate::errors::Errors;

/// The key of a role.
const ROLE: &str = "role";

/// What people write between the target and its role.
const WORDS: [&str; 6] = ["as", "with", "using", "via", "by", "through"];

/// `Deploy as Invoker { … }`, `Deploy with role Invoker { … }`, `Deploy(role: Invoker) { … }`: reported, and read as the key of the body.
pub(super) fn role_in_head(input: ParseStream<'_>, errors: &mut Errors) -> Option<FieldNode> {
    let span = input.span();
    let ahead = input.fork();
    let value = if ahead.peek(token::Paren) {
        let content = parentheses(&ahead).ok()?;
        let value = role(&content, errors)?;
        let _ = content.parse::<Token![,]>();
        content.is_empty().then_some(value)?
    } else {
        next_word(&ahead).filter(|word| WORDS.iter().any(|known| word == known))?;
        skip(&ahead);
        if ahead.peek(token::Paren) { role(&parentheses(&ahead).ok()?, errors)? } else { role(&ahead, errors)? }
    };
    if !ahead.peek(token::Brace) {
        return None;
    }
    let (value, written) = value;
    input.advance_to(&ahead);
    let help = format!("write `{ROLE}: {written}` inside the braces");
    errors.push_help(span, "the role of an action is one of its keys", help);
    Some(FieldNode { key: Ident::new(ROLE, span), value, alone: false })
}

/// `Invoker`, `role Invoker`, `role: managed("invoker")`, with its text.
fn role(input: ParseStream<'_>, errors: &mut Errors) -> Option<(ValueNode, String)> {
    let key = peek_word(input, ROLE) && (peek_colon(&behind(input, 1)) || input.peek2(Ident::peek_any));
    if key {
        skip(input);
        let _ = input.parse::<Token![:]>();
    }
    let span = input.span();
    let path = Path::parse_mod_style(input).ok()?;
    if !input.peek(token::Paren) {
        let written = path_text(&path);
        return Some((ValueNode::Path(path), written));
    }
    let written = format!("{}{}", path_text(&path), next_written(input));
    let arguments = elements(ROLE, span, &parentheses(input).ok()?, errors);
    Some((ValueNode::Call(path, arguments), written))
}
